//! Serves the demo township.

use super::Failure;
use crate::settings::Settings;

/// Loads the demo at the first start and serves it.
///
/// # Errors
/// A sentence that says what to do next.
pub fn demo(_settings: &Settings, _clock: Option<&str>) -> Result<(), Failure> {
    Err(Failure::failed("the demo is not built yet"))
}
