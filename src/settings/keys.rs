//! Every setting by name: what it accepts, and how a variable's text becomes a value of its type. Reads nothing.

use std::net::SocketAddr;

use toml::Value;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::base::said::Said;

/// What a setting's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Path,
    /// The address of a database, which may hold a password: never shown.
    Secret,
    Truth,
    /// A whole number from the first to the last.
    Number(i64, i64),
    Log,
    LogFormat,
}

/// A setting.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    accepted: Said,
}

/// A value as a layer gives it.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// Of a flag or a variable, which know only text.
    Text(String),
    /// Of a file, which knows types.
    Typed(Value),
}

/// Every setting, in the order in which a person would look for them.
pub(super) static KEYS: [Key; 15] = [
    Key::new("listen", Kind::Address, "地址和端口，例如 127.0.0.1:8080", "an address and port such as 127.0.0.1:8080"),
    Key::new("metrics_listen", Kind::Address, "地址和端口，例如 127.0.0.1:9090", "an address and port such as 127.0.0.1:9090"),
    Key::new("data_dir", Kind::Path, "目录，例如 /var/lib/lawgate", "a directory such as /var/lib/lawgate"),
    Key::new(
        "database_url",
        Kind::Secret,
        "网址，例如 postgres://lawgate_app@db.example/lawgate",
        "a URL such as postgres://lawgate_app@db.example/lawgate",
    ),
    Key::new(
        "migrate_url",
        Kind::Secret,
        "网址，例如 postgres://lawgate_owner@db.example/lawgate",
        "a URL such as postgres://lawgate_owner@db.example/lawgate",
    ),
    Key::new(
        "replica_url",
        Kind::Secret,
        "网址，例如 postgres://lawgate_app@standby.example/lawgate",
        "a URL such as postgres://lawgate_app@standby.example/lawgate",
    ),
    Key::new(
        "pg_bin",
        Kind::Path,
        "PostgreSQL 服务器程序所在目录，例如 /usr/lib/postgresql/15/bin",
        "the directory of PostgreSQL's server binaries, such as /usr/lib/postgresql/15/bin",
    ),
    Key::new("allow_owner_at_run_time", Kind::Truth, "true 或 false", "true or false"),
    Key::new("connections", Kind::Number(1, 1000), "1 至 1000 的整数，例如 16", "a whole number from 1 to 1000, such as 16"),
    Key::new("workers", Kind::Number(1, 512), "1 至 512 的整数，例如 2", "a whole number from 1 to 512, such as 2"),
    Key::new(
        "database_seconds",
        Kind::Number(1, 600),
        "1 至 600 的整数（秒），例如 30",
        "a whole number of seconds from 1 to 600, such as 30",
    ),
    Key::new(
        "drain_seconds",
        Kind::Number(0, 600),
        "0 至 600 的整数（秒），例如 10",
        "a whole number of seconds from 0 to 600, such as 10",
    ),
    Key::new(
        "shutdown_seconds",
        Kind::Number(0, 3600),
        "0 至 3600 的整数（秒），例如 30",
        "a whole number of seconds from 0 to 3600, such as 30",
    ),
    Key::new(
        "log",
        Kind::Log,
        "级别（off、error、warn、info、debug、trace）或“模块=级别”，以逗号分隔，例如 lawgate=debug,info",
        "a level (off, error, warn, info, debug, trace) or module=level, separated by commas, such as lawgate=debug,info",
    ),
    Key::new("log_format", Kind::LogFormat, "text 或 json", "text or json"),
];

impl Key {
    const fn new(name: &'static str, kind: Kind, zh: &'static str, en: &'static str) -> Self {
        Self { name, kind, accepted: Said::fixed(zh, en) }
    }

    /// The setting of a name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    pub(super) fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    /// The value in this setting's type, or `None` where it accepts no such value.
    pub(super) fn typed(&self, raw: &Raw) -> Option<Value> {
        let value = match (raw, self.kind) {
            (Raw::Typed(value), _) => value.clone(),
            (Raw::Text(text), Kind::Truth) => Value::Boolean(text.parse().ok()?),
            (Raw::Text(text), Kind::Number(..)) => Value::Integer(text.parse().ok()?),
            (Raw::Text(text), Kind::Address | Kind::Path | Kind::Secret | Kind::Log | Kind::LogFormat) => Value::String(text.clone()),
        };
        let accepted = match self.kind {
            Kind::Truth => value.is_bool(),
            Kind::Number(first, last) => value.as_integer().is_some_and(|number| (first..=last).contains(&number)),
            Kind::Address => value.as_str().is_some_and(|text| text.parse::<SocketAddr>().is_ok()),
            Kind::Path => value.as_str().is_some_and(|text| !text.is_empty()),
            Kind::Secret => value.as_str().is_some_and(is_database_url),
            Kind::Log => value.as_str().is_some_and(is_log_filter),
            Kind::LogFormat => matches!(value.as_str(), Some("text" | "json")),
        };
        accepted.then_some(value)
    }

    /// Why a value is refused, where it came from and what is accepted instead.
    pub(super) fn refusal(&self, raw: &Raw, origin: &Said) -> Said {
        use crate::base::said::Lang::{En, Zh};
        let (name, accepted) = (self.name, &self.accepted);
        if self.is_secret() {
            return Said::new(
                format!("设置项 `{name}`（来自{}）的值不可用：请给出{}", origin.in_lang(Zh), accepted.in_lang(Zh)),
                format!(
                    "the setting `{name}` (from {}) has a value that it cannot have: give {}",
                    origin.in_lang(En),
                    accepted.in_lang(En)
                ),
            );
        }
        let value = match raw {
            Raw::Text(text) => text.clone(),
            Raw::Typed(Value::String(text)) => format!("\"{text}\""),
            Raw::Typed(value) => value.to_string(),
        };
        Said::new(
            format!("设置项 `{name}` 的值 `{value}`（来自{}）不可用：请给出{}", origin.in_lang(Zh), accepted.in_lang(Zh)),
            format!("the setting `{name}` is `{value}` (from {}), which it cannot be: give {}", origin.in_lang(En), accepted.in_lang(En)),
        )
    }
}

/// As the database's client reads it; what it would refuse at the first connection is refused here.
fn is_database_url(text: &str) -> bool {
    !text.trim().is_empty() && text.parse::<tokio_postgres::Config>().is_ok()
}

/// The filter's own parser takes a misspelt level for the name of a module of which everything is to be written, so a part
/// without `=` has to be a level.
fn is_log_filter(text: &str) -> bool {
    let mut parts = text.split(',').map(str::trim).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some()
        && parts.all(|part| part.contains('=') || part.parse::<LevelFilter>().is_ok())
        && EnvFilter::builder().parse(text).is_ok()
}
