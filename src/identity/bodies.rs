//! Bodies as the rest of the registry needs them: found by id or code, and where they file.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::ids::BodyId;
use crate::base::said::Said;
use crate::base::text_enum::text_enum;
use crate::schema::{bodies, filing_targets};
use crate::web::kind;
use crate::web::refusal::Refusal;

text_enum! {
    /// In which role a superior receives filings.
    pub enum TargetRole {
        /// The supervising government, which may order corrections and revoke.
        SupervisingGovernment = "supervising_government",
        /// The standing committee of the same-level people's congress, which may do so too.
        StandingCommittee = "standing_committee",
        /// The issuer's own rule-of-law office (依法治理办), which may not.
        InternalRuleOfLawOffice = "internal_rule_of_law_office",
    }
}

impl TargetRole {
    /// Whether a receiver in this role may order a correction or revoke (责令改正, 撤销).
    #[must_use]
    pub const fn may_order(self) -> bool {
        matches!(self, Self::SupervisingGovernment | Self::StandingCommittee)
    }
}

/// A body.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = bodies, check_for_backend(diesel::pg::Pg))]
pub struct Body {
    /// Its id.
    pub id: BodyId,
    /// The code by which the API names it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Organ code of its numbers.
    pub number_prefix: Option<String>,
    /// Whether it may issue.
    pub may_issue: bool,
    /// Who reviews what it issues.
    pub review_body_id: Option<BodyId>,
    /// Key of its rule profiles.
    pub jurisdiction: String,
}

impl Body {
    /// What stands at the head of its numbers: the organ code, or its own code where it has none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.number_prefix.as_deref().unwrap_or(&self.code)
    }
}

/// A body as other records name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Queryable)]
pub struct BodyRef {
    /// Code.
    #[schema(example = "510000-yt")]
    pub code: String,
    /// Name.
    #[schema(example = "元潭镇人民政府")]
    pub name: String,
}

/// Where a body files.
#[derive(Clone, Debug, Queryable)]
pub struct FilingTarget {
    /// The receiving body.
    pub body: Body,
    /// Its role.
    pub role: TargetRole,
}

/// A body by its id.
///
/// # Errors
/// When there is none or the database refuses.
pub async fn body_fetch(conn: &mut AsyncPgConnection, id: BodyId) -> Result<Body, Refusal> {
    Ok(bodies::table.find(id).select(Body::as_select()).first(conn).await?)
}

/// A body by its code.
///
/// # Errors
/// When the database refuses.
pub async fn body_by_code(conn: &mut AsyncPgConnection, code: &str) -> Result<Option<Body>, Refusal> {
    Ok(bodies::table.filter(bodies::code.eq(code)).select(Body::as_select()).first(conn).await.optional()?)
}

/// What to say of a code that no body has. People write names; who is called so, and by which code, is no secret.
///
/// # Errors
/// When the database refuses.
pub async fn unknown_body(conn: &mut AsyncPgConnection, code: &str) -> Result<Said, Refusal> {
    Ok(match code_of_name(conn, code).await? {
        Some(found) => Said::new(
            format!("请填机关代码，不填名称：{}的代码是 {found}。", code.trim()),
            format!("Give the body's code, not its name: the code of {} is {found}.", code.trim()),
        ),
        None => Said::new(format!("没有代码为 {code} 的机关。"), format!("There is no body with the code {code}.")),
    })
}

/// Lets a list be narrowed to a body that there is. An empty list would say that the body has nothing.
///
/// # Errors
/// 400 `bad_query_parameter`.
pub async fn require_known(conn: &mut AsyncPgConnection, code: &str) -> Result<(), Refusal> {
    if body_by_code(conn, code).await?.is_some() {
        return Ok(());
    }
    let said = unknown_body(conn, code).await?;
    Err(Refusal::new(kind::BAD_QUERY_PARAMETER, said).with("parameter", "body".into()))
}

/// The code of the one body of a name; `None` where there is none, or several share it.
///
/// # Errors
/// When the database refuses.
pub async fn code_of_name(conn: &mut AsyncPgConnection, name: &str) -> Result<Option<String>, Refusal> {
    let codes: Vec<String> = bodies::table.filter(bodies::name.eq(name.trim())).select(bodies::code).limit(2).load(conn).await?;
    Ok(if let [one] = codes.as_slice() { Some(one.clone()) } else { None })
}

/// Where a body files, in its own order.
///
/// # Errors
/// When the database refuses.
pub async fn filing_targets_of(conn: &mut AsyncPgConnection, body: BodyId) -> Result<Vec<FilingTarget>, Refusal> {
    Ok(filing_targets::table
        .inner_join(bodies::table.on(bodies::id.eq(filing_targets::target_id)))
        .filter(filing_targets::body_id.eq(body))
        .order(filing_targets::ordinal)
        .select((Body::as_select(), filing_targets::role))
        .load(conn)
        .await?)
}
