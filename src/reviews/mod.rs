//! Legality review (合法性审核): submissions, intake, counsel, opinions, withdrawal, and the gate as it is read.

pub mod http;
