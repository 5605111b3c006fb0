//! Keeps the server running: starts it again when it dies, stops it when told.
//! Does not know what the cluster is for.
//!
//! The server is started by a thread of its own that waits for its end. The kernel sends the parent-death signal
//! when the *thread* that started a program ends, so it must not be one that the caller may let go.

use std::process::Child;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::error::{FileError, Verb};
use super::processes::{FAST_STOP_MAX, IMMEDIATE_STOP_MAX};
use super::server::{ServerPlan, StartError, pid_of};
use super::server_log::ServerLog;
use crate::base::clock;
use crate::base::space::Space;

/// How often it is asked whether a server that starts is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// The first wait before another try; doubled with every try that fails.
const BACKOFF_MIN: Duration = Duration::from_millis(100);
/// The longest wait before another try.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A server that ran this long was well: when it dies the waits begin anew.
const WELL_AFTER: Duration = Duration::from_secs(60);
/// How often the log's length is looked at.
const LOG_LOOK: Duration = Duration::from_secs(60);

/// How the server of a cluster fares, for whoever only wants to know. Keeps nothing running.
#[derive(Clone, Debug)]
pub struct ClusterWatch {
    shared: Arc<Shared>,
    space: Space,
}

impl ClusterWatch {
    /// Since when the server has accepted connections, or `None` while it is being started again.
    #[must_use]
    pub fn up_since(&self) -> Option<DateTime<Utc>> {
        let state = self.shared.lock();
        state.server.and(state.since)
    }

    /// The room on its disks.
    #[must_use]
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// How often a server that had died was started again.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.shared.lock().restarts
    }
}

/// A server and the threads that look after it. Dropping it stops the server.
#[derive(Debug)]
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    space: Space,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stop_wanted: bool,
    /// The server, from being ready until just before its number is given back to the system:
    /// so a signal sent under the mutex never meets another process of the same number.
    server: Option<Pid>,
    /// When that server was ready.
    since: Option<DateTime<Utc>>,
    /// How often it was started again.
    restarts: u64,
    finished: bool,
}

impl Supervisor {
    /// Starts the server and returns when it is ready, or when `stop_wanted` says that nobody wants it any more.
    ///
    /// # Errors
    /// [`StartError`] of the first start; later ones are logged and tried again.
    pub(super) fn start(plan: ServerPlan, stop_wanted: &dyn Fn() -> bool) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::default());
        let (tell, told) = mpsc::channel();
        let log = plan.log.clone();
        let space = Space::of_cluster(&plan.pgdata);
        let keeper = Arc::clone(&shared);
        let run = thread::Builder::new()
            .name("postgres-supervisor".into())
            .spawn(move || {
                keep_running(&plan, &keeper, &tell);
                keeper.update(|state| state.finished = true);
            })
            .map_err(FileError::on(Verb::Run, "postgres".as_ref()))?;
        let mut supervisor = Self { shared, space, threads: vec![run] };
        loop {
            if stop_wanted() {
                supervisor.shared.update(|state| state.stop_wanted = true);
            }
            match told.recv_timeout(LOOK_AGAIN) {
                Ok(Ok(())) => {
                    supervisor.watch_log(log);
                    return Ok(supervisor);
                }
                Ok(Err(error)) => return Err(error),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(StartError::Stopped),
            }
        }
    }

    /// The server's process, or `None` while it is being started again.
    pub(super) fn server(&self) -> Option<Pid> {
        self.shared.lock().server
    }

    pub(super) fn watch(&self) -> ClusterWatch {
        ClusterWatch { shared: Arc::clone(&self.shared), space: self.space.clone() }
    }

    fn watch_log(&mut self, log: ServerLog) {
        let shared = Arc::clone(&self.shared);
        let watch = thread::Builder::new().name("postgres-log".into()).spawn(move || {
            while !shared.wait(LOG_LOOK, |state| state.finished || state.stop_wanted) {
                log.bound();
            }
        });
        match watch {
            Ok(thread) => self.threads.push(thread),
            // The log is then bounded at every start only.
            Err(error) => {
                tracing::warn!("could not start the thread that bounds the server's log: {error}")
            }
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.shared.update(|state| {
            state.stop_wanted = true;
            state.signal(Signal::SIGINT);
        });
        for (limit, harder) in [(FAST_STOP_MAX, Signal::SIGQUIT), (IMMEDIATE_STOP_MAX, Signal::SIGKILL)] {
            if self.shared.wait(limit, |state| state.finished) {
                break;
            }
            tracing::warn!("the database server does not stop, sending {harder}");
            self.shared.lock().signal(harder);
        }
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread that looked after the database server panicked");
            }
        }
    }
}

impl Shared {
    /// Nothing in a section under this mutex can panic half-way, so a poisoned one is as good.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `condition` holds, at most `limit`; whether it does.
    fn wait(&self, limit: Duration, condition: impl Fn(&State) -> bool) -> bool {
        let (state, _) =
            self.changed.wait_timeout_while(self.lock(), limit, |state| !condition(state)).unwrap_or_else(PoisonError::into_inner);
        condition(&state)
    }

    fn stop_wanted(&self) -> bool {
        self.lock().stop_wanted
    }
}

impl State {
    fn signal(&self, signal: Signal) {
        if let Some(server) = self.server
            && let Err(error) = kill(server, signal)
        {
            tracing::warn!(server.pid = server.as_raw(), "could not send {signal}: {error}");
        }
    }
}

fn keep_running(plan: &ServerPlan, shared: &Shared, tell: &mpsc::Sender<Result<(), StartError>>) {
    let stop_wanted = || shared.stop_wanted();
    let mut child = match plan.launch(&stop_wanted) {
        Ok(child) => child,
        Err(error) => {
            // Nobody listens when the starter is gone, and then nobody needs to know.
            let _ = tell.send(Err(error));
            return;
        }
    };
    let mut backoff = BACKOFF_MIN;
    let mut first = Some(tell);
    loop {
        let ready_at = Instant::now();
        shared.update(|state| {
            state.server = Some(pid_of(&child));
            state.since = Some(clock::machine_now());
            if first.is_none() {
                state.restarts += 1;
            }
            if state.stop_wanted {
                state.signal(Signal::SIGINT);
            }
        });
        if let Some(tell) = first.take() {
            // As above; dropping the supervisor stops the server.
            let _ = tell.send(Ok(()));
        }
        wait_for_end(&mut child, shared);
        if shared.stop_wanted() {
            return;
        }
        if ready_at.elapsed() >= WELL_AFTER {
            backoff = BACKOFF_MIN;
        }
        match start_again(plan, shared, &mut backoff) {
            Some(again) => child = again,
            None => return,
        }
    }
}

/// Waits until the server has ended, and takes it out of the state before its number is given back.
fn wait_for_end(child: &mut Child, shared: &Shared) {
    let pid = pid_of(child);
    while waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) == Err(Errno::EINTR) {}
    shared.update(|state| state.server = None);
    match child.wait() {
        Ok(status) if shared.stop_wanted() => {
            tracing::info!(server.pid = pid.as_raw(), "the database server stopped: {status}");
        }
        Ok(status) => {
            tracing::error!(server.pid = pid.as_raw(), "the database server died: {status}");
        }
        Err(error) => {
            tracing::error!(server.pid = pid.as_raw(), "lost sight of the database server: {error}");
        }
    }
}

/// Tries until the server runs again. `None` when it is to stop.
fn start_again(plan: &ServerPlan, shared: &Shared, backoff: &mut Duration) -> Option<Child> {
    loop {
        if shared.wait(*backoff, |state| state.stop_wanted) {
            return None;
        }
        *backoff = (*backoff * 2).min(BACKOFF_MAX);
        match plan.launch(&|| shared.stop_wanted()) {
            Ok(child) => {
                tracing::info!(server.pid = child.id(), "the database server runs again");
                return Some(child);
            }
            Err(StartError::Stopped) => return None,
            Err(error) => {
                tracing::error!("the database server cannot be started again yet: {error}");
            }
        }
    }
}
