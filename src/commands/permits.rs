//! Prints the table of who may do what, in the language of the shell.

use super::{Failure, lang, print as print_text};
use crate::identity::permits_table;

/// Prints the table.
///
/// # Errors
/// When it cannot be written to standard output.
pub fn print() -> Result<(), Failure> {
    print_text(&permits_table::text(lang()))
}
