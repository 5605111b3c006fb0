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
#[derive(Default)]
pub struct Ways {
    /// The drafts that the caller may know of.
    pub drafted: Option<Condition>,
    /// The issuers of whom the caller may know documents, and which of theirs.
    pub issued: Option<(IssuerCondition, Condition)>,
}

/// The ways to the documents that a caller may know of.
#[must_use]
pub fn ways(actor: &Actor) -> Ways {
    let mut ways = Ways::default();
    for (_, relation) in MAY_READ.iter().filter(|(role, _)| actor.is(*role)) {
        let holding = holding(*relation, actor.body_id);
        ways = match issuers(*relation, actor.body_id) {
            None => Ways { drafted: Some(either(ways.drafted, holding)), ..ways },
            Some(issuers) => {
                let (known, held) = ways.issued.unzip();
                let known: IssuerCondition = match known {
                    None => issuers,
                    Some(known) => Box::new(known.or(issuers)),
                };
                Ways { issued: Some((known, either(held, holding))), ..ways }
            }
        };
    }
    ways
}

/// The documents of which a caller may read what came before the publication, the timeline among it; `None` where there are none.
#[must_use]
pub fn inside(actor: &Actor) -> Option<Condition> {
    let relations = MAY_READ.iter().filter(|(role, relation)| actor.is(*role) && *relation != Relation::PublishedBySubordinate);
    relations.fold(None, |known, (_, relation)| Some(either(known, holding(*relation, actor.body_id))))
}

fn either(known: Option<Condition>, another: Condition) -> Condition {
    match known {
        None => another,
        Some(known) => Box::new(known.or(another)),
    }
}

/// The bodies among whose documents are all to which a body stands in a relation; `None` where any may be.
fn issuers(relation: Relation, body: BodyId) -> Option<IssuerCondition> {
    Some(match relation {
        Relation::Drafted => return None,
        Relation::Reviews => Box::new(bodies::review_body_id.eq(body)),
        Relation::Issues => Box::new(bodies::id.eq(body).nullable()),
        Relation::FiledTo => {
            Box::new(exists(filings::table.filter(filings::target_id.eq(body)).filter(filings::body_id.eq(bodies::id))).nullable())
        }
        Relation::PublishedBySubordinate => Box::new(
            bodies::id.eq_any(filing_targets::table.filter(filing_targets::target_id.eq(body)).select(filing_targets::body_id)).nullable(),
        ),
    })
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
