//! What each command does, from settings to an exit status.

pub mod administration;
pub mod audit;
pub mod backup;
pub mod body;
pub mod database;
pub mod demo;
pub mod failure;
pub mod limits;
pub mod log;
pub mod migrate;
pub mod notify;
pub mod openapi;
pub mod permits;
pub mod profile;
pub mod restore;
pub mod running;
pub mod serve;
pub mod shared;
pub mod stop;
pub mod text_file;
pub mod token;
pub mod user;
pub mod workdays;

pub use failure::Failure;

use std::io::Write;

use crate::base::said::{Lang, Said};

/// The language of the person at the shell.
#[must_use]
pub fn lang() -> Lang {
    Lang::of_shell(|name| std::env::var_os(name))
}

/// Prints one text to standard output.
///
/// # Errors
/// When nobody reads it any more.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::because(&Said::fixed("无法写到标准输出", "standard output cannot be written to"), &error))
}

/// Prints one line on the side, to standard error. Where nobody reads that, what was done is done all the same.
pub fn say_beside(said: &Said) {
    let _ = std::io::stderr().write_all(format!("{}\n", said.in_lang(lang())).as_bytes());
}

/// Prints one line in the language of the person at the shell.
///
/// # Errors
/// As [`print()`].
pub fn say(said: &Said) -> Result<(), Failure> {
    print(&format!("{}\n", said.in_lang(lang())))
}
