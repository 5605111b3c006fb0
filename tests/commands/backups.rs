//! `lawgate backup` and `lawgate restore`: every byte of one moment, whoever writes meanwhile, or a refusal that leaves nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use lawgate::cluster::{self, Role, Session};
use lawgate::commands::backup::container::{Backup, Manifest, Writer};
use lawgate::commands::backup::{reach, tables};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::administration::Registry;
use super::program::{Answer, Running, command, get, run, run_by, stage};

fn on(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.arg("--data-dir").arg(data_dir);
    command
}

fn demo(data_dir: &Path, stage: &Path) -> (Running, String) {
    Running::serving(on(data_dir, &["demo", "--listen", "127.0.0.1:0"]), stage)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn token(data_dir: &Path, who: &str) -> String {
    let credentials: Value = serde_json::from_slice(&fs::read(data_dir.join("demo-credentials.json")).expect("logins")).expect("JSON");
    credentials["users"][who]["token"].as_str().expect("a token").to_owned()
}

/// A status and a body.
fn post(address: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let body = body.to_string();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let body = body.get(body.find('{').unwrap_or(0)..=body.rfind('}').unwrap_or(0)).unwrap_or("null");
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn draft(title: &str) -> Value {
    serde_json::json!({"title": title, "document_class": "government_document", "issuing_authority": "qinghe",
        "drafting_unit": "经济发展办公室", "concerns_market_entities": false, "text": format!("{title}\n第一条　为了规范，制定本办法。\\.\t")})
}

fn talk<T>(url: &str, work: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
        let (client, driver) = reach(url).await.expect("reached");
        let done = work(&client).await;
        drop(client);
        let _ = driver.await;
        done
    })
}

/// What every table holds, by the superuser.
fn contents(url: &str) -> tables::Tables {
    talk(url, async |client| {
        tables::prepare(client).await.expect("prepared");
        tables::contents(client).await.expect("read")
    })
}

fn of_directory(data_dir: &Path) -> tables::Tables {
    let session = Session::join_or_start(data_dir, "test", &cluster::Settings::default()).expect("joins");
    contents(&session.url(Role::Superuser, cluster::DATABASE))
}

/// The tables that differ.
fn differing(one: &tables::Tables, other: &tables::Tables) -> Vec<String> {
    assert!(one.len() > 40 && one.keys().eq(other.keys()));
    one.iter().filter(|(name, held)| other.get(*name) != Some(*held)).map(|(name, _)| name.clone()).collect()
}

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
    writer.finish(|_, _| manifest, None).expect("sealed");
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
    assert_eq!(left, ["demo-credentials.json", "postgres"]);
    let restored = of_directory(&fresh);
    assert_eq!(differing(&restored, &manifest.tables), ["log_entries"]);
    assert_eq!(restored["log_entries"].rows, manifest.tables["log_entries"].rows + 1);

    run(on(&fresh, &["serve", "--listen", "127.0.0.1:0"])).expect(1, "this database holds a demo");
    let (second, other) = demo(&fresh, stage.path());
    assert_eq!(token(&fresh, "drafter"), drafter, "its logins are the same");
    let list: Value = {
        let answer = get(&address, "/api/v1/documents", Some(&drafter));
        serde_json::from_str(answer.get(answer.find('{').expect("JSON")..=answer.rfind('}').expect("JSON")).expect("JSON")).expect("JSON")
    };
    for item in list["items"].as_array().expect("items") {
        let path = format!("/api/v1/documents/{}", item["id"].as_str().expect("an id"));
        for path in [path.clone(), format!("{path}/revisions/1"), format!("{path}/timeline")] {
            let one = answer_of(&address, &path, &drafter);
            assert!(one.starts_with("HTTP/1.1 200"), "{one}");
            assert_eq!(one, answer_of(&other, &path, &drafter), "{path}, its tag included");
        }
    }
    let (status, document) = post(&other, "/api/v1/documents", &drafter, &draft("青禾镇集市管理办法"));
    assert_eq!(status, 201, "{document}");
    running.stop(Signal::SIGTERM);
    second.stop(Signal::SIGTERM);
}

#[test]
fn a_backup_under_load_is_of_one_moment() {
    let stage = stage();
    let (data, fresh) = (stage.path().join("data"), stage.path().join("fresh"));
    let (running, address) = demo(&data, stage.path());
    let drafter = token(&data, "drafter");
    let (stop, written) = (AtomicBool::new(false), std::sync::atomic::AtomicU64::new(0));
    let files: Vec<PathBuf> = (0..2).map(|number| stage.path().join(format!("{number}.lgb"))).collect();
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (stop, written, address, drafter) = (&stop, &written, &address, &drafter);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let (status, body) = post(address, "/api/v1/documents", drafter, &draft(&format!("第{writer}号办法")));
                    assert_eq!(status, 201, "{body}");
                    written.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Both at once, while the writers write.
        let backups: Vec<Answer> = std::thread::scope(|backups| {
            let started: Vec<_> = files.iter().map(|file| backups.spawn(|| run(on(&data, &["backup", "-o", text(file)])))).collect();
            started.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        let before = written.load(Ordering::Relaxed);
        while written.load(Ordering::Relaxed) < before + 3 {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        for answer in backups {
            assert_eq!(answer.status, Some(0), "{answer:?}");
        }
    });
    running.stop(Signal::SIGTERM);
    let live = of_directory(&data);
    for (number, file) in files.iter().enumerate() {
        let manifest = Backup::open(file).expect("whole").manifest;
        let rows = |table: &str| manifest.tables[table].rows;
        assert!(rows("documents") < live["documents"].rows, "the writers went on");
        assert!(rows("revisions") >= rows("documents") && rows("step_changes") >= rows("documents"), "each with what belongs to it");
        let into = fresh.join(number.to_string());
        let answer = run(on(&into, &["restore", text(file)]));
        assert_eq!(answer.status, Some(0), "{answer:?}");
        assert_eq!(differing(&of_directory(&into), &manifest.tables), ["log_entries"]);
    }
    assert_eq!(live["log_entries"].rows - live["documents"].rows, live_entries_besides(&data, &live));
}

/// Entries that are no draft: the check that none of the writers' was lost.
fn live_entries_besides(data: &Path, live: &tables::Tables) -> u64 {
    let session = Session::join_or_start(data, "test", &cluster::Settings::default()).expect("joins");
    let url = session.url(Role::Superuser, cluster::DATABASE);
    let drafts: i64 = talk(&url, async |client| {
        client.query_one("SELECT count(*) FROM log_entries WHERE type = 'document.created'", &[]).await.expect("counted").get(0)
    });
    let drafts = u64::try_from(drafts).expect("a count");
    assert_eq!(drafts, live["documents"].rows);
    live["log_entries"].rows - drafts
}

#[test]
fn the_log_says_what_was_backed_up_and_from_what_it_was_restored() {
    let registry = Registry::with_bodies();
    let file = registry.server.stage.path().join("a.lgb");
    let answer = registry.run(&["backup", "--with-keys", "-o", text(&file)]);
    answer.expect(0, "There are no signing keys yet");
    assert_eq!((registry.entries("registry.backup_begun"), registry.entries("registry.backup_made")), (1, 1));
    let backup = Backup::open(&file).expect("whole");
    let sum = run({
        let mut sum = Command::new("sha256sum");
        sum.arg(&file);
        sum
    });
    assert!(sum.out.starts_with(&backup.sha256) && answer.out.contains(&backup.sha256), "{sum:?} {answer:?}");
    let made = format!(
        "SELECT count(*) FROM log_entries WHERE type = 'registry.backup_made' AND data->>'sha256' = '{}' AND data->>'begun_by' = '{}'",
        backup.sha256, backup.manifest.begun_by
    );
    assert_eq!(registry.number(&made), 1);

    let (app, owner) = (registry.server.url(Role::App, "other"), registry.server.url(Role::Owner, "other"));
    let restore = || run(registry.server.on(&["restore", text(&file)], &app, Some(&owner)));
    run(registry.server.on(&["restore", text(&file)], &app, None)).expect(2, "--migrate-url");
    assert_eq!(restore().status, Some(0));
    let restored = format!(
        "SELECT count(*) FROM log_entries WHERE type = 'registry.restored' AND data->>'sha256' = '{}' AND role = 'system'",
        backup.sha256
    );
    let begun = format!("SELECT count(*) FROM log_entries WHERE id = '{}' AND type = 'registry.backup_begun'", backup.manifest.begun_by);
    assert_eq!(
        (registry.server.number("other", &restored), registry.server.number("other", &begun)),
        (1, 1),
        "the last thing before it is the backup"
    );
    restore().expect(1, "the database is not empty");
    registry.run(&["restore", text(&file)]).expect(1, "the database is not empty");

    // The rights are those of a new registry: the service runs, and its role cannot go round the log.
    let (running, address) =
        Running::serving(registry.server.on(&["serve", "--listen", "127.0.0.1:0"], &app, None), registry.server.stage.path());
    assert!(get(&address, "/health/ready", None).starts_with("HTTP/1.1 200"));
    running.stop(Signal::SIGTERM);
    let rights = |database: &str| {
        let grants = "SELECT string_agg(c.relname || coalesce(array_to_string(c.relacl, ',')::text, ''), ';' ORDER BY c.relname)
            FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')";
        talk(&registry.server.url(Role::Superuser, database), async |client| {
            client.query_one(grants, &[]).await.expect("read").get::<_, String>(0)
        })
    };
    assert_eq!(rights("other"), rights("lawgate"));
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
fn a_backup_that_cannot_be_written_leaves_nothing() {
    let registry = Registry::with_bodies();
    let directory = registry.server.stage.path();
    let file = directory.join("a.lgb");
    registry.run(&["backup", "-o", text(directory)]).expect(2, "names a file, not a directory");
    registry.run(&["backup", "-o", "/nowhere/a.lgb"]).expect(1, "check the directory's rights and free space");
    registry.run(&["backup", "-o", "/proc/a.lgb"]).expect(1, "check the directory's rights and free space");
    registry.run(&["backup"]).expect(2, "--output");
    assert_eq!(registry.entries("registry.backup_begun"), 0, "none of these was begun");
    // A disk that is full after some kilobytes.
    let mut full = Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]);
    run(run_by(full, &registry.command(&["backup", "-o", text(&file)]))).expect(1, "check the directory's rights and free space");
    assert!(!directory.read_dir().expect("readable").flatten().any(|entry| entry.file_name().to_string_lossy().contains(".lgb")));
    assert_eq!((registry.entries("registry.backup_begun"), registry.entries("registry.backup_made")), (1, 0));

    registry.ok(&["backup", "-o", text(&file)]);
    let first = fs::read(&file).expect("there");
    registry.run(&["backup", "-o", text(&file)]).expect(1, "replace it with --force");
    assert_eq!(fs::read(&file).expect("there"), first);
    registry.ok(&["backup", "--force", "-o", text(&file)]);
    assert_ne!(fs::read(&file).expect("there"), first);
    let (empty, app) = (registry.server.url(Role::Owner, "other"), registry.server.url(Role::App, "other"));
    run(registry.server.on(&["backup", "-o", text(&directory.join("b.lgb"))], &app, Some(&empty))).expect(1, "nothing to back up");
    run(on(Path::new("/nowhere"), &["backup", "-o", text(&directory.join("b.lgb"))])).expect(1, "there is no database in");
    registry.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000001')");
    registry.run(&["backup", "-o", text(&directory.join("b.lgb"))]).expect(1, "made by a later lawgate");
}

#[test]
fn of_two_backups_to_one_name_one_is_refused() {
    let registry = Registry::with_bodies();
    let file = registry.server.stage.path().join("a.lgb");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2).map(|_| scope.spawn(|| registry.run(&["backup", "-o", text(&file)]))).collect();
        both.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    let statuses: BTreeMap<Option<i32>, &Answer> = answers.iter().map(|answer| (answer.status, answer)).collect();
    assert_eq!(statuses.keys().copied().collect::<Vec<_>>(), [Some(0), Some(1)], "{answers:?}");
    statuses[&Some(1)].expect(1, "is there already");
    assert!(Backup::open(&file).is_ok());
    assert_eq!(registry.entries("registry.backup_made"), 1);
}

#[test]
fn a_backup_that_is_killed_leaves_no_file_of_that_name() {
    let registry = Registry::with_bodies();
    let (directory, file) = (registry.server.stage.path(), registry.server.stage.path().join("a.lgb"));
    let url = registry.server.url(Role::Superuser, "lawgate");
    talk(&url, async |client| {
        client.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.expect("locked");
        let mut running = Running::spawn(registry.command(&["backup", "-o", text(&file)]), directory);
        running.until("it waits for the lock", |_| {
            let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass";
            // A thread of its own, for an event loop runs in this one.
            std::thread::scope(|scope| scope.spawn(|| registry.number(waiting)).join().expect("no panic")) > 0
        });
        running.signal(Signal::SIGKILL);
        running.ends();
        client.batch_execute("ROLLBACK").await.expect("unlocked");
    });
    assert!(!file.exists());
    let partial: Vec<_> = directory
        .read_dir()
        .expect("readable")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains(".partial-"))
        .collect();
    assert!(partial.iter().all(|entry| entry.metadata().expect("there").permissions().mode() & 0o077 == 0));
    assert_eq!(
        (registry.entries("registry.backup_begun"), registry.entries("registry.backup_made")),
        (1, 0),
        "that it was begun is on record"
    );
    registry.ok(&["backup", "-o", text(&file)]);
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
