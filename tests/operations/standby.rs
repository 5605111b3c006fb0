//! Reading on a streaming standby: never anything older than what was acknowledged, and no worse off when it is away. And the
//! standby as what is left after the primary: nothing acknowledged is lost with it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::sql_types::Text;
use lawgate::base::db;
use lawgate::commands::backup::container::Backup;
use lawgate::commands::database::connect;
use nix::sys::signal::Signal;

use super::http;
use super::program;
use super::registry::{Registry, Server, Sql};
use super::streaming::Pair;

const CURRENT: &str = "lawgate_standby_current";

fn reads(registry: &Registry, outcome: &str) -> f64 {
    registry.figure(&format!("lawgate_standby_reads_total{{outcome=\"{outcome}\"}}"))
}

/// Asks until the standby is read, or is no longer.
#[track_caller]
fn until_current(registry: &Registry, wanted: bool) {
    let began = Instant::now();
    while (registry.figure(CURRENT) > 0.0) != wanted {
        assert!(began.elapsed() < Duration::from_secs(30), "it does not become {wanted}: {}", registry.running.errors());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Creates a document, and finds it at once in the list and with its text.
#[track_caller]
fn reads_own_write(registry: &Registry, who: &str, title: &str) {
    let id = registry.create(title, None).expect(201)["id"].as_str().expect("an id").to_owned();
    let listed = registry.get(who, "/api/v1/documents?limit=200&sort=-created_at").expect(200);
    let is_listed = listed["items"].as_array().is_some_and(|items| items.iter().any(|item| item["id"] == id.as_str()));
    assert!(is_listed, "{title} is not in the list that {who} reads");
    let revision = registry.get(who, &format!("/api/v1/documents/{id}/revisions/1")).expect(200);
    assert!(revision["text"].as_str().is_some_and(|text| text.starts_with(title)), "{revision}");
}

/// Tells the others of a scope that it is over, also where it ends by a panic.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits until a reading was served by the standby.
#[track_caller]
fn is_read_again(registry: &Registry) {
    until_current(registry, true);
    let (served, began) = (reads(registry, "standby"), Instant::now());
    while reads(registry, "standby") <= served {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", registry.running.errors());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_was_acknowledged_is_read_on_the_standby_and_never_less() {
    let pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_REPLICA_URL", &pair.standby.url("lawgate_app"))]);
    until_current(&registry, true);
    // The drafter's own, and somebody else's: the secretary sees the drafts of their issuing authority.
    for round in 0..20 {
        reads_own_write(&registry, if round % 2 == 0 { "drafter" } else { "secretary" }, &format!("读己之写-{round}"));
    }
    let served = reads(&registry, "standby");
    assert!(served > 0.0, "{} behind, {} away", reads(&registry, "behind"), reads(&registry, "away"));
    assert_eq!(served + reads(&registry, "behind") + reads(&registry, "busy") + reads(&registry, "away"), 40.0);
    let standby = pair.standby.sql();
    assert!(standby.number("SELECT count(*) FROM pg_stat_activity WHERE usename = 'lawgate_app'") > 0);
    // What the call itself is decided by is not asked of it.
    let before = [reads(&registry, "standby"), reads(&registry, "behind"), reads(&registry, "away")];
    let id = registry.create("关口", None).expect(201)["id"].as_str().expect("an id").to_owned();
    registry.get("drafter", &format!("/api/v1/documents/{id}/gate")).expect(200);
    registry.get("drafter", &format!("/api/v1/documents/{id}/actions")).expect(200);
    assert_eq!(before, [reads(&registry, "standby"), reads(&registry, "behind"), reads(&registry, "away")]);
    // A standby that applies nothing any more shows nothing any more.
    standby.run("SELECT pg_wal_replay_pause()");
    standby.until("SELECT (pg_get_wal_replay_pause_state() = 'paused')::int::bigint");
    let served = reads(&registry, "standby");
    for round in 0..5 {
        reads_own_write(&registry, "drafter", &format!("暂停-{round}"));
    }
    assert_eq!(reads(&registry, "standby"), served);
    until_current(&registry, false);
    assert!(reads(&registry, "behind") > 0.0);
    let began = Instant::now();
    while registry.figure("lawgate_standby_behind_bytes") == 0.0 {
        assert!(began.elapsed() < Duration::from_secs(30), "nobody looks how far it is behind");
        thread::sleep(Duration::from_millis(20));
    }
    standby.run("SELECT pg_wal_replay_resume()");
    until_current(&registry, true);
    registry.get("drafter", "/api/v1/documents").expect(200);
    assert!(registry.running.errors().contains("the standby is behind"), "{}", registry.running.errors());
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn readers_and_writers_at_once_read_their_own_writes_while_the_standby_stumbles() {
    let pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_REPLICA_URL", &pair.standby.url("lawgate_app"))]);
    until_current(&registry, true);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let standby = pair.standby.sql();
            while !done.load(Ordering::Relaxed) {
                standby.run("SELECT pg_wal_replay_pause()");
                thread::sleep(Duration::from_millis(150));
                standby.run("SELECT pg_wal_replay_resume()");
                thread::sleep(Duration::from_millis(1500));
            }
        });
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (registry, began) = (&registry, Instant::now());
                scope.spawn(move || {
                    let mut round = 0;
                    while round < 10 || began.elapsed() < Duration::from_secs(6) {
                        reads_own_write(registry, "drafter", &format!("并发-{writer}-{round}"));
                        round += 1;
                    }
                })
            })
            .collect();
        let ends: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok), "a writer did not read its own");
    });
    println!("{} on the standby, {} behind, {} away", reads(&registry, "standby"), reads(&registry, "behind"), reads(&registry, "away"));
    assert!(reads(&registry, "standby") > 0.0 && reads(&registry, "behind") > 0.0);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_standby_that_goes_away_is_passed_over_and_taken_again() {
    let mut pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_REPLICA_URL", &pair.standby.url("lawgate_app"))]);
    until_current(&registry, true);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let (registry, done) = (&registry, &done);
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    while !done.load(Ordering::Relaxed) {
                        let answer = registry.get("drafter", "/api/v1/documents");
                        assert_eq!(answer.status, 200, "{}", answer.text());
                        slowest = slowest.max(answer.took);
                    }
                    slowest
                })
            })
            .collect();
        let _over = Over(&done);
        thread::sleep(Duration::from_millis(200));
        // Dead, then frozen: what accepts connections and answers nothing is worse.
        pair.standby.kill();
        until_current(&registry, false);
        registry.get("", "/health/ready").expect(200);
        pair.standby.up();
        is_read_again(&registry);
        pair.standby.freeze(true);
        until_current(&registry, false);
        pair.standby.freeze(false);
        is_read_again(&registry);
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            let slowest = reader.join().expect("every reading was answered");
            println!("slowest reading {slowest:?}");
            // Five seconds for the standby, and what the primary takes.
            assert!(slowest < Duration::from_secs(9), "{slowest:?}");
        }
    });
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_reading_that_the_standby_takes_too_long_for_is_no_reason_against_it() {
    let pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_REPLICA_URL", &pair.standby.url("lawgate_app"))]);
    until_current(&registry, true);
    // The lock is in the log, so that the standby has it too.
    let blocker = pair.primary.sql();
    blocker.run("BEGIN; LOCK TABLE documents IN ACCESS EXCLUSIVE MODE");
    pair.standby.sql().until("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'documents'::regclass");
    let reading = thread::scope(|scope| {
        let reading = scope.spawn(|| registry.get("drafter", "/api/v1/documents"));
        let began = Instant::now();
        while reads(&registry, "busy") == 0.0 {
            assert!(began.elapsed() < Duration::from_secs(30) && reads(&registry, "away") == 0.0, "{}", registry.running.errors());
            thread::sleep(Duration::from_millis(20));
        }
        // The primary has it to do now, and can.
        blocker.run("COMMIT");
        reading.join().expect("the reader ends")
    });
    reading.expect(200);
    assert!(registry.figure(CURRENT) > 0.0, "{}", registry.running.errors());
    assert!(!registry.running.errors().contains("the standby cannot be read"), "{}", registry.running.errors());
    let served = reads(&registry, "standby");
    registry.get("drafter", "/api/v1/documents").expect(200);
    assert_eq!((reads(&registry, "standby"), reads(&registry, "away")), (served + 1.0, 0.0));
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_backup_is_of_the_server_that_writes_whichever_is_named_first() {
    let pair = Pair::start();
    let registry = pair.registry(&[]);
    registry.create("在主服务器上", None).expect(201);
    let file = pair.standby.stage().join("a.lgb");
    let whichever = |role| Pair::whichever_writes([&pair.standby, &pair.primary], role);
    let mut backup = program::command(&["backup", "-o", file.to_str().expect("a path")]);
    backup.args(["--database-url", &whichever("lawgate_app"), "--migrate-url", &whichever("lawgate_owner")]);
    let answer = program::run(backup);
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let manifest = Backup::open(&file).expect("whole").manifest;
    let documents = pair.primary.sql().number("SELECT count(*) FROM documents");
    assert_eq!(i64::try_from(manifest.tables["documents"].rows).expect("few"), documents);
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn what_follows_another_primary_or_none_is_not_read() {
    let pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_REPLICA_URL", &pair.standby.url("lawgate_app"))]);
    until_current(&registry, true);
    pair.standby.promote();
    until_current(&registry, false);
    let served = reads(&registry, "standby");
    reads_own_write(&registry, "drafter", "备机已升为主机");
    assert_eq!(reads(&registry, "standby"), served);
    let errors = registry.running.errors();
    assert!(errors.contains("follows the primary no more"), "{errors}");
    registry.running.stop(Signal::SIGTERM);

    // A standby of another primary, and another database of this one's standby, which has the same log.
    let (server, other) = (Server::start(), Pair::start());
    let url = server.url(lawgate::cluster::Role::App);
    let stranger = other.standby.url("lawgate_app");
    let registry = Registry::on_server(&server, &url, &[("LAWGATE_REPLICA_URL", &stranger)]);
    is_never_read(&registry, "no standby of the one of database_url, or another database of it");
    registry.running.stop(Signal::SIGTERM);
    other.primary.sql().run("CREATE DATABASE staging TEMPLATE lawgate");
    let staging = format!("{}/staging", stranger.strip_suffix("/lawgate").expect("a database"));
    let registry = other.registry(&[("LAWGATE_REPLICA_URL", &staging)]);
    is_never_read(&registry, "or another database of it");
    registry.running.stop(Signal::SIGTERM);
}

#[track_caller]
fn is_never_read(registry: &Registry, why: &str) {
    let began = Instant::now();
    while !registry.running.errors().contains(why) {
        assert!(began.elapsed() < Duration::from_secs(30), "`{why}` is not said: {}", registry.running.errors());
        thread::sleep(Duration::from_millis(20));
    }
    reads_own_write(registry, "drafter", "不读不相干的数据库");
    assert!(reads(registry, "standby") == 0.0 && registry.figure(CURRENT) == 0.0, "{}", registry.running.errors());
}

#[test]
fn an_old_primary_that_was_ahead_is_not_read_as_a_standby_of_the_new_one() {
    let mut pair = Pair::start();
    // What the standby never gets makes the log of the old primary the longer one.
    pair.standby.freeze(true);
    pair.primary.sql().run("CREATE TABLE ahead AS SELECT g, repeat('x', 500) AS filler FROM generate_series(1, 20000) g");
    pair.primary.kill();
    pair.standby.freeze(false);
    pair.standby.promote();
    pair.primary.up_behind(&pair.standby);
    let old = pair.primary.sql();
    let new = pair.standby.sql();
    let lsn = |sql: &Sql, of: &str| sql.number(&format!("SELECT pg_wal_lsn_diff({of}, '0/0')::bigint"));
    assert!(lsn(&old, "pg_last_wal_replay_lsn()") > lsn(&new, "pg_current_wal_flush_lsn()"), "it is ahead");
    let [app, owner, superuser] = ["lawgate_app", "lawgate_owner", "lawgate_superuser"].map(|role| pair.standby.url(role));
    let settings = [("LAWGATE_REPLICA_URL", &*pair.primary.url("lawgate_app"))];
    let registry = Registry::at(pair.primary.stage(), [&app, &owner, &superuser], &settings);
    assert!(lsn(&old, "pg_last_wal_replay_lsn()") > lsn(&new, "pg_current_wal_flush_lsn()"), "and still is");
    is_never_read(&registry, "the standby is behind");
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_server_that_answers_before_it_has_written_is_told_not_to() {
    use diesel_async::RunQueryDsl;
    let server = Server::start();
    let (url, superuser) = (server.url(lawgate::cluster::Role::App), Sql::connect(&server.url(lawgate::cluster::Role::Superuser)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    for (set, kept) in [("off", "on"), ("local", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")] {
        superuser.run(&format!("ALTER ROLE lawgate_app SET synchronous_commit = {set}"));
        let asked = format!("SELECT (current_setting('synchronous_commit') = '{set}')::int::bigint");
        assert_eq!(Sql::connect(&url).number(&asked), 1);
        let (pooled, single): (String, String) = runtime.block_on(async {
            let said = || diesel::select(sql::<Text>("current_setting('synchronous_commit')"));
            let pool = db::pool(&url, 1, Duration::from_secs(5)).expect("a pool");
            let mut pooled = pool.get().await.expect("a connection");
            let mut single = connect(&url).await.expect("a connection");
            (said().get_result(&mut pooled).await.expect("a setting"), said().get_result(&mut single).await.expect("a setting"))
        });
        assert_eq!((pooled.as_str(), single.as_str()), (kept, kept), "{set}");
    }
}

#[test]
fn a_host_that_swallows_everything_leaves_time_for_the_next() {
    let server = Server::start();
    // A listener whose queue is full: the system lets what comes next wait for ever.
    let full = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    nix::sys::socket::listen(&full, nix::sys::socket::Backlog::new(0).expect("a length")).expect("shortened");
    let address = full.local_addr().expect("an address");
    let _queued: Vec<_> = (0..4).filter_map(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok()).collect();
    assert!(std::net::TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_err(), "it swallows what comes");
    let first = format!("@127.0.0.1:{},", address.port());
    let either = |role| server.url(role).replacen('@', &first, 1);
    let [app, owner, superuser] =
        [lawgate::cluster::Role::App, lawgate::cluster::Role::Owner, lawgate::cluster::Role::Superuser].map(either);
    let began = Instant::now();
    let registry = Registry::at(server.stage.path(), [&app, &owner, &superuser], &[]);
    registry.create("第二台主机", None).expect(201);
    println!("served after {:?}", began.elapsed());
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn no_acknowledged_act_is_lost_when_the_primary_is_killed_and_the_standby_promoted() {
    let mut pair = Pair::start();
    let registry = pair.registry_on_whichever_writes(&[]);
    pair.synchronous();
    let (done, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut acts = Vec::new();
    let mut refused = 0;
    let mut away = Duration::ZERO;
    thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|writer| {
                let (registry, done, acknowledged) = (&registry, &done, &acknowledged);
                // Each goes on with one act until it is done, as a careful client would: with the same key.
                scope.spawn(move || {
                    let (mut titles, mut refused) = (Vec::new(), 0);
                    while !done.load(Ordering::Relaxed) {
                        let title = format!("切换-{writer}-{}", titles.len());
                        let request = registry.creation(&title, Some(&format!("k-{writer}-{}", titles.len())));
                        let id = loop {
                            let answer = http::send(&registry.address, &request).expect("an answer");
                            if answer.status == 201 {
                                break answer.json()["id"].as_str().expect("an id").to_owned();
                            }
                            // In flight: the attempt before it has not been given up yet.
                            assert!([409, 503].contains(&answer.status), "{} {}", answer.status, answer.text());
                            refused += 1;
                            thread::sleep(Duration::from_millis(20));
                        };
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                        titles.push((title, id));
                    }
                    (titles, refused)
                })
            })
            .collect();
        let until = |count: usize| {
            let began = Instant::now();
            while acknowledged.load(Ordering::Relaxed) < count {
                let goes_on = writers.iter().all(|writer| !writer.is_finished()) && began.elapsed() < Duration::from_secs(60);
                done.store(!goes_on, Ordering::Relaxed);
                assert!(goes_on, "{}", registry.running.errors());
                thread::sleep(Duration::from_millis(5));
            }
        };
        let _over = Over(&done);
        until(60);
        // A standby that takes nothing more holds every act up; those that wait when the primary dies were not acknowledged.
        pair.standby.freeze(true);
        let primary = pair.primary.sql();
        primary.until("SELECT (count(*) >= 6)::int::bigint FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        let before = acknowledged.load(Ordering::Relaxed);
        pair.primary.kill();
        pair.standby.freeze(false);
        let killed = Instant::now();
        pair.standby.promote();
        registry.is_ready_within(Duration::from_secs(60));
        away = killed.elapsed();
        until(before + 60);
        done.store(true, Ordering::Relaxed);
        for writer in writers {
            let (titles, turned_away) = writer.join().expect("no panic");
            acts.extend(titles);
            refused += turned_away;
        }
    });
    assert!(refused > 0, "those that waited were not acknowledged");
    println!("{} acts acknowledged over both, {refused} refusals, ready {away:?} after kill -9", acts.len());
    let promoted = pair.standby.sql();
    for (title, id) in &acts {
        let sql = format!("SELECT count(*) FROM documents WHERE title = '{title}' AND id = '{id}'");
        assert_eq!((promoted.number(&sql), registry.titled(title)), (1, 1), "{title}");
        let logged = format!("SELECT count(*) FROM log_entries WHERE document_id = '{id}'");
        assert!(promoted.number(&logged) >= 1, "{title} is not in the log");
    }
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn what_the_standby_has_not_got_is_not_acknowledged() {
    let mut pair = Pair::start();
    let registry = pair.registry(&[("LAWGATE_DATABASE_SECONDS", "2"), ("LAWGATE_CONNECTIONS", "4")]);
    pair.synchronous();
    registry.create("两处皆存", None).expect(201);
    pair.standby.down();
    let problem = registry.create("仅存一处", Some("k-sync")).expect_503("outcome_unknown");
    assert!(problem["detail"].as_str().is_some_and(|said| !said.is_empty()), "{problem}");
    // More acts than there are connections: they wait with what they have, on the server too, and reading goes on.
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'lawgate_app' AND wait_event = 'SyncRep' AND application_name = 'lawgate'";
    thread::scope(|scope| {
        for writer in 0..8 {
            let registry = &registry;
            scope.spawn(move || {
                let problem = registry.create(&format!("等待-{writer}"), Some(&format!("k-wait-{writer}"))).expect(503);
                assert!(["outcome_unknown", "unavailable"].contains(&problem["code"].as_str().expect("a code")), "{problem}");
            });
        }
        for _ in 0..10 {
            registry.get("drafter", "/api/v1/documents").expect(200);
            registry.get("", "/health/ready").expect(200);
            thread::sleep(Duration::from_millis(200));
        }
    });
    assert_eq!(pair.primary.sql().number(waiting), 3, "one connection of four is left for reading");
    // Nothing is shown that may yet be lost.
    assert_eq!(registry.titled("仅存一处"), 0);
    // What was cut off while it waited is there, on this server alone; a repeat is told so only once it is on both.
    pair.primary.sql().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    let began = Instant::now();
    while registry.titled("仅存一处") == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "the server has ended what waited");
        thread::sleep(Duration::from_millis(20));
    }
    registry.create("仅存一处", Some("k-sync")).expect_503("outcome_unknown");
    pair.standby.up();
    let began = Instant::now();
    loop {
        let answer = registry.create("仅存一处", Some("k-sync"));
        if answer.status == 201 {
            break;
        }
        assert!([409, 503].contains(&answer.status) && began.elapsed() < Duration::from_secs(60), "{}", answer.text());
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!((registry.titled("仅存一处"), pair.standby.sql().number("SELECT count(*) FROM documents WHERE title = '仅存一处'")), (1, 1));
    registry.running.stop(Signal::SIGTERM);
}
