//! Who may see which documents, as a condition of a list's SQL. The table is that of the permits; only the relations are
//! spelt out here for the database, each as [`Relation::holds`] has it, and a test compares the two.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use crate::base::ids::BodyId;
use crate::identity::actor::Actor;
use crate::identity::permits::{MAY_READ, Relation};
use crate::schema::{bodies, documents, filing_targets, filings};

/// A condition on documents.
pub type Condition = Box<dyn BoxableExpression<documents::table, Pg, SqlType = Nullable<Bool>>>;

/// The documents that a caller may know of.
#[must_use]
pub fn visible_to(actor: &Actor) -> Condition {
    MAY_READ
        .iter()
        .filter(|(role, _)| actor.is(*role))
        .map(|(_, relation)| holding(*relation, actor.body_id))
        .reduce(|one, other| Box::new(one.or(other)))
        .unwrap_or_else(|| Box::new(documents::id.is_null().nullable()))
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
