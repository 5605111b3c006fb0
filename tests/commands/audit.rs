//! `lawgate audit verify`: what every command has left holds, and what somebody did without one is named.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::administration::Registry;
use super::backups::{post, text};
use super::program::get;
use super::rules::OF_2027;

const BODIES: &str = "code,name,level,parent,number_prefix,may_issue,files_to,review_body,jurisdiction\n\
    qinghe,青禾镇人民政府,town,linjiang,青府规,true,linjiang:supervising_government,qinghe-fzb,\n\
    qinghe-fzb,青禾镇法制办公室,section,qinghe,,false,,,\n\
    linjiang,临江县人民政府,county,,临府规,true,,,sichuan\n";

/// A registry that was administered and served by this program alone.
fn administered() -> (Registry, String) {
    let registry = Registry::empty();
    let file = registry.server.stage.path().join("bodies.csv");
    fs::write(&file, BODIES).expect("ours");
    registry.ok(&["body", "import", text(&file)]);
    for (login, role) in [("li", "drafter@qinghe"), ("zhou", "admin@qinghe"), ("zhao", "auditor@linjiang")] {
        registry.ok(&["user", "create", "--login", login, "--name", login, "--role", role]);
    }
    registry.ok(&["user", "disable", "zhao"]);
    registry.ok(&["user", "enable", "zhao"]);
    registry.ok(&["user", "grant", "zhao", "--role", "secretary@linjiang"]);
    registry.ok(&["user", "revoke", "zhao", "--role", "secretary@linjiang"]);
    fs::write(&file, OF_2027).expect("ours");
    registry.ok(&["workdays", "import", text(&file)]);
    let token = |user: &str| registry.ok(&["token", "create", "--user", user, "--body", "qinghe", "--name", "x"]).trim().to_owned();
    let (drafter, admin) = (token("li"), token("zhou"));
    let (running, address) = registry.serve();
    let document = json!({"title": "青禾镇集市管理办法", "document_class": "government_document", "issuing_authority": "qinghe",
        "drafting_unit": "办公室", "concerns_market_entities": false, "text": "青禾镇集市管理办法\n第一条　为了规范集市秩序，制定本办法。"});
    let (status, answer) = post(&address, "/api/v1/documents", &drafter, &document);
    assert_eq!(status, 201, "{answer}");
    running.stop(Signal::SIGTERM);
    (registry, admin)
}

/// The head as the service gives it, once everything has its position.
fn head(registry: &Registry, admin: &str) -> Value {
    let (running, address) = registry.serve();
    let begun = std::time::Instant::now();
    while registry.number("SELECT count(*) FROM unsealed_acts WHERE doubted_at IS NULL") > 0 {
        assert!(begun.elapsed().as_secs() < 60, "entries still wait for their positions");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let answer = get(&address, "/api/v1/audit/tree-head", Some(admin));
    running.stop(Signal::SIGTERM);
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

#[test]
fn what_every_command_and_the_service_have_left_holds() {
    let (registry, admin) = administered();
    // What waits for its position is looked at too.
    let said = registry.ok(&["audit", "verify"]);
    assert!(said.contains("The log is whole, and every row is as it says."), "{said}");
    let mut head = head(&registry, &admin);
    let said = registry.ok(&["audit", "verify"]);
    assert!(said.contains(" 0 waiting for a position"), "{said}");
    let file = registry.server.stage.path().join("head.json");
    fs::write(&file, head.to_string()).expect("ours");
    let key = head["key_id"].as_str().expect("a key").to_owned();
    let said = registry.ok(&["audit", "verify", "--head", text(&file), "--key", &key]);
    assert!(
        said.contains("1 kept elsewhere") && said.contains(&format!("Keys that vouched for entries, and for how many: {key} (")),
        "{said}"
    );
    // Keys and heads of another history.
    registry.run(&["audit", "verify", "--key", "0123456789abcdef"]).expect(1, "which is not among the keys that are trusted");
    head["root_hash"] = Value::from("00".repeat(32));
    fs::write(&file, head.to_string()).expect("ours");
    registry.run(&["audit", "verify", "--head", text(&file)]).expect(1, "its history was rewritten");
    fs::write(&file, "{}").expect("ours");
    registry.run(&["audit", "verify", "--head", text(&file)]).expect(1, "cannot read the head");
    registry.run(&["audit", "verify", "--head", "/nowhere/head.json"]).expect(1, "cannot read the head");
}

#[test]
fn a_row_that_was_changed_without_an_act_is_named() {
    let (registry, admin) = administered();
    let id = "(SELECT id FROM users WHERE login = 'li')";
    registry.sql(&format!("SET session_replication_role = replica; UPDATE users SET name = '李四' WHERE id = {id}"));
    let answer = registry.run(&["audit", "verify"]);
    answer.expect(1, "of the table users was changed without an act");
    // Nor does it become right by what the service does afterwards.
    registry.ok(&["user", "disable", "li"]);
    registry.run(&["audit", "verify"]).expect(1, "of the table users was changed without an act");
    // What is inserted with an entry of one's own gets no position.
    registry.change("UPDATE users SET name = '赵六' WHERE login = 'zhao'");
    head(&registry, &admin);
    registry.run(&["audit", "verify"]).expect(1, "was not written by lawgate");
    assert_eq!(registry.number("SELECT count(*) FROM unsealed_acts WHERE doubted_at IS NOT NULL"), 1);
}

/// The signing key of a registry.
fn key_file(registry: &Registry, name: &str) -> std::path::PathBuf {
    registry.server.stage.path().join("data").join(name)
}

#[test]
fn a_key_is_replaced_by_one_for_which_it_signs() {
    let (registry, admin) = administered();
    let old = head(&registry, &admin)["key_id"].as_str().expect("a key").to_owned();
    let before = fs::read(key_file(&registry, "signing-key.pem")).expect("a key");
    let said = registry.ok(&["audit", "rotate-key"]);
    assert!(said.contains(&format!("The signing key {old} was replaced by")), "{said}");
    let after = fs::read(key_file(&registry, "signing-key.pem")).expect("a key");
    assert_ne!(before, after);
    assert_eq!(fs::metadata(key_file(&registry, "signing-key.pem")).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(!key_file(&registry, "signing-key.next.pem").exists());
    registry.ok(&["user", "disable", "li"]);
    let new = head(&registry, &admin)["key_id"].as_str().expect("a key").to_owned();
    assert_ne!(old, new);
    // Whoever trusts the old one trusts the one for which it signed, and not the other way round.
    let said = registry.ok(&["audit", "verify", "--key", &old]);
    assert!(said.contains(&format!("{new} (")) && said.contains(&format!("{old} (")), "{said}");
    registry.run(&["audit", "verify", "--key", &new]).expect(1, &format!("was vouched for by {old}"));
    // A command that was killed once the log knew the new key goes on where it was.
    fs::rename(key_file(&registry, "signing-key.pem"), key_file(&registry, "signing-key.next.pem")).expect("ours");
    fs::write(key_file(&registry, "signing-key.pem"), &before).expect("ours");
    fs::set_permissions(key_file(&registry, "signing-key.pem"), fs::Permissions::from_mode(0o600)).expect("ours");
    registry.ok(&["audit", "rotate-key"]);
    assert_eq!(fs::read(key_file(&registry, "signing-key.pem")).expect("a key"), after);
    assert_eq!(registry.number("SELECT count(*) FROM signing_keys"), 2);
    // A key that somebody writes into the table as a successor is signed by none.
    registry.change(
        "INSERT INTO signing_keys (key_id, algorithm, public_key, introduced_at, introduced_by, signature, entry_id)
         SELECT '0123456789abcdef', algorithm, sha256(public_key), introduced_at, introduced_by, signature, (SELECT id FROM log_entries ORDER BY id DESC LIMIT 1)
           FROM signing_keys WHERE introduced_by IS NOT NULL",
    );
    registry.run(&["audit", "verify"]).expect(1, "0123456789abcdef is not signed by the key that it says it replaced");
}
