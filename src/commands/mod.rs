//! What each command does, from settings to an exit status.

pub mod database;
pub mod demo;
pub mod migrate;
pub mod openapi;
pub mod running;
pub mod serve;

/// Why a command failed: one sentence that says what to do next, and the exit status.
#[derive(Debug)]
pub struct Failure {
    sentence: String,
    status: u8,
}

impl Failure {
    /// The thing asked for failed or did not hold: exit status 1.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), status: 1 }
    }

    /// Wrong usage: exit status 2.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), status: 2 }
    }

    /// A failure with everything that led to it, outermost first.
    pub fn because(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut sentence = if what.is_empty() { error.to_string() } else { format!("{what}: {error}") };
        let mut cause = error.source();
        while let Some(inner) = cause {
            sentence.push_str(&format!(": {inner}"));
            cause = inner.source();
        }
        Self::failed(sentence)
    }

    /// The exit status.
    #[must_use]
    pub const fn status(&self) -> u8 {
        self.status
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence)
    }
}
