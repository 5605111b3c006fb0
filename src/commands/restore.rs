//! Restoring a backup into an empty data directory, or into an empty database of a server.
//!
//! A private cluster is made beside its place and gets its name last, so that a restore is there whole or not at all. On a server
//! a table marks the database while the restore is at work; nothing serves a database that has the mark, and the next restore
//! clears what a killed one has left. What was restored is held against the hashes that the backup has of every table.

use std::path::PathBuf;
use std::process::Stdio;

use clap::Args;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use ed25519_dalek::SigningKey;
use serde_json::json;

use super::administration::{ADMINISTRATION_LOCK, record_alone};
use super::backup::container::Backup;
use super::backup::programs::{Program, command, failed_io, tool};
use super::backup::{reach, tables};
use super::database::{Database, UNUSABLE_KEY, connect, on_runtime, role_for, wanted};
use super::shared::Shared;
use super::stop::{Early, Stop};
use super::{Failure, say, say_beside};
use crate::base::said::Said;
use crate::cluster::tools::Tool;
use crate::cluster::{self, DataDirLock, Role, Staging};
use crate::demo::load;
use crate::evidence::keys::{self, KeyError};
use crate::journal::entry::EntryType;
use crate::settings::Settings;
use crate::setup;

/// What a restore is told.
#[derive(Debug, Args)]
pub struct RestoreCommand {
    /// 登记系统将在哪里 · Where the registry will be.
    #[command(flatten)]
    shared: Shared,
    /// 备份文件 · The backup
    file: PathBuf,
}

/// What stands below the help of this command.
pub const HELP: &str = "\
The data directory holds no registry yet; on a server, neither does the database. The whole file is checked before anything is
made, and every table afterwards; a restore that fails leaves nothing. A backup of an older version is brought to this one, a
backup made with an older PostgreSQL comes into the present one.

Example:
  lawgate restore /var/backups/lawgate-2026-11-23.lgb --data-dir /var/lib/lawgate";

/// Restores a backup.
///
/// # Errors
/// A sentence that says what to do next; then nothing is left behind.
pub fn run(asked: RestoreCommand) -> Result<(), Failure> {
    let RestoreCommand { shared, file } = asked;
    let settings = shared.settings(None)?;
    let mut backup = Backup::open(&file)?;
    let versions =
        setup::versions().map_err(|error| Failure::of_setup(&Said::fixed("迁移不可用", "the migrations cannot be read"), error))?;
    if let Some(unknown) = backup.manifest.migrations.iter().find(|version| !versions.contains(version)) {
        let by = &backup.manifest.lawgate;
        return Err(Failure::failed(Said::new(
            format!("备份由更高版本的 lawgate（{by}，迁移 {unknown}）写出：请使用该版本或更新版本恢复"),
            format!("the backup was made by a later lawgate ({by}, migration {unknown}): restore it with that version or a newer one"),
        )));
    }
    let pg_restore = tool("pg_restore", backup.manifest.pg_dump, settings.pg_bin.as_deref())?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stop = Stop::on_signals()?;
    let work = Restore { backup: &mut backup, pg_restore: &pg_restore, name: &name, stop: &stop };
    if settings.database_url.is_some() || settings.migrate_url.is_some() {
        on_server(&settings, work)?;
    } else {
        in_directory(&settings, work)?;
    }
    let rows: u64 = backup.manifest.tables.values().map(|table| table.rows).sum();
    let (made_at, sha256) = (backup.manifest.made_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), &backup.sha256);
    say(&Said::new(
        format!("已恢复{rows}行，备份作于{made_at}，SHA-256 {sha256}。现在可用 `lawgate {}` 启动。", serves(&backup)),
        format!("{rows} rows were restored from the backup of {made_at}, SHA-256 {sha256}. Start it with `lawgate {}`.", serves(&backup)),
    ))
}

fn serves(backup: &Backup) -> &'static str {
    if backup.manifest.is_demo { "demo" } else { "serve" }
}

/// A restore at work.
struct Restore<'r> {
    backup: &'r mut Backup,
    pg_restore: &'r Tool,
    name: &'r str,
    stop: &'r Stop,
}

fn in_directory(settings: &Settings, mut work: Restore<'_>) -> Result<(), Failure> {
    let directory = settings.data_dir.display();
    let postgres = settings.data_dir.join("postgres");
    if postgres.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::failed(Said::new(
            format!("`{directory}` 中已有数据库，恢复只能写入空目录：请用 --data-dir 另选目录"),
            format!("`{directory}` holds a database already, and a restore needs an empty directory: give another --data-dir"),
        )));
    }
    let staging = Staging::begin(DataDirLock::hold(&settings.data_dir, "restore")?)?;
    let stop = work.stop.clone();
    let cluster = staging.start(&wanted(settings), &|| stop.is_wanted())?;
    let owner_url = cluster.url(Role::Owner, cluster::DATABASE);
    let key = work.key(settings)?;
    let filled = on_runtime(stop.or_told(work.fill(&owner_url, Role::App.name(), &key)))?;
    // Stopped before it gets its name, and before it is removed.
    drop(cluster);
    filled.map_err(Early::into_failure)?;
    // Before there is a registry that would make itself another one.
    keep_key(settings, &key)?;
    staging.put_in_place()?;
    work.put_back_logins(settings)
}

fn on_server(settings: &Settings, mut work: Restore<'_>) -> Result<(), Failure> {
    let database = Database::join(settings, "restore")?;
    let Some(owner_url) = database.owner_url else {
        return Err(Failure::usage(Said::fixed(
            "向外部数据库恢复还需给出 --migrate-url，即数据表所有者的账户",
            "a restore into a server needs --migrate-url too: give it with the role that will own the tables",
        )));
    };
    let (stop, key) = (work.stop.clone(), work.key(settings)?);
    on_runtime(async {
        let mut owner = connect(&owner_url).await?;
        let role = role_for(&mut connect(&database.app_url).await?, &mut owner).await?;
        // With both until the end: neither another command nor a service that starts finds anything half done.
        if !administers(&mut owner).await? {
            return Err(Failure::failed(Said::fixed(
                "另一条 lawgate 命令正在管理此数据库：请等待其完成后重试",
                "another lawgate command is administering this database: wait for it and try again",
            )));
        }
        setup::wait_for_turn(&mut owner).await.map_err(|error| Failure::of_setup(&UNFILLED, error))?;
        if setup::has_table(&mut owner, setup::RESTORE_MARK).await.map_err(unfilled)? {
            owner.batch_execute(&clear()).await.map_err(unfilled)?;
        }
        if !diesel::select(sql::<Bool>(&is_empty())).get_result::<bool>(&mut owner).await.map_err(unfilled)? {
            return Err(Failure::failed(Said::fixed(
                "数据库不为空，恢复只能写入空数据库：请新建一个数据库",
                "the database is not empty, and a restore needs an empty one: make a new database",
            )));
        }
        owner.batch_execute(&mark()).await.map_err(unfilled)?;
        let filled = stop.or_told(work.fill(&owner_url, &role, &key)).await.map_err(Early::into_failure);
        let filled = filled.and_then(|()| keep_key(settings, &key));
        let ended = owner.batch_execute(&if filled.is_ok() { unmark() } else { clear() }).await;
        if let (Err(_), Err(error)) = (&filled, &ended) {
            say_beside(&Said::new(
                format!("恢复所建内容未能撤销，将由下一次恢复清除：{error}"),
                format!("What the restore has made could not be taken back; the next one clears it: {error}"),
            ));
        }
        filled.and(ended.map_err(unfilled))
    })??;
    work.put_back_logins(settings)
}

const NEW_KEY: Said = Said::fixed(
    "备份中没有签名密钥，今后以新密钥签名；如需沿用原密钥，请先将其 signing-key.pem 放入数据目录再恢复。",
    "The backup holds no signing key, a new one signs from now on. To go on with the old one, put its signing-key.pem into the data directory before the restore.",
);

/// Writes the key of the restored registry, unless it lies there already.
fn keep_key(settings: &Settings, key: &SigningKey) -> Result<(), Failure> {
    let path = settings.data_dir.join(keys::FILE_NAME);
    if path.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| Failure::because(&UNUSABLE_KEY, &error))?;
    keys::store(&path, key).map_err(|error| Failure::because(&UNUSABLE_KEY, &error))
}

async fn administers(owner: &mut AsyncPgConnection) -> Result<bool, Failure> {
    let lock = sql::<Bool>("pg_try_advisory_lock(").bind::<BigInt, _>(ADMINISTRATION_LOCK).sql(")");
    diesel::select(lock).get_result(owner).await.map_err(unfilled)
}

impl Restore<'_> {
    /// Fills an empty database, holds it against the backup, says so in its log, and brings it to this version.
    async fn fill(&mut self, url: &str, role: &str, key: &SigningKey) -> Result<(), Failure> {
        self.copy_in(url)?;
        let (client, driver) = reach(url).await?;
        let refused = |error: tokio_postgres::Error| Failure::because(&UNFILLED, &error);
        tables::prepare(&client).await.map_err(refused)?;
        let mut found = tables::contents(&client).await.map_err(refused)?;
        found.remove(setup::RESTORE_MARK);
        if found != self.backup.manifest.tables {
            let differing: Vec<&String> =
                self.backup.manifest.tables.iter().filter(|(name, held)| found.get(*name) != Some(held)).map(|(name, _)| name).collect();
            return Err(Failure::failed(Said::new(
                format!("恢复的数据与备份不一致（{differing:?}），已全部撤销：请使用另一份备份"),
                format!("what was restored is not what the backup says ({differing:?}) and was taken back: use another copy"),
            )));
        }
        client.batch_execute(UNSEALED_ACTS_ARE_OF_ANOTHER_CLUSTER).await.map_err(refused)?;
        client.batch_execute("ANALYZE").await.map_err(refused)?;
        drop(client);
        let _ = driver.await;
        let manifest = &self.backup.manifest;
        let data = json!({"file": self.name, "sha256": self.backup.sha256, "made_at": manifest.made_at, "begun_by": manifest.begun_by,
            "lawgate": manifest.lawgate, "migrations": manifest.migrations.len()});
        let mut owner = connect(url).await?;
        record_alone(&mut owner, key, "restore", EntryType::RegistryRestored, data).await?;
        Database::bring_up(owner, role, key).await
    }

    /// The key with which the restored registry goes on: the one of the backup, else that of the data directory, else a new one.
    fn key(&self, settings: &Settings) -> Result<SigningKey, Failure> {
        let unusable = |error: KeyError| Failure::because(&UNUSABLE_KEY, &error);
        let path = settings.data_dir.join(keys::FILE_NAME);
        let there = if path.exists() { Some(keys::load(&path).map_err(unusable)?) } else { None };
        let Some(pem) = &self.backup.secrets.signing_key else {
            return there.map_or_else(|| keys::generate().map_err(unusable).inspect(|_| say_beside(&NEW_KEY)), Ok);
        };
        let key = std::str::from_utf8(pem).ok().and_then(keys::parse).ok_or(KeyError::Content { path: path.clone() }).map_err(unusable)?;
        if there.is_some_and(|there| there != key) {
            let shown = path.display();
            return Err(Failure::failed(Said::new(
                format!("`{shown}` 与备份中的签名密钥不同：请移走该文件，或用 --data-dir 另选目录"),
                format!("`{shown}` is another signing key than that of the backup: move it away, or give another --data-dir"),
            )));
        }
        Ok(key)
    }

    /// Writes the logins of a demo, without which it cannot be served: the database has hashes of them only.
    fn put_back_logins(&self, settings: &Settings) -> Result<(), Failure> {
        let Some(logins) = self.backup.secrets.credentials.as_deref().filter(|_| self.backup.manifest.is_demo) else { return Ok(()) };
        load::put_back_credentials(&settings.data_dir, logins).map_err(|error| {
            let said = Said::fixed("数据已恢复，但演示账户文件无法写入", "the data is restored, but the demo's logins cannot be written");
            Failure::of_setup(&said, error)
        })
    }

    /// One transaction of `pg_restore`: all of it, or nothing where either of the two programs dies.
    fn copy_in(&mut self, url: &str) -> Result<(), Failure> {
        let mut command = command(self.pg_restore, url)?;
        let database = url.parse::<tokio_postgres::Config>().ok().and_then(|config| config.get_dbname().map(str::to_owned));
        let database = database.unwrap_or_default().replace('\\', "\\\\").replace('\'', "\\'");
        command
            .args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-tablespaces", "--schema=public"])
            .arg(format!("--dbname=dbname='{database}'"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut program = Program::start("pg_restore", &mut command)?;
        let copied = match program.child.stdin.take() {
            Some(mut stdin) => self.backup.copy_dump(&mut stdin, &|| self.stop.is_wanted()),
            None => Ok(()),
        };
        match copied {
            Ok(()) => program.end(),
            // It has said why it stopped reading.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => program.end(),
            Err(error) => Err(failed_io(&UNFILLED, &error)),
        }
    }
}

/// What was committed and had no position yet when the backup was made is known by the numbers of its transactions, which begin
/// anew in another cluster. A backup of an earlier version has none.
const UNSEALED_ACTS_ARE_OF_ANOTHER_CLUSTER: &str = "DO $$ BEGIN
    IF to_regclass('public.unsealed_acts') IS NOT NULL THEN
        UPDATE public.unsealed_acts SET act = (SELECT least(min(act), 0) FROM public.unsealed_acts) - act WHERE act > 0;
    END IF;
END $$";

const UNFILLED: Said = Said::fixed("数据未能恢复", "the data could not be restored");

fn unfilled(error: diesel::result::Error) -> Failure {
    Failure::because(&UNFILLED, &error)
}

/// Marks a database in which a restore is at work.
fn mark() -> String {
    format!("CREATE TABLE public.{} (since timestamptz NOT NULL DEFAULT now())", setup::RESTORE_MARK)
}

fn unmark() -> String {
    format!("DROP TABLE public.{}", setup::RESTORE_MARK)
}

/// Nothing of anybody but what an extension has brought.
fn is_empty() -> String {
    let (relations, functions) = (tables::ours("pg_class", "c"), tables::ours("pg_proc", "p"));
    format!(
        "NOT EXISTS (SELECT FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND {relations})
        AND NOT EXISTS (SELECT FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND {functions})"
    )
}

/// Takes back what a restore has made in a database that was empty before; the mark goes last.
fn clear() -> String {
    let (relations, functions, mark) = (tables::ours("pg_class", "c"), tables::ours("pg_proc", "p"), setup::RESTORE_MARK);
    format!(
        "DO $$
DECLARE
    made record;
    kind \"char\";
    word text;
BEGIN
    FOR kind, word IN VALUES ('v', 'VIEW'), ('r', 'TABLE'), ('S', 'SEQUENCE') LOOP
        FOR made IN SELECT c.oid::regclass AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = kind
                AND relname <> '{mark}' AND {relations} LOOP
            EXECUTE format('DROP %s IF EXISTS %s CASCADE', word, made.name);
        END LOOP;
    END LOOP;
    FOR made IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND {functions} LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', made.name);
    END LOOP;
    DROP TABLE IF EXISTS public.{mark};
END $$"
    )
}
