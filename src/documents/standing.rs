//! Where a document stands: everything that permits and rules ask, loaded in one go, under the document's lock for an act.
//! Lock order everywhere: meeting, then documents by id, then number counters.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryFutureExt;
use tokio::join;

use crate::base::ids::{BodyId, DocumentId, OpinionId, SubmissionId};
use crate::base::said::Said;
use crate::base::together::Together;
use crate::documents::wire::DocumentClass;
use crate::documents::wrong_step::acts_over;
use crate::identity::actor::Role;
use crate::identity::bodies::Body;
use crate::identity::permits::{self, Relations};
use crate::lifecycle::action::Action;
use crate::lifecycle::facts::{Facts, FairCompetition, MaterialFacts, MaterialKind, OpinionFacts, Outcome, RevisionFacts, SubmissionFacts};
use crate::lifecycle::step::{Stage, Step};
use crate::rules::InForce;
use crate::schema::{
    bodies, comment_answers, counsel_opinions, documents, filing_targets, filings, intakes, materials, opinion_comments, opinions,
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
        let relations = self.relations(id).await?;
        permits::require(self.actor, action, &relations).map(|_| ())
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

    /// Lets a caller read a document.
    ///
    /// # Errors
    /// 404.
    pub async fn visible(&mut self, id: DocumentId) -> Result<Relations, Refusal> {
        let relations = self.relations(id).await?;
        permits::require_sight(self.actor, &relations)?;
        Ok(relations)
    }

    /// Lets a caller read how a document came about.
    ///
    /// # Errors
    /// 404 where they may not know of it, 403 where they may know no more than what is published.
    pub async fn visible_inside(&mut self, id: DocumentId) -> Result<(), Refusal> {
        let relations = self.relations(id).await?;
        permits::require_sight_of_the_review(self.actor, &relations)
    }

    /// Lets a caller read a revision: any of them inside, else the published one alone. Says whether they see it from inside.
    ///
    /// # Errors
    /// 404 where they may not know of the document, 403 where the revision was never published.
    pub async fn visible_revision(&mut self, id: DocumentId, no: i32) -> Result<bool, Refusal> {
        let relations = self.visible(id).await?;
        let is_inside = permits::sees_inside(self.actor, &relations);
        // From the approval on a text cannot change, so what is published is the current revision.
        if !is_inside {
            let current: i32 = documents::table.find(id).select(documents::revision_no).first(self.conn).await?;
            if no != current {
                permits::require_sight_of_the_review(self.actor, &relations)?;
            }
        }
        Ok(is_inside)
    }

    /// How the caller's body and others stand to a document.
    ///
    /// # Errors
    /// 404 where there is none.
    pub async fn relations(&mut self, id: DocumentId) -> Result<Relations, Refusal> {
        relations(self.conn, id).await?.ok_or_else(Refusal::not_found)
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

/// Loads where a document stands; `None` where there is none. What does not rest on one another is asked for at once.
///
/// # Errors
/// When the database refuses, or a head is incomplete, which no commit leaves.
pub async fn load(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Option<Standing>, Refusal> {
    let head: Option<(Head, Body)> = documents::table
        .inner_join(bodies::table.on(bodies::id.nullable().eq(documents::issuing_authority_id)))
        .filter(documents::id.eq(id))
        .select((Head::as_select(), Body::as_select()))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((head, issuer)) = head else { return Ok(None) };
    let (Some(sha256), Some(title), Some(document_class), Some(declared), Some(stage), Some(step)) =
        (head.revision_sha256, head.title, head.document_class, head.concerns_market_entities, head.stage, head.step)
    else {
        return Err(Refusal::internal(format!("document {id} has no complete head")));
    };
    let revision = RevisionFacts { no: head.revision_no, sha256 };
    let (submission, overruled, materials, opinion, unanswered, counsel_heard, filed_to, issuer_files_to) = join!(
        last_submission(conn, id),
        overruled_concern(conn, id),
        counting_materials(conn, id),
        last_opinion(conn, id),
        unanswered_comments(conn, id),
        counsel_heard(conn, id, &revision.sha256),
        filed_to(conn, id),
        files_to(conn, issuer.id),
    )
    .together()?;
    let relations = Relations {
        drafting_body: Some(head.drafting_body_id),
        issuing_authority: Some(issuer.id),
        review_body: issuer.review_body_id,
        submitted: submission.is_some(),
        published: head.publication_date.is_some(),
        filed_to,
        issuer_files_to,
    };
    let facts = Facts {
        document: id,
        issuing_authority: issuer.id,
        stage,
        step,
        concerns_market_entities: overruled.unwrap_or(declared),
        materials,
        opinion,
        comments_unanswered: unanswered.len(),
        counsel_heard,
        submission,
        revision,
    };
    let over = acts_over(conn, &facts, &relations).await?;
    Ok(Some(Standing { id, step_seq: head.step_seq, title, document_class, issuer, relations, facts, over }))
}

/// How bodies stand to a document, which is all that a permit asks; `None` where there is none.
///
/// # Errors
/// When the database refuses.
pub async fn relations(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Option<Relations>, Refusal> {
    type Row = (BodyId, BodyId, Option<BodyId>, i32, Option<NaiveDate>);
    let head = documents::table
        .inner_join(bodies::table.on(bodies::id.nullable().eq(documents::issuing_authority_id)))
        .filter(documents::id.eq(id))
        .select((documents::drafting_body_id, bodies::id, bodies::review_body_id, documents::submission_no, documents::publication_date))
        .load::<Row>(&mut conn)
        .map_err(Refusal::from);
    let (head, filed_to, issuer_files_to) = join!(head, filed_to(conn, id), issuer_files_to(conn, id)).together()?;
    Ok(head.into_iter().next().map(|(drafting_body, issuer, review_body, submission_no, publication_date)| Relations {
        drafting_body: Some(drafting_body),
        issuing_authority: Some(issuer),
        review_body,
        submitted: submission_no > 0,
        published: publication_date.is_some(),
        filed_to,
        issuer_files_to,
    }))
}

async fn filed_to(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Vec<BodyId>, Refusal> {
    Ok(filings::table.filter(filings::document_id.eq(id)).select(filings::target_id).load(&mut conn).await?)
}

async fn files_to(mut conn: &AsyncPgConnection, issuer: BodyId) -> Result<Vec<BodyId>, Refusal> {
    Ok(filing_targets::table.filter(filing_targets::body_id.eq(issuer)).select(filing_targets::target_id).load(&mut conn).await?)
}

async fn issuer_files_to(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Vec<BodyId>, Refusal> {
    Ok(filing_targets::table
        .inner_join(documents::table.on(documents::issuing_authority_id.eq(filing_targets::body_id.nullable())))
        .filter(documents::id.eq(id))
        .select(filing_targets::target_id)
        .load(&mut conn)
        .await?)
}

/// The intakes that accepted a submission, to be asked for beside its row.
type Acceptances = diesel::dsl::Filter<
    diesel::dsl::Filter<intakes::table, diesel::dsl::Eq<intakes::submission_id, submissions::id>>,
    diesel::dsl::Eq<intakes::result, &'static str>,
>;

/// Whether an intake accepted the submission of the row that this stands in.
fn was_accepted() -> diesel::dsl::exists<Acceptances> {
    diesel::dsl::exists(intakes::table.filter(intakes::submission_id.eq(submissions::id)).filter(intakes::result.eq("accepted")))
}

async fn last_submission(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Option<SubmissionFacts>, Refusal> {
    type Row = (SubmissionId, i32, i32, String, NaiveDate, Option<String>, bool);
    let row: Option<Row> = submissions::table
        .filter(submissions::document_id.eq(id))
        .order(submissions::submission_no.desc())
        .select((
            submissions::id,
            submissions::submission_no,
            submissions::revision_no,
            submissions::revision_sha256,
            submissions::submitted_on,
            submissions::urgent_reason,
            was_accepted(),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(row.map(|(submission, no, revision_no, sha256, submitted_on, urgent_reason, accepted)| SubmissionFacts {
        id: submission,
        no,
        revision: RevisionFacts { no: revision_no, sha256 },
        submitted_on,
        urgent: urgent_reason.is_some(),
        accepted,
    }))
}

async fn overruled_concern(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Option<bool>, Refusal> {
    let said: Option<Option<bool>> = intakes::table
        .filter(intakes::document_id.eq(id))
        .filter(intakes::concerns_market_entities.is_not_null())
        .order(intakes::intake_no.desc())
        .select(intakes::concerns_market_entities)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(said.flatten())
}

/// The materials that count, oldest first: those frozen with the last submission, or all where there is none yet.
async fn counting_materials(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Vec<MaterialFacts>, Refusal> {
    let of_document = || submissions::table.filter(submissions::document_id.eq(id));
    let last = of_document().order(submissions::submission_no.desc()).limit(1).select(submissions::id).single_value();
    let frozen = submission_materials::table
        .filter(submission_materials::submission_id.nullable().eq(last))
        .select(submission_materials::material_id);
    let rows: Vec<(MaterialKind, Option<FairCompetition>)> = materials::table
        .filter(materials::document_id.eq(id))
        .filter(diesel::dsl::not(diesel::dsl::exists(of_document())).or(materials::id.eq_any(frozen)))
        .order(materials::id)
        .select((materials::kind, materials::conclusion))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|(kind, conclusion)| MaterialFacts { kind, conclusion }).collect())
}

async fn last_opinion(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Option<OpinionFacts>, Refusal> {
    type Row = (OpinionId, i32, i32, String, Outcome, NaiveDate, NaiveDate, Option<String>, bool);
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
            submissions::submitted_on,
            submissions::urgent_reason,
            was_accepted(),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(row.map(|(opinion, no, revision_no, sha256, outcome, given_on, complete_on, urgent_reason, accepted)| OpinionFacts {
        id: opinion,
        no,
        revision: RevisionFacts { no: revision_no, sha256 },
        outcome,
        given_on,
        complete_on,
        urgent: urgent_reason.is_some() && accepted,
    }))
}

/// The comments that still wait for an answer: of every opinion after the last lawful one.
///
/// # Errors
/// When the database refuses.
pub async fn unanswered_comments(mut conn: &AsyncPgConnection, id: DocumentId) -> Result<Vec<crate::base::ids::CommentId>, Refusal> {
    let lawful = diesel::alias!(opinions as lawful);
    let last_lawful = lawful
        .filter(lawful.field(opinions::document_id).eq(id))
        .filter(lawful.field(opinions::outcome).eq(Outcome::Lawful))
        .order(lawful.field(opinions::opinion_no).desc())
        .limit(1)
        .select(lawful.field(opinions::opinion_no))
        .single_value();
    Ok(opinion_comments::table
        .inner_join(opinions::table.on(opinions::id.eq(opinion_comments::opinion_id)))
        .left_join(comment_answers::table.on(comment_answers::comment_id.eq(opinion_comments::id)))
        .filter(opinion_comments::document_id.eq(id))
        .filter(last_lawful.is_null().or(opinions::opinion_no.nullable().gt(last_lawful)))
        .filter(comment_answers::comment_id.nullable().is_null())
        .order((opinions::opinion_no, opinion_comments::ordinal))
        .select(opinion_comments::id)
        .load(&mut conn)
        .await?)
}

async fn counsel_heard(mut conn: &AsyncPgConnection, id: DocumentId, sha256: &str) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        counsel_opinions::table
            .filter(counsel_opinions::document_id.eq(id))
            .filter(counsel_opinions::revision_sha256.eq(sha256))
            .filter(counsel_opinions::conflict_of_interest.eq(false)),
    ))
    .get_result(&mut conn)
    .await?)
}
