//! The demo: a small township with its people, and documents at every stage, reached through the same actions as a user's.

pub mod clock_range;
pub mod http;
pub mod load;
pub mod people;
pub mod stories;
pub mod texts;
pub mod township;
