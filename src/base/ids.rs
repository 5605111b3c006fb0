//! A type of its own for every kind of id, so that two of them cannot be swapped in silence.
//! All are UUIDv7: their order is the order of creation.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than every one made before on this machine.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would be a different one each time")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Reads an id as the API writes it, in either case; `None` for anything else, also for the other spellings of a UUID.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::parse_str(text).ok().filter(|_| text.len() == uuid::fmt::Hyphenated::LENGTH).map(Self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <Uuid as diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <Uuid as diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg>>::from_sql(value).map(Self)
            }
        }
    )+ };
}

ids! {
    /// A body: government, department, section, village.
    BodyId,
    /// A user.
    UserId,
    /// A bearer token.
    TokenId,
    /// A stored rule profile.
    ProfileId,
    /// A log entry.
    EntryId,
    /// A document, from its first draft to the end.
    DocumentId,
    /// A submission material.
    MaterialId,
    /// A submission for legality review.
    SubmissionId,
    /// An intake of a submission.
    IntakeId,
    /// An opinion of counsel.
    CounselOpinionId,
    /// A legality opinion.
    OpinionId,
    /// A comment within an opinion.
    CommentId,
    /// A withdrawal.
    WithdrawalId,
    /// A meeting.
    MeetingId,
    /// An entry on an agenda.
    AgendaItemId,
    /// The taking off of an agenda entry.
    AgendaRemovalId,
    /// A meeting's decision on one agenda entry.
    DecisionId,
    /// A confirmation after an approval in principle.
    ConfirmationId,
    /// A number in the register.
    NumberId,
    /// An issuance.
    IssuanceId,
    /// The voiding of an issuance.
    IssuanceVoidId,
    /// A publication.
    PublicationId,
    /// An act that ends a document's effect.
    EffectEndId,
    /// A filing to one superior.
    FilingId,
    /// A form check of a filing.
    FilingIntakeId,
    /// A supplement to a suspended filing.
    FilingSupplementId,
    /// A result of a filing review.
    FilingReviewId,
    /// A rectification report.
    RectificationId,
    /// A clean-up round.
    CleanupId,
    /// A proposal within a clean-up round.
    CleanupResultId,
    /// A published outcome of a clean-up round.
    CleanupOutcomeId,
}
