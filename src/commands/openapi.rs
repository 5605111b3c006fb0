//! Prints the OpenAPI document.

use super::{Failure, print as print_text};
use crate::web::openapi;

/// Prints the document as pretty JSON.
///
/// # Errors
/// When it cannot be written to standard output.
pub fn print() -> Result<(), Failure> {
    print_text(openapi::text())
}
