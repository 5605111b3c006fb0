//! The list of documents: what the caller may see, filtered, sorted, in pages that stay put while documents are added.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Text};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use utoipa::IntoParams;

use super::in_order::{After, Branch, InOrder, Narrowed, OfIssuer, Sort};
use super::search;
use super::show::{self, effect_on};
use super::sight;
use super::wire::{DeadlineKind, Document, Effect};
use crate::base::ids::DocumentId;
use crate::identity::bodies::require_known;
use crate::lifecycle::step::{Stage, Step};
use crate::schema::{bodies, deadlines, documents};
use crate::web::cursor::{Cursors, Listed, Page};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// What a list of documents is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    /// Only at this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only at this step.
    #[param(inline)]
    pub step: Option<Step>,
    /// Only with this effect today.
    #[param(inline)]
    pub effect: Option<Effect>,
    /// Only of the issuing authority with this code.
    pub body: Option<String>,
    /// Only with these words, each literally, in the title, the current text or an official number.
    pub q: Option<String>,
    /// Only with (`true`) or without (`false`) a deadline that is over.
    pub overdue: Option<bool>,
    /// Only published on this day or later.
    #[serde(default, deserialize_with = "crate::web::query::day")]
    pub published_from: Option<NaiveDate>,
    /// Only published on this day or before.
    #[serde(default, deserialize_with = "crate::web::query::day")]
    pub published_to: Option<NaiveDate>,
    /// Only in force on this day.
    #[serde(default, deserialize_with = "crate::web::query::day")]
    pub in_force_on: Option<NaiveDate>,
    /// The order; `-created_at` by default.
    #[param(inline)]
    pub sort: Option<Sort>,
    /// Items per page; 50 by default, over 200 is read as 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins, from `next_cursor`.
    pub cursor: Option<String>,
}

impl DocumentQuery {
    /// Whether nothing is asked for but a page in an order.
    const fn is_plain(&self) -> bool {
        self.stage.is_none()
            && self.step.is_none()
            && self.effect.is_none()
            && self.body.is_none()
            && self.q.is_none()
            && self.overdue.is_none()
            && self.published_from.is_none()
            && self.published_to.is_none()
            && self.in_force_on.is_none()
    }
}

/// A page of what the caller may see.
///
/// # Errors
/// 400 for a body that there is not, more words than are looked for, or a cursor that does not fit.
pub async fn page(tx: &mut Tx<'_>, wanted: &DocumentQuery, page: &Page, cursors: &Cursors<'_>) -> Result<Listed<Document>, Refusal> {
    let sort = wanted.sort.unwrap_or(Sort::CreatedAtDescending);
    if let Some(code) = &wanted.body {
        require_known(tx.conn, code).await?;
    }
    let ways = sight::ways(tx.actor);
    let mut branches = Vec::new();
    if let Some(condition) = ways.drafted {
        branches.push(Branch { issuers: None, documents: narrowed(wanted, sort, page, tx.today)?.filter(condition) });
    }
    if let Some((issuers, condition)) = ways.issued {
        branches.push(Branch {
            issuers: Some(bodies::table.filter(issuers).select(bodies::id).into_boxed()),
            documents: narrowed(wanted, sort, page, tx.today)?.filter(OfIssuer).filter(condition),
        });
    }
    let found: Vec<(DocumentId, String)> = if branches.is_empty() {
        Vec::new()
    } else {
        InOrder::new(branches, sort, page.limit + 1, wanted.is_plain()).load(tx.conn).await?
    };
    let found = Listed::from_overfull(found, page, cursors, |(id, key)| vec![key.clone(), id.to_string()])?;
    let ids: Vec<DocumentId> = found.items.iter().map(|(id, _)| *id).collect();
    Ok(Listed { items: show::documents(tx, &ids).await?, next_cursor: found.next_cursor })
}

/// Documents by id and sort key, the first ones of a page in its order, narrowed to what is asked for.
fn narrowed(wanted: &DocumentQuery, sort: Sort, page: &Page, today: NaiveDate) -> Result<Narrowed, Refusal> {
    let mut query = documents::table.select((documents::id, sort.key())).order(sort.order()).into_boxed();
    if let Some([after, id]) = page.after.as_deref() {
        let id = DocumentId::parse(id).ok_or_else(crate::web::cursor::bad_cursor)?;
        query = query.filter(After::new(sort, after.clone(), id));
    }
    if let Some(stage) = wanted.stage {
        query = query.filter(documents::stage.eq(stage));
    }
    if let Some(step) = wanted.step {
        query = query.filter(documents::step.eq(step));
    }
    if let Some(effect) = wanted.effect {
        query = query.filter(effect_on(documents::id, today).eq(effect));
    }
    if let Some(day) = wanted.in_force_on {
        query = query.filter(effect_on(documents::id, day.into_sql::<Date>()).eq(Effect::InForce));
    }
    if let Some(code) = &wanted.body {
        let issuer = bodies::table.filter(bodies::code.eq(code.clone())).select(bodies::id.nullable());
        query = query.filter(documents::issuing_authority_id.eq_any(issuer));
    }
    if let Some(from) = wanted.published_from {
        query = query.filter(documents::publication_date.ge(from));
    }
    if let Some(to) = wanted.published_to {
        query = query.filter(documents::publication_date.le(to));
    }
    if let Some(overdue) = wanted.overdue {
        // As `show` has it: what only a document in effect owes is not owed once its effect has ended.
        let owed_in_effect = DeadlineKind::ALL.iter().filter(|kind| kind.ends_with_effect());
        let ended = Effect::ALL.iter().filter(|effect| effect.has_ended());
        let late = deadlines::table
            .filter(deadlines::due_on.lt(today))
            .filter(deadlines::kind.ne_all(owed_in_effect).or(effect_on(deadlines::document_id, today).ne_all(ended)))
            .select(deadlines::document_id);
        query = if overdue { query.filter(documents::id.eq_any(late)) } else { query.filter(documents::id.ne_all(late)) };
    }
    for spellings in search::words(wanted.q.as_deref().unwrap_or_default())? {
        query = query.filter(sql::<Bool>("EXISTS (SELECT 1 FROM unnest(").bind::<Array<Text>, _>(spellings).sql(search::CONTAINED));
    }
    Ok(query)
}
