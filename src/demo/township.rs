//! The demo's bodies, users and tokens. The places and people are made up; their shape is that of a Sichuan township with its
//! legal affairs office (法制机构), its rule-of-law office (依法治理办), departments, villages, a neighbouring town and the county.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::base::ids::{BodyId, TokenId, UserId};
use crate::identity::actor::Role;
use crate::identity::bodies::TargetRole;
use crate::identity::store::{new_token, token_digest};
use crate::journal::entry::{EntryType, SubjectKind};
use crate::journal::store::record_administration;
use crate::schema::{bodies, filing_targets, tokens, user_roles, users};
use crate::setup::SetupError;

/// One login of the demo.
#[derive(Clone, Debug)]
pub struct Login {
    /// The key in `demo-credentials.json`.
    pub key: &'static str,
    /// The login.
    pub login: &'static str,
    /// The token, in clear: a demo's tokens are for its operator to read.
    pub token: String,
    /// Code of the body for which it acts.
    pub body: &'static str,
}

pub(super) struct NewBody {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) level: &'static str,
    pub(super) parent: Option<&'static str>,
    pub(super) number_prefix: Option<&'static str>,
    pub(super) may_issue: bool,
    pub(super) review_body: Option<&'static str>,
}

pub(super) const fn issuer(
    code: &'static str,
    name: &'static str,
    level: &'static str,
    parent: Option<&'static str>,
    prefix: &'static str,
    review: &'static str,
) -> NewBody {
    NewBody { code, name, level, parent, number_prefix: Some(prefix), may_issue: true, review_body: Some(review) }
}

const fn part(code: &'static str, name: &'static str, level: &'static str, parent: &'static str) -> NewBody {
    NewBody { code, name, level, parent: Some(parent), number_prefix: None, may_issue: false, review_body: None }
}

const BODIES: &[NewBody] = &[
    issuer("bazhou", "巴州市人民政府", "city", None, "巴府规", "bazhou-sfj"),
    part("bazhou-sfj", "巴州市司法局", "department", "bazhou"),
    issuer("linjiang", "临江县人民政府", "county", Some("bazhou"), "临府规", "linjiang-sfj"),
    part("linjiang-sfj", "临江县司法局", "department", "linjiang"),
    issuer("qinghe", "青禾镇人民政府", "town", Some("linjiang"), "青府规", "qinghe-fzb"),
    part("qinghe-fzb", "青禾镇法制办公室", "section", "qinghe"),
    // It numbers the filings that it registers.
    NewBody { number_prefix: Some("青依治"), ..part("qinghe-yfzlb", "青禾镇依法治理办公室", "section", "qinghe") },
    part("qinghe-jjb", "青禾镇经济发展办公室", "section", "qinghe"),
    part("qinghe-shb", "青禾镇社会事务办公室", "section", "qinghe"),
    part("qinghe-hewan", "青禾镇河湾村", "village", "qinghe"),
    part("qinghe-shiqiao", "青禾镇石桥社区", "village", "qinghe"),
    issuer("baishi", "白石镇人民政府", "town", Some("linjiang"), "白府规", "linjiang-sfj"),
];

const TARGETS: &[(&str, &str, TargetRole)] = &[
    ("linjiang", "bazhou", TargetRole::SupervisingGovernment),
    ("qinghe", "qinghe-yfzlb", TargetRole::InternalRuleOfLawOffice),
    ("qinghe", "linjiang", TargetRole::SupervisingGovernment),
    ("baishi", "linjiang", TargetRole::SupervisingGovernment),
];

pub(super) struct NewUser {
    pub(super) key: &'static str,
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) body: &'static str,
    pub(super) roles: &'static [Role],
}

const USERS: &[NewUser] = &[
    NewUser { key: "drafter", login: "chen.drafter", name: "陈起草", body: "qinghe-jjb", roles: &[Role::Drafter] },
    NewUser { key: "reviewer", login: "li.reviewer", name: "李审核", body: "qinghe-fzb", roles: &[Role::Reviewer] },
    NewUser { key: "secretary", login: "wang.secretary", name: "王秘书", body: "qinghe", roles: &[Role::Secretary] },
    NewUser { key: "auditor", login: "zhao.auditor", name: "赵备案", body: "qinghe-yfzlb", roles: &[Role::Auditor] },
    NewUser { key: "county_auditor", login: "sun.auditor", name: "孙监督", body: "linjiang", roles: &[Role::Auditor] },
    NewUser { key: "admin", login: "zhou.admin", name: "周管理", body: "qinghe", roles: &[Role::Admin] },
    NewUser { key: "outsider", login: "wu.drafter", name: "吴邻镇", body: "baishi", roles: &[Role::Drafter] },
];

/// The jurisdiction whose built-in rule profiles hold in the demo.
pub const JURISDICTION: &str = "sichuan";

/// Creates bodies, users and tokens in an empty registry, in one transaction with its entries in the log.
///
/// # Errors
/// When the database refuses, or the machine has no randomness to give.
pub async fn create(conn: &mut AsyncPgConnection, first_day: NaiveDate, now: DateTime<Utc>) -> Result<Vec<Login>, SetupError> {
    conn.transaction(async |conn| {
        create_bodies(conn, BODIES, TARGETS, first_day, now).await?;
        create_users(conn, USERS, now).await
    })
    .await
}

/// Creates bodies, and says where they file.
pub(super) async fn create_bodies(
    conn: &mut AsyncPgConnection,
    all: &[NewBody],
    targets: &[(&str, &str, TargetRole)],
    first_day: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), SetupError> {
    for body in all {
        let parent = if let Some(code) = body.parent { Some(body_id(conn, code).await?) } else { None };
        diesel::insert_into(bodies::table)
            .values((
                bodies::id.eq(BodyId::new()),
                bodies::code.eq(body.code),
                bodies::name.eq(body.name),
                bodies::level.eq(body.level),
                bodies::parent_id.eq(parent),
                bodies::number_prefix.eq(body.number_prefix),
                bodies::may_issue.eq(body.may_issue),
                bodies::jurisdiction.eq(JURISDICTION),
                bodies::registry_first_day.eq(first_day),
                bodies::created_at.eq(now),
            ))
            .execute(conn)
            .await?;
    }
    // Review bodies may stand further down the list, so they are set once all bodies are there.
    for body in all {
        if let Some(code) = body.review_body {
            let review_body = body_id(conn, code).await?;
            diesel::update(bodies::table.filter(bodies::code.eq(body.code)))
                .set(bodies::review_body_id.eq(review_body))
                .execute(conn)
                .await?;
        }
    }
    for (ordinal, (body, target, role)) in (0_i32..).zip(targets) {
        let (body, target) = (body_id(conn, body).await?, body_id(conn, target).await?);
        diesel::insert_into(filing_targets::table)
            .values((
                filing_targets::body_id.eq(body),
                filing_targets::target_id.eq(target),
                filing_targets::role.eq(role),
                filing_targets::ordinal.eq(ordinal),
            ))
            .execute(conn)
            .await?;
    }
    let created: Vec<&str> = all.iter().map(|body| body.code).collect();
    let data = json!({"command": "demo", "created": created});
    record_administration(conn, EntryType::BodiesImported, (SubjectKind::Registry, None), now, data).await?;
    Ok(())
}

async fn body_id(conn: &mut AsyncPgConnection, code: &str) -> Result<BodyId, SetupError> {
    Ok(bodies::table.filter(bodies::code.eq(code)).select(bodies::id).first(conn).await?)
}

/// Creates users with their roles, and a token for each.
pub(super) async fn create_users(conn: &mut AsyncPgConnection, all: &[NewUser], now: DateTime<Utc>) -> Result<Vec<Login>, SetupError> {
    let mut logins = Vec::new();
    for user in all {
        let (body, user_id) = (body_id(conn, user.body).await?, UserId::new());
        let token = new_token().map_err(|error| error.to_string())?;
        diesel::insert_into(users::table)
            .values((users::id.eq(user_id), users::login.eq(user.login), users::name.eq(user.name), users::created_at.eq(now)))
            .execute(conn)
            .await?;
        for role in user.roles {
            diesel::insert_into(user_roles::table)
                .values((user_roles::user_id.eq(user_id), user_roles::body_id.eq(body), user_roles::role.eq(role)))
                .execute(conn)
                .await?;
        }
        diesel::insert_into(tokens::table)
            .values((
                tokens::id.eq(TokenId::new()),
                tokens::user_id.eq(user_id),
                tokens::body_id.eq(body),
                tokens::name.eq("demo"),
                tokens::token_sha256.eq(token_digest(&token)),
                tokens::created_at.eq(now),
            ))
            .execute(conn)
            .await?;
        let data = json!({"command": "demo", "login": user.login, "body": user.body, "roles": user.roles});
        record_administration(conn, EntryType::UserCreated, (SubjectKind::User, Some(user_id.0)), now, data).await?;
        logins.push(Login { key: user.key, login: user.login, token, body: user.body });
    }
    Ok(logins)
}
