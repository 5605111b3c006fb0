//! Filing (备案) and filing review (备案审查): several filings of one document, each with its own status and clock.

pub mod http;
