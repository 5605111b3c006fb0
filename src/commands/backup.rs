//! A backup: one file with one consistent snapshot of the whole database, made while the service runs.
//!
//! The log says that a backup was begun before anything is copied, so that this entry is inside the backup too; and that it was made,
//! with the hash of the file, once the file has its name. Whoever finds the file can find both.

pub mod container;
pub mod programs;
pub mod tables;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::Args;
use diesel_async::AsyncPgConnection;
use serde_json::json;
use tokio_postgres::{Client, NoTls};

use super::administration::record_alone;
use super::database::{Database, UNUSABLE_KEY, connect, on_runtime};
use super::shared::Shared;
use super::stop::{Early, Stop};
use super::{Failure, say, say_beside};
use crate::base::clock;
use crate::base::db;
use crate::base::said::Said;
use crate::cluster::tools::Tool;
use crate::demo::load::CREDENTIALS;
use crate::evidence::keys;
use crate::journal::entry::EntryType;
use crate::settings::Settings;
use crate::setup;
use container::{FORMAT, Manifest, Partial, Secrets, Writer};
use programs::{Program, command, failed_io, tool};

/// What a backup is told.
#[derive(Debug, Args)]
pub struct BackupCommand {
    /// 登记系统在哪里 · Where the registry is.
    #[command(flatten)]
    shared: Shared,
    /// 备份文件；已有的文件不会被覆盖 · The file to write; one that is there is not overwritten
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    output: PathBuf,
    /// 覆盖已有的文件 · Replaces a file that is there, once the new one is whole
    #[arg(long)]
    force: bool,
    /// 连同签名密钥（请将此文件视同密钥保管）· With the signing key: keep the file as you would keep the key
    #[arg(long)]
    with_keys: bool,
}

/// What stands below the help of this command.
pub const HELP: &str = "\
The file holds every row of every table as of one moment, with a checksum over all of it; the service may go on meanwhile.
Signing keys are left out unless asked for, lawgate.toml always. Keep the file where only its owner can read it.

Example:
  lawgate backup -o /var/backups/lawgate-$(date +%F).lgb --data-dir /var/lib/lawgate";

/// Makes a backup.
///
/// # Errors
/// A sentence that says what to do next; then no file is left behind.
pub fn run(asked: BackupCommand) -> Result<(), Failure> {
    let BackupCommand { shared, output, force, with_keys } = asked;
    let settings = shared.settings(None)?;
    if output.file_name().is_none() || output.is_dir() {
        return Err(Failure::usage(Said::fixed("-o 须给出文件名，而不是目录", "-o names a file, not a directory: give it a name")));
    }
    if !force && output.symlink_metadata().is_ok() {
        return Err(taken(&output));
    }
    Database::require_existing(&settings)?;
    let stop = Stop::on_signals()?;
    let database = Database::join(&settings, "backup")?;
    let made = on_runtime(back_up(&settings, &database, &output, Wishes { force, with_keys }, &stop))??;
    let (shown, Made { sha256, bytes, rows }) = (output.display(), made);
    say(&Said::new(
        format!("已备份到 {shown}：{rows}行，{bytes}字节，SHA-256 {sha256}"),
        format!("Backed up to {shown}: {rows} rows, {bytes} bytes, SHA-256 {sha256}"),
    ))
}

fn taken(output: &Path) -> Failure {
    let shown = output.display();
    Failure::failed(Said::new(
        format!("文件 `{shown}` 已存在：请另选文件名，或用 --force 覆盖"),
        format!("the file `{shown}` is there already: choose another name, or replace it with --force"),
    ))
}

/// A backup that was made.
struct Made {
    sha256: String,
    bytes: u64,
    rows: u64,
}

/// What was asked for besides the file.
#[derive(Clone, Copy)]
struct Wishes {
    force: bool,
    with_keys: bool,
}

async fn back_up(settings: &Settings, database: &Database, output: &Path, wishes: Wishes, stop: &Stop) -> Result<Made, Failure> {
    let url = database.owner_url.as_deref().unwrap_or(&database.app_url);
    let mut conn = connect(url).await?;
    // What a later version has made could not be restored by this one.
    database.lacking().await?;
    if !is_registry(&mut conn).await? {
        return Err(Failure::failed(Said::fixed(
            "数据库中还没有登记系统，没有可备份的内容：请先运行 `lawgate migrate`",
            "there is no registry in the database yet, so nothing to back up: run `lawgate migrate` first",
        )));
    }
    let file = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (partial, opened) = Partial::create(output).map_err(|error| unwritable(output, &error))?;
    let key = database.key()?;
    let signing_key = wishes.with_keys.then(|| keys::written(&key)).transpose();
    let signing_key = signing_key.map_err(|error| Failure::because(&UNUSABLE_KEY, &error))?;
    let begun_by = record_alone(&mut conn, &key, "backup", EntryType::BackupBegun, json!({"file": file})).await?;
    // What is dropped half done leaves no file, and ends its program.
    let copying = copy_out(settings, url, output, opened, begun_by, signing_key, stop);
    let (sha256, bytes, rows) = stop.or_told(copying).await.map_err(Early::into_failure)?;
    partial
        .put_in_place(output, wishes.force)
        .map_err(|error| if error.kind() == io::ErrorKind::AlreadyExists { taken(output) } else { unwritable(output, &error) })?;
    container::sync_name(output).map_err(|error| {
        let shown = output.display();
        let what = Said::new(
            format!("备份 `{shown}` 已完整写出，但其文件名可能在断电后丢失，请检查磁盘"),
            format!("the backup `{shown}` is whole, but its name may be lost with the power, check the disk"),
        );
        Failure::because(&what, &error)
    })?;
    let data = json!({"file": file, "sha256": sha256, "bytes": bytes, "begun_by": begun_by});
    record_alone(&mut conn, &key, "backup", EntryType::BackupMade, data).await.map_err(|failure| {
        let shown = output.display();
        Failure::failed(Said::new(
            format!("备份 `{shown}` 已完整写出，但未能记入日志：{}", failure.in_lang(crate::base::said::Lang::Zh)),
            format!("the backup `{shown}` is whole, but its entry could not be written: {}", failure.in_lang(crate::base::said::Lang::En)),
        ))
    })?;
    Ok(Made { sha256, bytes, rows })
}

async fn is_registry(conn: &mut AsyncPgConnection) -> Result<bool, Failure> {
    setup::has_table(conn, "registry_state").await.map_err(super::administration::refused)
}

/// Writes everything of one snapshot into the file.
async fn copy_out(
    settings: &Settings,
    url: &str,
    output: &Path,
    opened: std::fs::File,
    begun_by: crate::base::ids::EntryId,
    signing_key: Option<Vec<u8>>,
    stop: &Stop,
) -> Result<(String, u64, u64), Failure> {
    let (client, driver) = reach(url).await?;
    let asked = |error: tokio_postgres::Error| Failure::because(&UNREAD, &error);
    tables::prepare(&client).await.map_err(asked)?;
    tables::begin(&client).await.map_err(asked)?;
    let snapshot: String = client.query_one("SELECT pg_export_snapshot()", &[]).await.map_err(asked)?.get(0);
    let server: i32 = client.query_one("SELECT current_setting('server_version_num')::int", &[]).await.map_err(asked)?.get(0);
    let postgresql = u32::try_from(server / 10_000).unwrap_or_default();
    let pg_dump = tool("pg_dump", postgresql, settings.pg_bin.as_deref())?;
    let migrations = client.query("SELECT version::text FROM public.__diesel_schema_migrations ORDER BY 1", &[]).await.map_err(asked)?;
    let is_demo: bool = client.query_one("SELECT is_demo FROM public.registry_state", &[]).await.map_err(asked)?.get(0);
    let tables = tables::contents(&client).await.map_err(asked)?;
    let mut writer = Writer::begin(opened).map_err(|error| unwritable(output, &error))?;
    dump(&pg_dump, url, &snapshot, &mut writer, output, stop)?;
    client.batch_execute("ROLLBACK").await.map_err(asked)?;
    drop(client);
    let _ = driver.await;
    let rows = tables.values().map(|table| table.rows).sum();
    let secrets = Secrets { credentials: if is_demo { logins(&settings.data_dir)? } else { None }, signing_key };
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        lawgate: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: clock::machine_now(),
        postgresql,
        pg_dump: pg_dump.major,
        migrations: migrations.iter().map(|row| row.get(0)).collect(),
        is_demo,
        begun_by,
        signing_keys: secrets.signing_key.is_some(),
        tables,
    };
    let (sha256, bytes) = writer.finish(&manifest, &secrets).map_err(|error| unwritable(output, &error))?;
    Ok((sha256, bytes, rows))
}

/// The logins of a demo, which are nowhere else: the database has hashes of them.
fn logins(data_dir: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let path = data_dir.join(CREDENTIALS);
    let shown = path.display();
    match std::fs::read(&path) {
        Ok(logins) => Ok(Some(logins)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            say_beside(&Said::new(
                format!("没有 `{shown}`：备份中没有演示账户。"),
                format!("There is no `{shown}`: the demo's logins are not in the backup."),
            ));
            Ok(None)
        }
        Err(error) => {
            let what = Said::new(
                format!("演示账户文件 `{shown}` 无法读取，请检查权限"),
                format!("the demo's logins `{shown}` cannot be read, check the rights"),
            );
            Err(Failure::because(&what, &error))
        }
    }
}

fn dump(pg_dump: &Tool, url: &str, snapshot: &str, writer: &mut Writer, output: &Path, stop: &Stop) -> Result<(), Failure> {
    let mut command = command(pg_dump, url)?;
    command
        // Texts compress well at any level; most files are compressed already.
        .args(["--format=custom", "--compress=1", "--encoding=UTF8", "--schema=public", "--no-owner", "--no-privileges"])
        .arg(format!("--snapshot={snapshot}"))
        .stdout(Stdio::piped());
    let mut program = Program::start("pg_dump", &mut command)?;
    let copied = match program.child.stdout.take() {
        Some(mut stdout) => container::copy(&mut stdout, writer, &|| stop.is_wanted()),
        None => Ok(()),
    };
    // A disk that is full says more than the program whose pipe is closed for it.
    copied.map_err(|error| unwritable(output, &error))?;
    program.end()
}

fn unwritable(output: &Path, error: &io::Error) -> Failure {
    let shown = output.display();
    let what = Said::new(
        format!("无法写入备份文件 `{shown}`，没有留下任何文件，请检查目录的权限和剩余空间"),
        format!("the backup `{shown}` cannot be written and nothing is left of it, check the directory's rights and free space"),
    );
    failed_io(&what, error)
}

const UNREAD: Said = Said::fixed("数据库未能读出", "the database could not be read");

/// A connection for copying, and the task that drives it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn reach(url: &str) -> Result<(Client, tokio::task::JoinHandle<()>), Failure> {
    let failed = |error: tokio_postgres::Error| Failure::because(&super::running::NO_ANSWER, &error);
    let (client, connection) = db::config(url).map_err(failed)?.connect(NoTls).await.map_err(failed)?;
    let driver = tokio::spawn(async move {
        // Its error reaches the client as the error of its statement.
        let _ = connection.await;
    });
    Ok((client, driver))
}
