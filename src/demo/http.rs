//! The demo's clock, moved by its administrator so that deadlines can be watched as they pass.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

use super::clock_range::YEAR_MAX;
use crate::base::clock;
use crate::base::said::Said;
use crate::identity::actor::Role;
use crate::identity::permits;
use crate::journal::entry::{EntryType, NewEntry, SubjectKind};
use crate::schema::registry_state;
use crate::web::body::RawBody;
use crate::web::call::{Answer, Ctx};
use crate::web::kind;
use crate::web::query::DryRun;
use crate::web::refusal::{FieldError, Refusal};
use crate::web::reply::Reply;

/// The operations of the demo.
#[derive(OpenApi)]
#[openapi(paths(move_clock))]
pub struct Api;

/// Where the demo's clock shall stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClock {
    /// The moment, with any offset; not before the clock's present one.
    #[schema(example = "2026-12-15T09:00:00+08:00")]
    pub now: DateTime<Utc>,
}

/// Where the demo's clock stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Clock {
    /// The moment.
    pub now: DateTime<Utc>,
}

/// Move the demo's clock
///
/// Only in a demo (404 elsewhere), by its administrator, forward and never back. Everything of the procedure asks this clock.
#[utoipa::path(post, path = "/api/v1/demo/clock", tag = "demo", params(DryRun), request_body = NewClock,
    responses((status = 200, description = "Where the clock stands now", body = Clock)))]
pub async fn move_clock(ctx: Ctx, body: RawBody) -> Answer {
    let mut call = ctx.signed_in().await?;
    if !call.app.is_demo {
        return Err(Refusal::not_found());
    }
    permits::require_role(&call.actor, Role::Admin)?;
    let wanted: NewClock = call.input(body).await?;
    call.act(async |tx| {
        // One mover at a time: the row is locked before the clock is compared. Both offsets are told from the moment at which
        // the call read the machine's clock, so that the new one is never below the old one, however long the call took.
        let offset_us: i64 = registry_state::table.select(registry_state::clock_offset_us).for_update().first(tx.conn).await?;
        let present = clock::registry_time(tx.machine_now, offset_us);
        let shown = present.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        if wanted.now < present {
            return Err(Refusal::new(
                kind::CLOCK_BACKWARDS,
                Said::new(
                    format!("演示时钟现在是 {shown}，只能向前拨。"),
                    format!("The demo's clock stands at {shown}; it moves forward only."),
                ),
            ));
        }
        if chrono::Datelike::year(&wanted.now) > YEAR_MAX {
            return Err(Refusal::fields(vec![FieldError::new(
                "/now",
                kind::DATE_OUT_OF_RANGE,
                Said::new(format!("最晚到 {YEAR_MAX} 年。"), format!("Not beyond the year {YEAR_MAX}.")),
            )]));
        }
        let offset_us = (wanted.now - tx.machine_now).num_microseconds().ok_or_else(|| Refusal::internal("an offset beyond all range"))?;
        tx.record(NewEntry::new(
            EntryType::DemoClockMoved,
            Role::Admin,
            (SubjectKind::Registry, None),
            json!({"from": present, "to": wanted.now}),
        ))
        .await?;
        diesel::update(registry_state::table).set(registry_state::clock_offset_us.eq(offset_us)).execute(tx.conn).await?;
        Reply::ok(&Clock { now: wanted.now })
    })
    .await
}
