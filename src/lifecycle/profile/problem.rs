//! What can be wrong with a profile, in words that name the key, the value and what is accepted. Finds nothing itself.

use std::fmt;

use thiserror::Error;

/// What a key accepts, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Accepted {
    pub(super) fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// Why a text is no profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// It is not TOML, so nothing in it could be judged.
    #[error("not valid TOML: {message}")]
    Syntax {
        /// Where and what, from the TOML parser.
        message: String,
    },
    /// Problems, all of them.
    #[error("{} problem(s) in the rule profile: {}", .0.len(), joined(.0, "; "))]
    Problems(Vec<ProfileProblem>),
}

impl ProfileError {
    /// The same in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Syntax { message } => format!("不是有效的TOML：{message}"),
            Self::Problems(problems) => {
                let all: Vec<String> = problems.iter().map(ProfileProblem::zh).collect();
                format!("规则配置有{}处问题：{}", all.len(), all.join("；"))
            }
        }
    }

    /// The problems; none if the text could not be read at all.
    #[must_use]
    pub fn problems(&self) -> &[ProfileProblem] {
        match self {
            Self::Syntax { .. } => &[],
            Self::Problems(problems) => problems,
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileProblem {
    /// The key, with a dot before a part of it: `filing_days`, `filing_days.source`.
    pub key: String,
    /// The value as it stands, shortened; empty if there is none.
    pub value: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such key.
    UnknownKey(Accepted),
    /// The key is missing.
    Missing(Accepted),
    /// The value is not accepted.
    NotAccepted(Accepted),
    /// The value contradicts that of another key.
    Contradiction(Accepted),
}

impl ProfileProblem {
    /// The problem in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        let (key, value) = (&self.key, &self.value);
        match &self.problem {
            Problem::UnknownKey(accepted) => format!("{key}：没有这个键，可用：{}", accepted.zh),
            Problem::Missing(accepted) => format!("{key}：缺少，应为{}", accepted.zh),
            Problem::NotAccepted(accepted) => {
                format!("{key}：不接受{value}，应为{}", accepted.zh)
            }
            Problem::Contradiction(accepted) => format!("{key}（{value}）：应{}", accepted.zh),
        }
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, value) = (&self.key, &self.value);
        match &self.problem {
            Problem::UnknownKey(accepted) => {
                write!(f, "{key}: no such key; there are {}", accepted.en)
            }
            Problem::Missing(accepted) => write!(f, "{key}: missing; expected {}", accepted.en),
            Problem::NotAccepted(accepted) => {
                write!(f, "{key}: {value} is not accepted; expected {}", accepted.en)
            }
            Problem::Contradiction(accepted) => {
                write!(f, "{key} ({value}): must {}", accepted.en)
            }
        }
    }
}

fn joined(problems: &[ProfileProblem], separator: &str) -> String {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    all.join(separator)
}
