//! One round of load from either side, over the same number of connections, and what it measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::http::Connection;
use super::service::Service;

/// How long a round lasts: a time, or a number of requests where each needs a document of its own.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    Time(Duration),
    Count(u32),
}

/// How many numbers a client of pgbench has for a round that lasts a time: more than it can use.
pub const NUMBERS_OF_A_CLIENT: u32 = 100_000;

/// How many requests of each connection are not counted. A connection parses each statement once and plans it anew for its first
/// five runs; pgbench opens its connections for each round, the service keeps its own.
pub const WARM_UP: usize = 5;

/// What one connection did after it was warm.
struct Lane {
    took_us: Vec<u32>,
    seconds: f64,
}

/// What a round measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    pub seconds: f64,
    /// Microseconds, one for each request.
    pub took_us: Vec<u32>,
}

impl Measured {
    pub fn rate(&self) -> f64 {
        self.took_us.len() as f64 / self.seconds
    }

    /// Every connection is at work all the time, so that their rates add up.
    fn of(lanes: Vec<Lane>) -> Self {
        let rate: f64 = lanes.iter().filter(|lane| lane.seconds > 0.0).map(|lane| lane.took_us.len() as f64 / lane.seconds).sum();
        let took_us: Vec<u32> = lanes.into_iter().flat_map(|lane| lane.took_us).collect();
        assert!(rate > 0.0, "no connection had more than {WARM_UP} requests: give more of them");
        Self { seconds: took_us.len() as f64 / rate, took_us }
    }

    /// Milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let mut sorted = self.took_us.clone();
        sorted.sort_unstable();
        let at = ((sorted.len() as f64 * percent / 100.0).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
        sorted.get(at).map_or(0.0, |us| f64::from(*us) / 1000.0)
    }

    pub fn add(&mut self, other: Self) {
        self.seconds += other.seconds;
        self.took_us.extend(other.took_us);
    }
}

/// A request: method, path, body, and the status it is answered with.
pub type Request = (&'static str, String, String, u16);

/// Sends requests over `connections` connections; the number of a request tells what it asks for.
pub async fn http(service: &Service, who: &str, connections: u32, length: Length, request: &dyn Fn(u32) -> Request) -> Measured {
    let next = std::cell::Cell::new(0_u32);
    let begun = Instant::now();
    let lanes = (0..connections).map(|_| async {
        let mut connection: Connection = service.connect(who).await;
        let mut took_us = Vec::new();
        let mut warm = Instant::now();
        loop {
            let number = next.get();
            let is_over = match length {
                Length::Time(time) => begun.elapsed() >= time,
                Length::Count(count) => number >= count,
            };
            if is_over {
                return Lane { seconds: warm.elapsed().as_secs_f64(), took_us: took_us.split_off(WARM_UP.min(took_us.len())) };
            }
            next.set(number + 1);
            let (method, path, body, status) = request(number);
            let started = Instant::now();
            let answered = connection.send(method, &path, &body).await.expect("an answer");
            took_us.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
            if took_us.len() == WARM_UP {
                warm = Instant::now();
            }
            assert_eq!(answered.status, status, "{method} {path}: {}", answered.json());
        }
    });
    Measured::of(futures_util::future::join_all(lanes).await)
}

/// Runs a script of pgbench over as many connections to the same server, prepared, as the run-time role.
pub fn pgbench(service: &Service, pg_bin: &Path, script: &Path, connections: u32, length: Length, first: u32) -> Measured {
    let logs = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(pg_bin.join("pgbench"));
    command
        .args(["-n", "-M", "prepared", "-U", "lawgate_app", "-l", "-h"])
        .arg(service.socket_dir())
        .arg(format!("--log-prefix={}", logs.path().join("log").display()))
        .args(["-c", &connections.to_string(), "-j", "1", "-D", "i=0", "-D", &format!("first={first}")]);
    let span = match length {
        Length::Time(time) => {
            command.args(["-T", &time.as_secs().max(1).to_string()]);
            NUMBERS_OF_A_CLIENT
        }
        Length::Count(count) => {
            let each = count / connections;
            command.args(["-t", &each.to_string()]);
            each
        }
    };
    let output = command.args(["-D", &format!("span={span}")]).arg("-f").arg(script).arg("lawgate").output().expect("pgbench runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "pgbench failed: {said} {}", String::from_utf8_lossy(&output.stderr));
    // A line for each transaction: client, its number, microseconds, script, and when it was done in seconds and microseconds.
    let mut clients: BTreeMap<String, Vec<(u32, f64)>> = BTreeMap::new();
    for log in std::fs::read_dir(logs.path()).expect("logs") {
        let text = std::fs::read_to_string(log.expect("a log").path()).expect("a log");
        for line in text.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let [client, _, took, _, seconds, us, ..] = fields.as_slice() else { panic!("{line}") };
            let number = |field: &str| field.parse::<f64>().expect("a number");
            clients.entry((*client).to_owned()).or_default().push((took.parse().expect("a number"), number(seconds) + number(us) / 1e6));
        }
    }
    let lanes = clients.into_values().filter(|done| done.len() > WARM_UP).map(|done| {
        let (warm, last) = (done[WARM_UP - 1].1, done[done.len() - 1].1);
        Lane { seconds: last - warm, took_us: done[WARM_UP..].iter().map(|(took, _)| *took).collect() }
    });
    Measured::of(lanes.collect())
}
