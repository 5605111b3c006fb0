//! A sentence for the reader in Chinese and in English. It does not choose; the answer's language does.

use std::borrow::Cow;
use std::ffi::OsString;

/// The languages that answers are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese (zh-CN), the default.
    #[default]
    Zh,
    /// English, for `Accept-Language: en`.
    En,
}

impl Lang {
    /// Chooses by the quality values of an `Accept-Language` header; Chinese unless English is preferred.
    #[must_use]
    pub fn preferred(accept_language: &str) -> Self {
        let mut best = (Self::Zh, 0.0_f32);
        for part in accept_language.split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=").map(str::to_owned))
                .map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
            let lang = match tag.split('-').next() {
                Some("en") => Self::En,
                Some("zh" | "*") => Self::Zh,
                Some(_) | None => continue,
            };
            if quality > best.1 {
                best = (lang, quality);
            }
        }
        best.0
    }

    /// The language of the person at the shell: Chinese where the locale is, English elsewhere, because a text console without a
    /// Chinese locale shows boxes. `variable` looks a variable of the environment up; the first one that is set decides.
    pub fn of_shell(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        if locale.is_some_and(|locale| locale.to_string_lossy().starts_with("zh")) { Self::Zh } else { Self::En }
    }
}

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Said {
    /// A sentence from its two wordings.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A sentence that needs no composing.
    #[must_use]
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// The wording in one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn chinese_unless_english_is_preferred() {
        assert_eq!(Lang::preferred(""), Lang::Zh);
        assert_eq!(Lang::preferred("fr"), Lang::Zh);
        assert_eq!(Lang::preferred("en"), Lang::En);
        assert_eq!(Lang::preferred("en-GB, zh;q=0.5"), Lang::En);
        assert_eq!(Lang::preferred("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(Lang::preferred("en;q=0.1, zh;q=0"), Lang::En);
        assert_eq!(Lang::preferred("en;q=broken"), Lang::Zh);
    }

    #[test]
    fn at_the_shell_the_first_variable_that_is_set_decides() {
        let shell = |set: &'static [(&str, &str)]| {
            Lang::of_shell(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into()))
        };
        assert_eq!(shell(&[]), Lang::En);
        assert_eq!(shell(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(shell(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(shell(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(shell(&[("LC_MESSAGES", "zh_CN"), ("LANG", "en_GB")]), Lang::Zh);
    }
}
