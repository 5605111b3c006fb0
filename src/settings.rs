//! One typed configuration: defaults, then `lawgate.toml`, then `LAWGATE_*` variables, then flags. Nothing is started here.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// Every setting, with its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the private cluster and everything else of this registry is kept.
    pub data_dir: PathBuf,
    /// The server to use instead of a private cluster, as the run-time role.
    pub database_url: Option<String>,
    /// The same server as the role that owns the tables; without it nothing is migrated.
    pub migrate_url: Option<String>,
    /// Directory of the PostgreSQL server binaries for a new private cluster.
    pub pg_bin: Option<PathBuf>,
    /// Whether the run-time role may own the tables, which gives up a protection.
    pub allow_owner_at_run_time: bool,
    /// Connections to the database.
    pub connections: usize,
    /// Worker threads; one for each processor where absent.
    pub workers: Option<usize>,
    /// Seconds that requests in flight may take after a signal to stop.
    pub shutdown_seconds: u64,
    /// Which log lines are written, such as `info` or `lawgate=debug,info`.
    pub log: String,
    /// `text` for people, `json` for programs.
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("./data"),
            database_url: None,
            migrate_url: None,
            pg_bin: None,
            allow_owner_at_run_time: false,
            connections: 16,
            workers: None,
            shutdown_seconds: 30,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

/// What the command line says; what it leaves out is decided by the layers below.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Flags {
    /// `--listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// `--data-dir`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// `--database-url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// `--migrate-url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate_url: Option<String>,
}

/// Variables with this prefix are settings; any that is none stops the start.
const PREFIX: &str = "LAWGATE_";
/// A variable that names a file instead of carrying a secret ends so.
const FILE_SUFFIX: &str = "_FILE";

/// Reads all layers.
///
/// # Errors
/// One sentence that names the setting, its value, where it came from and what is accepted.
pub fn read(flags: &Flags, config: Option<&Path>, environment: &[(String, String)]) -> Result<Settings, String> {
    let base = Figment::from(Serialized::defaults(Settings::default()));
    let with_flags = |figment: Figment| figment.merge(Serialized::globals(flags));
    let mut secrets: Vec<(String, String)> = Vec::new();
    let mut plain: Vec<(String, String)> = Vec::new();
    for (name, value) in environment {
        let Some(key) = name.strip_prefix(PREFIX) else { continue };
        match key.strip_suffix(FILE_SUFFIX) {
            Some(key) => {
                let content = std::fs::read_to_string(value)
                    .map_err(|error| format!("{name} names the file `{value}`, which cannot be read: {error}"))?;
                secrets.push((key.to_lowercase(), content.trim_end_matches(['\r', '\n']).to_owned()));
            }
            None => plain.push((key.to_lowercase(), value.clone())),
        }
    }
    let with_environment = |mut figment: Figment| {
        for (key, value) in plain.iter().chain(&secrets) {
            figment = figment.merge((key.as_str(), as_value(value)));
        }
        figment
    };
    // Where the configuration file is depends on the data directory, which the later layers may name.
    let data_dir: PathBuf =
        with_flags(with_environment(base.clone())).extract_inner("data_dir").map_err(|error| described(&error, &base))?;
    let mut figment = base;
    match config {
        Some(path) if !path.exists() => {
            return Err(format!("--config names `{}`, which does not exist: give an existing file", path.display()));
        }
        Some(path) => figment = figment.merge(Toml::file(path)),
        None => figment = figment.merge(Toml::file(data_dir.join("lawgate.toml"))),
    }
    let figment = with_flags(with_environment(figment));
    figment.extract().map_err(|error| described(&error, &figment))
}

/// The variables of this process.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars().collect()
}

/// A variable's text as the value that it means: numbers and truth values unquoted, everything else as text.
fn as_value(text: &str) -> figment::value::Value {
    if let Ok(number) = text.parse::<i64>() {
        return number.into();
    }
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => text.to_owned().into(),
    }
}

/// What each setting accepts, for the sentence that refuses another value.
const ACCEPTED: &[(&str, &str)] = &[
    ("listen", "an address and port such as 127.0.0.1:8080"),
    ("data_dir", "a directory"),
    ("database_url", "a URL such as postgres://lawgate_app@db.example/lawgate"),
    ("migrate_url", "a URL such as postgres://lawgate_owner@db.example/lawgate"),
    ("pg_bin", "the directory of PostgreSQL's server binaries, such as /usr/lib/postgresql/15/bin"),
    ("allow_owner_at_run_time", "true or false"),
    ("connections", "a whole number such as 16"),
    ("workers", "a whole number such as 2"),
    ("shutdown_seconds", "a whole number of seconds such as 30"),
    ("log", "a filter such as info or lawgate=debug,info"),
    ("log_format", "text or json"),
];

fn described(error: &figment::Error, figment: &Figment) -> String {
    let key = error.path.join(".");
    if let figment::error::Kind::UnknownField(field, _) = &error.kind {
        let known: Vec<&str> = ACCEPTED.iter().map(|(name, _)| *name).collect();
        return format!("there is no setting `{field}`: remove it; the settings are {}", known.join(", "));
    }
    match ACCEPTED.iter().find(|(name, _)| *name == key) {
        Some((_, accepted)) => {
            let value = figment.find_value(&key).ok().map_or_else(String::new, |value| match value.into_string() {
                Some(text) => format!("`{text}`"),
                None => "of another type".to_owned(),
            });
            format!("the setting `{key}` is {value}, which it cannot be ({}): give {accepted}", error.kind)
        }
        None => format!("the settings cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Flags, LogFormat, read};

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_variables_and_these_over_the_file() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(
            directory.path().join("lawgate.toml"),
            "connections = 3\nshutdown_seconds = 4\nlisten = \"127.0.0.1:1\"\nlog_format = \"json\"",
        )
        .expect("written");
        let flags = Flags { listen: Some("127.0.0.1:9".to_owned()), data_dir: Some(directory.path().to_owned()), ..Flags::default() };
        let settings = read(&flags, None, &variables(&[("LAWGATE_CONNECTIONS", "5"), ("LAWGATE_LISTEN", "127.0.0.1:2")])).expect("read");
        assert_eq!(
            (settings.listen.port(), settings.connections, settings.shutdown_seconds, settings.log_format),
            (9, 5, 4, LogFormat::Json)
        );
    }

    #[test]
    fn an_unknown_setting_stops_the_start_with_its_name() {
        let error = read(&Flags::default(), None, &variables(&[("LAWGATE_COLOUR", "red")])).expect_err("refused");
        assert!(error.contains("colour") && error.contains("shutdown_seconds"), "{error}");
    }

    #[test]
    fn a_bad_value_is_named_with_what_is_accepted() {
        for (name, value) in [("LAWGATE_LISTEN", "nowhere"), ("LAWGATE_CONNECTIONS", "many"), ("LAWGATE_LOG_FORMAT", "xml")] {
            let error = read(&Flags::default(), None, &variables(&[(name, value)])).expect_err("refused");
            let key = name.trim_start_matches("LAWGATE_").to_lowercase();
            assert!(error.contains(&key), "{error}");
        }
    }

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("url");
        std::fs::write(&file, "postgres://app@db/lawgate\n").expect("written");
        let settings =
            read(&Flags::default(), None, &variables(&[("LAWGATE_DATABASE_URL_FILE", file.to_str().expect("a path"))])).expect("read");
        assert_eq!(settings.database_url.as_deref(), Some("postgres://app@db/lawgate"));
        assert!(read(&Flags::default(), None, &variables(&[("LAWGATE_DATABASE_URL_FILE", "/nowhere")])).is_err());
    }
}
