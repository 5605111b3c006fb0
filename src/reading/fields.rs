//! Fields of a text while they are open: each is read as its result, and its code is what begins it.
//!
//! Equations and buttons have no result; what their codes show stands in place of one.

use super::{Reason, equation, is_visible};

/// Fields open at once. Word nests twenty, and a damaged file may end none of its fields; so many take 40 MB.
const MAX_OPEN: usize = 1_000_000;

#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Innermost last.
    open: Vec<Field>,
    /// Which of them are still in their code.
    codes: Vec<usize>,
}

#[derive(Debug, Default)]
struct Field {
    code: String,
    /// Its result has something to see.
    is_seen: bool,
}

impl Fields {
    pub(super) fn begin(&mut self) -> Result<(), Reason> {
        if self.open.len() >= MAX_OPEN {
            return Err(Reason::TooManyNodes);
        }
        self.codes.push(self.open.len());
        self.open.push(Field::default());
        Ok(())
    }

    /// From here on the innermost field has its result.
    pub(super) fn separate(&mut self) {
        self.codes.pop_if(|code| *code + 1 == self.open.len());
    }

    /// What the innermost field shows in place of a result. It belongs to what the field stands in.
    pub(super) fn end(&mut self) -> Option<String> {
        self.separate();
        let field = self.open.pop()?;
        if !field.is_seen {
            return equation::shown(&field.code).or_else(|| words_of_button(&field.code));
        }
        if let Some(outer) = self.in_result() {
            outer.is_seen = true;
        }
        None
    }

    /// Whether what comes next belongs to the code of a field.
    pub(super) fn in_code(&self) -> bool {
        !self.codes.is_empty()
    }

    /// Takes text that belongs to the code of a field; what does not is shown.
    pub(super) fn take(&mut self, text: &str) -> bool {
        if let Some(field) = self.in_result() {
            field.is_seen = field.is_seen || text.chars().any(is_visible);
        }
        match self.codes.last().and_then(|code| self.open.get_mut(*code)) {
            Some(field) => {
                field.code.push_str(text);
                true
            }
            None => false,
        }
    }

    /// The innermost field, if it has come to its result.
    fn in_result(&mut self) -> Option<&mut Field> {
        let innermost = self.open.len().checked_sub(1)?;
        self.open.get_mut(innermost).filter(|_| self.codes.last() != Some(&innermost))
    }
}

/// The words of a button stand in its code behind its name and what it does.
fn words_of_button(code: &str) -> Option<String> {
    let (name, rest) = code.trim_start().split_once(char::is_whitespace)?;
    let is_button = ["macrobutton", "gotobutton"].iter().any(|button| name.eq_ignore_ascii_case(button));
    let (_, words) = rest.trim_start().split_once(char::is_whitespace).filter(|_| is_button)?;
    Some(words.trim().to_owned())
}
