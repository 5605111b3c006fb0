//! What the configuration promises: the order of its layers, and refusals that can be acted upon.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::{Flags, LogFormat, Settings, read};
use crate::base::said::Lang;

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn with(pairs: &[(&str, &str)]) -> Result<Settings, String> {
    read(&Flags::default(), None, &variables(pairs)).map_err(|said| {
        assert!(said.in_lang(Lang::Zh).contains(|letter: char| !letter.is_ascii()), "said in Chinese too");
        said.in_lang(Lang::En).to_owned()
    })
}

fn from_file(content: &str) -> Result<Settings, String> {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("other.toml");
    std::fs::write(&file, content).expect("written");
    read(&Flags::default(), Some(&file), &[]).map_err(|said| said.in_lang(Lang::En).to_owned())
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
    assert_eq!((settings.listen.port(), settings.connections, settings.shutdown_seconds, settings.log_format), (9, 5, 4, LogFormat::Json));
}

#[test]
fn an_unknown_setting_stops_the_start_with_its_name_and_place() {
    let error = with(&[("LAWGATE_COLOUR", "red")]).expect_err("refused");
    assert!(error.contains("colour") && error.contains("LAWGATE_COLOUR") && error.contains("shutdown_seconds"), "{error}");
    let error = from_file("colour = 1").expect_err("refused");
    assert!(error.contains("colour") && error.contains("other.toml"), "{error}");
}

#[test]
fn a_bad_value_is_named_with_its_place_and_what_is_accepted() {
    for (name, value, accepted) in [
        ("LAWGATE_LISTEN", "nowhere", "127.0.0.1:8080"),
        ("LAWGATE_METRICS_LISTEN", "9090", "127.0.0.1:9090"),
        ("LAWGATE_CONNECTIONS", "many", "1 to 1000"),
        ("LAWGATE_CONNECTIONS", "0", "1 to 1000"),
        ("LAWGATE_CONNECTIONS", "1001", "1 to 1000"),
        ("LAWGATE_WORKERS", "0", "1 to 512"),
        ("LAWGATE_WORKERS", "513", "1 to 512"),
        ("LAWGATE_DATABASE_SECONDS", "0", "1 to 600"),
        ("LAWGATE_DRAIN_SECONDS", "601", "0 to 600"),
        ("LAWGATE_SHUTDOWN_SECONDS", "-1", "0 to 3600"),
        ("LAWGATE_ALLOW_OWNER_AT_RUN_TIME", "yes", "true or false"),
        ("LAWGATE_LOG", "inof", "info"),
        ("LAWGATE_LOG", "lawgate=inof", "info"),
        ("LAWGATE_LOG", ",", "info"),
        ("LAWGATE_LOG_FORMAT", "xml", "text or json"),
    ] {
        let error = with(&[(name, value)]).expect_err(value);
        let key = name.trim_start_matches("LAWGATE_").to_lowercase();
        for part in [key.as_str(), name, &format!("`{value}`"), accepted] {
            assert!(error.contains(part), "{part} is missing: {error}");
        }
    }
    for content in ["connections = \"5\"", "data_dir = 2026", "workers = 0", "listen = 8080"] {
        let error = from_file(content).expect_err(content);
        assert!(error.contains("other.toml") && error.contains(content.split(' ').next().expect("a key")), "{error}");
    }
}

#[test]
fn a_variable_is_read_as_the_type_of_its_setting() {
    let settings = with(&[("LAWGATE_DATA_DIR", "2026"), ("LAWGATE_PG_BIN", "true"), ("LAWGATE_WORKERS", "512")]).expect("read");
    assert_eq!((settings.data_dir, settings.pg_bin, settings.workers), (PathBuf::from("2026"), Some(PathBuf::from("true")), Some(512)));
}

#[test]
fn filters_of_the_log_are_taken() {
    for filter in ["info", "WARN", "off", "lawgate=debug,info", "lawgate::web=trace, warn"] {
        assert_eq!(with(&[("LAWGATE_LOG", filter)]).expect(filter).log, filter);
    }
}

#[test]
fn an_empty_variable_counts_as_absent() {
    let empty = [("LAWGATE_CONNECTIONS", ""), ("LAWGATE_DATABASE_URL", ""), ("LAWGATE_DATABASE_URL_FILE", ""), ("LAWGATE_LOG", "")];
    assert_eq!(with(&empty).expect("read"), Settings::default());
}

#[test]
fn only_our_own_variables_have_to_be_text() {
    let broken = || OsString::from_vec(vec![0xff, 0xfe]);
    let foreign = [(OsString::from("LESSOPEN"), broken()), (broken(), broken())];
    assert!(read(&Flags::default(), None, &foreign).is_ok());
    let ours = [(OsString::from("LAWGATE_DATA_DIR"), broken())];
    let error = read(&Flags::default(), None, &ours).expect_err("refused");
    assert!(error.in_lang(Lang::En).contains("LAWGATE_DATA_DIR") && error.in_lang(Lang::En).contains("UTF-8"), "{error:?}");
}

#[test]
fn a_secret_may_stand_in_a_file_and_nothing_else_may() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("url");
    std::fs::write(&file, "postgres://app@db/lawgate\n").expect("written");
    let file = file.to_str().expect("a path");
    let settings = with(&[("LAWGATE_DATABASE_URL_FILE", file)]).expect("read");
    assert_eq!(settings.database_url.as_deref(), Some("postgres://app@db/lawgate"));
    assert!(with(&[("LAWGATE_DATABASE_URL_FILE", "/nowhere")]).expect_err("refused").contains("/nowhere"));
    assert!(with(&[("LAWGATE_LISTEN_FILE", file)]).expect_err("refused").contains("listen_file"));
    let both = with(&[("LAWGATE_DATABASE_URL", "postgres://db/x"), ("LAWGATE_DATABASE_URL_FILE", file)]).expect_err("refused");
    assert!(both.contains("LAWGATE_DATABASE_URL and LAWGATE_DATABASE_URL_FILE"), "{both}");
}

#[test]
fn a_secret_is_never_shown() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("url");
    std::fs::write(&file, "postgres://app:hunter2@db:port/lawgate\n").expect("written");
    for error in [
        with(&[("LAWGATE_DATABASE_URL", "postgres://app:hunter2@db:port/lawgate")]).expect_err("refused"),
        with(&[("LAWGATE_MIGRATE_URL_FILE", file.to_str().expect("a path"))]).expect_err("refused"),
        from_file("database_url = \"postgres://app:hunter2@db:port/lawgate\"").expect_err("refused"),
        from_file("replica_url = \"postgres://app:hunter2@db:port/lawgate\"").expect_err("refused"),
        from_file("database_url = [\"hunter2\"]").expect_err("refused"),
        from_file("\ndatabase_url = \"postgres://app:hunter2@db/lawgate").expect_err("refused"),
    ] {
        assert!(!error.contains("hunter2"), "{error}");
        assert!(error.contains("_url") || error.contains("line 2"), "{error}");
    }
}

#[test]
fn the_configuration_file_is_the_one_that_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    for path in [directory.path(), &directory.path().join("missing.toml"), Path::new("Cargo.toml/lawgate.toml")] {
        let error = read(&Flags::default(), Some(path), &[]).expect_err("refused");
        assert!(error.in_lang(Lang::En).contains("no file"), "{error:?}");
    }
    // A file of the directory above belongs to somebody else.
    std::fs::write(directory.path().join("lawgate.toml"), "connections = 3").expect("written");
    let below = directory.path().join("data");
    std::fs::create_dir(&below).expect("made");
    let flags = Flags { data_dir: Some(below), ..Flags::default() };
    assert_eq!(read(&flags, None, &[]).expect("read").connections, 16);
}
