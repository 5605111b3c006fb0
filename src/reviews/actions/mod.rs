//! What people do in the legality review, one file for each act.

pub mod hear_counsel;
pub mod opine;
pub mod submit;
pub mod take_in;
pub mod withdraw;
