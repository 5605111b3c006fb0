//! Why a command failed: one sentence that says what to do next, and the exit status.

use std::error::Error;

use crate::base::said::{Lang, Said};
use crate::cluster::{ClusterError, LockError};
use crate::setup::{Refused, SetupError};

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    said: Said,
    status: u8,
}

impl Failure {
    /// The thing asked for failed or did not hold: exit status 1.
    #[must_use]
    pub const fn failed(said: Said) -> Self {
        Self { said, status: 1 }
    }

    /// Wrong usage: exit status 2.
    #[must_use]
    pub const fn usage(said: Said) -> Self {
        Self { said, status: 2 }
    }

    /// A failure with everything that led to it, outermost first.
    #[must_use]
    pub fn because(what: &Said, error: &(dyn Error + 'static)) -> Self {
        let causes = causes(Some(error));
        Self::failed(Said::new(format!("{}{causes}", what.in_lang(Lang::Zh)), format!("{}{causes}", what.in_lang(Lang::En))))
    }

    /// A failure of setting a database up: a refusal in its own words, anything else as what was being done and its causes.
    #[must_use]
    pub fn of_setup(what: &Said, error: SetupError) -> Self {
        match error.downcast::<Refused>() {
            Ok(refused) => Self::failed(refused.0),
            Err(error) => Self::because(what, &*error),
        }
    }

    /// The sentence in one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        self.said.in_lang(lang)
    }

    /// The exit status.
    #[must_use]
    pub const fn status(&self) -> u8 {
        self.status
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        let causes = causes(error.source());
        Self::failed(Said::new(format!("{}{causes}", error.in_chinese()), format!("{error}{causes}")))
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        ClusterError::from(error).into()
    }
}

/// Systems and libraries speak English only.
fn causes(mut cause: Option<&(dyn Error + 'static)>) -> String {
    let mut text = String::new();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
