//! Pages of a list: how many, from where, and an opaque cursor that belongs to its filter and cannot be forged.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::kind;
use super::refusal::Refusal;
use super::reply::Reply;
use crate::base::said::Said;

/// How many items a page has when the caller does not say.
pub const LIMIT_DEFAULT: u32 = 50;
/// More than this is read as this.
pub const LIMIT_MAX: u32 = 200;

/// Where a page begins and how long it is.
#[derive(Clone, Debug)]
pub struct Page {
    /// Items per page.
    pub limit: i64,
    /// The sort key of the last item of the page before.
    pub after: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct Inside {
    /// Sort key of the last item.
    k: Vec<String>,
    /// Hash of the filter.
    f: String,
}

/// How many items a page has that was asked for with this limit.
///
/// # Errors
/// 400 for a limit of 0.
pub fn page_limit(limit: Option<u32>) -> Result<i64, Refusal> {
    if limit == Some(0) {
        return Err(Refusal::new(kind::BAD_QUERY_PARAMETER, Said::fixed("limit 至少为 1。", "limit is at least 1."))
            .with("parameter", "limit".into()));
    }
    Ok(i64::from(limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX)))
}

/// Signs and reads the cursors of one list.
#[derive(Debug)]
pub struct Cursors<'a> {
    secret: &'a [u8],
    /// The list and its filter, without `cursor` and `limit`.
    filter: String,
}

impl<'a> Cursors<'a> {
    /// The cursors of a list: `path` and every parameter that selects or sorts.
    #[must_use]
    pub fn new(secret: &'a [u8], path: &str, query: &str) -> Self {
        let mut pairs: Vec<&str> =
            query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=") && !pair.starts_with("limit=")).collect();
        pairs.sort_unstable();
        Self { secret, filter: format!("{path}?{}", pairs.join("&")) }
    }

    /// Reads what the caller asked for.
    ///
    /// # Errors
    /// 400 for a cursor that is broken, forged, or of another list or filter, and for a limit of 0.
    pub fn page(&self, limit: Option<u32>, cursor: Option<&str>) -> Result<Page, Refusal> {
        let limit = page_limit(limit)?;
        let after = cursor.map(|text| self.open(text).ok_or_else(bad_cursor)).transpose()?;
        Ok(Page { limit, after })
    }

    fn open(&self, text: &str) -> Option<Vec<String>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tag, inside) = bytes.split_at_checked(16)?;
        if tag != &self.tag(inside)[..] {
            return None;
        }
        let inside: Inside = serde_json::from_slice(inside).ok()?;
        (inside.f == self.filter_hash()).then_some(inside.k)
    }

    /// The cursor after an item with this sort key.
    ///
    /// # Errors
    /// When it cannot be serialised, which strings always can.
    pub fn after(&self, key: Vec<String>) -> Result<String, Refusal> {
        let inside = serde_json::to_vec(&Inside { k: key, f: self.filter_hash() }).map_err(Refusal::internal)?;
        let mut bytes = self.tag(&inside).to_vec();
        bytes.extend_from_slice(&inside);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn filter_hash(&self) -> String {
        hex::encode(&Sha256::digest(self.filter.as_bytes())[..8])
    }

    /// A keyed digest over what is inside. The secret stands before and behind, so that nothing can be appended.
    fn tag(&self, inside: &[u8]) -> [u8; 16] {
        let mut digest = Sha256::new();
        digest.update(self.secret);
        digest.update(inside);
        digest.update(self.secret);
        let mut tag = [0; 16];
        tag.copy_from_slice(&digest.finalize()[..16]);
        tag
    }
}

/// 400 for a cursor that is broken, or of another list or filter.
#[must_use]
pub fn bad_cursor() -> Refusal {
    Refusal::new(
        kind::BAD_CURSOR,
        Said::fixed(
            "翻页标记无效或属于另一个查询，请从第一页重新开始。",
            "This cursor is broken or belongs to another query; begin again with the first page.",
        ),
    )
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the next page begins; `null` on the last.
    pub next_cursor: Option<String>,
}

impl<T: Serialize> Listed<T> {
    /// Makes a page from at most one item more than it holds, which tells whether there is a next one.
    ///
    /// # Errors
    /// As [`Cursors::after`].
    pub fn from_overfull(mut items: Vec<T>, page: &Page, cursors: &Cursors<'_>, key: impl Fn(&T) -> Vec<String>) -> Result<Self, Refusal> {
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let next_cursor = if items.len() > limit {
            items.truncate(limit);
            items.last().map(|last| cursors.after(key(last))).transpose()?
        } else {
            None
        };
        Ok(Self { items, next_cursor })
    }

    /// The answer, with its `Link` header.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn reply(&self, path: &str, query: &str) -> Result<Reply, Refusal> {
        let link = self.next_cursor.as_ref().map(|cursor| {
            let mut pairs: Vec<String> =
                query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=")).map(str::to_owned).collect();
            pairs.push(format!("cursor={cursor}"));
            format!("{path}?{}", pairs.join("&"))
        });
        match Reply::ok(self)? {
            Reply::Json { status, location, body, tagged, .. } => Ok(Reply::Json { status, location, body, tagged, next: link }),
            other @ (Reply::Bytes { .. } | Reply::Nothing) => Ok(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cursors;

    #[test]
    fn a_cursor_belongs_to_its_list_its_filter_and_this_registry() {
        let cursors = Cursors::new(b"secret", "/api/v1/documents", "stage=filed&limit=2");
        let cursor = cursors.after(vec!["a".to_owned()]).expect("made");
        assert_eq!(cursors.page(None, Some(&cursor)).expect("opens").after, Some(vec!["a".to_owned()]));
        let others = [
            Cursors::new(b"secret", "/api/v1/documents", "stage=drafted"),
            Cursors::new(b"secret", "/api/v1/filings", "stage=filed"),
            Cursors::new(b"another", "/api/v1/documents", "stage=filed"),
        ];
        assert!(others.iter().all(|other| other.page(None, Some(&cursor)).is_err()));
        let mut forged = cursor.clone();
        forged.replace_range(3..4, if &cursor[3..4] == "A" { "B" } else { "A" });
        assert!(cursors.page(None, Some(&forged)).is_err());
        assert!(cursors.page(None, Some("%%%")).is_err());
    }

    #[test]
    fn a_limit_of_more_than_200_is_read_as_200_and_0_is_refused() {
        let cursors = Cursors::new(b"secret", "/", "");
        assert_eq!(cursors.page(Some(9999), None).expect("read").limit, 200);
        assert_eq!(cursors.page(None, None).expect("read").limit, 50);
        assert!(cursors.page(Some(0), None).is_err());
    }
}
