//! Prints the OpenAPI document.

use std::io::Write;

use super::Failure;
use crate::web::openapi;

/// Prints the document as pretty JSON.
///
/// # Errors
/// When it cannot be written to standard output.
pub fn print() -> Result<(), Failure> {
    write!(std::io::stdout(), "{}", openapi::text()).map_err(|error| Failure::because("the OpenAPI document cannot be printed", &error))
}
