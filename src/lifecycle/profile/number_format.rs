//! How document, register and filing numbers are written. Gives no numbers out and knows no series.

use serde_json::Value;

use super::values::RuleValue;

/// How a number is written: text with `{prefix}`, `{year}` and `{serial}`, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat(String);

impl NumberFormat {
    /// The places that a format has to fill.
    const PLACES: [&'static str; 3] = ["{prefix}", "{year}", "{serial}"];
    /// Longer numbers are mistakes, and forms have no room for them `[I]`.
    const CHARS_MAX: usize = 60;

    /// The format, if each place stands in it exactly once, nothing else is in braces, `{year}` and `{serial}` do not
    /// touch (or `20261` could be read in two ways), and it has neither control characters nor more than 60 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.to_owned();
        for place in Self::PLACES {
            if text.matches(place).count() != 1 {
                return None;
            }
            rest = rest.replace(place, "");
        }
        let ambiguous = text.contains("{year}{serial}") || text.contains("{serial}{year}");
        let fits = text.chars().count() <= Self::CHARS_MAX && !text.chars().any(char::is_control);
        (fits && !ambiguous && !rest.contains(['{', '}'])).then(|| Self(text.to_owned()))
    }

    /// The number: `{prefix}〔{year}〕{serial}号` with 南府规, 2026 and 3 is 南府规〔2026〕3号.
    #[must_use]
    pub fn render(&self, prefix: &str, year: i32, serial: u32) -> String {
        // The prefix comes last, so that a prefix with braces cannot be taken for a place.
        self.0.replace("{year}", &year.to_string()).replace("{serial}", &serial.to_string()).replace("{prefix}", prefix)
    }

    /// The format as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RuleValue for NumberFormat {
    type View<'a> = &'a Self;
    fn view(&self) -> &Self {
        self
    }
    fn to_json(&self) -> Value {
        Value::from(self.as_str())
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_written_by_its_format() {
        let format = NumberFormat::parse("{prefix}登〔{year}〕{serial}号").expect("a format");
        assert_eq!(format.render("南府", 2026, 7), "南府登〔2026〕7号");
        assert_eq!(format.render("{year}", 2026, 7), "{year}登〔2026〕7号");
    }

    #[test]
    fn a_format_without_one_of_its_places_is_refused() {
        for wrong in [
            "",
            "{prefix}〔{year}〕号",
            "{prefix}{serial}",
            "〔{year}〕{serial}号",
            "{prefix}〔{year}〕{serial}{serial}号",
            "{prefix}〔{year}〕{serial}{other}号",
            "{prefix}〔{year}〕{serial}号}",
            "{prefix}{year}{serial}",
            "{prefix}{serial}{year}",
            "{prefix}〔{year}〕\n{serial}",
        ] {
            assert_eq!(NumberFormat::parse(wrong), None, "{wrong}");
        }
        assert_eq!(NumberFormat::parse(&format!("{{prefix}}〔{{year}}〕{{serial}}{}", "号".repeat(60))), None);
    }

    proptest! {
        #[test]
        fn two_numbers_of_one_format_and_prefix_are_never_alike(a in (2000i32..2100, 1u32..5000), b in (2000i32..2100, 1u32..5000)) {
            let format = NumberFormat::parse("{prefix}〔{year}〕{serial}号").expect("a format");
            let written = |(year, serial)| format.render("南府规", year, serial);
            prop_assert_eq!(written(a) == written(b), a == b);
        }

        #[test]
        fn reading_any_format_never_panics(text in "\\PC{0,40}") {
            let _ = NumberFormat::parse(&text);
        }
    }
}
