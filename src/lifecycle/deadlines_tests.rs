//! The deadlines of documents at every place of the procedure, by the built-in rules of Sichuan and the built-in calendar.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::base::workdays::{add_days, parse_day};
use crate::lifecycle::profile::{built_in, profile_for};

fn day(text: &str) -> NaiveDate {
    parse_day(text).expect("the test writes a real day")
}

fn drafted() -> DeadlineFacts {
    DeadlineFacts {
        document: DocumentId::new(),
        step: Step::Drafting,
        jurisdiction: "sichuan".to_owned(),
        review: Vec::new(),
        signed_on: None,
        publication: None,
        targets: Vec::new(),
        filings: Vec::new(),
        amendment: None,
    }
}

fn submitted(on: &str) -> ReviewEvent {
    ReviewEvent::Submitted { on: day(on), supplements: false }
}

fn supplemented(on: &str) -> ReviewEvent {
    ReviewEvent::Submitted { on: day(on), supplements: true }
}

fn requested(on: &str) -> ReviewEvent {
    ReviewEvent::SupplementRequested { on: day(on) }
}

fn at(step: Step, review: &[ReviewEvent]) -> DeadlineFacts {
    DeadlineFacts { step, review: review.to_vec(), ..drafted() }
}

fn published() -> DeadlineFacts {
    let publication = PublicationFacts {
        signed_on: Some(day("2026-03-10")),
        published_on: day("2026-03-12"),
        effective_on: day("2026-04-12"),
        expires_on: Some(day("2031-04-11")),
        has_ended: false,
    };
    DeadlineFacts { step: Step::Published, publication: Some(publication), targets: vec![BodyId::new(), BodyId::new()], ..drafted() }
}

fn filing(target: BodyId, status: FilingStatus, since: &str) -> FilingFacts {
    FilingFacts { id: FilingId::new(), target, jurisdiction: "sichuan".to_owned(), status, since: day(since), correction: None }
}

/// Every running deadline as `kind start due`, with a question mark after a provisional day.
fn list(facts: &DeadlineFacts) -> Vec<String> {
    let profiles: Vec<(ProfileId, RuleProfile)> = built_in().into_iter().map(|profile| (ProfileId::new(), profile)).collect();
    let rules = |jurisdiction: &str, day: NaiveDate| {
        profiles
            .iter()
            .find(|(_, profile)| profile.jurisdiction() == jurisdiction && profile.covers(day))
            .map(|(id, profile)| (*id, profile))
    };
    running(facts, &Calendar::built_in(), &rules)
        .into_iter()
        .map(|found| {
            let doubt = if found.due.is_provisional() { "?" } else { "" };
            format!("{} {} {}{doubt}", found.kind, found.start_on, found.due.due_on)
        })
        .collect()
}

#[test]
fn nothing_runs_while_the_drafter_writes_or_the_meeting_deliberates() {
    let review = [submitted("2026-03-03"), ReviewEvent::Accepted];
    for step in [
        Step::Drafting,
        Step::Withdrawn,
        Step::OutOfScope,
        Step::AmendmentRequired,
        Step::Unlawful,
        Step::Cleared,
        Step::OnAgenda,
        Step::Finalising,
        Step::Deferred,
        Step::Rejected,
        Step::Approved,
    ] {
        assert_eq!(list(&at(step, &review)), [""; 0], "{step}");
    }
}

#[test]
fn intake_is_due_three_working_days_after_the_last_submission() {
    // 2026-03-06 is a Friday.
    let facts = at(Step::AwaitingIntake, &[submitted("2026-03-02"), requested("2026-03-04"), supplemented("2026-03-06")]);
    assert_eq!(list(&facts), ["intake 2026-03-06 2026-03-11"]);
}

#[test]
fn a_supplement_is_due_three_days_after_the_request_and_no_earlier_than_a_working_day() {
    let facts = at(Step::SupplementRequested, &[submitted("2026-03-02"), requested("2026-03-05")]);
    // The third day is a Sunday.
    assert_eq!(list(&facts), ["supplement 2026-03-05 2026-03-09"]);
}

#[test]
fn the_review_runs_from_the_day_the_last_missing_material_arrived() {
    let plain = at(Step::UnderReview, &[submitted("2026-03-02"), ReviewEvent::Accepted]);
    assert_eq!(list(&plain), ["legality_review 2026-03-02 2026-03-23"]);
    let late = [submitted("2026-03-02"), requested("2026-03-04"), supplemented("2026-03-09"), ReviewEvent::Accepted];
    assert_eq!(list(&at(Step::UnderReview, &late)), ["legality_review 2026-03-09 2026-03-30"]);
}

#[test]
fn a_suspended_review_does_not_run_and_goes_on_with_what_was_left() {
    let mut review = vec![submitted("2026-03-02"), ReviewEvent::Accepted, requested("2026-03-05")];
    assert_eq!(list(&at(Step::SupplementRequested, &review)), ["supplement 2026-03-05 2026-03-09"]);
    review.push(supplemented("2026-03-10"));
    assert_eq!(list(&at(Step::AwaitingIntake, &review)), ["intake 2026-03-10 2026-03-13"]);
    review.push(ReviewEvent::Accepted);
    // 5, 6, 9 and 10 March are not counted: four working days later than without the suspension.
    assert_eq!(list(&at(Step::UnderReview, &review)), ["legality_review 2026-03-02 2026-03-27"]);
}

#[test]
fn a_supplement_that_was_still_incomplete_keeps_the_clock_suspended() {
    let review = [
        submitted("2026-03-02"),
        ReviewEvent::Accepted,
        requested("2026-03-05"),
        supplemented("2026-03-06"),
        requested("2026-03-09"),
        supplemented("2026-03-10"),
        ReviewEvent::Accepted,
    ];
    assert_eq!(list(&at(Step::UnderReview, &review)), ["legality_review 2026-03-02 2026-03-27"]);
}

#[test]
fn an_amended_text_is_reviewed_on_a_clock_of_its_own() {
    let review = [submitted("2026-03-02"), ReviewEvent::Accepted, requested("2026-03-05"), submitted("2026-04-01"), ReviewEvent::Accepted];
    let (complete_on, suspensions) = review_clock(&review).expect("a clock");
    assert_eq!((complete_on, suspensions), (day("2026-04-01"), vec![]));
}

#[test]
fn no_clock_runs_before_an_intake_found_the_materials_complete() {
    assert_eq!(review_clock(&[]), None);
    assert_eq!(review_clock(&[submitted("2026-03-02")]), None);
    assert_eq!(review_clock(&[submitted("2026-03-02"), requested("2026-03-03")]), None);
    assert_eq!(review_clock(&[submitted("2026-03-02"), ReviewEvent::OutOfScope]), None);
}

#[test]
fn publication_is_due_twenty_working_days_after_signing() {
    let facts = DeadlineFacts { step: Step::Signed, signed_on: Some(day("2026-03-10")), ..drafted() };
    // Qingming is a holiday on Monday 6 April.
    assert_eq!(list(&facts), ["publication 2026-03-10 2026-04-08"]);
}

#[test]
fn a_published_document_is_to_be_filed_with_each_target_within_fifteen_days() {
    let facts = published();
    assert_eq!(list(&facts), ["filing 2026-03-12 2026-03-27", "filing 2026-03-12 2026-03-27", "expiry 2026-04-12 2031-04-11"]);
}

#[test]
fn a_filing_takes_the_duty_to_one_target_away_and_a_refused_one_does_not() {
    let mut facts = published();
    let [first, second] = [facts.targets[0], facts.targets[1]];
    facts.step = Step::AwaitingRegistration;
    facts.filings = vec![filing(first, FilingStatus::AwaitingRegistration, "2026-03-20")];
    assert_eq!(list(&facts), ["filing 2026-03-12 2026-03-27", "filing_intake 2026-03-20 2026-03-27", "expiry 2026-04-12 2031-04-11"]);
    facts.filings = vec![
        filing(first, FilingStatus::FilingRefused, "2026-03-20"),
        filing(first, FilingStatus::UnderFilingReview, "2026-03-24"),
        filing(second, FilingStatus::FilingRefused, "2026-03-20"),
    ];
    // 23 April is the thirtieth day.
    assert_eq!(list(&facts), ["filing 2026-03-12 2026-03-27", "filing_review 2026-03-24 2026-04-23", "expiry 2026-04-12 2031-04-11"]);
}

#[test]
fn each_filing_runs_by_its_own_status() {
    let mut facts = published();
    facts.targets.clear();
    for (status, expected) in [
        (FilingStatus::AwaitingRegistration, Some("filing_intake 2026-03-20 2026-03-27")),
        // The fifteenth day is a Saturday, Qingming's eve; the working day after it is the 7th.
        (FilingStatus::RegistrationSuspended, Some("supplement 2026-03-20 2026-04-07")),
        (FilingStatus::FilingRefused, None),
        (FilingStatus::UnderFilingReview, Some("filing_review 2026-03-20 2026-04-20")),
        (FilingStatus::RectificationReported, None),
        (FilingStatus::FilingReviewed, None),
    ] {
        facts.filings = vec![filing(BodyId::new(), status, "2026-03-20")];
        let mut wanted: Vec<&str> = expected.into_iter().collect();
        wanted.push("expiry 2026-04-12 2031-04-11");
        assert_eq!(list(&facts), wanted, "{status}");
    }
}

#[test]
fn a_rectification_is_due_on_the_named_day_and_else_by_the_calendar_as_it_is_now() {
    let mut facts = published();
    facts.targets.clear();
    let mut rectifying = filing(BodyId::new(), FilingStatus::Rectifying, "2026-03-20");
    rectifying.correction = Some(CorrectionFacts { reviewed_on: day("2026-03-20"), due_on: day("2026-04-04"), provisional: false });
    facts.filings = vec![rectifying.clone()];
    assert_eq!(list(&facts)[0], "rectification 2026-03-20 2026-04-04", "a named day stays, also where it is a Saturday");
    rectifying.correction = Some(CorrectionFacts { reviewed_on: day("2026-03-20"), due_on: day("2026-04-04"), provisional: true });
    facts.filings = vec![rectifying];
    assert_eq!(list(&facts)[0], "rectification 2026-03-20 2026-04-20");
}

#[test]
fn validity_and_amendment_no_longer_run_once_the_effect_has_ended() {
    let mut facts = published();
    facts.targets.clear();
    facts.step = Step::AmendmentOrdered;
    facts.amendment = Some(AmendmentFacts { ordered_on: day("2026-05-01"), due_on: day("2026-08-31") });
    assert_eq!(list(&facts), ["expiry 2026-04-12 2031-04-11", "amendment 2026-05-01 2026-08-31"]);
    let publication = facts.publication.expect("published");
    facts.publication = Some(PublicationFacts { has_ended: true, ..publication });
    assert_eq!(list(&facts), [""; 0]);
}

#[test]
fn a_deadline_beyond_the_calendar_is_given_and_marked() {
    let end = Calendar::built_in().ends_on();
    let facts = DeadlineFacts { step: Step::Signed, signed_on: Some(end), ..drafted() };
    let found = list(&facts);
    assert_eq!(found.len(), 1);
    assert!(found.iter().all(|deadline| deadline.ends_with('?')), "{found:?}");
}

#[test]
fn a_clock_follows_the_rules_of_the_day_on_which_it_started() {
    let profiles = built_in();
    let facts = at(Step::UnderReview, &[submitted("2022-02-28"), ReviewEvent::Accepted]);
    let ids: Vec<(ProfileId, &RuleProfile)> = profiles.iter().map(|profile| (ProfileId::new(), profile)).collect();
    let rules = |jurisdiction: &str, day: NaiveDate| {
        let wanted = profile_for(&profiles, jurisdiction, day)?;
        ids.iter().find(|(_, profile)| *profile == wanted).copied()
    };
    let found = running(&facts, &Calendar::built_in(), &rules);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].profile, ids[0].0, "the last day of the oldest profile");
}

#[test]
fn where_no_rules_hold_no_deadline_is_made_up() {
    let mut facts = at(Step::AwaitingIntake, &[submitted("2026-03-02")]);
    facts.jurisdiction = "hunan".to_owned();
    assert_eq!(list(&facts), [""; 0]);
}

proptest! {
    /// Whatever acts follow each other, a suspension never makes the opinion due earlier.
    #[test]
    fn a_suspension_never_shortens_the_review(gaps in proptest::collection::vec((0u16..20, 0u16..20), 0..4)) {
        let start = day("2026-03-02");
        let mut review = vec![ReviewEvent::Submitted { on: start, supplements: false }, ReviewEvent::Accepted];
        let mut today = start;
        for (wait, supplement) in gaps {
            today = add_days(today, wait);
            review.push(ReviewEvent::SupplementRequested { on: today });
            today = add_days(today, supplement);
            review.extend([ReviewEvent::Submitted { on: today, supplements: true }, ReviewEvent::Accepted]);
        }
        let profiles = built_in();
        let profile = profile_for(&profiles, "sichuan", start).expect("a profile");
        let (complete_on, suspensions) = review_clock(&review).expect("a clock");
        let calendar = Calendar::built_in();
        let due = review_due(complete_on, suspensions, &calendar, profile).expect("it runs");
        let plain = calendar.due_after_workdays(start, profile.legality_review_max_workdays());
        prop_assert!(due.due_on >= plain.due_on);
    }
}
