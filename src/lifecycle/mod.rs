//! The rules of the procedure: pure functions over facts, without I/O, clock or async. A lawyer can be shown this folder.

pub mod action;
pub mod cleanup;
pub mod deadlines;
pub mod decision;
pub mod effect;
pub mod facts;
pub mod filing;
pub mod gate;
pub mod intake;
pub mod issuing;
pub mod material;
pub mod names;
pub mod opinion;
pub mod profile;
pub mod revision;
pub mod step;
pub mod submission;
pub mod table;
