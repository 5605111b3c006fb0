//! A clean-up round as its rules see it, and who may do what with it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::clock;
use crate::base::ids::{BodyId, CleanupId};
use crate::base::said::Said;
use crate::identity::actor::{Actor, Role};
use crate::identity::bodies::Body;
use crate::identity::permits::{self, Party};
use crate::lifecycle::cleanup::{CleanupTrigger, UnlistedResult};
use crate::schema::{bodies, cleanup_publications, cleanups, filing_targets};
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// What one may want to do with a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CleanupAct {
    /// Read it, or propose results: auditors of its body's superiors and of the body itself, and its secretaries.
    Work,
    /// Publish the issuer's decision: its secretaries alone.
    Publish,
}

/// A round.
#[derive(Clone, Debug)]
pub struct Round {
    /// The round.
    pub id: CleanupId,
    /// Whose documents.
    pub body: Body,
    /// What set it off.
    pub trigger: CleanupTrigger,
    /// Documents published after this day are not in it.
    pub cutoff_date: NaiveDate,
    /// What becomes of documents in scope that the catalogue does not list.
    pub unlisted_effect: UnlistedResult,
    /// Whether a missed amendment lapses.
    pub lapse_if_missed: bool,
    /// The day on which it was opened.
    pub opened_on: NaiveDate,
    /// Whether its catalogue is published.
    pub is_published: bool,
}

impl Round {
    /// Refuses what is no longer possible once the catalogue is published.
    ///
    /// # Errors
    /// 409 `cleanup_published`.
    pub fn require_open(&self) -> Result<(), Refusal> {
        if !self.is_published {
            return Ok(());
        }
        Err(Refusal::new(
            kind::CLEANUP_PUBLISHED,
            Said::fixed(
                "本轮清理结果已经公布，不能再更改；如需重新认定，请开始新一轮清理。",
                "The round's catalogue is published and stays as it is; a new round can judge the documents again.",
            ),
        ))
    }
}

/// The role in which the caller works on rounds of a body; `None` where they have none.
///
/// # Errors
/// When the database refuses.
pub async fn role_towards(tx: &mut Tx<'_>, body: BodyId, act: CleanupAct) -> Result<Option<Role>, Refusal> {
    let permitted = match act {
        CleanupAct::Work => permits::MAY_CLEAN_UP,
        CleanupAct::Publish => permits::MAY_PUBLISH_CLEANUP,
    };
    for (role, party) in permitted.iter().filter(|(role, _)| tx.actor.is(*role)) {
        let holds = match party {
            Party::CleanedUpBody => tx.actor.body_id == body,
            Party::ItsReceiver => files_to(tx, body, tx.actor.body_id).await?,
            Party::Receiver | Party::DraftingBody => false,
        };
        if holds {
            return Ok(Some(*role));
        }
    }
    Ok(None)
}

/// The roles that work on rounds at all.
pub const WORKERS: &[Role] = &[Role::Auditor, Role::Secretary];

impl Tx<'_> {
    /// Lets a caller work on or publish a round, and says in which role. Takes no lock.
    ///
    /// # Errors
    /// 404 for strangers; 403 for those who belong to the body, or work on the round, but must not do this.
    pub async fn permit_round(&mut self, id: CleanupId, act: CleanupAct) -> Result<(Round, Role), Refusal> {
        let round = self.round(id).await?;
        if let Some(role) = role_towards(self, round.body.id, act).await? {
            return Ok((round, role));
        }
        if role_towards(self, round.body.id, CleanupAct::Work).await?.is_some() || belongs_to(self, self.actor, &round.body).await? {
            return Err(forbidden(self.actor, act));
        }
        Err(Refusal::not_found())
    }

    /// Locks a round for an act of the caller, behind which all acts on it queue.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn lock_round(&mut self, id: CleanupId, act: CleanupAct) -> Result<(Round, Role), Refusal> {
        cleanups::table
            .find(id)
            .select(cleanups::id)
            .for_update()
            .first::<CleanupId>(self.conn)
            .await
            .optional()?
            .ok_or_else(Refusal::not_found)?;
        self.permit_round(id, act).await
    }

    async fn round(&mut self, id: CleanupId) -> Result<Round, Refusal> {
        type Row = (Body, CleanupTrigger, NaiveDate, UnlistedResult, bool, DateTime<Utc>, Option<NaiveDate>);
        let found: Option<Row> = cleanups::table
            .inner_join(bodies::table.on(bodies::id.eq(cleanups::body_id)))
            .left_join(cleanup_publications::table.on(cleanup_publications::cleanup_id.eq(cleanups::id)))
            .filter(cleanups::id.eq(id))
            .select((
                Body::as_select(),
                cleanups::trigger,
                cleanups::cutoff_date,
                cleanups::unlisted_effect,
                cleanups::lapse_if_missed,
                cleanups::opened_at,
                cleanup_publications::published_on.nullable(),
            ))
            .first(self.conn)
            .await
            .optional()?;
        let (body, trigger, cutoff_date, unlisted_effect, lapse_if_missed, opened_at, published_on) =
            found.ok_or_else(Refusal::not_found)?;
        let opened_on = clock::day_in_china(opened_at);
        let is_published = published_on.is_some();
        Ok(Round { id, body, trigger, cutoff_date, unlisted_effect, lapse_if_missed, opened_on, is_published })
    }
}

/// The refusal of somebody who knows the body but must not do this.
#[must_use]
pub fn forbidden(actor: &Actor, act: CleanupAct) -> Refusal {
    let who = match act {
        CleanupAct::Work => Said::fixed(
            "被清理机关或者其报备机关的备案审查人员，或者被清理机关的会议秘书",
            "an auditor of the body or of one that it files to, or the body's secretary",
        ),
        CleanupAct::Publish => Said::fixed("制定机关的会议秘书", "the secretary of the issuing authority"),
    };
    permits::done_by(actor, &who)
}

async fn files_to(tx: &mut Tx<'_>, body: BodyId, target: BodyId) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        filing_targets::table.filter(filing_targets::body_id.eq(body)).filter(filing_targets::target_id.eq(target)),
    ))
    .get_result(tx.conn)
    .await?)
}

/// Whether the caller's body is the round's body, stands below it, reviews for it, or receives its filings.
async fn belongs_to(tx: &mut Tx<'_>, actor: &Actor, body: &Body) -> Result<bool, Refusal> {
    if body.review_body_id == Some(actor.body_id) || files_to(tx, body.id, actor.body_id).await? {
        return Ok(true);
    }
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let below: Found = diesel::sql_query(
        "WITH RECURSIVE up (id, parent_id) AS (
             SELECT id, parent_id FROM bodies WHERE id = $1
             UNION SELECT above.id, above.parent_id FROM bodies above JOIN up ON above.id = up.parent_id)
         SELECT EXISTS (SELECT 1 FROM up WHERE id = $2) AS found",
    )
    .bind::<diesel::sql_types::Uuid, _>(actor.body_id)
    .bind::<diesel::sql_types::Uuid, _>(body.id)
    .get_result(tx.conn)
    .await?;
    Ok(below.found)
}
