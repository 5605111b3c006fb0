//! What can be recorded: one type of entry for each act, in the words that the event feed uses.

use serde_json::Value;
use uuid::Uuid;

use crate::base::ids::{DocumentId, EntryId, ProfileId};
use crate::base::text_enum::text_enum;
use crate::identity::actor::Role;

text_enum! {
    /// The types of log entries.
    pub enum EntryType {
        /// A document was created.
        DocumentCreated = "document.created",
        /// A revision with a new text was made.
        DocumentRevised = "document.revised",
        /// What binds besides the text was changed, or the drafting unit.
        DocumentChanged = "document.changed",
        /// A material was added.
        MaterialAdded = "material.added",
        /// A revision was submitted for review.
        DocumentSubmitted = "document.submitted",
        /// The reviewer took a submission in, or did not.
        IntakeTaken = "intake.taken",
        /// Counsel's opinion was recorded.
        CounselOpinionRecorded = "counsel_opinion.recorded",
        /// A legality opinion was given.
        OpinionGiven = "opinion.given",
        /// The drafter withdrew the document.
        DocumentWithdrawn = "document.withdrawn",
        /// A meeting was scheduled.
        MeetingScheduled = "meeting.scheduled",
        /// A meeting was changed.
        MeetingChanged = "meeting.changed",
        /// A document was placed on an agenda.
        AgendaPlaced = "agenda.placed",
        /// A document was taken off an agenda.
        AgendaTakenOff = "agenda.taken_off",
        /// A meeting's decision was recorded.
        DecisionRecorded = "decision.recorded",
        /// A wrongly entered decision was corrected.
        DecisionCorrected = "decision.corrected",
        /// A finished text was confirmed.
        ConfirmationGiven = "confirmation.given",
        /// A document was signed and numbered.
        IssuanceMade = "issuance.made",
        /// An issuance was voided with its numbers.
        IssuanceVoided = "issuance.voided",
        /// A document was published.
        DocumentPublished = "document.published",
        /// A document was filed.
        FilingMade = "filing.made",
        /// A filing was registered, suspended or refused.
        FilingTakenIn = "filing.taken_in",
        /// A suspended filing was supplemented.
        FilingSupplemented = "filing.supplemented",
        /// A filing was reviewed.
        FilingReviewed = "filing.reviewed",
        /// A rectification was reported.
        RectificationReported = "rectification.reported",
        /// A clean-up round was opened.
        CleanupOpened = "cleanup.opened",
        /// A result was proposed within a round.
        CleanupResultProposed = "cleanup.result_proposed",
        /// A round was decided and published.
        CleanupPublished = "cleanup.published",
        /// A published round judged a document.
        DocumentCleanedUp = "document.cleaned_up",
        /// A document's effect was ended by another act.
        EffectEnded = "effect.ended",
        /// A document entered its next stage.
        StageChanged = "document.stage_changed",
        /// The demo's clock was moved.
        DemoClockMoved = "demo.clock_moved",
        /// Bodies were made or changed from a file.
        BodiesImported = "body.imported",
        /// A user was made.
        UserCreated = "user.created",
        /// A user was given roles.
        UserRolesGranted = "user.roles_granted",
        /// A user's roles were taken back.
        UserRolesRevoked = "user.roles_revoked",
        /// A user was shut out.
        UserDisabled = "user.disabled",
        /// A user was let in again.
        UserEnabled = "user.enabled",
        /// A token was made.
        TokenCreated = "token.created",
        /// A token was revoked.
        TokenRevoked = "token.revoked",
        /// A rule profile was stored.
        ProfileImported = "profile.imported",
        /// Days of the calendar were added or corrected.
        WorkdaysImported = "workdays.imported",
        /// The registry was set up with its built-in rules.
        RegistrySetUp = "registry.set_up",
        /// Rows of a table were attested as they are.
        RowsAttested = "registry.rows_attested",
        /// A key that signs heads of the log was introduced.
        SigningKeyIntroduced = "signing_key.introduced",
        /// A backup was begun; the backup itself ends with this entry.
        BackupBegun = "registry.backup_begun",
        /// A backup was finished, and is known by its hash.
        BackupMade = "registry.backup_made",
        /// The registry was restored from a backup.
        RegistryRestored = "registry.restored",
    }
}

text_enum! {
    /// What an entry is about.
    pub enum SubjectKind {
        /// A document.
        Document = "document",
        /// A meeting.
        Meeting = "meeting",
        /// A filing.
        Filing = "filing",
        /// A clean-up round.
        Cleanup = "cleanup",
        /// A user, or a token of theirs.
        User = "user",
        /// The registry itself: its bodies, rules, calendar and backups.
        Registry = "registry",
    }
}

/// An entry before it is written; who, when and from which request are added by the transaction.
#[derive(Debug)]
pub struct NewEntry {
    /// Its id, known before it is written, so that what the entry tells of can name it and be told in it.
    pub id: EntryId,
    /// What was done.
    pub entry_type: EntryType,
    /// What it is about.
    pub subject: (SubjectKind, Option<Uuid>),
    /// The role in which the caller acted.
    pub role: Role,
    /// The document on whose timeline it stands.
    pub document: Option<DocumentId>,
    /// The revision acted on, with its hash.
    pub revision: Option<(i32, String)>,
    /// The rule profile under which it was decided.
    pub profile: Option<ProfileId>,
    /// The particulars: ids, words and dates, and the reasons and notes that were given; no text of a document. Who reads the
    /// timeline years later finds here why, without asking elsewhere.
    pub data: Value,
}

impl NewEntry {
    /// An entry about a document.
    #[must_use]
    pub fn on_document(entry_type: EntryType, role: Role, document: DocumentId, data: Value) -> Self {
        Self { document: Some(document), ..Self::new(entry_type, role, (SubjectKind::Document, Some(document.0)), data) }
    }

    /// An entry about something else.
    #[must_use]
    pub fn new(entry_type: EntryType, role: Role, subject: (SubjectKind, Option<Uuid>), data: Value) -> Self {
        Self { id: EntryId::new(), entry_type, subject, role, document: None, revision: None, profile: None, data }
    }

    /// Puts it on a document's timeline too.
    #[must_use]
    pub fn of_document(mut self, document: DocumentId) -> Self {
        self.document = Some(document);
        self
    }

    /// Names the revision acted on.
    #[must_use]
    pub fn on_revision(mut self, no: i32, sha256: &str) -> Self {
        self.revision = Some((no, sha256.to_owned()));
        self
    }

    /// Names the profile under which it was decided.
    #[must_use]
    pub fn under(mut self, profile: ProfileId) -> Self {
        self.profile = Some(profile);
        self
    }
}
