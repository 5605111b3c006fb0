//! Who may see which documents, as a condition of a list's SQL. The table is that of the permits; only the relations are
//! spelt out here for the database, each as [`Relation::holds`] has it, and a test compares the two.

use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use crate::base::ids::BodyId;
use crate::identity::actor::Actor;
use crate::identity::permits::{MAY_READ, Relation};
use crate::schema::{bodies, documents, filing_targets, filings};

/// A condition on documents.
pub type Condition = Box<dyn BoxableExpression<documents::table, Pg, SqlType = Nullable<Bool>>>;

/// A condition on the bodies that issue.
pub type IssuerCondition = Box<dyn BoxableExpression<bodies::table, Pg, SqlType = Nullable<Bool>>>;

/// How a caller's documents are reached: by whom they were drafted, or by whom they are issued. A list that begins with either
/// finds its first page in an index, however many documents there are; the condition alone would not lead to any.
pub struct Ways {
    /// The body whose drafts the caller may know of.
    pub drafts_of: Option<BodyId>,
    /// The issuers of whom the caller may know documents, and which of theirs.
    pub issued: Option<(IssuerCondition, Condition)>,
}

/// The ways to the documents that a caller may know of.
#[must_use]
pub fn ways(actor: &Actor) -> Ways {
    let relations = || MAY_READ.iter().filter(|(role, _)| actor.is(*role)).map(|(_, relation)| *relation);
    let issued = || relations().filter(|relation| *relation != Relation::Drafted);
    let issuers = issued().map(|relation| issuers(relation, actor.body_id)).reduce(|one, other| Box::new(one.or(other)));
    let condition = issued().map(|relation| holding(relation, actor.body_id)).reduce(|one, other| Box::new(one.or(other)));
    Ways { drafts_of: relations().any(|relation| relation == Relation::Drafted).then_some(actor.body_id), issued: issuers.zip(condition) }
}

/// The bodies among whose documents are all to which a body stands in a relation.
fn issuers(relation: Relation, body: BodyId) -> IssuerCondition {
    match relation {
        // What a body drafts may be issued by any.
        Relation::Drafted => Box::new(bodies::id.is_not_null().nullable()),
        Relation::Reviews => Box::new(bodies::review_body_id.eq(body)),
        Relation::Issues => Box::new(bodies::id.eq(body).nullable()),
        Relation::FiledTo => {
            Box::new(exists(filings::table.filter(filings::target_id.eq(body)).filter(filings::body_id.eq(bodies::id))).nullable())
        }
        Relation::PublishedBySubordinate => Box::new(
            bodies::id.eq_any(filing_targets::table.filter(filing_targets::target_id.eq(body)).select(filing_targets::body_id)).nullable(),
        ),
    }
}

/// The documents to which a body stands in a relation.
fn holding(relation: Relation, body: BodyId) -> Condition {
    match relation {
        Relation::Drafted => Box::new(documents::drafting_body_id.eq(body).nullable()),
        Relation::Reviews => Box::new(documents::submission_no.gt(0).nullable().and(
            documents::issuing_authority_id.eq_any(bodies::table.filter(bodies::review_body_id.eq(body)).select(bodies::id.nullable())),
        )),
        Relation::Issues => Box::new(documents::issuing_authority_id.eq(body)),
        Relation::FiledTo => {
            Box::new(documents::id.eq_any(filings::table.filter(filings::target_id.eq(body)).select(filings::document_id)).nullable())
        }
        Relation::PublishedBySubordinate => Box::new(
            documents::publication_date.is_not_null().nullable().and(
                documents::issuing_authority_id
                    .eq_any(filing_targets::table.filter(filing_targets::target_id.eq(body)).select(filing_targets::body_id.nullable())),
            ),
        ),
    }
}
