//! Which deadlines run for a document, until when, and under which rules: computed from its recorded acts alone.
//! A deadline that passes moves nothing and decides nothing. It looks nothing up; whether a day is over is asked by the reader.
//!
//! Each clock follows the profile in force on the day it started; where none was, that of today (the caller's `rules`).

use std::borrow::Cow;

use chrono::NaiveDate;
use uuid::Uuid;

use super::profile::{FilingClockStart, RuleProfile};
use super::step::Step;
use crate::base::ids::{BodyId, DocumentId, FilingId, ProfileId};
use crate::base::workdays::{Calendar, Due, Period, ReviewClock, ReviewDue, Suspension};
use crate::documents::wire::{DeadlineKind, FilingStatus};

/// A recorded act on which the review's clocks rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewEvent {
    /// A submission arrived.
    Submitted {
        /// Its day.
        on: NaiveDate,
        /// Whether it supplements the submission before it, instead of opening a new round.
        supplements: bool,
    },
    /// The reviewer found it complete and took it in.
    Accepted,
    /// The reviewer asked for a supplement.
    SupplementRequested {
        /// On that day.
        on: NaiveDate,
    },
    /// The reviewer did not recognise it as a normative document.
    OutOfScope,
}

/// The dates of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicationFacts {
    /// The day of signing, where it is known.
    pub signed_on: Option<NaiveDate>,
    /// The day of publication.
    pub published_on: NaiveDate,
    /// The first day of effect.
    pub effective_on: NaiveDate,
    /// The last day of validity.
    pub expires_on: Option<NaiveDate>,
    /// Whether an act has ended its effect by today.
    pub has_ended: bool,
}

/// The rectification that the last review of a filing asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorrectionFacts {
    /// The day of that review.
    pub reviewed_on: NaiveDate,
    /// The day by which it is to be done.
    pub due_on: NaiveDate,
    /// Whether that day was computed beyond the calendar; then it is computed anew. A named day is firm.
    pub provisional: bool,
}

/// One filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilingFacts {
    /// Which.
    pub id: FilingId,
    /// To whom.
    pub target: BodyId,
    /// The receiver's jurisdiction, whose rules its clocks follow.
    pub jurisdiction: String,
    /// Where it stands.
    pub status: FilingStatus,
    /// The day on which it got there.
    pub since: NaiveDate,
    /// What its last review asked for.
    pub correction: Option<CorrectionFacts>,
}

/// An amendment that a published clean-up ordered and that no later one replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmendmentFacts {
    /// The day of the clean-up's publication.
    pub ordered_on: NaiveDate,
    /// The last day for the amendment.
    pub due_on: NaiveDate,
}

/// Everything that the deadlines of one document ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineFacts {
    /// Which document.
    pub document: DocumentId,
    /// Where it stands.
    pub step: Step,
    /// The issuer's jurisdiction.
    pub jurisdiction: String,
    /// The acts of its review, in their order.
    pub review: Vec<ReviewEvent>,
    /// The day of signing, while the issuance is valid.
    pub signed_on: Option<NaiveDate>,
    /// Its publication.
    pub publication: Option<PublicationFacts>,
    /// The bodies that its issuer files to.
    pub targets: Vec<BodyId>,
    /// Its filings.
    pub filings: Vec<FilingFacts>,
    /// The amendment that stands ordered.
    pub amendment: Option<AmendmentFacts>,
}

/// A deadline that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// What is due.
    pub kind: DeadlineKind,
    /// The filing or the target body concerned; the document itself where there is none.
    pub key: Uuid,
    /// The day from which it is counted.
    pub start_on: NaiveDate,
    /// Its last day.
    pub due: Due,
    /// The rules by which it was counted.
    pub profile: ProfileId,
}

/// The rules of a jurisdiction for a clock that started on a day; `None` where there are none, and then no deadline is given.
pub type RulesOn<'a, 'r> = &'a dyn Fn(&str, NaiveDate) -> Option<(ProfileId, &'r RuleProfile)>;

/// Every deadline that runs for a document.
#[must_use]
pub fn running(facts: &DeadlineFacts, calendar: &Calendar, rules: RulesOn<'_, '_>) -> Vec<Running> {
    let ours = Clocks { jurisdiction: &facts.jurisdiction, key: facts.document.0, calendar, rules };
    let mut found = Vec::new();
    found.extend(review_deadline(facts, &ours));
    if facts.step == Step::Signed
        && let Some(signed_on) = facts.signed_on
    {
        found.extend(ours.after(DeadlineKind::Publication, signed_on, RuleProfile::publication_days));
    }
    if let Some(publication) = facts.publication {
        let unfiled = facts.targets.iter().filter(|target| !facts.filings.iter().any(|filing| filing.counts_for(**target)));
        for target in unfiled {
            found.extend(filing_deadline(&publication, &Clocks { key: target.0, ..ours }));
        }
        for filing in &facts.filings {
            let theirs = Clocks { jurisdiction: &filing.jurisdiction, key: filing.id.0, ..ours };
            found.extend(filing_s_deadline(filing, &theirs));
        }
        if !publication.has_ended {
            found.extend(publication.expires_on.and_then(|day| ours.on(DeadlineKind::Expiry, publication.effective_on, day)));
            found.extend(facts.amendment.and_then(|order| ours.on(DeadlineKind::Amendment, order.ordered_on, order.due_on)));
        }
    }
    found
}

/// The clock of the review since the last submission that opened a round: the day on which complete materials arrived, and the
/// times during which the drafter supplemented. `None` until an intake has found the materials complete.
#[must_use]
pub fn review_clock(events: &[ReviewEvent]) -> Option<(NaiveDate, Vec<Suspension>)> {
    let mut arrived_on = None;
    let mut complete_on = None;
    let mut suspensions: Vec<Suspension> = Vec::new();
    for event in events {
        match *event {
            ReviewEvent::Submitted { on, supplements } => {
                arrived_on = Some(on);
                if !supplements {
                    complete_on = None;
                    suspensions.clear();
                }
            }
            ReviewEvent::Accepted => {
                complete_on = complete_on.or(arrived_on);
                if let Some(open) = suspensions.last_mut().filter(|last| last.resumed_on.is_none()) {
                    open.resumed_on = arrived_on;
                }
            }
            ReviewEvent::SupplementRequested { on } => {
                let is_open = suspensions.last().is_some_and(|last| last.resumed_on.is_none());
                if complete_on.is_some() && !is_open {
                    suspensions.push(Suspension { suspended_on: on, resumed_on: None });
                }
            }
            ReviewEvent::OutOfScope => {}
        }
    }
    complete_on.map(|day| (day, suspensions))
}

/// When the opinion is due on a review whose clock started on `complete_on`; `None` while it stands still.
#[must_use]
pub fn review_due(complete_on: NaiveDate, suspensions: Vec<Suspension>, calendar: &Calendar, profile: &RuleProfile) -> Option<Due> {
    let suspensions = if profile.clock_stops_on_supplement() { suspensions } else { Vec::new() };
    let calendar = local(calendar, profile);
    let workdays_max = profile.legality_review_max_workdays();
    match ReviewClock::new(complete_on, workdays_max, suspensions) {
        Ok(clock) => match clock.due(&calendar) {
            ReviewDue::On(due) => Some(due),
            ReviewDue::Suspended { .. } => None,
        },
        // Days that contradict each other come from a clock that was set back; the plain period still holds.
        Err(_) => Some(calendar.due_after_workdays(complete_on, workdays_max)),
    }
}

impl FilingFacts {
    /// Whether this filing takes the duty to file to a body away: a refused one does not.
    fn counts_for(&self, target: BodyId) -> bool {
        self.target == target && self.status != FilingStatus::FilingRefused
    }
}

/// The calendar with the rest days of a place.
#[must_use]
pub fn local<'c>(calendar: &'c Calendar, profile: &RuleProfile) -> Cow<'c, Calendar> {
    let days = profile.local_rest_days();
    if days.is_empty() { Cow::Borrowed(calendar) } else { Cow::Owned(calendar.clone().with_local_rest_days(days)) }
}

/// How the clocks of one key are counted.
struct Clocks<'a, 'r> {
    jurisdiction: &'a str,
    key: Uuid,
    calendar: &'a Calendar,
    rules: RulesOn<'a, 'r>,
}

impl Clocks<'_, '_> {
    /// A deadline so long after a day, by the rules of that day.
    fn after(&self, kind: DeadlineKind, start_on: NaiveDate, period: impl Fn(&RuleProfile) -> Period) -> Option<Running> {
        let (profile_id, profile) = (self.rules)(self.jurisdiction, start_on)?;
        let due = local(self.calendar, profile).due_after(start_on, period(profile), profile.roll_over());
        Some(Running { kind, key: self.key, start_on, due, profile: profile_id })
    }

    /// A deadline on a day that was decided.
    fn on(&self, kind: DeadlineKind, start_on: NaiveDate, due_on: NaiveDate) -> Option<Running> {
        let (profile, _) = (self.rules)(self.jurisdiction, start_on)?;
        Some(Running { kind, key: self.key, start_on, due: Due::firm(due_on), profile })
    }
}

/// The one deadline that runs between a submission and its opinion.
fn review_deadline(facts: &DeadlineFacts, clocks: &Clocks<'_, '_>) -> Option<Running> {
    match facts.step {
        Step::AwaitingIntake => {
            let arrived_on = facts.review.iter().rev().find_map(|event| match event {
                ReviewEvent::Submitted { on, .. } => Some(*on),
                ReviewEvent::Accepted | ReviewEvent::SupplementRequested { .. } | ReviewEvent::OutOfScope => None,
            })?;
            clocks.after(DeadlineKind::Intake, arrived_on, |profile| Period::Workdays(profile.intake_workdays()))
        }
        Step::SupplementRequested => {
            let requested_on = facts.review.iter().rev().find_map(|event| match event {
                ReviewEvent::SupplementRequested { on } => Some(*on),
                ReviewEvent::Accepted | ReviewEvent::Submitted { .. } | ReviewEvent::OutOfScope => None,
            })?;
            clocks.after(DeadlineKind::Supplement, requested_on, RuleProfile::supplement_days)
        }
        Step::UnderReview => {
            let (complete_on, suspensions) = review_clock(&facts.review)?;
            let (profile_id, profile) = (clocks.rules)(clocks.jurisdiction, complete_on)?;
            let due = review_due(complete_on, suspensions, clocks.calendar, profile)?;
            Some(Running { kind: DeadlineKind::LegalityReview, key: clocks.key, start_on: complete_on, due, profile: profile_id })
        }
        Step::Drafting
        | Step::Withdrawn
        | Step::OutOfScope
        | Step::AmendmentRequired
        | Step::Unlawful
        | Step::Cleared
        | Step::OnAgenda
        | Step::Finalising
        | Step::Deferred
        | Step::Rejected
        | Step::Approved
        | Step::Signed
        | Step::Published
        | Step::AwaitingRegistration
        | Step::RegistrationSuspended
        | Step::FilingRefused
        | Step::UnderFilingReview
        | Step::Rectifying
        | Step::FilingReviewed
        | Step::Continued
        | Step::AmendmentOrdered
        | Step::Repealed
        | Step::DeclaredLapsed => None,
    }
}

/// Until when a published document is to be filed with one target. The duty arises with the publication, so the rules of that
/// day hold, also where the period itself is counted from the signature.
fn filing_deadline(publication: &PublicationFacts, clocks: &Clocks<'_, '_>) -> Option<Running> {
    let (profile_id, profile) = (clocks.rules)(clocks.jurisdiction, publication.published_on)?;
    let start_on = match profile.filing_clock_start() {
        FilingClockStart::PublicationDate => publication.published_on,
        FilingClockStart::SignedOn => publication.signed_on.unwrap_or(publication.published_on),
    };
    let due = local(clocks.calendar, profile).due_after(start_on, profile.filing_period(), profile.roll_over());
    Some(Running { kind: DeadlineKind::Filing, key: clocks.key, start_on, due, profile: profile_id })
}

/// The deadline that runs within one filing.
fn filing_s_deadline(filing: &FilingFacts, clocks: &Clocks<'_, '_>) -> Option<Running> {
    match filing.status {
        FilingStatus::AwaitingRegistration => clocks.after(DeadlineKind::FilingIntake, filing.since, RuleProfile::filing_intake_days),
        FilingStatus::RegistrationSuspended => clocks.after(DeadlineKind::Supplement, filing.since, RuleProfile::filing_suspend_cure_days),
        FilingStatus::UnderFilingReview => clocks.after(DeadlineKind::FilingReview, filing.since, RuleProfile::filing_review_days),
        FilingStatus::Rectifying => {
            let correction = filing.correction?;
            if correction.provisional {
                clocks.after(DeadlineKind::Rectification, correction.reviewed_on, RuleProfile::rectification_days)
            } else {
                clocks.on(DeadlineKind::Rectification, correction.reviewed_on, correction.due_on)
            }
        }
        FilingStatus::FilingRefused | FilingStatus::RectificationReported | FilingStatus::FilingReviewed => None,
    }
}

#[cfg(test)]
#[path = "deadlines_tests.rs"]
mod tests;
