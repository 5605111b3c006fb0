//! `lawgate body import`: all or nothing, by line and column, and nothing changed on which numbers or decisions rest.

use std::fs;

use nix::sys::signal::Signal;

use super::administration::Registry;
use super::program::{Answer, get, run};

const HEADER: &str = "code,name,level,parent,number_prefix,may_issue,files_to,review_body,jurisdiction\n";
const TOWNSHIP: &str = "\
qinghe,青禾镇人民政府,town,linjiang,青府规,true,linjiang:supervising_government;qinghe-yfz:internal_rule_of_law_office,qinghe-fzb,
qinghe-fzb,青禾镇法制办公室,section,qinghe,,false,,,
qinghe-yfz,青禾镇依法治理办公室,section,qinghe,,false,,,
linjiang,临江县人民政府,county,,临府规,true,,,sichuan
";

fn import(registry: &Registry, bytes: &[u8]) -> Answer {
    let file = registry.server.stage.path().join("bodies.csv");
    fs::write(&file, bytes).expect("ours");
    registry.run(&["body", "import", file.to_str().expect("a path")])
}

fn text(rows: &str) -> Vec<u8> {
    format!("{HEADER}{rows}").into_bytes()
}

#[test]
fn a_township_comes_in_and_works_and_the_same_file_changes_nothing() {
    let registry = Registry::empty();
    let answer = import(&registry, &text(TOWNSHIP));
    assert_eq!(
        (answer.status, answer.out.as_str()),
        (Some(0), "4 bodies were made, 0 changed, 0 are as the file says already.\n"),
        "{answer:?}"
    );
    assert_eq!(registry.number("SELECT count(*) FROM bodies WHERE jurisdiction = 'sichuan'"), 4);
    assert_eq!(registry.number("SELECT count(*) FROM filing_targets"), 2);
    let (gb18030, _, _) = encoding_rs::GB18030.encode(TOWNSHIP);
    for bytes in [
        text(TOWNSHIP),
        [b"\xef\xbb\xbf", text(TOWNSHIP).as_slice()].concat(),
        [HEADER.as_bytes(), &gb18030].concat(),
        text(&TOWNSHIP.replace('\n', "\r\n")),
    ] {
        let again = import(&registry, &bytes);
        assert_eq!(again.out, "Nothing has changed: 4 bodies are as the file says.\n", "{again:?}");
    }
    assert_eq!(registry.entries("body.imported"), 1, "what changed nothing is in no log");

    registry.ok(&["user", "create", "--login", "li", "--name", "李", "--role", "secretary@qinghe"]);
    let token = registry.ok(&["token", "create", "--user", "li", "--body", "qinghe", "--name", "x"]);
    let (running, address) = registry.serve();
    assert!(get(&address, "/api/v1/documents?body=qinghe", Some(token.trim())).starts_with("HTTP/1.1 200"));
    assert!(get(&address, "/api/v1/documents?body=baishi", Some(token.trim())).starts_with("HTTP/1.1 400"));
    let more = import(&registry, &text("baishi,白石镇人民政府,town,linjiang,白府规,true,linjiang:supervising_government,linjiang,\n"));
    assert_eq!(more.status, Some(0), "{more:?}");
    assert!(get(&address, "/api/v1/documents?body=baishi", Some(token.trim())).starts_with("HTTP/1.1 200"), "it is known at once");
    running.stop(Signal::SIGTERM);
}

#[test]
fn one_bad_row_brings_nothing_in_and_every_bad_row_is_named() {
    let registry = Registry::empty();
    let rows = format!("{TOWNSHIP}Bad Code,甲,town,,,,,,\nx,乙,hamlet,,,maybe,,,\n");
    let answer = import(&registry, &text(&rows));
    answer.expect(1, "has 3 fault(s), nothing was changed");
    for part in ["line 6, column 1 (code) `Bad Code`", "line 7, column 3 (level) `hamlet`", "line 7, column 6 (may_issue) `maybe`"] {
        answer.expect(1, part);
    }
    for (rows, part) in [
        ("a,甲,town,nowhere,,,,,sichuan\n", "line 2, column 4 (parent) `nowhere`: no body with this code"),
        ("a,甲,town,b,,,,,sichuan\nb,乙,town,a,,,,,\n", "line 3, column 4 (parent) `a`: the bodies above it lead back to it"),
        ("a，甲，town\n", "full-width commas"),
        ("a,甲,town,,甲规,true,b：supervising_government,,sichuan\n", "half-width"),
        ("", "no row below the header"),
    ] {
        import(&registry, &text(rows)).expect(1, part);
    }
    import(&registry, b"\xff\xfec\x00o\x00").expect(1, "save it as “CSV UTF-8”");
    registry.run(&["body", "import", "/nowhere/bodies.csv"]).expect(1, "`/nowhere/bodies.csv` cannot be read");
    registry.run(&["body", "import"]).expect(2, "FILE");
    assert_eq!(registry.number("SELECT count(*) FROM bodies"), 0);
    assert_eq!(registry.entries("body.imported"), 0);
    let mut chinese = registry.command(&["body", "import", "/nowhere/bodies.csv"]);
    chinese.env("LC_ALL", "zh_CN.UTF-8");
    run(chinese).expect(1, "请检查文件名和权限");
}

#[test]
fn what_may_change_changes_and_its_entry_says_from_what_to_what() {
    let registry = Registry::empty();
    assert_eq!(import(&registry, &text(TOWNSHIP)).status, Some(0));
    // The two governments exchange their organ codes, the town leaves the county, and has other targets.
    let changed = "\
qinghe,青禾镇人民政府（新）,town,,临府规,true,linjiang:standing_committee,linjiang,
linjiang,临江县人民政府,county,,青府规,true,,,sichuan
";
    let answer = import(&registry, &text(changed));
    assert_eq!(answer.out, "0 bodies were made, 2 changed, 0 are as the file says already.\n", "{answer:?}");
    let is_so = "SELECT count(*) FROM bodies b JOIN bodies r ON r.id = b.review_body_id JOIN filing_targets t ON t.body_id = b.id
        WHERE b.code = 'qinghe' AND b.parent_id IS NULL AND b.number_prefix = '临府规' AND r.code = 'linjiang' AND t.role = 'standing_committee'";
    assert_eq!(registry.number(is_so), 1);
    let logged = "SELECT count(*) FROM log_entries WHERE type = 'body.imported' AND data->>'sha256' ~ '^[0-9a-f]{64}$'
        AND data->'changed'->'qinghe'->'number_prefix' = '[\"青府规\", \"临府规\"]'";
    assert_eq!(registry.number(logged), 1);
    // As the run-time role alone: names and who reviews, no organ code.
    let as_app = |rows: &str| {
        let file = registry.server.stage.path().join("bodies.csv");
        fs::write(&file, text(rows)).expect("ours");
        let url = registry.server.url(lawgate::cluster::Role::App, "lawgate");
        run(registry.server.on(&["body", "import", file.to_str().expect("a path")], &url, None))
    };
    let name = "linjiang,临江县政府,county,,青府规,true,,,sichuan\n";
    assert_eq!(as_app(name).status, Some(0));
    as_app("linjiang,临江县政府,county,,江府规,true,,,sichuan\n").expect(1, "give --migrate-url");
}

#[test]
fn a_demo_s_organ_codes_and_rules_stay_what_its_documents_rest_on() {
    let registry = Registry::empty();
    let (running, _) =
        super::program::Running::serving(registry.command(&["demo", "--listen", "127.0.0.1:0"]), registry.server.stage.path());
    let row = |prefix: &str, jurisdiction: &str| {
        let header = "code,name,level,number_prefix,jurisdiction\n";
        import(&registry, format!("{header}qinghe,青禾镇人民政府,town,{prefix},{jurisdiction}\n").as_bytes())
    };
    assert!(registry.number("SELECT count(*) FROM number_register") > 0);
    row("青禾规", "sichuan").expect(1, "line 2, column 4 (number_prefix) `青禾规`: numbers were given under `青府规`");
    row("青府规", "hubei").expect(1, "line 2, column 5 (jurisdiction) `hubei`: documents, meetings or filings rest on `sichuan`");
    assert_eq!(row("青府规", "sichuan").out, "Nothing has changed: 1 bodies are as the file says.\n");
    running.stop(Signal::SIGTERM);
}
