//! What the registry stands on and what knows nothing of documents: ids, clock, database, calendar, words in two languages.

pub mod clock;
pub mod db;
pub mod ids;
pub mod said;
pub mod space;
pub mod text_enum;
pub mod together;
pub mod workdays;
