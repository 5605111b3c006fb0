//! Running `pg_dump` and `pg_restore`: which version, how they reach the database, and what they say when they fail.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use tokio_postgres::config::{Host, TargetSessionAttrs};

use crate::base::said::Said;
use crate::cluster::tools::{self, Tool};
use crate::commands::Failure;
use crate::commands::stop::Early;

/// How much of what a program complains of is repeated.
const SAID_CHARS_MAX: usize = 600;

/// A program of at least a version.
///
/// # Errors
/// A sentence that names the package.
pub fn tool(name: &str, major: u32, pg_bin: Option<&Path>) -> Result<Tool, Failure> {
    tools::find(name, major, pg_bin).ok_or_else(|| {
        Failure::failed(Said::new(
            format!("未找到 PostgreSQL {major} 或更高版本的 `{name}`：请安装软件包 postgresql-client-{major}"),
            format!("there is no `{name}` of PostgreSQL {major} or later: install the package postgresql-client-{major}"),
        ))
    })
}

/// A command on a database. The address goes by the environment, because arguments can be read by everybody on the machine.
///
/// # Errors
/// Where the address is none.
pub fn command(tool: &Tool, url: &str) -> Result<Command, Failure> {
    let config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
        Failure::because(&Said::fixed("数据库地址不可用", "the address of the database cannot be used"), &error)
    })?;
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let addresses: Vec<String> = config.get_hostaddrs().iter().map(ToString::to_string).collect();
    let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
    let mut command = Command::new(&tool.path);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
    for (name, value) in [
        ("PGHOST", Some(hosts.join(","))),
        ("PGHOSTADDR", Some(addresses.join(","))),
        ("PGPORT", Some(ports.join(","))),
        ("PGTARGETSESSIONATTRS", wanted_of(config.get_target_session_attrs()).map(str::to_owned)),
        ("PGOPTIONS", config.get_options().map(str::to_owned)),
        ("PGCONNECT_TIMEOUT", config.get_connect_timeout().map(|timeout| timeout.as_secs().max(1).to_string())),
        ("PGUSER", config.get_user().map(str::to_owned)),
        ("PGDATABASE", config.get_dbname().or(config.get_user()).map(str::to_owned)),
        ("PGPASSWORD", config.get_password().map(|password| String::from_utf8_lossy(password).into_owned())),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            command.env(name, value);
        }
    }
    command.arg("--no-password").stdin(Stdio::null()).stderr(Stdio::piped());
    Ok(command)
}

/// Which of several servers is meant, in libpq's words.
fn wanted_of(attributes: TargetSessionAttrs) -> Option<&'static str> {
    match attributes {
        TargetSessionAttrs::ReadWrite => Some("read-write"),
        TargetSessionAttrs::ReadOnly => Some("read-only"),
        TargetSessionAttrs::Any | _ => None,
    }
}

/// A program that runs; ended by force when it is dropped.
pub struct Program {
    name: &'static str,
    /// The process, with its standard streams.
    pub child: Child,
    said: Option<JoinHandle<String>>,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    /// When the system does not.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .spawn()
            .map_err(|error| Failure::because(&Said::new(format!("无法运行 `{name}`"), format!("`{name}` cannot be run")), &error))?;
        // Read all the while, so that a program which complains at length does not wait for a reader.
        let said = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = stderr.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).trim().to_owned()
            })
        });
        Ok(Self { name, child, said })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What it complained of.
    pub fn end(mut self) -> Result<(), Failure> {
        let status = self.child.wait();
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        let said: String = said.chars().take(SAID_CHARS_MAX).collect::<String>().replace('\n', " ");
        let name = self.name;
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => {
                Err(Failure::failed(Said::new(format!("`{name}` 失败（{status}）：{said}"), format!("`{name}` failed ({status}): {said}"))))
            }
            Err(error) => Err(failed_io(&Said::new(format!("`{name}` 失败"), format!("`{name}` failed")), &error)),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A failure to read or write, or the wish to stop.
#[must_use]
pub fn failed_io(what: &Said, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        return Early::Stopped.into_failure();
    }
    Failure::because(what, error)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::command;
    use crate::cluster::tools::Tool;

    #[test]
    fn the_programs_reach_the_very_server_that_the_address_names() {
        let tool = Tool { path: "/bin/true".into(), major: 15 };
        let url = "postgres://owner:p%40ss@db.example:5433,standby.example/lawgate?target_session_attrs=read-write&connect_timeout=3\
            &hostaddr=192.0.2.1,192.0.2.2&options=-c%20statement_timeout%3D0";
        let command = command(&tool, url).expect("an address");
        let environment: BTreeMap<_, _> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
            .filter(|(name, _)| name.starts_with("PG"))
            .collect();
        let expected = BTreeMap::from([
            ("PGHOST", "db.example,standby.example"),
            ("PGHOSTADDR", "192.0.2.1,192.0.2.2"),
            ("PGPORT", "5433,5432"),
            ("PGUSER", "owner"),
            ("PGPASSWORD", "p@ss"),
            ("PGDATABASE", "lawgate"),
            ("PGTARGETSESSIONATTRS", "read-write"),
            ("PGCONNECT_TIMEOUT", "3"),
            ("PGOPTIONS", "-c statement_timeout=0"),
        ]);
        assert_eq!(environment, expected);
        assert!(!command.get_args().any(|argument| argument.to_string_lossy().contains("p@ss")), "arguments can be read by everybody");
    }
}
