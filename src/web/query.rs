//! Query strings: read into a type, with unknown parameters refused by name and bad values named.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::Parameter;

use super::kind;
use super::refusal::Refusal;
use crate::base::said::{Lang, Said};
use crate::base::workdays::parse_day;

/// No parameter at all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// Whether to try only.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// With `true`: 200 with `{"allowed": …, "reasons": […]}`, and nothing is written.
    #[serde(default)]
    dry_run: Option<bool>,
}

impl DryRun {
    /// Whether it was asked to try only.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self.dry_run, Some(true))
    }
}

/// Reads a query string into its type.
///
/// # Errors
/// 400 with the name of the unknown parameter, or with what is wrong with a value.
pub fn read<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T, Refusal> {
    let parameters = T::into_params(|| None);
    let known: Vec<String> = parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let mut seen = Vec::new();
    for (name, value) in url_pairs(query) {
        if !known.contains(&name) {
            return Err(Refusal::new(
                kind::UNKNOWN_QUERY_PARAMETER,
                Said::new(
                    format!(
                        "没有查询参数 {name}。{}",
                        if known.is_empty() {
                            "此处没有查询参数。".to_owned()
                        } else {
                            format!("可用的有：{}。", known.join("、"))
                        }
                    ),
                    format!("There is no query parameter {name}. There are: {}.", listed(&known)),
                ),
            )
            .with("parameter", name.into()));
        }
        if value.contains('\0') {
            let said = Said::new(format!("查询参数 {name} 含有空字符（U+0000）。"), format!("The query parameter {name} contains U+0000."));
            return Err(bad_value(&name, said));
        }
        if seen.contains(&name) {
            let said =
                Said::new(format!("查询参数 {name} 出现了两次，只能给一次。"), format!("The query parameter {name} is given twice."));
            return Err(bad_value(&name, said));
        }
        seen.push(name);
    }
    actix_web::web::Query::<T>::from_query(query).map(actix_web::web::Query::into_inner).map_err(|error| {
        let message = error.to_string();
        let name = culprit::<T>(query, &message, &known);
        let wanted = parameters.iter().find(|parameter| parameter.name == name).map_or_else(anything, accepted);
        let (zh, en) = (wanted.in_lang(Lang::Zh), wanted.in_lang(Lang::En));
        let said = if message.contains("missing field") {
            Said::new(format!("缺少查询参数 {name}（{zh}）。"), format!("The query parameter {name} is required ({en})."))
        } else {
            Said::new(
                format!("查询参数 {name} 的值不正确：{zh}。"),
                format!("The value of the query parameter {name} is not as required: {en}."),
            )
        };
        bad_value(&name, said)
    })
}

/// The parameter that a message of the reader is about: the one that fails in the same words when it stands alone, or the
/// required one that the message names as missing.
fn culprit<T: DeserializeOwned>(query: &str, message: &str, known: &[String]) -> String {
    let fails_alike = |pair: &&str| actix_web::web::Query::<T>::from_query(pair).is_err_and(|error| error.to_string() == message);
    let missing = || known.iter().find(|name| message.contains(&format!("`{name}`"))).cloned();
    if message.contains("missing field") {
        return missing().unwrap_or_default();
    }
    let alone = query.split('&').find(fails_alike).and_then(|pair| url_pairs(pair).into_iter().next());
    alone.map(|(name, _)| name).or_else(missing).unwrap_or_default()
}

fn bad_value(name: &str, said: Said) -> Refusal {
    Refusal::new(kind::BAD_QUERY_PARAMETER, said).with("parameter", name.into())
}

/// What a parameter takes, by its published schema.
fn accepted(parameter: &Parameter) -> Said {
    let schema = serde_json::to_value(&parameter.schema).unwrap_or_default();
    if let Some(Value::Array(words)) = find(&schema, "enum") {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return Said::new(format!("可填 {}", words.join("、")), format!("one of {}", words.join(", ")));
    }
    match find(&schema, "format").and_then(Value::as_str) {
        Some("date") => return Said::fixed("日期写作 2026-11-23", "a date is written 2026-11-23"),
        Some("date-time") => {
            return Said::fixed("时刻写作 2026-11-23T09:00:00+08:00", "a moment is written 2026-11-23T09:00:00+08:00");
        }
        Some("uuid") => return Said::fixed("应为所指内容的 id（UUID）", "the id (a UUID) of what is meant"),
        Some(_) | None => {}
    }
    let is = |word: &str| match find(&schema, "type") {
        Some(Value::String(one)) => one == word,
        Some(Value::Array(several)) => several.iter().any(|one| one == word),
        Some(_) | None => false,
    };
    if is("boolean") {
        Said::fixed("可填 true 或 false", "true or false")
    } else if is("integer") {
        Said::fixed("应为不太大的整数，如 50", "a whole number, not too large, such as 50")
    } else {
        anything()
    }
}

fn anything() -> Said {
    Said::fixed("请按接口文档填写", "see the API's description")
}

/// The first value under a key, in a schema or one of its branches.
fn find<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    schema.get(key).or_else(|| {
        let branches = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|union| schema.get(union).and_then(Value::as_array));
        branches.flatten().find_map(|branch| find(branch, key))
    })
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "—".to_owned() } else { names.join(", ") }
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(query).map(actix_web::web::Query::into_inner).unwrap_or_default()
}

/// Reads a day of a query, written exactly as `YYYY-MM-DD`.
///
/// # Errors
/// Where it is written otherwise or does not exist.
pub fn day<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<NaiveDate>, D::Error> {
    let Some(text) = Option::<String>::deserialize(value)? else { return Ok(None) };
    parse_day(&text).map(Some).ok_or_else(|| D::Error::custom("a day is written YYYY-MM-DD"))
}

/// Reads the length of a page. However large the number, it asks for no more than the longest page.
///
/// # Errors
/// Where it is no whole number.
pub fn limit<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let Some(text) = Option::<String>::deserialize(value)? else { return Ok(None) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(D::Error::custom("a whole number"));
    }
    Ok(Some(text.parse().unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use utoipa::IntoParams;

    use super::read;
    use crate::base::said::Lang;
    use crate::lifecycle::step::Stage;

    #[derive(Debug, Deserialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        limit: Option<u32>,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        day: Option<chrono::NaiveDate>,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        from: i32,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        overdue: Option<bool>,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        #[param(inline)]
        stage: Option<Stage>,
    }

    fn sentence(query: &str) -> String {
        read::<Wanted>(query).expect_err("is refused").detail.in_lang(Lang::Zh).to_owned()
    }

    fn named(query: &str) -> String {
        let refusal = read::<Wanted>(query).expect_err("is refused");
        refusal.members.get("parameter").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
    }

    #[test]
    fn a_bad_value_is_named_by_its_parameter() {
        assert_eq!(named("limit=5&day=2026-02-30&from=1"), "day");
        assert_eq!(named("day=2026-02-28&limit=x&from=1"), "limit");
        assert_eq!(named("from=1.5"), "from");
        assert_eq!(named("limit=5"), "from");
        assert_eq!(named("limit=5&colour=red"), "colour");
        assert_eq!(named("from=1&from=2"), "from");
    }

    #[test]
    fn a_bad_value_is_told_what_is_accepted() {
        let every = Stage::ALL.iter().map(|stage| stage.as_str());
        assert!(every.clone().all(|word| sentence("from=1&stage=nix").contains(word)), "{}", sentence("from=1&stage=nix"));
        assert!(sentence("from=1&day=2026-11-31").contains("2026-11-23"));
        assert!(sentence("from=1&overdue=yes").contains("true 或 false"));
        assert!(sentence("from=x").contains("整数"));
        assert!(sentence("limit=5").contains("缺少查询参数 from"));
        assert!(sentence("from=1&from=2").contains("两次"));
    }
}
