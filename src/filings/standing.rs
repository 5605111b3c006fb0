//! Where a filing stands and who may act on it: loaded in one go, under the document's lock for an act.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::ids::{DocumentId, FilingId, FilingReviewId, UserId};
use crate::base::said::Said;
use crate::base::workdays::Due;
use crate::documents::standing::Standing;
use crate::documents::wire::FilingStatus;
use crate::identity::actor::{Actor, Role};
use crate::identity::bodies::{Body, TargetRole};
use crate::identity::permits::{self, Party};
use crate::lifecycle::filing::{FilingAct, FilingReviewResult, RectificationAction, correction_due};
use crate::lifecycle::names::in_english;
use crate::lifecycle::step::Stage;
use crate::schema::{bodies, filing_reviews, filings, rectifications};
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Where a filing stands.
#[derive(Clone, Debug)]
pub struct FilingStanding {
    /// The filing.
    pub id: FilingId,
    /// Its document.
    pub document: DocumentId,
    /// Who receives it.
    pub target: Body,
    /// In which role.
    pub role: TargetRole,
    /// Its status.
    pub status: FilingStatus,
    /// The number of its last status change.
    pub status_seq: i32,
    /// Who filed it.
    pub filed_by: UserId,
    /// Its last review.
    pub last_review: Option<LastReview>,
    /// What the issuer reported in answer to that review.
    pub reported: Option<RectificationAction>,
    /// Whether the day of the rectification asked for is over, for certain.
    pub day_missed: bool,
}

/// The review of a filing that counts.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = filing_reviews, check_for_backend(diesel::pg::Pg))]
pub struct LastReview {
    /// The review.
    pub id: FilingReviewId,
    /// Its number within the filing.
    pub review_no: i32,
    /// Its result.
    pub result: FilingReviewResult,
    /// Its day.
    pub reviewed_on: NaiveDate,
    /// The day for the rectification.
    pub due_on: Option<NaiveDate>,
    /// Whether that day was computed beyond the calendar.
    pub due_provisional: Option<bool>,
}

/// A filing, its document, and the role in which the caller acts.
#[derive(Clone, Debug)]
pub struct PermittedFiling {
    /// Where the filing stands.
    pub filing: FilingStanding,
    /// Where its document stands.
    pub standing: Standing,
    /// The caller's role for this act.
    pub role: Role,
}

impl PermittedFiling {
    /// Refuses an act that is not possible at the filing's status.
    ///
    /// # Errors
    /// 409 `wrong_step`.
    pub fn require(&self, act: FilingAct) -> Result<(), Refusal> {
        if act.is_possible_at(self.filing.status, self.filing.day_missed) { Ok(()) } else { Err(self.wrong_step()) }
    }

    /// 409 `wrong_step` with the document's stage and step, the filing's status, and the acts that are possible on it.
    #[must_use]
    pub fn wrong_step(&self) -> Refusal {
        let status = self.filing.status;
        let possible = FilingAct::possible_at(status, self.filing.day_missed);
        let allowed: Vec<&str> = possible.iter().map(|act| act.as_str()).collect();
        let (stage, step) = self.standing.place();
        Refusal::new(kind::WRONG_STEP, said_of_the_status(status, &possible))
            .with("stage", stage.as_str().into())
            .with("step", step.as_str().into())
            .with("filing_status", status.as_str().into())
            .with("allowed", allowed.into())
    }

    /// Whether the document's step follows its filings: not before the first, and not after a clean-up.
    #[must_use]
    pub const fn moves_the_document(&self) -> bool {
        matches!(self.standing.facts.stage, Stage::Filed)
    }
}

/// Why an act is not possible at a status, and what is instead.
fn said_of_the_status(status: FilingStatus, possible: &[FilingAct]) -> Said {
    let (zh, en) = (status.zh(), in_english(status.as_str()));
    if possible.is_empty() {
        return Said::new(
            format!("本件备案处于“{zh}”，已经办结，不能再进行此操作。"),
            format!("The filing is at “{en}”, which is its end; this cannot be done."),
        );
    }
    let listed_zh = possible.iter().map(|act| act.zh()).collect::<Vec<_>>().join("、");
    let listed_en = possible.iter().map(|act| in_english(act.as_str())).collect::<Vec<_>>().join(", ");
    Said::new(
        format!("本件备案处于“{zh}”，不能进行此操作；现在可以进行：{listed_zh}。"),
        format!("The filing is at “{en}”, where this cannot be done; possible now: {listed_en}."),
    )
}

type Row = (DocumentId, Body, TargetRole, Option<FilingStatus>, i32, UserId);

impl Tx<'_> {
    /// Whether the caller may do an act on a filing, before their input is looked at. Takes no lock.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn permit_filing(&mut self, id: FilingId, act: FilingAct) -> Result<(), Refusal> {
        let filing = self.filing(id).await?;
        let standing = self.standing(filing.document).await?;
        require(self.actor, act, &filing, &standing).map(|_| ())
    }

    /// Locks a filing's document for an act of the caller; who may do it is asked again under the lock.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn lock_filing(&mut self, id: FilingId, act: FilingAct) -> Result<PermittedFiling, Refusal> {
        let document = self.filing(id).await?.document;
        self.lock_document(document).await?;
        let filing = self.filing(id).await?;
        let standing = self.standing(document).await?;
        let role = require(self.actor, act, &filing, &standing)?;
        Ok(PermittedFiling { filing, standing, role })
    }

    /// Where a filing stands, whoever asks.
    ///
    /// # Errors
    /// 404 where there is none.
    pub async fn filing(&mut self, id: FilingId) -> Result<FilingStanding, Refusal> {
        let found: Option<Row> = filings::table
            .inner_join(bodies::table.on(bodies::id.eq(filings::target_id)))
            .filter(filings::id.eq(id))
            .select((filings::document_id, Body::as_select(), filings::role, filings::status, filings::status_seq, filings::filed_by))
            .first(self.conn)
            .await
            .optional()?;
        let (document, target, role, status, status_seq, filed_by) = found.ok_or_else(Refusal::not_found)?;
        let status = status.ok_or_else(|| Refusal::internal(format!("filing {id} has no status")))?;
        let last_review: Option<LastReview> = filing_reviews::table
            .filter(filing_reviews::filing_id.eq(id))
            .order(filing_reviews::review_no.desc())
            .select(LastReview::as_select())
            .first(self.conn)
            .await
            .optional()?;
        let reported = match &last_review {
            Some(review) => self.reported(review.id).await?,
            None => None,
        };
        let day_missed = last_review.as_ref().is_some_and(|review| self.is_missed(&target, review));
        Ok(FilingStanding { id, document, target, role, status, status_seq, filed_by, last_review, reported, day_missed })
    }

    async fn reported(&mut self, review: FilingReviewId) -> Result<Option<RectificationAction>, Refusal> {
        Ok(rectifications::table
            .filter(rectifications::review_id.eq(review))
            .order(rectifications::id.desc())
            .select(rectifications::action)
            .first(self.conn)
            .await
            .optional()?)
    }

    /// Whether a rectification's day is over for certain. A day beyond the calendar accuses nobody; it is computed anew here, because
    /// the calendar may know more by now.
    fn is_missed(&self, target: &Body, review: &LastReview) -> bool {
        let Some(due_on) = review.due_on else { return false };
        let computed_anew = || {
            let in_force = self.rules.in_force(&target.jurisdiction, review.reviewed_on).ok()?;
            let calendar = super::store::calendar_of(&self.rules, in_force.profile);
            correction_due(review.result, None, review.reviewed_on, in_force.profile, &calendar).ok().flatten()
        };
        let due = if review.due_provisional == Some(true) { computed_anew() } else { Some(Due::firm(due_on)) };
        due.is_some_and(|due| due.late(self.today) == Some(true))
    }
}

/// Who may do each act on a filing: the receiver's auditors take in and review, the drafters of the document supplement and report.
fn require(actor: &Actor, act: FilingAct, filing: &FilingStanding, standing: &Standing) -> Result<Role, Refusal> {
    let (role, party) = permits::may_act_on_filing(act);
    let holds = match party {
        Party::Receiver => filing.target.id == actor.body_id,
        Party::DraftingBody => standing.relations.drafting_body == Some(actor.body_id),
        Party::CleanedUpBody | Party::ItsReceiver => false,
    };
    if !(actor.is(role) && holds) {
        permits::require_sight(actor, &standing.relations)?;
        let who = if role == Role::Auditor { permits::receivers(&filing.target) } else { permits::DRAFTERS.clone() };
        return Err(permits::done_by(actor, &who));
    }
    if role == Role::Auditor && filing.filed_by == actor.user_id {
        return Err(Refusal::new(
            kind::FILER_CANNOT_REVIEW,
            Said::fixed(
                "本件由您报备，不能由您登记或者审查，请由其他人员办理。",
                "You filed this yourself; somebody else registers and reviews it.",
            ),
        ));
    }
    Ok(role)
}
