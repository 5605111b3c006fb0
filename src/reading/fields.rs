//! Fields of a text while they are open: each is read as its result, and its code is what begins it.
//!
//! Equations, buttons, boxes and lists of forms have no result; what their codes or their data show stands in place of one. Fields
//! that number are refused, since their numbers stand nowhere, and so are those whose result is a picture of another document.

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

/// What a field of a form shows.
#[derive(Debug)]
pub(super) enum Form {
    CheckBox(bool),
    /// The entry that was chosen, counted from 0; the first where none was.
    DropDown {
        entries: Vec<String>,
        chosen: Option<i64>,
    },
}

impl Form {
    /// `None` where an entry was chosen that there is not.
    pub(super) fn shown(self) -> Option<String> {
        match self {
            Self::CheckBox(checked) => Some(if checked { "☑" } else { "☐" }.to_owned()),
            Self::DropDown { entries, .. } if entries.is_empty() => Some(String::new()),
            Self::DropDown { mut entries, chosen } => {
                let chosen = usize::try_from(chosen.unwrap_or(0)).ok().filter(|chosen| *chosen < entries.len())?;
                Some(entries.swap_remove(chosen))
            }
        }
    }
}

#[derive(Debug, Default)]
struct Field {
    code: String,
    form: Option<Form>,
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

    /// What the innermost field shows, if it is one of a form.
    pub(super) fn set_form(&mut self, form: Option<Form>) {
        if let Some(field) = self.open.last_mut() {
            field.form = form;
        }
    }

    /// From here on the innermost field has its result.
    pub(super) fn separate(&mut self) {
        self.codes.pop_if(|code| *code + 1 == self.open.len());
    }

    /// What the innermost field shows in place of a result. It belongs to what the field stands in.
    pub(super) fn end(&mut self) -> Result<Option<String>, Reason> {
        self.separate();
        let Some(field) = self.open.pop() else { return Ok(None) };
        if !field.is_seen {
            return shown(&field.code, field.form);
        }
        if let Some(outer) = self.in_result() {
            outer.is_seen = true;
        }
        Ok(None)
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

/// What a field shows by itself.
fn shown(code: &str, form: Option<Form>) -> Result<Option<String>, Reason> {
    let code = code.trim();
    let (name, rest) = code.split_once(char::is_whitespace).unwrap_or((code, ""));
    let is_one_of = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
    if is_one_of(&["autonum", "autonumlgl", "autonumout", "listnum"]) {
        return Err(Reason::UncountedNumbers);
    }
    if is_one_of(&["formcheckbox", "formdropdown"]) {
        return form.and_then(Form::shown).map(Some).ok_or(Reason::UnreadForm);
    }
    if is_one_of(&["embed", "link"]) {
        return Err(Reason::EmbeddedDocument);
    }
    if is_one_of(&["macrobutton", "gotobutton"]) {
        // Behind what it does stand its words.
        return Ok(rest.trim_start().split_once(char::is_whitespace).map(|(_, words)| words.trim_start().to_owned()));
    }
    Ok(equation::shown(code))
}
