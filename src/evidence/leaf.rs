//! An entry as it is hashed: one JSON object with everything that the entry says and the digests of the rows that it wrote,
//! written as RFC 8785 says, so that whoever holds the bytes can read them without this program. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::journal::entry::SubjectKind;

/// The form of a leaf. Another form has another name.
const FORMAT: &str = "lawgate-log-entry/v1";
/// What the digests of rows are made with.
const DIGEST_ALG: &str = "sha256";

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// When, on the registry's clock.
    pub at: DateTime<Utc>,
    /// What was done.
    pub entry_type: String,
    /// Who did it; `None` for the registry itself.
    pub user_id: Option<Uuid>,
    /// For which body.
    pub body_id: Option<Uuid>,
    /// In which role.
    pub role: Option<String>,
    /// With which token.
    pub token_id: Option<Uuid>,
    /// In which request.
    pub request_id: Option<String>,
    /// From which network address.
    pub from_address: Option<String>,
    /// On whose timeline it stands.
    pub document_id: Option<Uuid>,
    /// What it is about.
    pub subject: (SubjectKind, Option<Uuid>),
    /// The revision acted on, with its hash.
    pub revision: (Option<i32>, Option<String>),
    /// The rule profile under which it was decided.
    pub profile_id: Option<Uuid>,
    /// The particulars.
    pub data: Value,
}

/// A row that an act wrote, as it was afterwards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowDigest {
    /// The table.
    pub table: String,
    /// The primary key, its parts joined by a slash.
    pub key: String,
    /// SHA-256 over the row in hexadecimal; `None` where it was deleted.
    pub digest: Option<String>,
    /// SHA-256 over the row before the act; `None` where there was none.
    pub replaced: Option<String>,
}

#[derive(Serialize)]
struct Written<'e> {
    format: &'static str,
    position: u64,
    id: Uuid,
    at: String,
    #[serde(rename = "type")]
    entry_type: &'e str,
    user_id: Option<Uuid>,
    body_id: Option<Uuid>,
    role: Option<&'e str>,
    token_id: Option<Uuid>,
    request_id: Option<&'e str>,
    from_address: Option<&'e str>,
    document_id: Option<Uuid>,
    subject_kind: SubjectKind,
    subject: Option<Uuid>,
    revision: Option<i32>,
    revision_sha256: Option<&'e str>,
    profile_id: Option<Uuid>,
    data: &'e Value,
    key_id: &'e str,
    digest_alg: &'static str,
    rows: &'e [RowDigest],
}

/// The bytes of the leaf at a position, of an entry for which the program vouched with this key when it wrote it. Of `rows` that name one row several times the first tells what there was before the act, and
/// the last what there is after it.
///
/// # Errors
/// When the particulars hold what JSON cannot say, which what comes from a database never does.
pub fn leaf(position: u64, key_id: &str, entry: &Entry, rows: Vec<RowDigest>) -> Result<Vec<u8>, serde_json::Error> {
    let rows = one_of_each(rows);
    serde_json_canonicalizer::to_vec(&Written {
        format: FORMAT,
        position,
        id: entry.id,
        at: entry.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        entry_type: &entry.entry_type,
        user_id: entry.user_id,
        body_id: entry.body_id,
        role: entry.role.as_deref(),
        token_id: entry.token_id,
        request_id: entry.request_id.as_deref(),
        from_address: entry.from_address.as_deref(),
        document_id: entry.document_id,
        subject_kind: entry.subject.0,
        subject: entry.subject.1,
        revision: entry.revision.0,
        revision_sha256: entry.revision.1.as_deref(),
        profile_id: entry.profile_id,
        data: &entry.data,
        key_id,
        digest_alg: DIGEST_ALG,
        rows: &rows,
    })
}

/// What was written several times in one act is as the first writing found it and the last one left it. In the order of tables
/// and keys.
fn one_of_each(rows: Vec<RowDigest>) -> Vec<RowDigest> {
    let mut one: BTreeMap<(String, String), (Option<String>, Option<String>)> = BTreeMap::new();
    for row in rows {
        one.entry((row.table, row.key)).or_insert((None, row.replaced)).0 = row.digest;
    }
    one.into_iter().map(|((table, key), (digest, replaced))| RowDigest { table, key, digest, replaced }).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;
    use uuid::Uuid;

    use super::{Entry, RowDigest, leaf};
    use crate::journal::entry::SubjectKind;

    fn entry() -> Entry {
        Entry {
            id: Uuid::from_u128(1),
            at: DateTime::<Utc>::from_timestamp(1_700_000_000, 120_000_000).expect("a time"),
            entry_type: "opinion.given".to_owned(),
            user_id: None,
            body_id: None,
            role: Some("system".to_owned()),
            token_id: None,
            request_id: None,
            from_address: None,
            document_id: None,
            subject: (SubjectKind::Registry, None),
            revision: (None, None),
            profile_id: None,
            data: json!({"b": 1, "a": "办法"}),
        }
    }

    fn row(key: &str, digest: &str, replaced: &str) -> RowDigest {
        let replaced = Some(replaced.to_owned()).filter(|replaced| !replaced.is_empty());
        RowDigest { table: "opinions".to_owned(), key: key.to_owned(), digest: Some(digest.to_owned()), replaced }
    }

    #[test]
    fn a_leaf_is_canonical_and_says_everything() {
        let bytes = leaf(7, "00ff", &entry(), vec![row("k", "aa", "")]).expect("it can be written");
        let text = String::from_utf8(bytes).expect("JSON is UTF-8");
        assert_eq!(
            text,
            concat!(
                r#"{"at":"2023-11-14T22:13:20.120000Z","body_id":null,"data":{"a":"办法","b":1},"digest_alg":"sha256","document_id":null,"#,
                r#""format":"lawgate-log-entry/v1","from_address":null,"id":"00000000-0000-0000-0000-000000000001","key_id":"00ff","position":7,"#,
                r#""profile_id":null,"request_id":null,"revision":null,"revision_sha256":null,"role":"system","#,
                r#""rows":[{"digest":"aa","key":"k","replaced":null,"table":"opinions"}],"subject":null,"subject_kind":"registry","token_id":null,"#,
                r#""type":"opinion.given","user_id":null}"#
            )
        );
    }

    #[test]
    fn of_one_row_the_first_and_the_last_writing_count_and_rows_are_in_order() {
        let written = vec![row("b", "1", "0"), row("a", "2", ""), row("b", "3", "1")];
        let one = leaf(0, "00ff", &entry(), written).expect("it can be written");
        assert_eq!(one, leaf(0, "00ff", &entry(), vec![row("a", "2", ""), row("b", "3", "0")]).expect("it can be written"));
    }
}
