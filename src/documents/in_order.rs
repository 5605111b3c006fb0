//! The SQL of a list's order: the first documents of several ways, sorted, from where the page before ended.
//!
//! Its parts are like `diesel::dsl::sql`, but the same text for the same list, so that the database parses and plans a list once
//! for each connection and not for every page.

use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Nullable, Text, Uuid};

use crate::base::ids::DocumentId;
use crate::base::text_enum::text_enum;
use crate::schema::{bodies, documents};
use crate::web::cursor::{LIMIT_DEFAULT, LIMIT_MAX};

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
    /// What is sorted by, to be selected.
    pub(super) const fn key(self) -> Key {
        Key(self)
    }

    /// The order itself.
    pub(super) const fn order(self) -> Order {
        Order(self)
    }

    /// The sort key in SQL, and its type. It is never null, so that pages can be told apart by it.
    const fn key_sql(self) -> (&'static str, &'static str) {
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

/// What a list is sorted by, as a column of it.
pub(super) struct Key(Sort);

/// The order of a list.
pub(super) struct Order(Sort);

/// Documents of the issuer that stands beside them in [`InOrder`].
pub(super) struct OfIssuer;

/// Documents behind the last one of the page before.
pub(super) struct After {
    sort: Sort,
    key: String,
    id: DocumentId,
}

impl After {
    pub(super) const fn new(sort: Sort, key: String, id: DocumentId) -> Self {
        Self { sort, key, id }
    }
}

/// Makes expressions of documents whose SQL text depends on their fields.
macro_rules! of_documents {
    ($($name:ident: $sql_type:ty;)+) => {$(
        impl Expression for $name {
            type SqlType = $sql_type;
        }

        impl SelectableExpression<documents::table> for $name {}

        impl AppearsOnTable<documents::table> for $name {}

        impl ValidGrouping<()> for $name {
            type IsAggregate = is_aggregate::No;
        }

        impl QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    )+};
}

of_documents! {
    Key: Text;
    Order: diesel::expression::expression_types::NotSelectable;
    OfIssuer: Nullable<Bool>;
    After: Nullable<Bool>;
}

impl QueryFragment<Pg> for Key {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0.key_sql().0);
        out.push_sql(" AS sort_key");
        Ok(())
    }
}

impl QueryFragment<Pg> for Order {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let direction = self.0.direction();
        for part in [self.0.key_sql().0, " ", direction, ", documents.id ", direction] {
            out.push_sql(part);
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for OfIssuer {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("documents.issuing_authority_id = issuer.id");
        Ok(())
    }
}

impl QueryFragment<Pg> for After {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (key, key_type) = self.sort.key_sql();
        for part in ["(", key, ", documents.id) ", self.sort.follows(), " ("] {
            out.push_sql(part);
        }
        out.push_bind_param::<Text, _>(&self.key)?;
        for part in ["::", key_type, ", "] {
            out.push_sql(part);
        }
        out.push_bind_param::<Uuid, _>(&self.id)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Documents, narrowed to what is asked for.
pub type Narrowed = documents::BoxedQuery<'static, Pg, (Uuid, Text)>;

/// One way to documents: all at once, or for each of some issuers the first of theirs.
pub(super) struct Branch {
    pub(super) issuers: Option<bodies::BoxedQuery<'static, Pg, Uuid>>,
    pub(super) documents: Narrowed,
}

/// The first documents of several ways, in one order. Each way finds its own by an index, which the database does not do for
/// ways that are joined by OR.
pub(super) struct InOrder {
    branches: Vec<Branch>,
    sort: Sort,
    limit: String,
    is_kept: bool,
}

impl InOrder {
    /// The first `limit` documents of all ways. Where nothing is asked for but a page of the usual length, the database keeps the
    /// plan; what else can be asked for comes in too many forms, and is planned for its values.
    pub(super) fn new(branches: Vec<Branch>, sort: Sort, limit: i64, is_plain: bool) -> Self {
        Self {
            branches,
            sort,
            limit: format!(" LIMIT {limit}"),
            is_kept: is_plain && USUAL_LENGTHS.iter().any(|usual| i64::from(*usual) + 1 == limit),
        }
    }
}

/// Pages of the length that nobody asked for, and of the greatest; each with the one more that tells whether another follows.
const USUAL_LENGTHS: [u32; 2] = [LIMIT_DEFAULT, LIMIT_MAX];

impl QueryFragment<Pg> for InOrder {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.is_kept {
            out.unsafe_to_cache_prepared();
        }
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
            // As text: a plan for any number of documents would read and sort all of them.
            out.push_sql(&self.limit);
            out.push_sql(if branch.issuers.is_some() { ") AS theirs" } else { ")" });
        }
        let direction = self.sort.direction();
        for part in [") AS found ORDER BY found.sort_key ", direction, ", found.id ", direction, &self.limit] {
            out.push_sql(part);
        }
        Ok(())
    }
}

impl QueryId for InOrder {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for InOrder {
    type SqlType = (Uuid, Text);
}
