//! The demo: a small township with its people, and documents at every stage and step, reached through the same actions as a user's.

pub mod acts;
pub mod cast;
pub mod clock_range;
pub mod http;
pub mod load;
pub mod people;
pub mod script;
pub mod stage;
pub mod texts;
pub mod township;
