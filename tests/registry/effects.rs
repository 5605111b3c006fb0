//! The effect of a document on a day (`effect_on`), in every case and on days before and after.

use super::helpers::app::TestApp;
use super::helpers::published::{Days, published};

/// In force from 2026-04-01 through 2026-12-31.
const DAYS: Days = Days { published: "2026-03-02", effective: "2026-04-01", expires: "2026-12-31" };

struct Case {
    /// Acts that end the effect: effect, first day, and whether it was taken back.
    ends: &'static [(&'static str, &'static str, bool)],
    /// Days with the effect that holds on each.
    expected: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        ends: &[],
        expected: &[
            ("2026-03-01", "not_issued"),
            ("2026-03-02", "not_yet_effective"),
            ("2026-03-31", "not_yet_effective"),
            ("2026-04-01", "in_force"),
            ("2026-12-31", "in_force"),
            ("2027-01-01", "lapsed"),
            ("2040-01-01", "lapsed"),
        ],
    },
    Case {
        ends: &[("repealed", "2026-06-15", false)],
        expected: &[
            ("2026-03-01", "not_issued"),
            ("2026-03-15", "not_yet_effective"),
            ("2026-06-14", "in_force"),
            ("2026-06-15", "repealed"),
            ("2027-06-15", "repealed"),
        ],
    },
    // Revoked before it took effect.
    Case {
        ends: &[("revoked", "2026-03-20", false)],
        expected: &[("2026-03-19", "not_yet_effective"), ("2026-03-20", "revoked"), ("2026-04-01", "revoked"), ("2027-01-01", "revoked")],
    },
    // The earliest act counts, in whatever order they were recorded.
    Case {
        ends: &[("superseded", "2026-09-01", false), ("revoked", "2026-07-01", false)],
        expected: &[("2026-06-30", "in_force"), ("2026-07-01", "revoked"), ("2026-09-01", "revoked")],
    },
    // What was taken back never was.
    Case {
        ends: &[("lapsed", "2026-07-01", true), ("superseded", "2026-09-01", false)],
        expected: &[("2026-07-01", "in_force"), ("2026-08-31", "in_force"), ("2026-09-01", "superseded")],
    },
    // An act on the day after the last of its validity still ends it; a later one finds nothing to end.
    Case { ends: &[("repealed", "2027-01-01", false)], expected: &[("2026-12-31", "in_force"), ("2027-01-01", "repealed")] },
    Case {
        ends: &[("repealed", "2027-01-02", false)],
        expected: &[("2026-12-31", "in_force"), ("2027-01-01", "lapsed"), ("2027-01-02", "lapsed")],
    },
];

#[actix_web::test]
async fn the_effect_on_a_day_follows_from_dates_and_decisions() {
    let app = TestApp::start().await;
    for (index, case) in CASES.iter().enumerate() {
        let document = published(&app, &DAYS).await;
        for (effect, from_on, voided) in case.ends {
            let insert = format!(
                "SET session_replication_role = replica;
                 WITH e AS (INSERT INTO effect_ends (id, document_id, effect, from_on, cause, cause_id, recorded_at, entry_id)
                    VALUES (gen_random_uuid(), '{document}', '{effect}', '{from_on}', 'cleanup', gen_random_uuid(), now(), gen_random_uuid())
                    RETURNING id)
                 INSERT INTO effect_end_voids (effect_end_id, reason, voided_at, entry_id)
                    SELECT id, 'taken back', now(), gen_random_uuid() FROM e WHERE {voided}"
            );
            assert_eq!(app.sql_as_superuser(&insert).await, "ok");
        }
        for (day, expected) in case.expected {
            let asked = format!("DO $$ BEGIN RAISE EXCEPTION '%', effect_on('{document}', '{day}'); END $$");
            assert_eq!(app.sql(&asked).await, *expected, "case {index} on {day}");
        }
    }
}
