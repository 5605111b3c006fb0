//! The command line. No logic: it reads settings, calls the library, and turns errors into an exit status.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lawgate::commands;
use lawgate::commands::audit::AuditCommand;
use lawgate::commands::backup::{self, BackupCommand};
use lawgate::commands::body::BodyCommand;
use lawgate::commands::profile::ProfileCommand;
use lawgate::commands::restore::{self, RestoreCommand};
use lawgate::commands::shared::Shared;
use lawgate::commands::token::TokenCommand;
use lawgate::commands::user::UserCommand;
use lawgate::commands::workdays::WorkdaysCommand;

/// 行政规范性文件合法性审查登记系统 · a registry for the legality review of administrative normative documents
#[derive(Debug, Parser)]
#[command(name = "lawgate", version, propagate_version = true, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrates, then serves the API
    #[command(after_help = "Example:\n  lawgate serve --listen 127.0.0.1:8080 --data-dir /var/lib/lawgate")]
    Serve {
        #[command(flatten)]
        shared: Shared,
        /// Address and port (default 127.0.0.1:8080)
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<String>,
    },
    /// Serves a demo township, loaded at the first start, on loopback only
    #[command(after_help = "Example:\n  lawgate demo --data-dir ./demo-data --clock 2026-12-01T09:00:00+08:00")]
    Demo {
        #[command(flatten)]
        shared: Shared,
        /// Address and port on loopback (default 127.0.0.1:8080)
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<String>,
        /// Where the demo's clock starts; only with a new data directory
        #[arg(long, value_name = "MOMENT")]
        clock: Option<String>,
    },
    /// Brings the database to this version
    #[command(after_help = "Example:\n  lawgate migrate --data-dir /var/lib/lawgate --check")]
    Migrate {
        #[command(flatten)]
        shared: Shared,
        /// Only say whether it is at this version: exit status 1 where it is not
        #[arg(long)]
        check: bool,
    },
    /// 日志：核对 · The log: verify
    #[command(subcommand)]
    Audit(AuditCommand),
    /// 机关：导入 · Bodies: import
    #[command(subcommand)]
    Body(BodyCommand),
    /// 用户：新建、查看、授予和收回角色、停用、启用 · Users: create, list, grant and revoke roles, disable, enable
    #[command(subcommand)]
    User(UserCommand),
    /// 令牌：签发、吊销、查看 · Tokens: create, revoke, list
    #[command(subcommand)]
    Token(TokenCommand),
    /// 规则：导入、查看 · Rule profiles: import, list, show
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// 工作日历：导入 · The calendar of working days: import
    #[command(subcommand)]
    Workdays(WorkdaysCommand),
    /// 备份整个登记系统为一个文件 · Backs the whole registry up into one file, while it runs or not
    #[command(after_help = backup::HELP)]
    Backup(BackupCommand),
    /// 将备份恢复到空目录或空数据库 · Restores a backup into an empty data directory or database
    #[command(after_help = restore::HELP)]
    Restore(RestoreCommand),
    /// 权限表：什么角色对什么文件可以做什么 · Prints who may do what: role, act, relation
    #[command(after_help = "Example:\n  LC_ALL=zh_CN.UTF-8 lawgate permits > 权限表.txt")]
    Permits,
    /// Prints the OpenAPI 3.1 document
    #[command(after_help = "Example:\n  lawgate openapi > openapi.json")]
    Openapi,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve { shared, listen } => shared.settings(listen).and_then(|settings| commands::serve::serve(&settings)),
        Command::Demo { shared, listen, clock } => {
            shared.settings(listen).and_then(|settings| commands::demo::demo(&settings, clock.as_deref()))
        }
        Command::Migrate { shared, check } => shared.settings(None).and_then(|settings| commands::migrate::migrate(&settings, check)),
        Command::Audit(command) => commands::audit::run(command),
        Command::Body(command) => commands::body::run(command),
        Command::User(command) => commands::user::run(command),
        Command::Token(command) => commands::token::run(command),
        Command::Profile(command) => commands::profile::run(command),
        Command::Workdays(command) => commands::workdays::run(command),
        Command::Backup(asked) => backup::run(asked),
        Command::Restore(asked) => restore::run(asked),
        Command::Permits => commands::permits::print(),
        Command::Openapi => commands::openapi::print(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where nobody reads standard error, the exit status still tells.
            let _ = writeln!(std::io::stderr(), "lawgate: {}", failure.in_lang(commands::lang()));
            ExitCode::from(failure.status())
        }
    }
}
