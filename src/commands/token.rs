//! Tokens from the shell. A token is printed once, alone on standard output; the registry keeps its hash.

use chrono::{DateTime, Duration, Utc};
use clap::Subcommand;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::administration::{Act, act, has_control_characters, refused};
use super::shared::Shared;
use super::user::{body, login, user};
use super::{Failure, print, say, say_beside};
use crate::base::ids::{TokenId, UserId};
use crate::base::said::Said;
use crate::identity::store::{new_token, token_digest};
use crate::journal::entry::{EntryType, SubjectKind};
use crate::schema::{bodies, tokens, user_roles, users};

/// The longest name of a token.
const NAME_CHARS_MAX: usize = 100;
/// The longest life of a token: ten years.
const DAYS_MAX: i64 = 3660;

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// 签发令牌：只在标准输出上显示这一次 · Makes a token, shown this once, alone on standard output
    #[command(
        after_help = "Example:\n  lawgate token create --user li.ming --body qinghe-jjb --name 办公电脑 --expires-days 365 > token.txt"
    )]
    Create {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 用户的登录名 · Whose token, by login
        #[arg(long, value_parser = login)]
        user: String,
        /// 代表哪个机关，填机关代码 · The body for which it acts, by code; the user holds a role there
        #[arg(long)]
        body: String,
        /// 令牌的名称，便于辨认 · A name to know it by
        #[arg(long, value_parser = token_name)]
        name: String,
        /// 多少天后失效 · Days until it ends by itself (default: never)
        #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(1..=DAYS_MAX))]
        expires_days: Option<i64>,
    },
    /// 吊销令牌，立即生效 · Revokes a token at once
    #[command(after_help = "Example:\n  lawgate token revoke 0198c0de-0000-7000-8000-000000000000 --data-dir /var/lib/lawgate")]
    Revoke {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 令牌的编号，见 `lawgate token list` · The token's id, as `lawgate token list` shows it
        #[arg(value_parser = token_id)]
        id: TokenId,
    },
    /// 列出令牌（不含令牌本身）· Lists tokens, never the secrets, fields apart by tabs
    #[command(after_help = "Example:\n  lawgate token list --user li.ming --data-dir /var/lib/lawgate")]
    List {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 只列出此登录名的令牌 · Only those of this login
        #[arg(long, value_parser = login)]
        user: Option<String>,
    },
}

/// Does what was asked.
///
/// # Errors
/// A sentence that says what to do next.
pub fn run(command: TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { shared, user, body, name, expires_days } => {
            let made = act(&shared.settings(None)?, "token create", async |act| create(act, &user, &body, &name, expires_days).await)?;
            hand_out(&made)
        }
        TokenCommand::Revoke { shared, id } => {
            let revoked = act(&shared.settings(None)?, "token revoke", async |act| revoke(act, id).await)?;
            say(&if revoked {
                Said::new(format!("已吊销令牌 {id}，即刻失效。"), format!("The token {id} is revoked and refused from now on."))
            } else {
                Said::new(format!("令牌 {id} 早已吊销。"), format!("The token {id} was revoked before."))
            })
        }
        TokenCommand::List { shared, user } => {
            print(&act(&shared.settings(None)?, "token list", async |act| list(act, user.as_deref()).await)?)
        }
    }
}

/// A token that was just made.
struct Made {
    id: TokenId,
    secret: String,
    expires_at: Option<DateTime<Utc>>,
}

/// Prints the secret alone on standard output, so that it can be piped, and what else there is to know on standard error.
fn hand_out(made: &Made) -> Result<(), Failure> {
    let id = made.id;
    print(&format!("{}\n", made.secret)).map_err(|_| {
        Failure::failed(Said::new(
            format!("令牌已签发但未能显示：请用 `lawgate token revoke {id}` 吊销后重新签发"),
            format!("the token was made but could not be shown: revoke it with `lawgate token revoke {id}` and make another one"),
        ))
    })?;
    let until = made.expires_at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    let said = Said::new(
        format!("令牌编号 {id}，{}。令牌只显示这一次。", until.as_ref().map_or("长期有效".to_owned(), |until| format!("有效至 {until}"))),
        format!(
            "Token {id}, {}. It is shown this once.",
            until.as_ref().map_or("without end".to_owned(), |until| format!("valid until {until}"))
        ),
    );
    say_beside(&said);
    Ok(())
}

async fn create(act: &mut Act<'_>, login: &str, code: &str, name: &str, expires_days: Option<i64>) -> Result<Made, Failure> {
    let user = user(act, login).await?;
    if user.disabled {
        return Err(Failure::failed(Said::new(
            format!("用户 {login} 已停用：请先用 `lawgate user enable {login}` 启用"),
            format!("the user {login} is shut out: let them in first with `lawgate user enable {login}`"),
        )));
    }
    let body = body(act, code).await?;
    let held = user_roles::table.filter(user_roles::user_id.eq(user.id)).filter(user_roles::body_id.eq(body));
    let has_role: bool = diesel::select(diesel::dsl::exists(held)).get_result(act.conn).await.map_err(refused)?;
    if !has_role {
        return Err(Failure::failed(Said::new(
            format!("用户 {login} 在 {code} 没有角色，令牌不会被接受：请先用 `lawgate user grant {login} --role ROLE@{code}` 授予角色"),
            format!(
                "{login} has no role in {code}, so the token would be refused: give one first with `lawgate user grant {login} --role ROLE@{code}`"
            ),
        )));
    }
    let secret =
        new_token().map_err(|error| Failure::because(&Said::fixed("系统没有给出随机数", "the machine gives no randomness"), &error))?;
    let id = TokenId::new();
    let expires_at = expires_days.map(|days| act.machine_now + Duration::days(days));
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(id),
            tokens::user_id.eq(user.id),
            tokens::body_id.eq(body),
            tokens::name.eq(name),
            tokens::token_sha256.eq(token_digest(&secret)),
            tokens::created_at.eq(act.machine_now),
            tokens::expires_at.eq(expires_at),
        ))
        .execute(act.conn)
        .await
        .map_err(refused)?;
    let data = json!({"token_id": id, "login": login, "body": code, "name": name, "expires_at": expires_at});
    act.record(EntryType::TokenCreated, (SubjectKind::User, Some(user.id.0)), data).await?;
    Ok(Made { id, secret, expires_at })
}

/// Whether it was still valid until now.
async fn revoke(act: &mut Act<'_>, id: TokenId) -> Result<bool, Failure> {
    let found: Option<(UserId, String, Option<DateTime<Utc>>)> = tokens::table
        .inner_join(users::table.on(users::id.eq(tokens::user_id)))
        .filter(tokens::id.eq(id))
        .select((users::id, users::login, tokens::revoked_at))
        .first(act.conn)
        .await
        .optional()
        .map_err(refused)?;
    let Some((user, login, revoked_at)) = found else {
        return Err(Failure::failed(Said::new(
            format!("没有编号为 {id} 的令牌：请用 `lawgate token list` 查看编号"),
            format!("there is no token {id}: see `lawgate token list` for the ids"),
        )));
    };
    if revoked_at.is_some() {
        return Ok(false);
    }
    let now = act.machine_now;
    diesel::update(tokens::table.find(id)).set(tokens::revoked_at.eq(Some(now))).execute(act.conn).await.map_err(refused)?;
    act.record(EntryType::TokenRevoked, (SubjectKind::User, Some(user.0)), json!({"token_id": id, "login": login})).await?;
    Ok(true)
}

#[derive(Queryable)]
struct Listed {
    id: TokenId,
    login: String,
    disabled_at: Option<DateTime<Utc>>,
    body: String,
    name: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

async fn list(act: &mut Act<'_>, of: Option<&str>) -> Result<String, Failure> {
    let mut query = tokens::table
        .inner_join(users::table.on(users::id.eq(tokens::user_id)))
        .inner_join(bodies::table.on(bodies::id.eq(tokens::body_id)))
        .order((users::login, tokens::id))
        .select((
            tokens::id,
            users::login,
            users::disabled_at,
            bodies::code,
            tokens::name,
            tokens::created_at,
            tokens::expires_at,
            tokens::revoked_at,
        ))
        .into_boxed();
    if let Some(login) = of {
        let user = user(act, login).await?;
        query = query.filter(users::id.eq(user.id));
    }
    let all: Vec<Listed> = query.load(act.conn).await.map_err(refused)?;
    let mut text = "id\tlogin\tbody\tname\tstatus\tcreated_at\texpires_at\n".to_owned();
    for token in all {
        let status = match &token {
            Listed { revoked_at: Some(_), .. } => "revoked",
            Listed { expires_at: Some(expires_at), .. } if *expires_at <= act.machine_now => "expired",
            Listed { disabled_at: Some(_), .. } => "user_disabled",
            Listed { .. } => "valid",
        };
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let expires_at = token.expires_at.map(moment).unwrap_or_default();
        let (id, login, body, name, created_at) = (token.id, token.login, token.body, token.name, moment(token.created_at));
        text.push_str(&format!("{id}\t{login}\t{body}\t{name}\t{status}\t{created_at}\t{expires_at}\n"));
    }
    Ok(text)
}

fn token_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !has_control_characters(name) {
        return Ok(name.to_owned());
    }
    Err(format!("a name of 1 to {NAME_CHARS_MAX} characters on one line (1至{NAME_CHARS_MAX}字的名称)"))
}

/// A token given in the place of its id is not repeated: it would stand in the terminal's history twice.
fn token_id(text: &str) -> Result<TokenId, String> {
    TokenId::parse(text).ok_or_else(|| "an id as `lawgate token list` shows it, not the token itself (填令牌编号，不填令牌本身)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{token_id, token_name};

    #[test]
    fn a_secret_is_no_id() {
        assert!(token_id("lg_abcdefghijklmnopqrstuvwxyz").is_err());
        assert!(token_id("0198c0de-0000-7000-8000-000000000000").is_ok());
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(token_name(" 电脑 ").as_deref(), Ok("电脑"));
        assert!(token_name(" ").is_err() && token_name("a\tb").is_err());
    }
}
