//! Legality review (合法性审核): submissions, intake, counsel, opinions, withdrawal, and the gate as it is read.
//! The rules stand in `lifecycle`: `submission`, `intake`, `opinion`, `deadlines` and `gate`; meetings use the gate themselves.

pub mod actions;
pub mod clock;
pub mod gate;
pub mod http;
pub mod particulars;
pub mod refusals;
pub mod show;
pub mod store;
pub mod wire;
