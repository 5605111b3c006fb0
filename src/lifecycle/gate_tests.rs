//! The gate: each reason alone, several together, and that nothing but a lawful opinion on the current text leaves none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::base::ids::SubmissionId;
use crate::base::workdays::parse_day;
use crate::lifecycle::facts::{MaterialFacts, SubmissionFacts};
use crate::lifecycle::profile::built_in;
use crate::lifecycle::step::{STEPS, Stage};

const COMPLETE: &str = "2026-03-03";
const OPINED: &str = "2026-03-10";
/// Five working days after the complete materials.
const EARLIEST: &str = "2026-03-10";

fn day(text: &str) -> NaiveDate {
    parse_day(text).expect("the test writes a real day")
}

/// The newest profile of Sichuan, parsed once.
fn sichuan() -> RuleProfile {
    static NEWEST: LazyLock<RuleProfile> = LazyLock::new(|| built_in().pop().expect("the newest profile"));
    NEWEST.clone()
}

/// The newest profile of Sichuan with some keys changed.
fn with(keys: &[(&str, serde_json::Value)]) -> RuleProfile {
    let mut stored = sichuan().to_json();
    for (key, value) in keys {
        stored[*key]["value"] = value.clone();
    }
    RuleProfile::from_json(&stored).expect("a profile")
}

fn text(no: i32) -> RevisionFacts {
    RevisionFacts { no, sha256: format!("{no:064x}") }
}

fn material(kind: MaterialKind) -> MaterialFacts {
    MaterialFacts { kind, conclusion: None }
}

fn conclusion(conclusion: FairCompetition) -> MaterialFacts {
    MaterialFacts { kind: MaterialKind::FairCompetitionConclusion, conclusion: Some(conclusion) }
}

/// A document that may go to a meeting.
fn cleared() -> Facts {
    let submission =
        SubmissionFacts { id: SubmissionId::new(), no: 1, revision: text(1), submitted_on: day(COMPLETE), urgent: false, accepted: true };
    let opinion = OpinionFacts {
        id: OpinionId::new(),
        no: 1,
        revision: text(1),
        outcome: Outcome::Lawful,
        given_on: day(OPINED),
        complete_on: day(COMPLETE),
        urgent: false,
    };
    Facts {
        document: DocumentId::new(),
        issuing_authority: BodyId::new(),
        stage: Stage::LegalityReview,
        step: Step::Cleared,
        revision: text(1),
        concerns_market_entities: false,
        submission: Some(submission),
        materials: sichuan().materials_required().iter().copied().map(material).collect(),
        opinion: Some(opinion),
        comments_unanswered: 0,
        counsel_heard: false,
    }
}

fn opined(outcome: Outcome, step: Step) -> Facts {
    let mut facts = cleared();
    facts.step = step;
    if let Some(opinion) = facts.opinion.as_mut() {
        opinion.outcome = outcome;
    }
    facts
}

fn meeting(facts: &Facts, held_on: &str) -> MeetingFacts {
    MeetingFacts { id: MeetingId::new(), body: facts.issuing_authority, held_on: day(held_on), cancelled: false }
}

fn of_document(facts: &Facts) -> Vec<GateReason> {
    document_reasons(facts, &sichuan())
}

fn of_meeting(facts: &Facts, meeting: &MeetingFacts, today: &str) -> Vec<GateReason> {
    meeting_reasons(facts, meeting, &sichuan(), &Calendar::built_in(), day(today))
}

#[test]
fn a_lawful_opinion_on_the_current_text_opens_the_gate_and_the_pass_says_for_what() {
    for step in [Step::Cleared, Step::Deferred] {
        let facts = Facts { step, ..cleared() };
        let meeting = meeting(&facts, "2026-03-12");
        let pass = open(&facts, &meeting, &sichuan(), &Calendar::built_in(), day(OPINED)).expect("open");
        let opinion = facts.opinion.as_ref().expect("an opinion");
        assert_eq!((pass.document(), pass.revision(), pass.meeting()), (facts.document, &facts.revision, meeting.id));
        assert_eq!((pass.body(), pass.held_on()), (facts.issuing_authority, meeting.held_on));
        assert_eq!(pass.opinion(), (opinion.id, opinion.no, opinion.given_on));
    }
}

#[test]
fn every_step_has_its_reasons_although_a_lawful_opinion_stands() {
    use GateReason as Reason;
    for &step in Step::ALL {
        let expected: &[Reason] = match step {
            Step::Cleared | Step::Deferred => &[],
            Step::Drafting => &[Reason::NeverSubmitted],
            Step::Withdrawn => &[Reason::Withdrawn],
            Step::AwaitingIntake => &[Reason::AwaitingIntake],
            Step::SupplementRequested => &[Reason::SupplementRequested],
            Step::OutOfScope => &[Reason::OutOfScope],
            Step::UnderReview => &[Reason::UnderReview],
            Step::AmendmentRequired => &[Reason::AmendmentRequired],
            Step::Unlawful => &[Reason::Unlawful],
            Step::OnAgenda => &[Reason::AlreadyOnAgenda],
            Step::Finalising
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
            | Step::DeclaredLapsed => &[Reason::AlreadyDecided],
        };
        assert_eq!(of_document(&Facts { step, ..cleared() }), expected, "{step}");
    }
}

#[test]
fn a_new_draft_was_never_submitted_and_has_neither_opinion_nor_materials() {
    let facts = Facts { step: Step::Drafting, submission: None, opinion: None, materials: Vec::new(), ..cleared() };
    assert_eq!(of_document(&facts), [GateReason::NeverSubmitted, GateReason::NoOpinion, GateReason::MaterialsMissing]);
}

#[test]
fn without_an_opinion_there_is_no_opinion() {
    assert_eq!(of_document(&Facts { opinion: None, ..cleared() }), [GateReason::NoOpinion]);
}

#[test]
fn an_opinion_on_another_text_is_stale_even_under_the_same_number() {
    let facts = Facts { revision: RevisionFacts { no: 1, sha256: text(2).sha256 }, ..cleared() };
    assert_eq!(of_document(&facts), [GateReason::OpinionStale]);
}

#[test]
fn an_opinion_on_the_same_text_under_another_number_is_not_stale() {
    let facts = Facts { revision: RevisionFacts { no: 3, sha256: text(1).sha256 }, ..cleared() };
    assert_eq!(of_document(&facts), []);
}

#[test]
fn unlawful_stays_until_another_opinion() {
    assert_eq!(of_document(&opined(Outcome::Unlawful, Step::Unlawful)), [GateReason::Unlawful]);
    let resubmitted = Facts { revision: text(2), ..opined(Outcome::Unlawful, Step::UnderReview) };
    assert_eq!(of_document(&resubmitted), [GateReason::UnderReview, GateReason::OpinionStale, GateReason::Unlawful]);
}

#[test]
fn an_opinion_that_is_not_lawful_closes_the_gate_even_where_the_step_lags_behind() {
    for step in [Step::Cleared, Step::Deferred] {
        assert_eq!(of_document(&opined(Outcome::Unlawful, step)), [GateReason::Unlawful]);
        assert_eq!(of_document(&opined(Outcome::NeedsAmendment, step)), [GateReason::AmendmentRequired]);
    }
}

#[test]
fn in_finalising_an_opinion_that_asks_for_amendments_is_a_reason_of_its_own() {
    let expected = [GateReason::AmendmentRequired, GateReason::AlreadyDecided];
    assert_eq!(of_document(&opined(Outcome::NeedsAmendment, Step::Finalising)), expected);
}

#[test]
fn open_comments_count_until_a_lawful_opinion() {
    let open = |outcome, step| of_document(&Facts { comments_unanswered: 2, ..opined(outcome, step) });
    let expected = [GateReason::CommentsUnanswered, GateReason::AmendmentRequired];
    assert_eq!(open(Outcome::NeedsAmendment, Step::AmendmentRequired), expected);
    assert_eq!(open(Outcome::Lawful, Step::Cleared), []);
}

#[test]
fn each_required_material_is_missed() {
    for &kind in sichuan().materials_required() {
        let mut facts = cleared();
        facts.materials.retain(|material| material.kind != kind);
        assert_eq!(of_document(&facts), [GateReason::MaterialsMissing], "{kind}");
        assert_eq!(missing_materials(&facts, &sichuan()), [kind]);
    }
}

#[test]
fn fair_competition_is_asked_for_only_where_market_entities_are_concerned() {
    assert_eq!(of_document(&cleared()), []);
    let concerned = Facts { concerns_market_entities: true, ..cleared() };
    assert_eq!(of_document(&concerned), [GateReason::FairCompetitionMissing]);
}

#[test]
fn a_profile_older_than_the_fair_competition_rules_does_not_ask_for_a_conclusion() {
    let profiles = built_in();
    let old = profiles.first().expect("the oldest profile");
    assert_eq!(document_reasons(&Facts { concerns_market_entities: true, ..cleared() }, old), []);
}

#[test]
fn further_materials_of_a_profile_are_missed_where_market_entities_are_concerned() {
    let kinds = serde_json::json!(["fair_competition_conclusion", "expert_argument"]);
    let profile = with(&[("materials_required_market", kinds)]);
    let concerned = Facts { concerns_market_entities: true, ..cleared() };
    assert_eq!(document_reasons(&concerned, &profile), [GateReason::MaterialsMissing, GateReason::FairCompetitionMissing]);
    assert_eq!(document_reasons(&cleared(), &profile), []);
}

#[test]
fn the_last_conclusion_counts_and_only_a_negative_one_closes_the_gate() {
    let concluded = |all: &[FairCompetition]| {
        let mut facts = Facts { concerns_market_entities: true, ..cleared() };
        facts.materials.extend(all.iter().copied().map(conclusion));
        of_document(&facts)
    };
    use FairCompetition::{Compliant, Exception, NotCompliant};
    assert_eq!(concluded(&[Compliant]), []);
    assert_eq!(concluded(&[Exception]), []);
    assert_eq!(concluded(&[NotCompliant]), [GateReason::FairCompetitionNegative]);
    assert_eq!(concluded(&[NotCompliant, Compliant]), []);
    assert_eq!(concluded(&[Compliant, NotCompliant]), [GateReason::FairCompetitionNegative]);
}

#[test]
fn a_negative_conclusion_closes_the_gate_even_where_nobody_asked_for_one() {
    let mut facts = cleared();
    facts.materials.push(conclusion(FairCompetition::NotCompliant));
    assert_eq!(of_document(&facts), [GateReason::FairCompetitionNegative]);
}

#[test]
fn counsel_is_missed_only_where_the_profile_asks() {
    let profile = with(&[("counsel_opinion_required", true.into())]);
    assert_eq!(document_reasons(&cleared(), &profile), [GateReason::CounselOpinionMissing]);
    assert_eq!(document_reasons(&Facts { counsel_heard: true, ..cleared() }, &profile), []);
    assert_eq!(of_document(&cleared()), []);
}

#[test]
fn only_a_meeting_of_the_issuing_authority_will_do() {
    let facts = cleared();
    let other = MeetingFacts { body: BodyId::new(), ..meeting(&facts, "2026-03-12") };
    assert_eq!(of_meeting(&facts, &other, OPINED), [GateReason::WrongBody]);
}

#[test]
fn a_meeting_may_be_on_the_day_of_the_opinion_and_not_before() {
    let mut facts = cleared();
    assert_eq!(of_meeting(&facts, &meeting(&facts, OPINED), COMPLETE), []);
    if let Some(opinion) = facts.opinion.as_mut() {
        opinion.given_on = day("2026-03-11");
    }
    assert_eq!(of_meeting(&facts, &meeting(&facts, EARLIEST), COMPLETE), [GateReason::MeetingBeforeOpinion]);
}

#[test]
fn a_meeting_leaves_the_minimum_of_working_days_unless_urgency_was_accepted() {
    let mut facts = cleared();
    if let Some(opinion) = facts.opinion.as_mut() {
        opinion.given_on = day(COMPLETE);
    }
    assert_eq!(of_meeting(&facts, &meeting(&facts, "2026-03-09"), COMPLETE), [GateReason::MeetingTooEarly]);
    assert_eq!(of_meeting(&facts, &meeting(&facts, EARLIEST), COMPLETE), []);
    if let Some(opinion) = facts.opinion.as_mut() {
        opinion.urgent = true;
    }
    assert_eq!(of_meeting(&facts, &meeting(&facts, "2026-03-04"), COMPLETE), []);
}

#[test]
fn local_rest_days_push_the_earliest_meeting_back() {
    let profile = with(&[("local_rest_days", serde_json::json!(["2026-03-05"]))]);
    let facts = cleared();
    let on = |held_on| meeting_reasons(&facts, &meeting(&facts, held_on), &profile, &Calendar::built_in(), day(COMPLETE));
    assert_eq!(on(EARLIEST), [GateReason::MeetingTooEarly]);
    assert_eq!(on("2026-03-11"), []);
}

#[test]
fn before_an_opinion_the_minimum_counts_from_the_submission_and_urgency_only_once_accepted() {
    let mut facts = Facts { opinion: None, step: Step::UnderReview, ..cleared() };
    let early = meeting(&facts, "2026-03-09");
    assert_eq!(of_meeting(&facts, &early, COMPLETE), [GateReason::MeetingTooEarly]);
    let mut claim = |accepted| {
        if let Some(submission) = facts.submission.as_mut() {
            (submission.urgent, submission.accepted) = (true, accepted);
        }
        of_meeting(&facts, &early, COMPLETE)
    };
    assert_eq!(claim(false), [GateReason::MeetingTooEarly]);
    assert_eq!(claim(true), []);
}

#[test]
fn a_meeting_of_yesterday_is_over_and_one_of_today_is_not() {
    let facts = cleared();
    assert_eq!(of_meeting(&facts, &meeting(&facts, OPINED), "2026-03-11"), [GateReason::MeetingAlreadyHeld]);
    assert_eq!(of_meeting(&facts, &meeting(&facts, OPINED), OPINED), []);
}

#[test]
fn a_cancelled_meeting_takes_nothing() {
    let facts = cleared();
    let cancelled = MeetingFacts { cancelled: true, ..meeting(&facts, "2026-03-12") };
    assert_eq!(of_meeting(&facts, &cancelled, OPINED), [GateReason::MeetingCancelled]);
}

#[test]
fn all_reasons_are_given_at_once() {
    let profile = with(&[("counsel_opinion_required", true.into())]);
    let mut facts =
        Facts { revision: text(2), step: Step::AwaitingIntake, comments_unanswered: 1, ..opined(Outcome::Unlawful, Step::Cleared) };
    facts.materials = vec![conclusion(FairCompetition::NotCompliant)];
    let held = MeetingFacts { body: BodyId::new(), cancelled: true, ..meeting(&facts, "2026-03-02") };
    let refused = open(&facts, &held, &profile, &Calendar::built_in(), day("2026-03-20")).expect_err("closed");
    use GateReason as Reason;
    assert_eq!(
        refused,
        [
            Reason::AwaitingIntake,
            Reason::OpinionStale,
            Reason::Unlawful,
            Reason::CommentsUnanswered,
            Reason::MaterialsMissing,
            Reason::FairCompetitionNegative,
            Reason::CounselOpinionMissing,
            Reason::WrongBody,
            Reason::MeetingBeforeOpinion,
            Reason::MeetingTooEarly,
            Reason::MeetingAlreadyHeld,
            Reason::MeetingCancelled,
        ]
    );
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let steps: Vec<(Stage, Step)> = STEPS.iter().flat_map(|(stage, steps)| steps.iter().map(|step| (*stage, *step))).collect();
    let opinion = proptest::option::of((proptest::sample::select(Outcome::ALL), 1..4_i32));
    let conclusions = proptest::collection::vec(proptest::sample::select(FairCompetition::ALL), 0..3);
    let kinds = proptest::sample::subsequence(MaterialKind::ALL, 0..=MaterialKind::ALL.len());
    (proptest::sample::select(steps), opinion, conclusions, kinds, any::<[bool; 3]>(), 0..2_usize).prop_map(
        |((stage, step), opinion, conclusions, kinds, [is_submitted, concerned, counsel_heard], comments_unanswered)| {
            let base = cleared();
            let template = base.opinion.clone().expect("an opinion");
            let mut materials: Vec<MaterialFacts> =
                kinds.into_iter().filter(|kind| *kind != MaterialKind::FairCompetitionConclusion).map(material).collect();
            materials.extend(conclusions.into_iter().map(conclusion));
            Facts {
                stage,
                step,
                opinion: opinion.map(|(outcome, no)| OpinionFacts { outcome, revision: text(no), ..template }),
                materials,
                submission: base.submission.clone().filter(|_| is_submitted),
                concerns_market_entities: concerned,
                counsel_heard,
                comments_unanswered,
                ..base
            }
        },
    )
}

proptest! {
    #[test]
    fn nothing_passes_without_a_lawful_opinion_on_the_current_text_and_no_closed_gate_is_silent(facts in any_facts(), needs_counsel: bool) {
        let profile = with(&[("counsel_opinion_required", needs_counsel.into())]);
        let meeting = meeting(&facts, "2026-03-12");
        let result = open(&facts, &meeting, &profile, &Calendar::built_in(), day(OPINED));
        let may_pass = matches!(facts.step, Step::Cleared | Step::Deferred)
            && facts.submission.is_some()
            && facts.opinion.as_ref().is_some_and(|opinion| opinion.outcome == Outcome::Lawful && opinion.revision.sha256 == facts.revision.sha256)
            && profile.materials_required().iter().all(|kind| facts.materials.iter().any(|material| material.kind == *kind))
            && (!facts.concerns_market_entities || facts.materials.iter().any(|material| material.conclusion.is_some()))
            && facts.materials.last().and_then(|material| material.conclusion) != Some(FairCompetition::NotCompliant)
            && (!needs_counsel || facts.counsel_heard);
        match result {
            Ok(_) => prop_assert!(may_pass),
            Err(reasons) => {
                prop_assert!(!may_pass && !reasons.is_empty());
                let distinct: BTreeSet<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
                prop_assert_eq!(distinct.len(), reasons.len());
            }
        }
    }
}
