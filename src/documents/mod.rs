//! A normative document and its revisions: from the first draft on, under one hash per text.
//! Neighbours: `reviews`, `meetings`, `issuances`, `filings` and `cleanups` act on it and move it through [`standing`].

pub mod actions;
pub mod deadlines;
pub mod difference;
pub mod digest;
pub mod files;
pub mod http;
pub mod in_order;
pub mod list;
pub mod materials;
pub mod moves;
pub mod revisions;
pub mod search;
pub mod show;
pub mod sight;
pub mod standing;
pub mod store;
pub mod text_input;
pub mod wire;
pub mod wrong_step;
