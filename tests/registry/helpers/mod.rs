//! What the tests speak in: a started registry, its people, and what they are answered.

pub mod app;
pub mod cluster;
pub mod loaded_demo;
pub mod meeting_story;
pub mod promised;
pub mod published;
pub mod rows;
pub mod snapshot;
pub mod story;
