//! Who else there is in the demo besides the seven whose logins are given out: the county's justice bureau, a county department,
//! the neighbouring town's secretary, a second drafter, a village, and a second reviewer, so that nobody judges a text of their own.
//! Nobody is told their tokens.

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncPgConnection;

use super::township::{self, Login, NewBody, NewUser};
use crate::identity::actor::Role;
use crate::identity::bodies::TargetRole;
use crate::setup::SetupError;

const BODIES: &[NewBody] =
    &[township::issuer("linjiang-nyj", "临江县农业农村局", "department", Some("linjiang"), "临农规", "linjiang-sfj")];

const TARGETS: &[(&str, &str, TargetRole)] = &[("linjiang-nyj", "linjiang", TargetRole::SupervisingGovernment)];

const USERS: &[NewUser] = &[
    NewUser { key: "social_drafter", login: "liu.drafter", name: "刘社务", body: "qinghe-shb", roles: &[Role::Drafter] },
    NewUser { key: "village_drafter", login: "he.drafter", name: "贺村务", body: "qinghe-hewan", roles: &[Role::Drafter] },
    // Reviews, and has drafted a document of the legal affairs office, on which somebody else gives the opinion.
    NewUser {
        key: "second_reviewer", login: "lin.reviewer", name: "林复核", body: "qinghe-fzb", roles: &[Role::Drafter, Role::Reviewer]
    },
    NewUser { key: "county_reviewer", login: "zheng.reviewer", name: "郑县审", body: "linjiang-sfj", roles: &[Role::Reviewer] },
    NewUser { key: "neighbour_secretary", login: "xu.secretary", name: "徐邻秘", body: "baishi", roles: &[Role::Secretary] },
    NewUser { key: "county_drafter", login: "yang.drafter", name: "杨农业", body: "linjiang-nyj", roles: &[Role::Drafter] },
    NewUser { key: "county_secretary", login: "feng.secretary", name: "冯局办", body: "linjiang-nyj", roles: &[Role::Secretary] },
];

/// Creates them in a township.
///
/// # Errors
/// When the database refuses, or the machine has no randomness to give.
pub async fn create(conn: &mut AsyncPgConnection, first_day: NaiveDate, now: DateTime<Utc>) -> Result<Vec<Login>, SetupError> {
    township::create_bodies(conn, BODIES, TARGETS, first_day, now).await?;
    township::create_users(conn, USERS, now).await
}
