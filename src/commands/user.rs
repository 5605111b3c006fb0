//! Users and their roles, from the shell. A user is never deleted, because what they did stays on record for life.

use clap::Subcommand;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::administration::{Act, act, has_control_characters, refusal, refused};
use super::shared::Shared;
use super::{Failure, print, say};
use crate::base::ids::{BodyId, UserId};
use crate::base::said::{Lang, Said};
use crate::identity::actor::Role;
use crate::identity::bodies::{body_by_code, unknown_body};
use crate::journal::entry::{EntryType, SubjectKind};
use crate::schema::{bodies, user_roles, users};

/// The longest name of a person.
const NAME_CHARS_MAX: usize = 100;

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// 新建用户 · Creates a user
    #[command(
        after_help = "Example:\n  lawgate user create --login li.ming --name 李明 --role drafter@qinghe-jjb --data-dir /var/lib/lawgate"
    )]
    Create {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 登录名：小写字母、数字、. _ - · The login: 1 to 64 lower-case letters, digits, . _ -
        #[arg(long, value_parser = login)]
        login: String,
        /// 姓名 · The person's name
        #[arg(long, value_parser = person_name)]
        name: String,
        /// 角色@机关代码，可重复 · A role in a body, may be repeated: drafter, reviewer, secretary, auditor or admin
        #[arg(long = "role", value_name = "ROLE@BODY", value_parser = role_at)]
        roles: Vec<RoleAt>,
    },
    /// 列出用户及其角色 · Lists users with their roles, fields apart by tabs
    #[command(after_help = "Example:\n  lawgate user list --data-dir /var/lib/lawgate")]
    List {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
    },
    /// 授予角色 · Gives a user roles
    #[command(after_help = "Example:\n  lawgate user grant li.ming --role reviewer@qinghe-fzb --data-dir /var/lib/lawgate")]
    Grant {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 登录名 · The login
        #[arg(value_parser = login)]
        login: String,
        /// 角色@机关代码，可重复 · A role in a body, may be repeated
        #[arg(long = "role", value_name = "ROLE@BODY", value_parser = role_at, required = true)]
        roles: Vec<RoleAt>,
    },
    /// 收回角色 · Takes roles back; tokens for a body in which no role is left are refused at once
    #[command(after_help = "Example:\n  lawgate user revoke li.ming --role reviewer@qinghe-fzb --data-dir /var/lib/lawgate")]
    Revoke {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 登录名 · The login
        #[arg(value_parser = login)]
        login: String,
        /// 角色@机关代码，可重复 · A role in a body, may be repeated
        #[arg(long = "role", value_name = "ROLE@BODY", value_parser = role_at, required = true)]
        roles: Vec<RoleAt>,
    },
    /// 停用用户，其令牌立即失效 · Shuts a user out; their tokens are refused at once
    #[command(after_help = "Example:\n  lawgate user disable li.ming --data-dir /var/lib/lawgate")]
    Disable {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 登录名 · The login
        #[arg(value_parser = login)]
        login: String,
    },
    /// 重新启用用户 · Lets a user in again, with the tokens that are still valid
    #[command(after_help = "Example:\n  lawgate user enable li.ming --data-dir /var/lib/lawgate")]
    Enable {
        /// 登记系统在哪里 · Where the registry is.
        #[command(flatten)]
        shared: Shared,
        /// 登录名 · The login
        #[arg(value_parser = login)]
        login: String,
    },
}

/// A role in a body, by its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAt {
    role: Role,
    body: String,
}

impl std::fmt::Display for RoleAt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}@{}", self.role, self.body)
    }
}

/// Does what was asked.
///
/// # Errors
/// A sentence that says what to do next.
pub fn run(command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Create { shared, login, name, roles } => {
            act(&shared.settings(None)?, "user create", async |act| create(act, &login, &name, &roles).await)?;
            say(&Said::new(format!("已新建用户 {login}。"), format!("The user {login} was created.")))
        }
        UserCommand::List { shared } => print(&act(&shared.settings(None)?, "user list", async |act| list(act).await)?),
        UserCommand::Grant { shared, login, roles } => {
            let given = act(&shared.settings(None)?, "user grant", async |act| grant(act, &login, &roles).await)?;
            say(&changed(given, &login, &Said::fixed("新增角色", "new role(s)")))
        }
        UserCommand::Revoke { shared, login, roles } => {
            let taken = act(&shared.settings(None)?, "user revoke", async |act| revoke(act, &login, &roles).await)?;
            say(&changed(taken, &login, &Said::fixed("收回角色", "role(s) taken back")))
        }
        UserCommand::Disable { shared, login } => switch(&shared.settings(None)?, &login, true),
        UserCommand::Enable { shared, login } => switch(&shared.settings(None)?, &login, false),
    }
}

fn changed(count: usize, login: &str, what: &Said) -> Said {
    if count == 0 {
        return Said::new(format!("{login}：没有变化。"), format!("{login}: nothing has changed."));
    }
    Said::new(format!("{login}：{}{count}项。", what.in_lang(Lang::Zh)), format!("{login}: {count} {}.", what.in_lang(Lang::En)))
}

async fn create(act: &mut Act<'_>, login: &str, name: &str, roles: &[RoleAt]) -> Result<(), Failure> {
    let id = UserId::new();
    let new = (users::id.eq(id), users::login.eq(login), users::name.eq(name), users::created_at.eq(act.now));
    let made = diesel::insert_into(users::table).values(new).on_conflict_do_nothing().execute(act.conn).await.map_err(refused)?;
    if made == 0 {
        return Err(Failure::failed(Said::new(
            format!("登录名 {login} 已有人使用：请另选登录名，或用 `lawgate user grant` 为其授予角色"),
            format!("the login {login} is taken: choose another one, or give that user roles with `lawgate user grant`"),
        )));
    }
    let given = give(act, id, roles).await?;
    act.record(EntryType::UserCreated, (SubjectKind::User, Some(id.0)), json!({"login": login, "roles": given})).await?;
    Ok(())
}

/// Gives roles that the user does not hold yet, and names them.
async fn give(act: &mut Act<'_>, user: UserId, roles: &[RoleAt]) -> Result<Vec<String>, Failure> {
    let mut given = Vec::new();
    for role in roles {
        let body = body(act, &role.body).await?;
        let new = (user_roles::user_id.eq(user), user_roles::body_id.eq(body), user_roles::role.eq(role.role));
        let made = diesel::insert_into(user_roles::table).values(new).on_conflict_do_nothing().execute(act.conn).await.map_err(refused)?;
        if made > 0 {
            given.push(role.to_string());
        }
    }
    Ok(given)
}

async fn grant(act: &mut Act<'_>, login: &str, roles: &[RoleAt]) -> Result<usize, Failure> {
    let user = user(act, login).await?;
    let given = give(act, user.id, roles).await?;
    if !given.is_empty() {
        let data = json!({"login": login, "roles": given});
        act.record(EntryType::UserRolesGranted, (SubjectKind::User, Some(user.id.0)), data).await?;
    }
    Ok(given.len())
}

async fn revoke(act: &mut Act<'_>, login: &str, roles: &[RoleAt]) -> Result<usize, Failure> {
    let user = user(act, login).await?;
    let mut taken = Vec::new();
    for role in roles {
        let body = body(act, &role.body).await?;
        let held = user_roles::table.find((user.id, body, role.role));
        if diesel::delete(held).execute(act.conn).await.map_err(refused)? > 0 {
            taken.push(role.to_string());
        }
    }
    if !taken.is_empty() {
        let data = json!({"login": login, "roles": taken});
        act.record(EntryType::UserRolesRevoked, (SubjectKind::User, Some(user.id.0)), data).await?;
    }
    Ok(taken.len())
}

fn switch(settings: &crate::settings::Settings, login: &str, off: bool) -> Result<(), Failure> {
    let command = if off { "user disable" } else { "user enable" };
    let has_changed = act(settings, command, async |act| {
        let user = user(act, login).await?;
        if user.disabled == off {
            return Ok(false);
        }
        let since = off.then_some(act.now);
        diesel::update(users::table.find(user.id)).set(users::disabled_at.eq(since)).execute(act.conn).await.map_err(refused)?;
        let entry_type = if off { EntryType::UserDisabled } else { EntryType::UserEnabled };
        act.record(entry_type, (SubjectKind::User, Some(user.id.0)), json!({"login": login})).await?;
        Ok(true)
    })?;
    say(&match (has_changed, off) {
        (true, true) => Said::new(
            format!("已停用用户 {login}，其令牌即刻失效。"),
            format!("The user {login} is shut out; their tokens are refused from now on."),
        ),
        (true, false) => Said::new(format!("已启用用户 {login}。"), format!("The user {login} may sign in again.")),
        (false, true) => Said::new(format!("用户 {login} 早已停用。"), format!("The user {login} was shut out before.")),
        (false, false) => Said::new(format!("用户 {login} 并未停用。"), format!("The user {login} was never shut out.")),
    })
}

async fn list(act: &mut Act<'_>) -> Result<String, Failure> {
    type UserRow = (UserId, String, String, Option<chrono::DateTime<chrono::Utc>>);
    let all: Vec<UserRow> = users::table
        .order(users::login)
        .select((users::id, users::login, users::name, users::disabled_at))
        .load(act.conn)
        .await
        .map_err(refused)?;
    let held: Vec<(UserId, String, Role)> = user_roles::table
        .inner_join(bodies::table.on(bodies::id.eq(user_roles::body_id)))
        .order((bodies::code, user_roles::role))
        .select((user_roles::user_id, bodies::code, user_roles::role))
        .load(act.conn)
        .await
        .map_err(refused)?;
    let mut text = "login\tname\tstatus\troles\n".to_owned();
    for (id, login, name, disabled_at) in all {
        let roles: Vec<String> = held.iter().filter(|(user, ..)| *user == id).map(|(_, body, role)| format!("{role}@{body}")).collect();
        let status = if disabled_at.is_some() { "disabled" } else { "active" };
        text.push_str(&format!("{login}\t{name}\t{status}\t{}\n", roles.join(" ")));
    }
    Ok(text)
}

/// A user whom a command names.
pub struct Named {
    /// Who.
    pub id: UserId,
    /// Whether they are shut out.
    pub disabled: bool,
}

/// The user of a login, locked against a change at the same time.
///
/// # Errors
/// Where there is none.
pub async fn user(act: &mut Act<'_>, login: &str) -> Result<Named, Failure> {
    let found: Option<(UserId, Option<chrono::DateTime<chrono::Utc>>)> = users::table
        .filter(users::login.eq(login))
        .select((users::id, users::disabled_at))
        .for_no_key_update()
        .first(act.conn)
        .await
        .optional()
        .map_err(refused)?;
    found.map(|(id, disabled_at)| Named { id, disabled: disabled_at.is_some() }).ok_or_else(|| {
        Failure::failed(Said::new(
            format!("没有登录名为 {login} 的用户：请用 `lawgate user list` 查看，或用 `lawgate user create` 新建"),
            format!("there is no user {login}: see `lawgate user list`, or make one with `lawgate user create`"),
        ))
    })
}

/// The body of a code.
///
/// # Errors
/// Where there is none; a name instead of a code is answered with the code.
pub async fn body(act: &mut Act<'_>, code: &str) -> Result<BodyId, Failure> {
    match body_by_code(act.conn, code).await.map_err(refusal)? {
        Some(body) => Ok(body.id),
        None => {
            let said = unknown_body(act.conn, code).await.map_err(refusal)?;
            Err(Failure::failed(Said::new(
                format!("{}机关由 `lawgate body import` 导入。", said.in_lang(Lang::Zh)),
                format!("{} Bodies come in with `lawgate body import`.", said.in_lang(Lang::En)),
            )))
        }
    }
}

/// Reads a login, in the shape that the table keeps.
///
/// # Errors
/// What is accepted.
pub fn login(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let begins_well = text.bytes().next().is_some_and(allowed);
    if begins_well && text.len() <= 64 && text.bytes().all(|byte| allowed(byte) || b"._-".contains(&byte)) {
        return Ok(text.to_owned());
    }
    Err("1 to 64 lower-case letters, digits, . _ -, beginning with a letter or digit (登录名为1至64个小写字母、数字、. _ -)".to_owned())
}

fn person_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if (1..=NAME_CHARS_MAX).contains(&name.chars().count()) && !has_control_characters(name) {
        return Ok(name.to_owned());
    }
    Err(format!("a name of 1 to {NAME_CHARS_MAX} characters on one line (1至{NAME_CHARS_MAX}字的姓名)"))
}

fn role_at(text: &str) -> Result<RoleAt, String> {
    let roles = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let (role, body) = text.split_once('@').unwrap_or((text, ""));
    match Role::parse(role) {
        Some(role) if !body.is_empty() => Ok(RoleAt { role, body: body.to_owned() }),
        _ => Err(format!("write it ROLE@BODY, such as drafter@qinghe, with a role of {} and the code of a body (角色@机关代码)", roles())),
    }
}

#[cfg(test)]
mod tests {
    use super::{login, person_name, role_at};

    #[test]
    fn logins_are_those_that_the_table_keeps() {
        for good in ["a", "li.ming", "0-9_z", &"x".repeat(64)] {
            assert!(login(good).is_ok(), "{good}");
        }
        for bad in ["", ".a", "-a", "Li", "李明", "a b", "a@b", &"x".repeat(65)] {
            assert!(login(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(person_name(" 李明 ").as_deref(), Ok("李明"));
        for bad in ["", "  ", "李\n明", "李\t明", &"李".repeat(101)] {
            assert!(person_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_role_is_held_in_a_body() {
        assert_eq!(role_at("auditor@qinghe").map(|role| role.to_string()), Ok("auditor@qinghe".to_owned()));
        for bad in ["", "auditor", "auditor@", "@qinghe", "system@qinghe", "Auditor@qinghe", "auditor＠qinghe"] {
            assert!(role_at(bad).is_err(), "{bad}");
        }
    }
}
