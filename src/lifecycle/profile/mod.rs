//! Rule profiles: every number that differs by place or time, each with its source and how certain it is.
//! Chooses and reads values; applies none but the few of `publication`. Stores nothing and reads no file.
//!
//! A profile holds for a jurisdiction from its first day to its last. No key of it can switch the legality review
//! off or open the gate: the keys shorten, lengthen or add, and an unknown key is refused.
//!
//! `keys` is the list of keys, `values` their types, `shapes` what each accepts, `parse` reads a file or a stored
//! value and, with `contradictions`, names every problem at once, `periods` chooses among profiles, `built_in` holds those of Sichuan.

mod built_in;
mod contradictions;
mod keys;
mod number_format;
mod parse;
mod periods;
mod problem;
mod publication;
mod shapes;
mod sourced;
mod title;
mod values;

pub use built_in::built_in;
pub use keys::RuleProfile;
pub use number_format::NumberFormat;
pub use periods::{Overlap, check_no_overlap, profile_for};
pub use problem::{Accepted, Problem, ProfileError, ProfileProblem};
pub use publication::{ValidityLimit, ValidityRule, earliest_effective, latest_expiry, pre_expiry_review_on, validity_limit};
pub use sourced::{Entry, Mark, Sourced};
pub use title::TitleFlags;
pub use values::{DayType, FilingClockStart, FilingCopies, LeadDayMode, MaterialKind, MonthDay, RuleValue, UnlistedEffect, ValidityFrom};
