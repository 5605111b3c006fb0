//! The list of documents: what the caller may see, filtered, sorted, in pages that stay put while documents are added.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Uuid};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use utoipa::IntoParams;

use super::search;
use super::show::{self, effect_on};
use super::sight;
use super::wire::{DeadlineKind, Document, Effect};
use crate::base::ids::DocumentId;
use crate::base::text_enum::text_enum;
use crate::identity::bodies::require_known;
use crate::lifecycle::step::{Stage, Step};
use crate::schema::{bodies, deadlines, documents};
use crate::web::cursor::{Cursors, Listed, Page};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

text_enum! {
    /// What a list of documents is sorted by; `-` is descending. Documents without a publication date come last either way.
    pub enum Sort {
        /// The oldest first.
        CreatedAt = "created_at",
        /// The newest first.
        CreatedAtDescending = "-created_at",
        /// The longest untouched first.
        UpdatedAt = "updated_at",
        /// The last touched first.
        UpdatedAtDescending = "-updated_at",
        /// By title, character by character.
        Title = "title",
        /// By title, the other way round.
        TitleDescending = "-title",
        /// The first published first.
        PublicationDate = "publication_date",
        /// The last published first.
        PublicationDateDescending = "-publication_date",
    }
}

impl Sort {
    /// The sort key in SQL, and its type. It is never null, so that pages can be told apart by it.
    const fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::CreatedAt | Self::CreatedAtDescending => ("documents.created_at", "timestamptz"),
            Self::UpdatedAt | Self::UpdatedAtDescending => ("documents.updated_at", "timestamptz"),
            Self::Title | Self::TitleDescending => ("coalesce(documents.title, '') COLLATE \"C\"", "text"),
            Self::PublicationDate => ("coalesce(documents.publication_date, 'infinity')", "date"),
            Self::PublicationDateDescending => ("coalesce(documents.publication_date, '-infinity')", "date"),
        }
    }

    /// How a later item's key compares with an earlier one's.
    const fn follows(self) -> &'static str {
        if self.is_descending() { "<" } else { ">" }
    }

    const fn direction(self) -> &'static str {
        if self.is_descending() { "DESC" } else { "ASC" }
    }

    const fn is_descending(self) -> bool {
        matches!(self, Self::CreatedAtDescending | Self::UpdatedAtDescending | Self::TitleDescending | Self::PublicationDateDescending)
    }
}

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
    if let Some(body) = ways.drafts_of {
        branches.push(Branch {
            issuers: None,
            documents: narrowed(wanted, sort, page, tx.today)?.filter(documents::drafting_body_id.eq(body)),
        });
    }
    if let Some((issuers, condition)) = ways.issued {
        branches.push(Branch {
            issuers: Some(bodies::table.filter(issuers).select(bodies::id).into_boxed()),
            documents: narrowed(wanted, sort, page, tx.today)?
                .filter(sql::<Bool>("documents.issuing_authority_id = issuer.id"))
                .filter(condition),
        });
    }
    let found: Vec<(DocumentId, String)> =
        if branches.is_empty() { Vec::new() } else { InOrder { branches, sort, limit: page.limit + 1 }.load(tx.conn).await? };
    let found = Listed::from_overfull(found, page, cursors, |(id, key)| vec![key.clone(), id.to_string()])?;
    let ids: Vec<DocumentId> = found.items.iter().map(|(id, _)| *id).collect();
    Ok(Listed { items: show::documents(tx, &ids).await?, next_cursor: found.next_cursor })
}

/// Documents by id and sort key, the first ones of a page in its order, narrowed to what is asked for.
fn narrowed(wanted: &DocumentQuery, sort: Sort, page: &Page, today: NaiveDate) -> Result<Narrowed, Refusal> {
    let (key, key_type) = sort.key();
    let (follows, direction) = (sort.follows(), sort.direction());
    let mut query = documents::table
        .select((documents::id, sql::<Text>(&format!("{key} AS sort_key"))))
        .order(sql::<Text>(&format!("{key} {direction}, documents.id {direction}")))
        .limit(page.limit + 1)
        .into_boxed();
    if let Some([after, id]) = page.after.as_deref() {
        let id = DocumentId::parse(id).ok_or_else(crate::web::cursor::bad_cursor)?;
        query = query.filter(
            sql::<Nullable<Bool>>(&format!("({key}, documents.id) {follows} ("))
                .bind::<Text, _>(after.clone())
                .sql(&format!("::{key_type}, "))
                .bind::<Uuid, _>(id)
                .sql(")"),
        );
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

type Narrowed = documents::BoxedQuery<'static, Pg, (Uuid, Text)>;

/// One way to documents: all at once, or for each of some issuers the first of theirs.
struct Branch {
    issuers: Option<bodies::BoxedQuery<'static, Pg, Uuid>>,
    documents: Narrowed,
}

/// The first documents of several ways, in one order. Each way finds its own by an index, which the database does not do for
/// ways that are joined by OR.
struct InOrder {
    branches: Vec<Branch>,
    sort: Sort,
    limit: i64,
}

impl QueryFragment<Pg> for InOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT found.id, found.sort_key::text FROM (");
        for (place, branch) in self.branches.iter().enumerate() {
            if place > 0 {
                // Not ALL: what several ways lead to is listed once.
                out.push_sql(" UNION ");
            }
            if let Some(issuers) = &branch.issuers {
                out.push_sql("SELECT theirs.id, theirs.sort_key FROM (");
                <_ as QueryFragment<Pg>>::walk_ast(issuers, out.reborrow())?;
                out.push_sql(") AS issuer (id) CROSS JOIN LATERAL (");
            } else {
                out.push_sql("(");
            }
            <_ as QueryFragment<Pg>>::walk_ast(&branch.documents, out.reborrow())?;
            out.push_sql(if branch.issuers.is_some() { ") AS theirs" } else { ")" });
        }
        let direction = self.sort.direction();
        out.push_sql(&format!(") AS found ORDER BY found.sort_key {direction}, found.id {direction} LIMIT "));
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryId for InOrder {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for InOrder {
    type SqlType = (Uuid, Text);
}
