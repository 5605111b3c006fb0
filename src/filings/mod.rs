//! Filing (备案) and filing review (备案审查): several filings of one document, each with its own status and clock.
//! Every act on a filing takes its document's lock first, because the document's step follows from all its filings together.

pub mod actions;
pub mod effects;
pub mod http;
pub mod list;
pub mod show;
pub mod standing;
pub mod store;
pub mod wire;
