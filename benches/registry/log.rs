//! What the evidence of the log costs: acts with positions, digests and signatures, and the same acts without. The entries themselves
//! are written in both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::load::{self, Length, Measured};
use super::service::Service;
use super::{Operation, Plan};

/// The kinds of requests that write.
const ACTS: [&str; 3] = ["create", "opinion", "publication"];

/// Switches the triggers of the evidence off and on again.
const SWITCH: &str = "DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT tgrelid::regclass AS name, tgname FROM pg_trigger WHERE tgname IN ('a_row_is_digested', 'log_entries_wait_for_a_position') LOOP
        EXECUTE format('ALTER TABLE %s :word TRIGGER %I', t.name, t.tgname);
    END LOOP;
END $$";

/// How long entries waited for their positions since the beginning of their acts, in milliseconds.
const WAITED: &str = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) || ' | ' || percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) || ' | ' || max(ms)
    FROM (SELECT round(extract(epoch FROM h.at - e.at) * 1000 + clock_offset_us / 1000.0) AS ms
            FROM registry_state, log_seals s JOIN log_entries e ON e.id = s.entry_id
           CROSS JOIN LATERAL (SELECT at FROM tree_heads WHERE tree_size > s.position ORDER BY tree_size LIMIT 1) h
           WHERE s.position >= :from) waited";

/// The script without what signs the act.
fn without(script: &Path) -> PathBuf {
    let text = std::fs::read_to_string(script).expect("a script");
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("unsealed_")).collect();
    assert!(lines.len() < text.lines().count(), "an act signs what it wrote");
    let path = script.with_extension("without.sql");
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    path
}

pub async fn cost(
    service: &Service,
    plan: &Plan,
    operations: &[Operation],
    scripts: &BTreeMap<&'static str, (PathBuf, usize)>,
    (moved, moves): (&mut u32, u32),
    created: &mut u32,
) {
    let switch = |word: &str| service.sql(&plan.pg_bin, &SWITCH.replace(":word", word));
    println!(
        "\n| act | connections | lawgate /s | without | ratio | p50 ms | without | pgbench /s | without | ratio | position after ms: p50 | p99 | most |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for operation in operations.iter().filter(|operation| ACTS.contains(&operation.name)) {
        let (script, bare) = (&scripts[operation.name].0, without(&scripts[operation.name].0));
        let mut next = *moved;
        for &connections in &plan.connections {
            let mut measured: [Measured; 4] = Default::default();
            let from = service.sql(&plan.pg_bin, "SELECT coalesce(max(position) + 1, 0) FROM log_seals");
            for round in 0..plan.rounds as usize {
                let length = if operation.moves { Length::Count(moves) } else { Length::Time(Duration::from_secs(plan.seconds)) };
                // Each begins once, so that none has always the quietest moment.
                for turn in 0..4 {
                    let side = (turn + round) % 4;
                    let first = next;
                    if side % 2 == 1 {
                        switch("DISABLE");
                    }
                    let one = if side < 2 {
                        load::http(service, operation.who, connections, length, &|number| {
                            (operation.request)(if operation.moves { first + number } else { number })
                        })
                        .await
                    } else {
                        let first = if operation.moves { first } else { *created };
                        load::pgbench(service, &plan.pg_bin, if side == 2 { script } else { &bare }, connections, length, first)
                    };
                    if side % 2 == 1 {
                        switch("ENABLE");
                    }
                    service.settle(&plan.pg_bin);
                    measured[side].add(one);
                    if operation.moves {
                        next += moves;
                    }
                    *created += connections * load::NUMBERS_OF_A_CLIENT;
                }
            }
            let [with, bare, theirs, theirs_bare] = &measured;
            println!(
                "| {} | {connections} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} | {:.2} | {} |",
                operation.name,
                with.rate(),
                bare.rate(),
                with.rate() / bare.rate(),
                with.percentile(50.0),
                bare.percentile(50.0),
                theirs.rate(),
                theirs_bare.rate(),
                theirs.rate() / theirs_bare.rate(),
                service.sql(&plan.pg_bin, &WAITED.replace(":from", &from))
            );
        }
    }
}
