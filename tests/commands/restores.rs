//! `lawgate restore`: everything that was backed up, byte by byte, and a registry that goes on; or a refusal that leaves nothing.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lawgate::cluster::Role;
use lawgate::commands::backup::container::{Backup, Manifest, Secrets, Writer};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::administration::Registry;
use super::backups::{demo, differing, draft, of_directory, on, post, talk, text, token};
use super::program::{Running, get, run, stage};

/// A new file like a backup, whose manifest or dump is otherwise and whose seal fits.
fn forged(of: &Path, to: &Path, change: impl FnOnce(&mut Manifest), dump: Option<&[u8]>) {
    let mut backup = Backup::open(of).expect("whole");
    let mut manifest = backup.manifest.clone();
    change(&mut manifest);
    let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(to).expect("ours");
    let mut writer = Writer::begin(file).expect("begun");
    match dump {
        Some(bytes) => writer.write_all(bytes).expect("written"),
        None => backup.copy_dump(&mut writer, &|| false).expect("copied"),
    }
    writer.finish(&manifest, &Secrets::default()).expect("sealed");
}

/// What a directory holds besides the lock that a command has held.
fn left_in(directory: &Path) -> Vec<String> {
    let Ok(entries) = directory.read_dir() else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "lawgate.lock").collect()
}

/// An answer without what differs each time; the order of its header lines does.
fn answer_of(address: &str, path: &str, token: &str) -> String {
    let answer = get(address, path, Some(token));
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let differs = |line: &str| ["date:", "x-request-id:"].iter().any(|name| line.to_ascii_lowercase().starts_with(name));
    let mut lines: Vec<&str> = head.lines().filter(|line| !differs(line)).collect();
    lines.get_mut(1..).expect("header lines").sort_unstable();
    format!("{}\n\n{body}", lines.join("\n"))
}

/// All items of a list's first page.
fn listed(address: &str, path: &str, token: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_slice(body_of(&bytes_of(address, path, token))).expect("JSON");
    answer["items"].as_array().unwrap_or_else(|| panic!("{path}: {answer}")).clone()
}

fn bytes_of(address: &str, path: &str, token: &str) -> Vec<u8> {
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let login = format!("Authorization: Bearer {token}\r\n");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{login}Connection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    answer
}

fn body_of(answer: &[u8]) -> &[u8] {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    &answer[head + 4..]
}

/// What was numbered stays numbered, voided numbers too, and the next numbers follow on the last.
fn goes_on_numbering(address: &str, other: &str, secretary: &str) {
    let numbers = |address: &str| listed(address, "/api/v1/numbers?limit=200", secretary);
    let before = numbers(address);
    assert!(before.len() > 20 && before.iter().any(|number| !number["void"].is_null()));
    assert_eq!(before, numbers(other));
    let approved = listed(address, "/api/v1/documents?step=approved&limit=200", secretary);
    let id = approved.first().and_then(|document| document["id"].as_str()).expect("one that is to be signed");
    let (status, issued) =
        post(other, &format!("/api/v1/documents/{id}/issuance"), secretary, &json!({"signed_by": "王建国", "signed_on": today()}));
    assert_eq!(status, 200, "{issued}");
    let after = numbers(other);
    let given: Vec<&Value> = after.iter().filter(|number| !before.contains(number)).collect();
    assert!(!given.is_empty(), "{issued}");
    for number in given {
        let run = |entry: &&Value| entry["kind"] == number["kind"] && entry["year"] == number["year"];
        let last = before.iter().filter(run).filter_map(|entry| entry["serial"].as_i64()).max().unwrap_or(0);
        assert_eq!(number["serial"].as_i64(), Some(last + 1), "{number}");
    }
}

/// The day in China.
fn today() -> String {
    let now = lawgate::base::clock::machine_now();
    lawgate::base::clock::day_in_china(now).to_string()
}

#[test]
fn a_demo_is_restored_byte_by_byte_and_goes_on() {
    let stage = stage();
    let (data, file, fresh) = (stage.path().join("data"), stage.path().join("a.lgb"), stage.path().join("fresh"));
    let (running, address) = demo(&data, stage.path());
    let drafter = token(&data, "drafter");
    let (status, document) = post(&address, "/api/v1/documents", &drafter, &draft("青禾镇公共停车管理办法"));
    assert_eq!(status, 201, "{document}");
    let answer = run(on(&data, &["backup", "-o", text(&file)]));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    let manifest = Backup::open(&file).expect("whole").manifest;
    let held = of_directory(&data);
    assert_eq!(differing(&held, &manifest.tables), ["log_entries"], "all that came after the snapshot is the entry of the backup");

    let answer = run(on(&fresh, &["restore", text(&file)]));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let mut left = left_in(&fresh);
    left.sort();
    left.retain(|name| !name.starts_with("lawgate."));
    assert_eq!(left, ["demo-credentials.json", "postgres", "signing-key.pem"]);
    let restored = of_directory(&fresh);
    assert_eq!(differing(&restored, &manifest.tables), ["log_entries", "signing_keys"], "and the new key, which was not in the backup");
    let grown = |table: &str| restored[table].rows - manifest.tables[table].rows;
    assert_eq!((grown("log_entries"), grown("signing_keys")), (2, 1));

    run(on(&fresh, &["serve", "--listen", "127.0.0.1:0"])).expect(1, "this database holds a demo");
    let (second, other) = demo(&fresh, stage.path());
    assert_eq!(token(&fresh, "drafter"), drafter, "its logins are the same");
    let list = listed(&address, "/api/v1/documents?limit=200", &drafter);
    let mut files = 0;
    for item in &list {
        let path = format!("/api/v1/documents/{}", item["id"].as_str().expect("an id"));
        for path in [path.clone(), format!("{path}/revisions/1"), format!("{path}/timeline"), format!("{path}/materials")] {
            let one = answer_of(&address, &path, &drafter);
            assert!(one.starts_with("HTTP/1.1 200"), "{one}");
            assert_eq!(one, answer_of(&other, &path, &drafter), "{path}, its tag included");
        }
        for material in listed(&address, &format!("{path}/materials"), &drafter).iter().take(1) {
            let path = format!("{path}/materials/{}/file", material["id"].as_str().expect("an id"));
            let one = bytes_of(&address, &path, &drafter);
            assert!(one.starts_with(b"HTTP/1.1 200"), "{path}");
            assert_eq!(body_of(&one), body_of(&bytes_of(&other, &path, &drafter)), "{path}");
            files += 1;
        }
    }
    assert!(list.len() > 30 && files > 10, "{} documents, {files} files", list.len());
    let (status, document) = post(&other, "/api/v1/documents", &drafter, &draft("青禾镇集市管理办法"));
    assert_eq!(status, 201, "{document}");
    goes_on_numbering(&address, &other, &token(&data, "secretary"));
    running.stop(Signal::SIGTERM);
    second.stop(Signal::SIGTERM);
}

#[test]
fn no_truncated_and_no_changed_file_is_taken_for_a_backup() {
    let registry = Registry::with_bodies();
    let directory = registry.server.stage.path();
    let (file, bad, fresh) = (directory.join("a.lgb"), directory.join("bad.lgb"), directory.join("fresh"));
    registry.ok(&["backup", "-o", text(&file)]);
    let whole = fs::read(&file).expect("there");
    let opens = |bytes: &[u8]| {
        fs::write(&bad, bytes).expect("ours");
        Backup::open(&bad).is_ok()
    };
    assert!(opens(&whole));
    for length in [0, 1, 21, 72, 73, 74, whole.len() / 2, whole.len() - 74, whole.len() - 73, whole.len() - 2, whole.len() - 1] {
        assert!(!opens(&whole[..length]), "cut off at {length}");
    }
    let spread = (0..whole.len()).step_by(whole.len() / 60 + 1);
    for at in spread.chain(whole.len() - 180..whole.len()) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x20;
        assert!(!opens(&flipped), "a byte was changed at {at}");
    }
    assert!(!opens(&[whole.as_slice(), b"\n"].concat()));
    let restore = |bytes: &[u8]| {
        fs::write(&bad, bytes).expect("ours");
        run(on(&fresh, &["restore", text(&bad)]))
    };
    restore(&whole[..whole.len() / 2]).expect(1, "is no backup of lawgate, or was cut off");
    restore(b"PK").expect(1, "is no backup of lawgate");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    restore(&flipped).expect(1, "is damaged");
    run(on(&fresh, &["restore", "/nowhere/a.lgb"])).expect(1, "cannot be read");
    assert!(!fresh.exists(), "nothing was made");
}

#[test]
fn a_restore_that_fails_leaves_nothing() {
    let registry = Registry::with_bodies();
    let directory = registry.server.stage.path();
    let (file, bad, fresh) = (directory.join("a.lgb"), directory.join("bad.lgb"), directory.join("fresh"));
    registry.ok(&["backup", "-o", text(&file)]);
    let (app, owner) = (registry.server.url(Role::App, "other"), registry.server.url(Role::Owner, "other"));
    let later = |manifest: &mut Manifest| manifest.migrations.push("29990101000001".to_owned());
    let format = |manifest: &mut Manifest| manifest.format = "lawgate-backup/9".to_owned();
    let newer_server = |manifest: &mut Manifest| manifest.pg_dump = 99;
    let otherwise = |manifest: &mut Manifest| manifest.tables.get_mut("bodies").expect("there").sha256 = "0".repeat(64);
    type Case<'a> = (&'a dyn Fn(&mut Manifest), Option<&'a [u8]>, &'a str);
    let cases: [Case<'_>; 5] = [
        (&later, None, "made by a later lawgate"),
        (&format, None, "use a newer lawgate"),
        (&newer_server, None, "install the package postgresql-client-99"),
        (&otherwise, None, "is not what the backup says ([\"bodies\"])"),
        (&|_| {}, Some(b"PGDMP garbage"), "`pg_restore` failed"),
    ];
    for (change, dump, said) in cases {
        forged(&file, &bad, change, dump);
        run(on(&fresh, &["restore", text(&bad)])).expect(1, said);
        assert_eq!(left_in(&fresh), [""; 0], "{said}");
        run(registry.server.on(&["restore", text(&bad)], &app, Some(&owner))).expect(1, said);
        let made = "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)";
        assert_eq!(registry.server.number("other", made), 0, "{said}");
    }
    assert_eq!(run(on(&fresh, &["restore", text(&file)])).status, Some(0), "and the directory is as good as new");
    run(on(&fresh, &["restore", text(&file)])).expect(1, "a restore needs an empty directory");
}

#[test]
fn a_server_is_asked_for_all_it_needs_before_anything_is_made_in_it() {
    let registry = Registry::with_bodies();
    let directory = registry.server.stage.path();
    let file = directory.join("a.lgb");
    registry.ok(&["backup", "-o", text(&file)]);
    let [app, lawgate, owner] =
        [(Role::App, "other"), (Role::App, "lawgate"), (Role::Owner, "other")].map(|(role, database)| registry.server.url(role, database));
    let nobody = app.replace("lawgate_app", "nobody_at_all");
    let made = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    for (app, said) in [(&lawgate, "name different databases"), (&nobody, "check its address")] {
        run(registry.server.on(&["restore", text(&file)], app, Some(&owner))).expect(1, said);
        assert_eq!(registry.server.number("other", made), 0, "{said}");
    }
    // What an extension has brought is in nobody's way, and stays when a restore is taken back.
    let superuser = registry.server.url(Role::Superuser, "other");
    talk(&superuser, async |client| {
        let brought = "CREATE TABLE public.brought (id int); INSERT INTO public.brought VALUES (1);
            ALTER EXTENSION plpgsql ADD TABLE public.brought; GRANT SELECT ON public.brought TO lawgate_owner";
        client.batch_execute(brought).await.expect("made");
    });
    let bad = directory.join("bad.lgb");
    forged(&file, &bad, |manifest| manifest.tables.get_mut("bodies").expect("there").sha256 = "0".repeat(64), None);
    run(registry.server.on(&["restore", text(&bad)], &app, Some(&owner))).expect(1, "is not what the backup says ([\"bodies\"])");
    assert_eq!(registry.server.number("other", made), 1, "what was brought");
    let answer = run(registry.server.on(&["restore", text(&file)], &app, Some(&owner)));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    assert_eq!(registry.server.number("other", "SELECT count(*) FROM public.brought"), 1);
    let again = directory.join("again.lgb");
    assert_eq!(run(registry.server.on(&["backup", "-o", text(&again)], &app, Some(&owner))).status, Some(0));
    assert!(!Backup::open(&again).expect("whole").manifest.tables.contains_key("brought"));
}

#[test]
fn a_demo_is_restored_on_a_server_with_its_logins() {
    let registry = Registry::empty();
    let stage = registry.server.stage.path();
    let (data, file) = (stage.join("private"), stage.join("a.lgb"));
    demo(&data, stage).0.stop(Signal::SIGTERM);
    assert_eq!(run(on(&data, &["backup", "-o", text(&file)])).status, Some(0));
    let (app, owner) = (registry.server.url(Role::App, "other"), registry.server.url(Role::Owner, "other"));
    let answer = run(registry.server.on(&["restore", text(&file)], &app, Some(&owner)));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let (running, address) = Running::serving(registry.server.on(&["demo", "--listen", "127.0.0.1:0"], &app, Some(&owner)), stage);
    let answer = get(&address, "/api/v1/documents", Some(&token(&data, "drafter")));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.stop(Signal::SIGTERM);
}

#[test]
fn a_restore_that_is_killed_leaves_a_directory_for_the_next() {
    let registry = Registry::with_bodies();
    let directory = registry.server.stage.path();
    let (file, fresh) = (directory.join("a.lgb"), directory.join("fresh"));
    registry.ok(&["backup", "-o", text(&file)]);
    for inside in ["PG_VERSION", "postmaster.pid", "base/1"] {
        let mut running = Running::spawn(on(&fresh, &["restore", text(&file)]), directory);
        running.until(inside, |_| {
            let made = fresh.read_dir().into_iter().flatten().flatten();
            made.filter(|entry| entry.file_name().to_string_lossy().starts_with("postgres.new-"))
                .any(|entry| entry.path().join("postgres").join(inside).exists())
        });
        running.signal(Signal::SIGKILL);
        running.ends();
        assert!(!fresh.join("postgres").exists(), "what is not whole has no name");
    }
    let answer = run(on(&fresh, &["restore", text(&file)]));
    assert_eq!(answer.status, Some(0), "{answer:?}");
    assert!(!left_in(&fresh).iter().any(|name| name.starts_with("postgres.new-")), "{:?}", left_in(&fresh));

    // On a server the mark of a killed restore keeps everybody out, and the next one clears what it has left.
    let (app, owner) = (registry.server.url(Role::App, "other"), registry.server.url(Role::Owner, "other"));
    talk(&owner, async |client| {
        let left = "CREATE TABLE lawgate_restore_at_work (since timestamptz NOT NULL DEFAULT now()); CREATE TABLE bodies (id int);
            CREATE FUNCTION effect_on(a uuid, b date) RETURNS int LANGUAGE sql AS 'SELECT 1'";
        client.batch_execute(left).await.expect("made");
    });
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["migrate", "--check"], &["user", "list"]] {
        run(registry.server.on(arguments, &app, Some(&owner))).expect(1, "run `lawgate restore` again");
    }
    assert_eq!(run(registry.server.on(&["restore", text(&file)], &app, Some(&owner))).status, Some(0));
    assert_eq!(run(registry.server.on(&["migrate", "--check"], &app, Some(&owner))).status, Some(0));
}

#[test]
fn a_backup_of_an_older_version_is_brought_to_this_one() {
    use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
    use diesel_migrations::MigrationHarness;
    let registry = Registry::with_bodies();
    let file = registry.server.stage.path().join("a.lgb");
    let owner = registry.server.url(Role::Owner, "lawgate");
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime").block_on(async {
        let conn = AsyncPgConnection::establish(&owner).await.expect("connects");
        let mut harness = AsyncMigrationHarness::new(conn);
        harness.revert_last_migration(lawgate::setup::MIGRATIONS).expect("reverted");
    });
    registry.run(&["migrate", "--check"]).expect(1, "1 migration(s) are pending");
    registry.ok(&["backup", "-o", text(&file)]);
    let fresh = registry.server.stage.path().join("fresh");
    assert_eq!(run(on(&fresh, &["restore", text(&file)])).status, Some(0));
    assert_eq!(run(on(&fresh, &["migrate", "--check"])).status, Some(0));
    assert!(run(on(&fresh, &["user", "list"])).status == Some(0));
}

/// The names of the keys that signed heads of a registry.
fn signing_key(data: &Path) -> Vec<u8> {
    fs::read(data.join("signing-key.pem")).expect("a key")
}

#[test]
fn a_signing_key_goes_into_a_backup_only_where_that_is_asked_and_comes_back_from_it() {
    let stage = stage();
    let (data, fresh, without) = (stage.path().join("data"), stage.path().join("fresh"), stage.path().join("without"));
    let (running, _) = demo(&data, stage.path());
    running.stop(Signal::SIGTERM);
    let (secret, bare) = (stage.path().join("secret.lgb"), stage.path().join("bare.lgb"));
    for (file, more) in [(&secret, &["--with-keys"][..]), (&bare, &[])] {
        let answer = run(on(&data, &[&["backup", "-o", text(file)], more].concat()));
        assert_eq!(answer.status, Some(0), "{answer:?}");
    }
    let key = signing_key(&data);
    let holds = |file: &Path| fs::read(file).expect("there").windows(key.len()).any(|window| window == key.as_slice());
    assert_eq!((holds(&secret), holds(&bare)), (true, false));
    assert_eq!([&secret, &bare].map(|file| Backup::open(file).expect("whole").manifest.signing_keys), [true, false]);
    for (into, file) in [(&fresh, &secret), (&without, &bare)] {
        let answer = run(on(into, &["restore", text(file)]));
        assert_eq!(answer.status, Some(0), "{answer:?}");
        assert_eq!(fs::metadata(into.join("signing-key.pem")).expect("there").permissions().mode() & 0o777, 0o600);
        let answer = run(on(into, &["audit", "verify"]));
        assert_eq!(answer.status, Some(0), "{answer:?}");
        assert!(answer.out.contains("The log is whole"), "{answer:?}");
    }
    assert_eq!(signing_key(&fresh), key);
    assert_ne!(signing_key(&without), key, "a new one, which the log introduces");
    // Where another key lies, neither is lost.
    let other = stage.path().join("other");
    fs::create_dir(&other).expect("ours");
    fs::copy(without.join("signing-key.pem"), other.join("signing-key.pem")).expect("copied");
    run(on(&other, &["restore", text(&secret)])).expect(1, "is another signing key than that of the backup");
    assert_eq!(left_in(&other), ["signing-key.pem"]);
}
