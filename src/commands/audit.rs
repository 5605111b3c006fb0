//! The log held against itself, and the registry against the log, from the shell.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use diesel_async::{AnsiTransactionManager, SimpleAsyncConnection, TransactionManager};

use super::administration::refused;
use super::database::{Database, connect, on_runtime};
use super::shared::Shared;
use super::{Failure, lang, print, say};
use crate::base::said::Said;
use crate::evidence::digests::{Difference, ForeignRow};
use crate::evidence::head::TreeHead;
use crate::evidence::store::TreeError;
use crate::evidence::verify::{Finding, Report, verify};
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
}

const HELP: &str = "\
Computes every hash of the log anew, holds every entry against its leaf, every signed head against the tree, and every row of
every table against what the log says of it. Nothing is changed; the registry may run meanwhile.

Every act is signed with the key of the data directory where it was done, and the keys are told at the end. Whoever can write
into the database could introduce a key of their own, which the log then shows: name the keys that you know with --key, and no
other counts. Whoever holds the signing key too could make another history with another tree: only a head that was kept elsewhere
shows that.

Exit status 0 where everything holds; 1 where something does not, and the first such thing is named.

Example:
  lawgate audit verify --data-dir /var/lib/lawgate --head tree-head-2026-06-30.json --key 1f0c6e2f8b8f1a2b";

/// Does what was asked.
///
/// # Errors
/// A sentence that names what does not hold, or why it could not be told.
pub fn run(command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Verify { shared, head, key } = command;
    let settings = shared.settings(None)?;
    let kept: Vec<TreeHead> = head.iter().map(|path| read_head(path)).collect::<Result<_, _>>()?;
    let report = look(&settings, &kept, &key)?;
    tell(&report)
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
        let report = verify(&mut conn, kept, trusted).await.map_err(|error| match error {
            TreeError::Database(error) => refused(error),
            TreeError::Incomplete(_) | TreeError::Leaf(_) => {
                Failure::because(&Said::fixed("日志无法核对", "the log cannot be verified"), &error)
            }
        })?;
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
