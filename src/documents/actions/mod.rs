//! What people do to a draft: one file per act.

pub mod add_material;
pub mod change;
pub mod draft;
pub mod revise;
