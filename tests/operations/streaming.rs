//! A primary and its streaming standby, as whoever runs their own PostgreSQL has them: plain servers, started on their data
//! directories by this test alone.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lawgate::cluster::tools;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Gid, Pid, Uid, chown, geteuid};
use tempfile::TempDir;

use super::program::stage;
use super::registry::{Registry, Server, Sql};

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The account that a cluster belongs to; PostgreSQL runs as no other, and never as root.
#[derive(Clone, Copy, Debug)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    fn of(path: &Path) -> Self {
        let meta = path.metadata().expect("it exists");
        Self { uid: meta.uid(), gid: meta.gid() }
    }

    fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if geteuid().is_root() {
            command.uid(self.uid).gid(self.gid);
        }
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir("/").stdin(Stdio::null());
        command
    }

    fn postgres(self, program: &str) -> Command {
        let tool = tools::find(program, 14, None).unwrap_or_else(|| panic!("{program} comes with PostgreSQL"));
        self.command(&tool.path)
    }

    /// A directory of its own.
    fn directory(self, stage: &TempDir, name: &str) -> PathBuf {
        let path = stage.path().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path).expect("made");
        chown(&path, Some(Uid::from_raw(self.uid)), Some(Gid::from_raw(self.gid))).expect("handed over");
        path
    }
}

#[track_caller]
fn succeeds(mut command: Command) {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A server that runs on a data directory.
pub struct Postgres {
    child: Child,
    account: Account,
    pgdata: PathBuf,
    sockets: PathBuf,
}

impl Postgres {
    fn start(account: Account, pgdata: &Path, sockets: &Path) -> Self {
        let mut server =
            Self { child: Self::spawn(account, pgdata, sockets), account, pgdata: pgdata.to_owned(), sockets: sockets.to_owned() };
        server.wait();
        server
    }

    fn spawn(account: Account, pgdata: &Path, sockets: &Path) -> Child {
        let log = File::options().create(true).append(true).open(sockets.join("log")).expect("a log");
        let mut command = account.postgres("postgres");
        command.arg("-D").arg(pgdata).args(["-c", "listen_addresses=", "-c", "port=5432", "-c", "fsync=off", "-c", "lc_messages=C"]);
        command.arg("-c").arg(format!("unix_socket_directories={}", sockets.display()));
        command.stdout(Stdio::null()).stderr(log).spawn().expect("it starts")
    }

    fn wait(&mut self) {
        let began = Instant::now();
        while Sql::try_connect(&self.url("lawgate_superuser")).is_err() {
            let said = || fs::read_to_string(self.sockets.join("log")).unwrap_or_default();
            assert!(began.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)), "it does not start: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn host(&self) -> String {
        self.sockets.to_str().expect("text").replace('/', "%2F")
    }

    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@{}:5432/lawgate", self.host())
    }

    /// Where its directories are.
    pub fn stage(&self) -> &Path {
        self.sockets.parent().expect("a stage")
    }

    pub fn sql(&self) -> Sql {
        Sql::connect(&self.url("lawgate_superuser"))
    }

    /// Ends it and all its processes at once, as a power cut would.
    pub fn kill(&mut self) {
        // Stopped first, so that it starts no further process meanwhile.
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a number")), Signal::SIGSTOP).expect("stopped");
        let children = self.family();
        for pid in self.family_of(&children) {
            let _ = kill(pid, Signal::SIGKILL);
        }
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
        let began = Instant::now();
        while self.family_of(&children).next().is_some() {
            assert!(began.elapsed() < PATIENCE, "its processes do not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn family(&self) -> String {
        let id = self.child.id();
        fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default()
    }

    /// Those processes of a list that still run.
    fn family_of<'a>(&self, pids: &'a str) -> impl Iterator<Item = Pid> + use<'a> {
        let runs = |pid: &i32| Path::new("/proc").join(pid.to_string()).exists();
        pids.split_whitespace().filter_map(|pid| pid.parse().ok()).filter(runs).map(Pid::from_raw)
    }

    /// Stops it where it is, all its processes: it accepts connections and answers nothing. Or lets it go on.
    pub fn freeze(&self, is_frozen: bool) {
        let signal = if is_frozen { Signal::SIGSTOP } else { Signal::SIGCONT };
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a number")), signal).expect("told");
        for pid in self.family_of(&self.family()) {
            let _ = kill(pid, signal);
        }
    }

    /// Ends it in order and waits.
    pub fn down(&mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).expect("a number")), Signal::SIGINT).expect("told");
        self.child.wait().expect("gone");
    }

    pub fn up(&mut self) {
        self.child = Self::spawn(self.account, &self.pgdata, &self.sockets);
        self.wait();
    }

    /// Starts it as a standby of another without making it a copy of that first, as somebody in a hurry would.
    pub fn up_behind(&mut self, primary: &Self) {
        let conninfo = format!("primary_conninfo = 'host={} port=5432 user=lawgate_superuser'\n", primary.sockets.display());
        let mut settings = File::options().append(true).open(self.pgdata.join("postgresql.auto.conf")).expect("a file");
        settings.write_all(conninfo.as_bytes()).expect("written");
        let signal = self.pgdata.join("standby.signal");
        File::create(&signal).expect("made");
        chown(&signal, Some(Uid::from_raw(self.account.uid)), Some(Gid::from_raw(self.account.gid))).expect("handed over");
        self.up();
    }

    /// Makes a primary of a standby, and waits until it is one.
    pub fn promote(&self) {
        self.sql().run("SELECT pg_promote()");
        self.sql().until("SELECT (NOT pg_is_in_recovery())::int::bigint");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

/// A primary with the roles and the database that lawgate wants, and a standby that follows it.
pub struct Pair {
    pub primary: Postgres,
    pub standby: Postgres,
    stage: TempDir,
}

impl Pair {
    pub fn start() -> Self {
        let stage = stage();
        let mut made = Server::start();
        made.down();
        let account = Account::of(&made.pgdata());
        let (home, sockets) = (account.directory(&stage, "primary"), account.directory(&stage, "primary-socket"));
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(made.pgdata()).arg(home.join("postgres"));
        succeeds(copy);
        let primary = Postgres::start(account, &home.join("postgres"), &sockets);
        let (home, sockets) = (account.directory(&stage, "standby"), account.directory(&stage, "standby-socket"));
        let mut copy = account.postgres("pg_basebackup");
        copy.arg("-h").arg(&primary.sockets).args(["-p", "5432", "-U", "lawgate_superuser", "-R", "-X", "stream", "-c", "fast", "-D"]);
        copy.arg(home.join("postgres"));
        succeeds(copy);
        let standby = Postgres::start(account, &home.join("postgres"), &sockets);
        Self { primary, standby, stage }
    }

    /// Nothing is acknowledged by the primary that the standby has not made durable.
    pub fn synchronous(&self) {
        let primary = self.primary.sql();
        primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.run("SELECT pg_reload_conf()");
        primary.until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
    }

    /// A registry on the primary, with settings as variables.
    pub fn registry(&self, settings: &[(&str, &str)]) -> Registry {
        let [app, owner, superuser] = ["lawgate_app", "lawgate_owner", "lawgate_superuser"].map(|role| self.primary.url(role));
        Registry::at(self.stage.path(), [&app, &owner, &superuser], settings)
    }

    /// A registry that works on whichever of the two is the primary.
    pub fn registry_on_whichever_writes(&self, settings: &[(&str, &str)]) -> Registry {
        let either = |role| Self::whichever_writes([&self.primary, &self.standby], role);
        let [app, owner, superuser] = ["lawgate_app", "lawgate_owner", "lawgate_superuser"].map(either);
        Registry::at(self.stage.path(), [&app, &owner, &superuser], settings)
    }

    /// The address of the one of two servers that writes, whichever is named first.
    pub fn whichever_writes(servers: [&Postgres; 2], role: &str) -> String {
        let [one, other] = servers.map(Postgres::host);
        format!("postgres://{role}@{one}:5432,{other}:5432/lawgate?target_session_attrs=read-write")
    }
}
