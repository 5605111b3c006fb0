//! What the service says of itself: whether it is up, its figures, its OpenAPI document and the pages that explain it.
//! All of it is open to whoever reaches the address; nothing here knows of any document.

pub mod health;
pub mod http;
pub mod pages;
