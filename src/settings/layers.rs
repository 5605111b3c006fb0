//! The layers of the configuration, each value with the place it came from. The layer added first wins.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::keys::{KEYS, Key, Raw};
use super::{Flags, Settings};
use crate::base::said::Lang::{En, Zh};
use crate::base::said::Said;

/// Variables with this prefix are settings; any that is none stops the start.
const PREFIX: &str = "LAWGATE_";
/// A variable that names a file instead of carrying a secret ends so.
const FILE_SUFFIX: &str = "_FILE";

/// Values by setting, with where each came from.
#[derive(Debug, Default)]
pub(super) struct Layers {
    given: BTreeMap<&'static str, (Value, Said)>,
}

impl Layers {
    /// What the command line says.
    pub(super) fn add_flags(&mut self, flags: &Flags) -> Result<(), Said> {
        let data_dir = flags.data_dir.as_ref().map(|path| text_of(path.as_os_str().to_owned(), "--data-dir")).transpose()?;
        for (name, flag, value) in [
            ("listen", "--listen", flags.listen.clone()),
            ("data_dir", "--data-dir", data_dir),
            ("database_url", "--database-url", flags.database_url.clone()),
            ("migrate_url", "--migrate-url", flags.migrate_url.clone()),
        ] {
            if let Some(value) = value {
                self.add(name, &Raw::Text(value), &Said::new(format!("参数 {flag}"), flag))?;
            }
        }
        Ok(())
    }

    /// What the variables say. An empty one counts as absent.
    pub(super) fn add_environment(&mut self, environment: &[(OsString, OsString)]) -> Result<(), Said> {
        let mut added: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in environment {
            let Some(upper) = name.to_string_lossy().strip_prefix(PREFIX).map(str::to_owned) else { continue };
            if value.is_empty() {
                continue;
            }
            let name = name.to_string_lossy().into_owned();
            let value = text_of(value.clone(), &name)?;
            let origin = Said::new(format!("环境变量 {name}"), format!("the variable {name}"));
            let in_file =
                upper.strip_suffix(FILE_SUFFIX).map(str::to_lowercase).and_then(|key| Key::find(&key)).filter(|key| key.is_secret());
            let (key, value) = match in_file {
                Some(key) => (key.name.to_owned(), secret_in(&value, &name)?),
                None => (upper.to_lowercase(), value),
            };
            if let Some(other) = added.insert(key.clone(), name.clone()) {
                let (first, second) = if other < name { (other, name) } else { (name, other) };
                return Err(Said::new(
                    format!("环境变量 {first} 和 {second} 给出同一设置项：请只保留一个"),
                    format!("the variables {first} and {second} give the same setting: keep one of them"),
                ));
            }
            self.add(&key, &Raw::Text(value), &origin)?;
        }
        Ok(())
    }

    /// What the configuration file says.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), Said> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Said::new(
                format!("无法读取配置文件 `{}`：{error}", path.display()),
                format!("the configuration file `{}` cannot be read: {error}", path.display()),
            )
        })?;
        // The parser's own sentence quotes the line, which may hold a secret.
        let table: Table = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let line = error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            Said::new(
                format!("配置文件 `{}` 第 {line} 行不符合 TOML 格式（{}）：请改正", path.display(), error.message()),
                format!("the configuration file `{}` is no TOML at line {line} ({}): correct it", path.display(), error.message()),
            )
        })?;
        let origin = Said::new(format!("配置文件 `{}`", path.display()), format!("the file `{}`", path.display()));
        for (name, value) in table {
            self.add(&name, &Raw::Typed(value), &origin)?;
        }
        Ok(())
    }

    /// The data directory, if a layer added so far names it.
    pub(super) fn data_dir(&self) -> Option<PathBuf> {
        self.given.get("data_dir").and_then(|(value, _)| value.as_str()).map(PathBuf::from)
    }

    /// Everything given, over the defaults.
    pub(super) fn settings(self) -> Result<Settings, Said> {
        let table: Table = self.given.into_iter().map(|(name, (value, _))| (name.to_owned(), value)).collect();
        Settings::deserialize(table).map_err(|error| {
            Said::new(format!("无法读取设置：{}", error.message()), format!("the settings cannot be read: {}", error.message()))
        })
    }

    /// A bad value is refused also where a higher layer gives another: it would surprise on the day when that one is gone.
    fn add(&mut self, name: &str, raw: &Raw, origin: &Said) -> Result<(), Said> {
        let Some(key) = Key::find(name) else {
            let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
            return Err(Said::new(
                format!("没有设置项 `{name}`（来自{}）：请删除；可用的设置项有 {}", origin.in_lang(Zh), known.join("、")),
                format!("there is no setting `{name}` (from {}): remove it; the settings are {}", origin.in_lang(En), known.join(", ")),
            ));
        };
        let value = key.typed(raw).ok_or_else(|| key.refusal(raw, origin))?;
        self.given.entry(key.name).or_insert((value, origin.clone()));
        Ok(())
    }
}

fn text_of(value: OsString, origin: &str) -> Result<String, Said> {
    value.into_string().map_err(|value| {
        Said::new(
            format!("{origin} 的值 `{}` 不是 UTF-8 文本：请改用 UTF-8", value.to_string_lossy()),
            format!("the value `{}` of {origin} is no UTF-8 text: give it in UTF-8", value.to_string_lossy()),
        )
    })
}

/// A secret kept in a file, without the end of its line.
fn secret_in(file: &str, variable: &str) -> Result<String, Said> {
    let content = std::fs::read_to_string(file).map_err(|error| {
        Said::new(
            format!("环境变量 {variable} 指定的文件 `{file}` 无法读取：{error}"),
            format!("{variable} names the file `{file}`, which cannot be read: {error}"),
        )
    })?;
    Ok(content.trim_end_matches(['\r', '\n']).to_owned())
}
