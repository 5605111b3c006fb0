//! Two instances on one PostgreSQL: nothing is numbered twice, nothing acknowledged is lost, idempotency keys hold for both; also
//! when one of them is killed under load.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use lawgate::cluster::{Cluster, DATABASE, DataDirLock, Durability, Role, Settings};
use serde_json::{Value, json};

use super::client::{Answered, Client};
use super::program::Program;

/// How many documents are signed at once.
const SIGNED: usize = 24;
/// How many signings are acknowledged before one instance is killed under those that follow.
const ACKNOWLEDGED_BEFORE_THE_KILL: usize = 8;

/// How long a caller waits who is told that an earlier request with the same key is still at work.
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// How long a server may take to notice that, and to let the key go.
const NOTICED_WITHIN: Duration = Duration::from_secs(60);

fn is_in_flight(answer: &Answered) -> bool {
    answer.status == 409 && String::from_utf8_lossy(&answer.body).contains("\"idempotency_key_in_flight\"")
}

fn instance(data_dir: &Path, cluster: &Cluster, clock: Option<&str>) -> Program {
    let (app, owner) = (cluster.url(Role::App, DATABASE), cluster.url(Role::Owner, DATABASE));
    Program::demo_with(data_dir, clock, &["--database-url", &app, "--migrate-url", &owner])
}

/// A document that a meeting has approved, led there by both instances in turn.
async fn approved(number: usize, turns: [&Client; 2], meeting: &str) -> String {
    let [one, other] = turns;
    let town = one.body_of("secretary");
    let draft = json!({"title": format!("青禾镇试验通知（第{number}号）"), "document_class": "government_document", "issuing_authority": town,
        "drafting_unit": "经济发展办公室", "concerns_market_entities": false, "text": format!("第一条　试验第{number}号。")});
    let document = one.post("drafter", "/documents", draft).await.expect(&[201]);
    let id = document["id"].as_str().expect("an id").to_owned();
    let path = format!("/documents/{id}");
    for kind in ["drafting_explanation", "legal_basis", "comment_summary", "unit_legality_opinion"] {
        other.post_form("drafter", &format!("{path}/materials"), &[("kind", kind)], ("材料.txt", "材料".as_bytes())).await.expect(&[201]);
    }
    one.post("drafter", &format!("{path}/submissions"), json!({"revision": 1})).await.expect(&[200, 201]);
    other.post("reviewer", &format!("{path}/intake"), json!({"result": "accepted"})).await.expect(&[200, 201]);
    let opinion = json!({"revision": 1, "outcome": "lawful", "summary": "经审核，内容合法。"});
    one.post("reviewer", &format!("{path}/opinions"), opinion).await.expect(&[200, 201]);
    other.post("secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await.expect(&[201]);
    id
}

#[actix_web::test]
async fn two_instances_number_without_gap_or_double_while_one_is_killed() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).expect("opened");
    let lock = DataDirLock::hold(&directory.path().join("server"), "tests").expect("free");
    let cluster = Cluster::start(lock, &Settings { durability: Durability::TestOnly, ..Settings::default() }).expect("a server");

    let first_dir = directory.path().join("first");
    let first = instance(&first_dir, &cluster, Some("2026-03-02T09:00:00+08:00"));
    // The second instance has a directory of its own; the people are those of the database.
    let second_dir = directory.path().join("second");
    std::fs::create_dir(&second_dir).expect("made");
    std::fs::copy(first_dir.join("demo-credentials.json"), second_dir.join("demo-credentials.json")).expect("copied");
    let second = instance(&second_dir, &cluster, None);
    let clients = [Client::new(&first.credentials), Client::new(&second.credentials)];
    assert_ne!(first.credentials["base_url"], second.credentials["base_url"]);

    // Approved, step by step on either side ---------------------------------------------------------------------------
    let town = clients[0].body_of("secretary");
    let meeting = json!({"body": town, "kind": "office_meeting", "held_on": "2026-03-10", "title": "镇长办公会议"});
    let meeting = clients[1].post("secretary", "/meetings", meeting).await.expect(&[201])["id"].as_str().expect("an id").to_owned();
    let documents = (0..SIGNED).map(|number| {
        let turns = if number % 2 == 0 { [&clients[0], &clients[1]] } else { [&clients[1], &clients[0]] };
        approved(number, turns, &meeting)
    });
    let documents: Vec<String> = join_all(documents).await;
    clients[0].post("admin", "/demo/clock", json!({"now": "2026-03-10T09:00:00+08:00"})).await.expect(&[200]);
    for (number, id) in documents.iter().enumerate() {
        let decision = json!({"outcome": "approved", "minutes_no": "〔2026〕3号", "attendees": ["甲", "乙", "丙"], "presider": "甲"});
        clients[number % 2].post("secretary", &format!("/meetings/{meeting}/agenda/{id}/decision"), decision).await.expect(&[200, 201]);
    }

    // Signed on both at once, one of them killed ----------------------------------------------------------------------
    let (acks, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let body = json!({"signed_by": "甲", "signed_on": "2026-03-10"});
    let unanswered = Cell::new(0);
    let signings = documents.iter().enumerate().map(|(number, id)| {
        let (acks, body, clients, unanswered) = (acks.clone(), &body, &clients, &unanswered);
        async move {
            let (path, key) = (format!("/documents/{id}/issuance"), format!("sign-{number}"));
            let mut said = clients[number % 2].try_post_once("secretary", &path, &key, body).await;
            if said.is_err() {
                // Whether it was signed nobody knows; the same key at the other instance finds out, or does it.
                unanswered.set(unanswered.get() + 1);
                said = clients[0].try_post_once("secretary", &path, &key, body).await;
                // The contract's answer while the server has not yet noticed that its client is gone: the key is still at work.
                let began = Instant::now();
                while said.as_ref().is_ok_and(|(answer, _)| is_in_flight(answer)) {
                    assert!(began.elapsed() < NOTICED_WITHIN, "{key} is at work for ever");
                    tokio::time::sleep(ASK_AGAIN).await;
                    said = clients[0].try_post_once("secretary", &path, &key, body).await;
                }
            }
            let signed = said.expect("the instance that lives answers").0.expect(&[200, 201]);
            acks.send(()).expect("the killer listens to the end");
            signed
        }
    });
    let killer = async {
        for _ in 0..ACKNOWLEDGED_BEFORE_THE_KILL {
            heard.recv().await.expect("the signings go on until the kill");
        }
        second.kill_hard();
    };
    let (signed, ()) = join(join_all(signings), killer).await;
    println!("{} of {SIGNED} calls were on their way to the killed instance", unanswered.get());
    assert!(unanswered.get() > 0, "it was killed while it worked");

    // Nothing twice, nothing lost, no gap -----------------------------------------------------------------------------
    for column in ["register_no", "official_doc_no"] {
        let numbers: BTreeSet<u32> = signed.iter().map(|document| serial(&document[column])).collect();
        assert_eq!(numbers.len(), SIGNED, "{column} is given once: {numbers:?}");
        let (least, greatest) = (numbers.first().expect("some"), numbers.last().expect("some"));
        assert_eq!(greatest - least + 1, u32::try_from(SIGNED).expect("few"), "{column} has no gap: {numbers:?}");
    }
    for (number, (id, document)) in documents.iter().zip(&signed).enumerate() {
        let now = clients[0].get("secretary", &format!("/documents/{id}")).await.expect(&[200]);
        for column in ["register_no", "official_doc_no", "step", "revision_sha256"] {
            assert_eq!(now[column], document[column], "what was acknowledged is there");
        }
        // Whichever instance answered, the key gives the same answer at the other.
        let (again, is_replayed) = clients[0]
            .try_post_once("secretary", &format!("/documents/{id}/issuance"), &format!("sign-{number}"), &body)
            .await
            .expect("answered");
        assert!(is_replayed, "a key is known to both instances");
        assert_eq!(again.expect(&[200, 201])["register_no"], document["register_no"]);
    }
    assert!(first.terminate().success(), "the other instance ends as it should");
}

/// The serial in a number such as 青府规〔2026〕3号.
#[track_caller]
fn serial(number: &Value) -> u32 {
    let text = number.as_str().expect("a number");
    let digits: String = text.rsplit('〕').next().expect("a part").chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no serial in {text}"))
}
