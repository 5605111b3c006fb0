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
use lawgate::commands::backup::container::Backup;
use lawgate::commands::backup::{reach, tables};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::administration::Registry;
use super::program::{Answer, Running, command, get, run, run_by, stage};

pub fn on(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.arg("--data-dir").arg(data_dir);
    command
}

pub fn demo(data_dir: &Path, stage: &Path) -> (Running, String) {
    Running::serving(on(data_dir, &["demo", "--listen", "127.0.0.1:0"]), stage)
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

pub fn token(data_dir: &Path, who: &str) -> String {
    let credentials: Value = serde_json::from_slice(&fs::read(data_dir.join("demo-credentials.json")).expect("logins")).expect("JSON");
    credentials["users"][who]["token"].as_str().expect("a token").to_owned()
}

/// A status and a body.
pub fn post(address: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
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

pub fn draft(title: &str) -> Value {
    serde_json::json!({"title": title, "document_class": "government_document", "issuing_authority": "qinghe",
        "drafting_unit": "经济发展办公室", "concerns_market_entities": false, "text": format!("{title}\n第一条　为了规范，制定本办法。\\.\t")})
}

pub fn talk<T>(url: &str, work: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
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

pub fn of_directory(data_dir: &Path) -> tables::Tables {
    let session = Session::join_or_start(data_dir, "test", &cluster::Settings::default()).expect("joins");
    contents(&session.url(Role::Superuser, cluster::DATABASE))
}

/// The tables that differ; those of positions and of what waits for one do whenever the log does.
pub fn differing(one: &tables::Tables, other: &tables::Tables) -> Vec<String> {
    const OF_POSITIONS: [&str; 6] = ["log_nodes", "log_seals", "tree_heads", "unsealed_acts", "unsealed_entries", "unsealed_rows"];
    assert!(one.len() > 40 && one.keys().eq(other.keys()));
    let differs = |(name, held): &(&String, &tables::Content)| other.get(*name) != Some(*held) && !OF_POSITIONS.contains(&name.as_str());
    one.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

#[test]
fn a_backup_under_load_is_of_one_moment() {
    let stage = stage();
    let (data, fresh) = (stage.path().join("data"), stage.path().join("fresh"));
    let (running, address) = demo(&data, stage.path());
    let drafter = token(&data, "drafter");
    let before = of_directory(&data);
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
        let by_now = written.load(Ordering::Relaxed);
        while written.load(Ordering::Relaxed) < by_now + 3 {
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
        assert_eq!(differing(&of_directory(&into), &manifest.tables), ["log_entries", "signing_keys"]);
    }
    // What was acknowledged to the writers is there, each with its entry, besides two entries for each backup.
    let grown = |table: &str| live[table].rows - before[table].rows;
    let written = written.into_inner();
    assert_eq!((grown("documents"), grown("revisions"), grown("log_entries")), (written, written, written + 4));
}

#[test]
fn the_log_says_what_was_backed_up_and_from_what_it_was_restored() {
    let registry = Registry::with_bodies();
    let file = registry.server.stage.path().join("a.lgb");
    let answer = registry.run(&["backup", "--with-keys", "-o", text(&file)]);
    assert_eq!(answer.status, Some(0), "{answer:?}");
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
fn the_logins_of_a_demo_are_not_left_out_unsaid() {
    let stage = stage();
    let (data, file, logins) = (stage.path().join("data"), stage.path().join("a.lgb"), stage.path().join("data/demo-credentials.json"));
    demo(&data, stage.path()).0.stop(Signal::SIGTERM);
    fs::remove_file(&logins).expect("removed");
    fs::create_dir(&logins).expect("made");
    run(on(&data, &["backup", "-o", text(&file)])).expect(1, "the demo's logins");
    assert!(!file.exists());
    fs::remove_dir(&logins).expect("removed");
    let answer = run(on(&data, &["backup", "-o", text(&file)]));
    assert!(answer.status == Some(0) && answer.err.contains("the demo's logins are not in the backup"), "{answer:?}");
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
        // A table to which no log entry refers, so that the entry of the beginning waits for nothing.
        client.batch_execute("BEGIN; LOCK TABLE meetings IN ACCESS EXCLUSIVE MODE").await.expect("locked");
        let mut running = Running::spawn(registry.command(&["backup", "-o", text(&file)]), directory);
        running.until("it waits for the lock", |_| {
            let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'meetings'::regclass";
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
