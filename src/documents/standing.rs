//! Where a document stands: everything that permits and rules ask, loaded in one go, under the document's lock for an act.
//! Lock order everywhere: meeting, then documents by id, then number counters.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::base::ids::{BodyId, DocumentId, OpinionId, SubmissionId};
use crate::base::said::Said;
use crate::documents::wire::DocumentClass;
use crate::documents::wrong_step::acts_over;
use crate::identity::actor::Role;
use crate::identity::bodies::{self, Body};
use crate::identity::permits::{self, Relations};
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::{Facts, FairCompetition, MaterialFacts, MaterialKind, OpinionFacts, Outcome, RevisionFacts, SubmissionFacts};
use crate::lifecycle::step::{Stage, Step};
use crate::rules::InForce;
use crate::schema::{
    comment_answers, counsel_opinions, documents, filing_targets, filings, intakes, materials, opinion_comments, opinions,
    submission_materials, submissions,
};
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Where a document stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The document.
    pub id: DocumentId,
    /// The number of its last step change.
    pub step_seq: i32,
    /// Title of the current revision.
    pub title: String,
    /// Its class.
    pub document_class: DocumentClass,
    /// Who issues it.
    pub issuer: Body,
    /// How the caller's body may stand to it.
    pub relations: Relations,
    /// What the gate asks.
    pub facts: Facts,
    /// Acts that its step allows in general and that are over for this document: correcting a decision that no longer stands,
    /// filing where everything is filed.
    pub over: Vec<Action>,
}

impl Standing {
    /// Stage and step.
    #[must_use]
    pub const fn place(&self) -> (Stage, Step) {
        (self.facts.stage, self.facts.step)
    }

    /// Refuses a call that names another revision than the current one.
    ///
    /// # Errors
    /// 409 `revision_not_current`.
    pub fn require_current(&self, revision: i32) -> Result<(), Refusal> {
        if revision == self.facts.revision.no {
            return Ok(());
        }
        let current = self.facts.revision.no;
        Err(Refusal::new(
            kind::REVISION_NOT_CURRENT,
            Said::new(
                format!("所指的是第 {revision} 版，当前是第 {current} 版，请读取当前文本后再操作。"),
                format!("Revision {revision} was named, {current} is current; read it and call again."),
            ),
        )
        .with("revision", current.into()))
    }
}

/// A document's place, and the role in which the caller acts on it.
#[derive(Clone, Debug)]
pub struct Permitted {
    /// Where it stands.
    pub standing: Standing,
    /// The caller's role for this act.
    pub role: Role,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
struct Head {
    drafting_body_id: BodyId,
    revision_no: i32,
    revision_sha256: Option<String>,
    title: Option<String>,
    document_class: Option<DocumentClass>,
    issuing_authority_id: Option<BodyId>,
    concerns_market_entities: Option<bool>,
    stage: Option<Stage>,
    step: Option<Step>,
    step_seq: i32,
    publication_date: Option<NaiveDate>,
}

impl Tx<'_> {
    /// Whether the caller may do an act on a document, before their input is looked at. Takes no lock.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn permit(&mut self, id: DocumentId, action: Action) -> Result<(), Refusal> {
        let standing = self.standing(id).await?;
        permits::require(self.actor, action, &standing.relations).map(|_| ())
    }

    /// Locks a document for an act of the caller; who may do it is asked again under the lock.
    ///
    /// # Errors
    /// 404 or 403.
    pub async fn lock_for(&mut self, id: DocumentId, action: Action) -> Result<Permitted, Refusal> {
        self.lock_document(id).await?;
        let standing = self.standing(id).await?;
        let role = permits::require(self.actor, action, &standing.relations)?;
        Ok(Permitted { standing, role })
    }

    /// Takes a document's row lock, behind which all acts on it queue.
    ///
    /// # Errors
    /// 404 where there is none.
    pub async fn lock_document(&mut self, id: DocumentId) -> Result<(), Refusal> {
        documents::table
            .find(id)
            .select(documents::id)
            .for_update()
            .first::<DocumentId>(self.conn)
            .await
            .optional()?
            .map(|_| ())
            .ok_or_else(Refusal::not_found)
    }

    /// A document that the caller may read.
    ///
    /// # Errors
    /// 404.
    pub async fn visible(&mut self, id: DocumentId) -> Result<Standing, Refusal> {
        let standing = self.standing(id).await?;
        permits::require_sight(self.actor, &standing.relations)?;
        Ok(standing)
    }

    /// Where a document stands, for a caller who may know how it came about.
    ///
    /// # Errors
    /// 404 where they may not know of it, 403 where they may know no more than what is published.
    pub async fn visible_inside(&mut self, id: DocumentId) -> Result<Standing, Refusal> {
        let standing = self.standing(id).await?;
        permits::require_sight_of_the_review(self.actor, &standing.relations)?;
        Ok(standing)
    }

    /// Lets a caller read a revision: any of them inside, else the published one alone. Says whether they see it from inside.
    ///
    /// # Errors
    /// 404 where they may not know of the document, 403 where the revision was never published.
    pub async fn visible_revision(&mut self, id: DocumentId, no: i32) -> Result<bool, Refusal> {
        let standing = self.visible(id).await?;
        let is_inside = permits::sees_inside(self.actor, &standing.relations);
        // From the approval on a text cannot change, so what is published is the current revision.
        if !is_inside && no != standing.facts.revision.no {
            permits::require_sight_of_the_review(self.actor, &standing.relations)?;
        }
        Ok(is_inside)
    }

    /// Where a document stands, whoever asks.
    ///
    /// # Errors
    /// 404 where there is none.
    pub async fn standing(&mut self, id: DocumentId) -> Result<Standing, Refusal> {
        load(self.conn, id).await?.ok_or_else(Refusal::not_found)
    }

    /// The rule profile in force today for what a body issues.
    ///
    /// # Errors
    /// 409 `no_profile`.
    pub fn profile_of(&self, issuer: &Body) -> Result<InForce<'_>, Refusal> {
        self.rules.in_force(&issuer.jurisdiction, self.today)
    }
}

/// Loads where a document stands; `None` where there is none.
///
/// # Errors
/// When the database refuses, or a head is incomplete, which no commit leaves.
pub async fn load(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Option<Standing>, Refusal> {
    let Some(head) = documents::table.find(id).select(Head::as_select()).first(conn).await.optional()? else { return Ok(None) };
    let (Some(sha256), Some(title), Some(document_class), Some(issuer_id), Some(declared), Some(stage), Some(step)) = (
        head.revision_sha256,
        head.title,
        head.document_class,
        head.issuing_authority_id,
        head.concerns_market_entities,
        head.stage,
        head.step,
    ) else {
        return Err(Refusal::internal(format!("document {id} has no complete head")));
    };
    let revision = RevisionFacts { no: head.revision_no, sha256 };
    let issuer = bodies::body_fetch(conn, issuer_id).await?;
    let submission = last_submission(conn, id).await?;
    let facts = Facts {
        document: id,
        issuing_authority: issuer_id,
        stage,
        step,
        concerns_market_entities: overruled_concern(conn, id).await?.unwrap_or(declared),
        materials: counting_materials(conn, id, submission.as_ref().map(|submission| submission.id)).await?,
        opinion: last_opinion(conn, id).await?,
        comments_unanswered: unanswered_comments(conn, id).await?.len(),
        counsel_heard: counsel_heard(conn, id, &revision.sha256).await?,
        submission,
        revision,
    };
    let relations = Relations {
        drafting_body: Some(head.drafting_body_id),
        issuing_authority: Some(issuer_id),
        review_body: issuer.review_body_id,
        submitted: facts.submission.is_some(),
        published: head.publication_date.is_some(),
        filed_to: filings::table.filter(filings::document_id.eq(id)).select(filings::target_id).load(conn).await?,
        issuer_files_to: filing_targets::table
            .filter(filing_targets::body_id.eq(issuer_id))
            .select(filing_targets::target_id)
            .load(conn)
            .await?,
    };
    let over = acts_over(conn, &facts, &relations).await?;
    Ok(Some(Standing { id, step_seq: head.step_seq, title, document_class, issuer, relations, facts, over }))
}

async fn last_submission(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Option<SubmissionFacts>, Refusal> {
    let row: Option<(SubmissionId, i32, i32, String, NaiveDate, Option<String>)> = submissions::table
        .filter(submissions::document_id.eq(id))
        .order(submissions::submission_no.desc())
        .select((
            submissions::id,
            submissions::submission_no,
            submissions::revision_no,
            submissions::revision_sha256,
            submissions::submitted_on,
            submissions::urgent_reason,
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((submission, no, revision_no, sha256, submitted_on, urgent_reason)) = row else { return Ok(None) };
    Ok(Some(SubmissionFacts {
        id: submission,
        no,
        revision: RevisionFacts { no: revision_no, sha256 },
        submitted_on,
        urgent: urgent_reason.is_some(),
        accepted: was_accepted(conn, submission).await?,
    }))
}

async fn was_accepted(conn: &mut AsyncPgConnection, submission: SubmissionId) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        intakes::table.filter(intakes::submission_id.eq(submission)).filter(intakes::result.eq("accepted")),
    ))
    .get_result(conn)
    .await?)
}

async fn overruled_concern(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Option<bool>, Refusal> {
    let said: Option<Option<bool>> = intakes::table
        .filter(intakes::document_id.eq(id))
        .filter(intakes::concerns_market_entities.is_not_null())
        .order(intakes::intake_no.desc())
        .select(intakes::concerns_market_entities)
        .first(conn)
        .await
        .optional()?;
    Ok(said.flatten())
}

/// The materials that count, oldest first: those frozen with a submission, or all where there is none yet.
///
/// # Errors
/// When the database refuses.
pub async fn counting_materials(
    conn: &mut AsyncPgConnection,
    id: DocumentId,
    submission: Option<SubmissionId>,
) -> Result<Vec<MaterialFacts>, Refusal> {
    let mut query = materials::table
        .filter(materials::document_id.eq(id))
        .order(materials::id)
        .select((materials::kind, materials::conclusion))
        .into_boxed();
    if let Some(submission) = submission {
        query = query.filter(
            materials::id.eq_any(
                submission_materials::table
                    .filter(submission_materials::submission_id.eq(submission))
                    .select(submission_materials::material_id),
            ),
        );
    }
    let rows: Vec<(MaterialKind, Option<FairCompetition>)> = query.load(conn).await?;
    Ok(rows.into_iter().map(|(kind, conclusion)| MaterialFacts { kind, conclusion }).collect())
}

async fn last_opinion(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Option<OpinionFacts>, Refusal> {
    type Row = (OpinionId, i32, i32, String, Outcome, NaiveDate, SubmissionId, NaiveDate, Option<String>);
    let row: Option<Row> = opinions::table
        .inner_join(submissions::table.on(submissions::id.eq(opinions::submission_id)))
        .filter(opinions::document_id.eq(id))
        .order(opinions::opinion_no.desc())
        .select((
            opinions::id,
            opinions::opinion_no,
            opinions::revision_no,
            opinions::revision_sha256,
            opinions::outcome,
            opinions::given_on,
            submissions::id,
            submissions::submitted_on,
            submissions::urgent_reason,
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((opinion, no, revision_no, sha256, outcome, given_on, submission, complete_on, urgent_reason)) = row else { return Ok(None) };
    let urgent = urgent_reason.is_some() && was_accepted(conn, submission).await?;
    Ok(Some(OpinionFacts { id: opinion, no, revision: RevisionFacts { no: revision_no, sha256 }, outcome, given_on, complete_on, urgent }))
}

/// The comments that still wait for an answer: of every opinion after the last lawful one.
///
/// # Errors
/// When the database refuses.
pub async fn unanswered_comments(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Vec<crate::base::ids::CommentId>, Refusal> {
    let last_lawful: Option<i32> = opinions::table
        .filter(opinions::document_id.eq(id))
        .filter(opinions::outcome.eq(Outcome::Lawful))
        .select(diesel::dsl::max(opinions::opinion_no))
        .first(conn)
        .await?;
    Ok(opinion_comments::table
        .inner_join(opinions::table.on(opinions::id.eq(opinion_comments::opinion_id)))
        .left_join(comment_answers::table.on(comment_answers::comment_id.eq(opinion_comments::id)))
        .filter(opinion_comments::document_id.eq(id))
        .filter(opinions::opinion_no.gt(last_lawful.unwrap_or(0)))
        .filter(comment_answers::comment_id.nullable().is_null())
        .order((opinions::opinion_no, opinion_comments::ordinal))
        .select(opinion_comments::id)
        .load(conn)
        .await?)
}

async fn counsel_heard(conn: &mut AsyncPgConnection, id: DocumentId, sha256: &str) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        counsel_opinions::table
            .filter(counsel_opinions::document_id.eq(id))
            .filter(counsel_opinions::revision_sha256.eq(sha256))
            .filter(counsel_opinions::conflict_of_interest.eq(false)),
    ))
    .get_result(conn)
    .await?)
}
