//! The log held against itself, and the registry against the log, from the shell.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use diesel_async::{AnsiTransactionManager, SimpleAsyncConnection, TransactionManager};
use serde_json::json;

use super::administration::{self, refused};
use super::database::{Database, UNUSABLE_KEY, connect, on_runtime};
use super::shared::Shared;
use super::{Failure, lang, print, say};
use crate::base::said::Said;
use crate::evidence::digests::{Difference, ForeignRow};
use crate::evidence::head::{self, TreeHead};
use crate::evidence::keys::{self, KeyError};
use crate::evidence::store::{self, TreeError};
use crate::evidence::verify::{Finding, Report, verify};
use crate::journal::entry::{EntryType, SubjectKind};
use crate::settings::Settings;

/// What can be done with the log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// 核对日志与数据：是否有人绕过系统改动 · Holds the log against itself, and every row against the log
    #[command(after_help = HELP)]
    Verify {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 另行保存的日志头（可多次给出）· A head of the log that was kept elsewhere, as `/audit/tree-head` gave it; may be repeated
        #[arg(long, value_name = "FILE")]
        head: Vec<PathBuf>,
        /// 只信任此密钥（可多次给出）· The name of a key that is trusted, as `/audit/key` gave it, and no other; may be repeated
        #[arg(long, value_name = "KEY_ID")]
        key: Vec<String>,
    },
    /// 更换签名密钥，由原密钥签署新密钥 · Replaces the signing key by a new one, for which the old one signs
    #[command(after_help = ROTATE_HELP)]
    RotateKey {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
    },
}

const ROTATE_HELP: &str = "\
Makes a new key, has the old one sign for it in the log, and puts it into the place of the old one, which is gone then; keep a copy
of the new `signing-key.pem` where the old one was kept. A running service signs with the old key until it is started again, which
counts as long as the registry stands. Whoever trusts the old key by its name trusts the new one too.

A command that is broken off is to be given again, and goes on where it was.

Example:
  lawgate audit rotate-key --data-dir /var/lib/lawgate && systemctl restart lawgate";

const HELP: &str = "\
Computes every hash of the log anew, holds every entry against its leaf, every signed head against the tree, and every row of
every table against what the log says of it. Nothing is changed; the registry may run meanwhile.

Every act is signed with the key of the data directory where it was done, and the keys are told at the end. Whoever can write
into the database could introduce a key of their own, which the log then shows: name the keys that you know with --key, and no
other counts but those that they introduced. Whoever can write into the tables
of the log itself, and knows how it is made, could make another history: only a head that was kept elsewhere shows that.

Exit status 0 where everything holds; 1 where something does not, and the first such thing is named.

Example:
  lawgate audit verify --data-dir /var/lib/lawgate --head tree-head-2026-06-30.json --key 1f0c6e2f8b8f1a2b";

/// Does what was asked.
///
/// # Errors
/// A sentence that names what does not hold, or why it could not be told.
pub fn run(command: AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify { shared, head, key } => {
            let settings = shared.settings(None)?;
            let kept: Vec<TreeHead> = head.iter().map(|path| read_head(path)).collect::<Result<_, _>>()?;
            tell(&look(&settings, &kept, &key)?)
        }
        AuditCommand::RotateKey { shared } => rotate_key(&shared.settings(None)?),
    }
}

/// The new key lies beside the old one before anybody knows of it, and takes its place once the log does.
fn rotate_key(settings: &Settings) -> Result<(), Failure> {
    let unusable = |error: KeyError| Failure::because(&UNUSABLE_KEY, &error);
    Database::require_existing(settings)?;
    let database = Database::join(settings, "audit rotate-key")?;
    let old = database.key()?;
    let path = settings.data_dir.join(keys::NEXT_NAME);
    if !path.exists() {
        keys::store(&path, &keys::generate().map_err(unusable)?).map_err(unusable)?;
    }
    let new = keys::load(&path).map_err(unusable)?.verifying_key();
    on_runtime(administration::on(&database, "audit rotate-key", async |act| {
        // A command before this one came so far.
        if store::is_known(act.conn, &new).await.map_err(refused)? {
            return Ok(());
        }
        // What vouches for it is known itself.
        store::introduce(act.conn, &old.verifying_key(), act.now).await.map_err(refused)?;
        let (by, key_id) = (head::key_id(&old.verifying_key()), head::key_id(&new));
        let data = json!({"key_id": key_id, "alg": head::KEY_ALG, "public_key": STANDARD.encode(new.as_bytes()), "introduced_by": by});
        let entry = act.record(EntryType::SigningKeyIntroduced, (SubjectKind::Registry, None), data).await?;
        store::succeed(act.conn, &old, &new, entry, act.now).await.map_err(untold)
    }))??;
    keys::advance(&settings.data_dir).map_err(unusable)?;
    let (by, key_id) = (head::key_id(&old.verifying_key()), head::key_id(&new));
    say(&Said::new(
        format!("签名密钥已由 {by} 更换为 {key_id}。请另行保管新的 {}，并重启服务。", keys::FILE_NAME),
        format!("The signing key {by} was replaced by {key_id}. Keep a copy of the new {}, and restart the service.", keys::FILE_NAME),
    ))
}

fn untold(error: TreeError) -> Failure {
    match error {
        TreeError::Database(error) => refused(error),
        TreeError::Incomplete(_) | TreeError::Leaf(_) => {
            Failure::because(&Said::fixed("日志无法核对", "the log cannot be verified"), &error)
        }
    }
}

fn read_head(path: &Path) -> Result<TreeHead, Failure> {
    let unreadable = |error: &(dyn std::error::Error + 'static)| {
        Failure::because(
            &Said::new(format!("无法读取日志头 {}", path.display()), format!("cannot read the head {}", path.display())),
            error,
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    serde_json::from_str(&text).map_err(|error| unreadable(&error))
}

fn look(settings: &Settings, kept: &[TreeHead], trusted: &[String]) -> Result<Report, Failure> {
    Database::require_existing(settings)?;
    let database = Database::join(settings, "audit verify")?;
    on_runtime(async {
        if !database.lacking().await?.is_empty() {
            return Err(Failure::failed(Said::fixed(
                "数据库还不是本版本：请先运行 `lawgate migrate`",
                "the database is not at this version yet: run `lawgate migrate` first",
            )));
        }
        let mut conn = connect(database.owner_url.as_deref().unwrap_or(&database.app_url)).await?;
        // One moment for everything that is looked at; what is made meanwhile goes with the transaction.
        conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.map_err(refused)?;
        let report = verify(&mut conn, kept, trusted).await.map_err(untold)?;
        AnsiTransactionManager::rollback_transaction(&mut conn).await.ok();
        Ok(report)
    })?
}

fn tell(report: &Report) -> Result<(), Failure> {
    let Report { entries, waiting, heads, kept_heads, root, .. } = report;
    for finding in &report.findings {
        print(&format!("{}\n", sentence(finding).in_lang(lang())))?;
    }
    let rows =
        report.rows.map_or_else(|| Said::fixed("未核对", "not held against it"), |rows| Said::new(rows.to_string(), rows.to_string()));
    let counted = Said::new(
        format!(
            "日志 {entries} 条，待定位 {waiting} 条，日志头 {heads} 个，另行保存的 {kept_heads} 个，数据行 {}。根：{root}",
            rows.in_lang(crate::base::said::Lang::Zh)
        ),
        format!(
            "{entries} entries, {waiting} waiting for a position, {heads} heads, {kept_heads} kept elsewhere, rows: {}. Root: {root}",
            rows.in_lang(crate::base::said::Lang::En)
        ),
    );
    say(&counted)?;
    let keys: Vec<String> = report.keys.iter().map(|(key_id, entries)| format!("{key_id} ({entries})")).collect();
    let keys = keys.join(", ");
    say(&Said::new(format!("签署日志记录的密钥（条数）：{keys}"), format!("Keys that vouched for entries, and for how many: {keys}")))?;
    match report.findings.first() {
        None => say(&Said::fixed("日志完整，数据与日志一致。", "The log is whole, and every row is as it says.")),
        Some(first) => Err(Failure::failed(sentence(first))),
    }
}

fn sentence(finding: &Finding) -> Said {
    match finding {
        Finding::LeafMissing(position) => {
            Said::new(format!("日志缺少第 {position} 位的记录"), format!("the log has no leaf at position {position}"))
        }
        Finding::LeafForeign(position) => Said::new(
            format!("日志第 {position} 位的内容不是该位的记录"),
            format!("what stands at position {position} of the log is no leaf of that position"),
        ),
        Finding::LeafHashWrong(position) => Said::new(
            format!("日志第 {position} 位的内容与其散列值不符"),
            format!("the leaf at position {position} of the log is not what was hashed"),
        ),
        Finding::EntryChanged(position, id) => Said::new(
            format!("日志记录 {id}（第 {position} 位）被改动或删除"),
            format!("the log entry {id} at position {position} was changed or deleted"),
        ),
        Finding::EntryInserted(id) => {
            Said::new(format!("日志记录 {id} 不是由本系统写入的"), format!("the log entry {id} was not written by lawgate"))
        }
        Finding::NodeWrong(level, index) => Said::new(
            format!("散列树第 {level} 层第 {index} 个节点缺失或被改动"),
            format!("node {index} of level {level} of the tree is missing or was changed"),
        ),
        Finding::HeadWrong(size) => {
            Said::new(format!("{size} 条时的日志头与日志不符"), format!("the signed head over {size} entries is not that of this log"))
        }
        Finding::HeadUnsigned(size) => Said::new(
            format!("{size} 条时的日志头没有有效签名"),
            format!("the head over {size} entries was signed by no key of this registry"),
        ),
        Finding::HeadMissing(size) => {
            Said::new(format!("{size} 条日志没有对应的日志头"), format!("the last of {size} entries stand under no signed head"))
        }
        Finding::KeptHeadWrong(size) => Said::new(
            format!("另行保存的 {size} 条时的日志头与现在的日志不符：历史被改写"),
            format!("the head over {size} entries that was kept elsewhere is not that of this log: its history was rewritten"),
        ),
        Finding::KeyUnsigned(key_id) => Said::new(
            format!("密钥 {key_id} 未经其所替换的密钥签署"),
            format!("the key {key_id} is not signed by the key that it says it replaced"),
        ),
        Finding::EntryOfOtherKey(position, key_id) => Said::new(
            format!("日志第 {position} 位的记录由未列入信任的密钥 {key_id} 签署"),
            format!(
                "the entry at position {position} of the log was vouched for by {key_id}, which is not among the keys that are trusted"
            ),
        ),
        Finding::HeadOfOtherKey(size, key_id) => Said::new(
            format!("{size} 条时的日志头由未列入信任的密钥 {key_id} 签名"),
            format!("the head over {size} entries was signed by {key_id}, which is not among the keys that are trusted"),
        ),
        Finding::Row(row) => row_sentence(row),
    }
}

fn row_sentence(row: &ForeignRow) -> Said {
    let ForeignRow { table, key, difference, position } = row;
    let (zh, en) = match difference {
        Difference::Changed => ("被改动", "was changed"),
        Difference::Deleted => ("被删除", "was deleted"),
        Difference::Inserted => ("是插入的", "was inserted"),
    };
    let (last_zh, last_en) = match position {
        Some(position) => (format!("，日志第 {position} 位最后记载该行"), format!("; the log speaks of it last at position {position}")),
        None => (String::new(), String::new()),
    };
    Said::new(
        format!("表 {table} 的行 {key} {zh}，没有相应的操作{last_zh}"),
        format!("the row {key} of the table {table} {en} without an act{last_en}"),
    )
}
