//! Query strings: read into a type, with unknown parameters refused by name and bad values named.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error};
use utoipa::IntoParams;
use utoipa::openapi::path::Parameter;

use super::kind;
use super::refusal::Refusal;
use crate::base::said::Said;
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
    let known: Vec<String> = T::into_params(|| None).into_iter().map(|parameter: Parameter| parameter.name).collect();
    let mut seen = Vec::new();
    for (name, value) in url_pairs(query) {
        if !known.contains(&name) {
            return Err(Refusal::new(
                kind::UNKNOWN_QUERY_PARAMETER,
                Said::new(
                    format!("没有查询参数 {name}。可用的有：{}。", listed(&known)),
                    format!("There is no query parameter {name}. There are: {}.", listed(&known)),
                ),
            )
            .with("parameter", name.into()));
        }
        if value.contains('\0') || seen.contains(&name) {
            return Err(bad_value(&name, "given twice, or contains U+0000"));
        }
        seen.push(name);
    }
    actix_web::web::Query::<T>::from_query(query).map(actix_web::web::Query::into_inner).map_err(|error| {
        let message = error.to_string();
        bad_value(&culprit::<T>(query, &message, &known), &message)
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

fn bad_value(name: &str, what: &str) -> Refusal {
    Refusal::new(
        kind::BAD_QUERY_PARAMETER,
        Said::new(format!("查询参数 {name} 的值不正确。"), format!("The value of the query parameter {name} is not as required: {what}.")),
    )
    .with("parameter", name.into())
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

    #[derive(Debug, Deserialize, IntoParams)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        limit: Option<u32>,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        day: Option<chrono::NaiveDate>,
        #[expect(dead_code, reason = "only whether it can be read matters here")]
        from: i32,
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
}
