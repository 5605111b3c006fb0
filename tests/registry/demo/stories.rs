//! What the stories of the demo hold: every outcome that the procedure knows, and texts that are what they say.

use lawgate::demo::script;
use lawgate::documents::wire::Effect;
use lawgate::identity::bodies::TargetRole;
use lawgate::lifecycle::cleanup::CleanupResult;
use lawgate::lifecycle::decision::DecisionOutcome;
use lawgate::lifecycle::facts::Outcome;
use lawgate::lifecycle::filing::{FilingIntakeResult, FilingReviewResult, RectificationAction};
use lawgate::lifecycle::intake::IntakeResult;
use lawgate::lifecycle::submission::{Adopted, SubmissionKind};

use super::super::helpers::loaded_demo;
use super::lines;

#[actix_web::test]
async fn every_outcome_of_the_procedure_occurs() {
    let database = loaded_demo::like().0;
    macro_rules! every {
        ($words:ty, $column:literal, $table:literal) => {
            let mut all: Vec<&str> = <$words>::ALL.iter().map(|word| word.as_str()).collect();
            all.sort_unstable();
            let found = lines(&database, concat!("SELECT DISTINCT ", $column, " AS line FROM ", $table, " ORDER BY 1")).await;
            assert_eq!(found, all, concat!($table, ".", $column));
        };
    }
    every!(SubmissionKind, "kind", "submissions");
    every!(IntakeResult, "result", "intakes");
    every!(Outcome, "outcome", "opinions");
    every!(Adopted, "adopted", "comment_answers");
    every!(DecisionOutcome, "outcome", "decisions");
    every!(FilingIntakeResult, "result", "filing_intakes");
    every!(FilingReviewResult, "result", "filing_reviews");
    every!(RectificationAction, "action", "rectifications");
    every!(CleanupResult, "result", "cleanup_outcomes");
    let mut effects: Vec<&str> = Effect::ALL.iter().map(|effect| effect.as_str()).collect();
    effects.sort_unstable();
    assert_eq!(lines(&database, "SELECT DISTINCT effect_on(id, '2026-12-01') AS line FROM documents ORDER BY 1").await, effects);
    let roles = lines(&database, "SELECT DISTINCT role AS line FROM filings ORDER BY 1").await;
    assert_eq!(roles, [TargetRole::InternalRuleOfLawOffice.as_str(), TargetRole::SupervisingGovernment.as_str()]);
}

#[actix_web::test]
async fn the_special_cases_are_there() {
    let database = loaded_demo::like().0;
    for (what, sql) in [
        ("a second opinion", "SELECT id::text AS line FROM opinions WHERE corrects IS NOT NULL"),
        ("an urgent submission", "SELECT id::text AS line FROM submissions WHERE urgent_reason IS NOT NULL"),
        ("a counsel with a conflict of interest", "SELECT id::text AS line FROM counsel_opinions WHERE conflict_of_interest"),
        ("a corrected decision", "SELECT id::text AS line FROM decisions WHERE corrects IS NOT NULL"),
        ("a dissent", "SELECT id::text AS line FROM decisions WHERE jsonb_array_length(dissents) > 0"),
        ("a confirmation", "SELECT id::text AS line FROM confirmations"),
        ("a void issuance", "SELECT id::text AS line FROM issuance_voids"),
        ("a joint document", "SELECT document_id::text AS line FROM revision_joint_authorities"),
        ("a replacement that repeals", "SELECT document_id::text AS line FROM revision_replaces WHERE effect = 'repealed'"),
        ("a replacement that supersedes", "SELECT document_id::text AS line FROM revision_replaces WHERE effect = 'superseded'"),
        ("a cancelled meeting", "SELECT id::text AS line FROM meetings WHERE status = 'cancelled'"),
        (
            "a meeting to come with an agenda",
            "SELECT m.id::text AS line FROM meetings m WHERE held_on > '2026-12-01'
                AND (SELECT count(*) FROM agenda_items a WHERE a.meeting_id = m.id AND a.state = 'live') >= 2",
        ),
        (
            "a round under way, half done",
            "SELECT c.id::text AS line FROM cleanups c WHERE NOT EXISTS (SELECT 1 FROM cleanup_publications p WHERE p.cleanup_id = c.id)
                AND EXISTS (SELECT 1 FROM cleanup_results r WHERE r.cleanup_id = c.id)",
        ),
        ("a late filing", "SELECT id::text AS line FROM filings WHERE late"),
        ("a replacement reported", "SELECT id::text AS line FROM rectifications WHERE replacement_document_id IS NOT NULL"),
        ("a department document", "SELECT id::text AS line FROM documents WHERE document_class = 'department_document'"),
        ("a Word file", "SELECT document_id::text AS line FROM revisions WHERE file_sha256 IS NOT NULL"),
    ] {
        assert!(!lines(&database, sql).await.is_empty(), "{what} is missing");
    }
    let judged_own =
        "SELECT o.id::text AS line FROM opinions o JOIN documents d ON d.id = o.document_id WHERE o.reviewer_id = d.created_by";
    assert!(lines(&database, judged_own).await.is_empty());
}

#[actix_web::test]
async fn what_was_published_takes_effect_when_its_text_says() {
    let database = loaded_demo::like().0;
    for (said, days) in [("自公布之日起三十日后施行", "30"), ("自公布之日起施行", "0")] {
        let sql = format!(
            "SELECT DISTINCT (effective_date - publication_date)::text AS line FROM publications JOIN revisions
                USING (document_id, revision_no) WHERE text LIKE '%{said}%'"
        );
        assert_eq!(lines(&database, &sql).await, [days], "{said}");
    }
}

#[test]
fn texts_are_of_a_size_to_read_and_begin_with_their_title() {
    let script = script::read().expect("the stories are written well");
    assert!(script.stories.len() >= 40);
    for (key, story) in &script.stories {
        let characters = story.text.chars().filter(|letter| !letter.is_whitespace()).count();
        assert!((600..=3000).contains(&characters), "{key} has {characters} characters");
        assert_eq!(story.text.lines().next(), Some(story.title.as_str()), "{key}");
        assert!(story.text.contains("\n第一条　为了") || story.text.contains("\n一、"), "{key} has neither articles nor numbered parts");
        assert!(story.text.contains('《'), "{key} names no basis");
        let numbered = story.text.lines().filter(|line| line.starts_with('第') && line.contains("条　")).count();
        assert!(numbered == 0 || numbered >= 10, "{key} has {numbered} articles");
    }
}
