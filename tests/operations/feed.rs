//! The event feed while many write, in short transactions and in long ones, over two instances of which one is killed: every reader
//! ends with exactly the committed entries, in the order of their positions.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use lawgate::base::clock;
use lawgate::cluster::Role;
use lawgate::evidence::{keys, waiting};
use lawgate::journal::entry::{EntryType, SubjectKind};
use lawgate::journal::store::record_administration;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::http;
use super::registry::{Registry, Server, new_document};

const SHORT_WRITERS: usize = 12;
const LONG_WRITERS: usize = 4;
const READERS_OF_A_KIND: usize = 3;
/// How many documents are acknowledged before one instance is killed, and how many more before the writers stop.
const BEFORE_THE_KILL: usize = 120;
const AFTER_THE_KILL: usize = 120;

/// Both instances, of which the first is killed.
struct Two<'r> {
    instances: [&'r Registry; 2],
    is_killed: AtomicBool,
}

impl Two<'_> {
    /// The instance of somebody who begins at the first or the second and goes on at the survivor.
    fn of(&self, number: usize) -> &Registry {
        self.instances[if self.is_killed.load(Ordering::SeqCst) { 1 } else { number % 2 }]
    }
}

/// A position and the id of the entry there.
type Read = Vec<(i64, String)>;

fn noted(read: &mut Read, event: &Value) {
    read.push((event["position"].as_i64().expect("a position"), event["id"].as_str().expect("an id").to_owned()));
}

/// Creates documents until it is told to stop; the ids of those that were acknowledged, in order.
fn write_short(two: &Two<'_>, number: usize, stop: &AtomicBool, acknowledged: &AtomicI64) -> Vec<String> {
    let mut ids = Vec::new();
    for turn in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let registry = two.of(number);
        let document = new_document(&format!("第{number}人第{turn}件"));
        let request = http::request("POST", "/api/v1/documents", registry.token("drafter"), &[], Some(&document));
        // Whoever is cut off does not know whether it was done; the feed does.
        if let Ok(answer) = http::send(&registry.address, &request)
            && answer.status == 201
        {
            ids.push(answer.json()["id"].as_str().expect("an id").to_owned());
            acknowledged.fetch_add(1, Ordering::SeqCst);
        }
    }
    ids
}

/// Writes entries in transactions that stay open for a while after the entry is written.
fn write_long(app_url: &str, two: &Two<'_>, number: u64, stop: &AtomicBool) -> u32 {
    let key = keys::load(&two.instances[1].data_dir.join(keys::FILE_NAME)).expect("a key");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut conn = AsyncPgConnection::establish(app_url).await.expect("connects");
        let mut written = 0;
        while !stop.load(Ordering::SeqCst) {
            let open_for = Duration::from_millis(30 + 70 * ((number + u64::from(written)) % 5));
            let act = conn.transaction(async |conn| {
                let now = clock::machine_now();
                let subject = (SubjectKind::Registry, None);
                record_administration(conn, EntryType::BackupBegun, subject, now, json!({"writer": number})).await?;
                tokio::time::sleep(open_for).await;
                waiting::endorse(conn, &key, now).await?;
                // Some are taken back; nobody ever reads of them.
                if written % 4 == 3 {
                    Err(diesel::result::Error::RollbackTransaction.into())
                } else {
                    Ok::<_, lawgate::setup::SetupError>(())
                }
            });
            let _ = act.await;
            written += 1;
        }
        written
    })
}

/// Reads page by page until the last position is read.
fn page(two: &Two<'_>, number: usize, last: &AtomicI64) -> Read {
    let (mut read, mut after) = (Read::new(), String::new());
    loop {
        if read.last().is_some_and(|(position, _)| *position == last.load(Ordering::SeqCst)) {
            return read;
        }
        let registry = two.of(number);
        let path = format!("/api/v1/events?limit={}{after}", 1 + number * 3);
        let Ok(answer) = registry.try_get("admin", &path) else { continue };
        if answer.status != 200 {
            continue;
        }
        let page = answer.json();
        for event in page["items"].as_array().expect("items") {
            noted(&mut read, event);
        }
        if !page["next"].is_null() {
            after = format!("&after={}", page["next"]);
        }
    }
}

/// Follows the stream until the last position is read; whoever is cut off goes on where they were.
fn follow(two: &Two<'_>, number: usize, last: &AtomicI64) -> Read {
    let mut read = Read::new();
    loop {
        let registry = two.of(number);
        let resumed = read.last().map(|(position, _)| position.to_string());
        let headers: Vec<(&str, &str)> = resumed.as_deref().map(|position| ("Last-Event-ID", position)).into_iter().collect();
        let Ok(mut stream) = TcpStream::connect(&registry.address) else { continue };
        stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a socket");
        if stream.write_all(&http::request("GET", "/api/v1/events/stream", registry.token("admin"), &headers, None)).is_err() {
            continue;
        }
        let (mut lines, mut line) = (BufReader::new(stream), String::new());
        loop {
            if read.last().is_some_and(|(position, _)| *position == last.load(Ordering::SeqCst)) {
                return read;
            }
            match lines.read_line(&mut line) {
                Ok(0) => break,
                Ok(_) if line.ends_with('\n') => {
                    // What a killed instance sent of an event without its end is read again from the other.
                    if let Some(event) = line.strip_prefix("data: ").and_then(|data| serde_json::from_str(data).ok()) {
                        noted(&mut read, &event);
                    }
                    line.clear();
                }
                Ok(_) => {}
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
    }
}

#[test]
fn every_reader_ends_with_exactly_the_committed_entries_in_order() {
    let server = Server::with_connections(100);
    let url = server.url(Role::App);
    let one = Registry::on_server(&server, &url, &[]);
    let second = server.stage.path().join("second");
    fs::create_dir_all(second.join("data")).expect("ours");
    fs::copy(one.data_dir.join("demo-credentials.json"), second.join("data/demo-credentials.json")).expect("copied");
    let other = Registry::at(&second, [&url, &server.url(Role::Owner), &server.url(Role::Superuser)], &[]);
    let sql = other.superuser();
    let two = Two { instances: [&one, &other], is_killed: AtomicBool::new(false) };
    let (stop, acknowledged, last) = (AtomicBool::new(false), AtomicI64::new(0), AtomicI64::new(-1));
    let until = |documents: usize| {
        let begun = Instant::now();
        while acknowledged.load(Ordering::SeqCst) < i64::try_from(documents).expect("small") {
            assert!(begun.elapsed() < Duration::from_secs(120), "{acknowledged:?} of {documents}");
            thread::sleep(Duration::from_millis(5));
        }
    };
    let (all, orders) = thread::scope(|scope| {
        let (two, last, stop, acknowledged) = (&two, &last, &stop, &acknowledged);
        let readers: Vec<_> = (0..READERS_OF_A_KIND)
            .flat_map(|number| [scope.spawn(move || page(two, number, last)), scope.spawn(move || follow(two, number, last))])
            .collect();
        let short: Vec<_> = (0..SHORT_WRITERS).map(|number| scope.spawn(move || write_short(two, number, stop, acknowledged))).collect();
        let long: Vec<_> = (0..LONG_WRITERS)
            .map(|number| {
                scope.spawn({
                    let url = &url;
                    move || write_long(url, two, number as u64, stop)
                })
            })
            .collect();
        until(BEFORE_THE_KILL);
        one.running.signal(Signal::SIGKILL);
        two.is_killed.store(true, Ordering::SeqCst);
        until(BEFORE_THE_KILL + AFTER_THE_KILL);
        stop.store(true, Ordering::SeqCst);
        let orders: Vec<Vec<String>> = short.into_iter().map(|writer| writer.join().expect("no panic")).collect();
        let written: u32 = long.into_iter().map(|writer| writer.join().expect("no panic")).sum();
        assert!(written > 8, "{written} long transactions");
        // Everything that is committed now gets its position, and then each reader comes to the last of them.
        sql.until("SELECT (NOT EXISTS (SELECT FROM unsealed_acts))::int::bigint");
        last.store(sql.number("SELECT max(position) FROM log_seals"), Ordering::SeqCst);
        let all: Vec<Read> = readers.into_iter().map(|reader| reader.join().expect("no panic")).collect();
        (all, orders)
    });
    let committed = sql.lines("SELECT position || ' ' || entry_id FROM log_seals ORDER BY position");
    assert_eq!(
        sql.number("SELECT count(*) FROM log_entries"),
        i64::try_from(committed.len()).expect("few"),
        "no entry is without a position"
    );
    for read in all {
        let read: Vec<String> = read.into_iter().map(|(position, id)| format!("{position} {id}")).collect();
        let differing = read.iter().zip(&committed).find(|(read, committed)| read != committed);
        assert!(read.len() == committed.len() && differing.is_none(), "{} of {} {differing:?}", read.len(), committed.len());
    }
    // What one writer was told one after another stands in that order.
    for ids in orders {
        let positions: Vec<i64> = ids
            .iter()
            .map(|id| {
                sql.number(&format!(
                    "SELECT position FROM log_seals JOIN log_entries ON id = entry_id WHERE type = 'document.created' AND document_id = '{id}'"
                ))
            })
            .collect();
        assert!(!positions.is_empty() && positions.is_sorted(), "{positions:?}");
    }
    other.running.stop(Signal::SIGTERM);
}
