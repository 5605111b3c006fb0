//! Administration from the shell: users and tokens. Each act is in the log, and a running service obeys at the next request.

use std::process::Command;

use lawgate::cluster::Role;
use nix::sys::signal::Signal;

use super::program::{Answer, Running, command, get, run};
use super::servers::Server;

/// A migrated database with a few bodies, and the commands on it.
pub struct Registry {
    pub server: Server,
    app: String,
    owner: String,
}

impl Registry {
    pub fn empty() -> Self {
        let server = Server::start();
        let (app, owner) = (server.url(Role::App, "lawgate"), server.url(Role::Owner, "lawgate"));
        let registry = Self { server, app, owner };
        assert_eq!(registry.run(&["migrate"]).status, Some(0));
        registry
    }

    pub fn with_bodies() -> Self {
        let registry = Self::empty();
        registry.change(
            "INSERT INTO bodies (id, code, name, level, may_issue, number_prefix, jurisdiction, registry_first_day, created_at)
               SELECT gen_random_uuid(), code, name, level, prefix IS NOT NULL, prefix, 'sichuan', '2020-01-01', now()
               FROM (VALUES ('qinghe', '青禾镇人民政府', 'town', '青府规'), ('qinghe-fzb', '青禾镇法制办公室', 'section', NULL))
                 AS b (code, name, level, prefix)",
        );
        registry
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.server.on(arguments, &self.app, Some(&self.owner))
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        run(self.command(arguments))
    }

    /// Runs a command that must succeed and gives its standard output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.status, Some(0), "{arguments:?}: {answer:?}");
        answer.out
    }

    pub fn sql(&self, sql: &str) {
        self.server.sql("lawgate", sql);
    }

    pub fn change(&self, sql: &str) {
        self.server.change("lawgate", sql);
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.server.number("lawgate", sql)
    }

    /// How many entries of a type there are, all signed by the account that runs the tests.
    pub fn entries(&self, entry_type: &str) -> i64 {
        self.number(&format!(
            "SELECT count(*) FROM log_entries WHERE type = '{entry_type}' AND role = 'system' AND user_id IS NULL
               AND data->>'os_user' <> '' AND data->>'command' <> ''"
        ))
    }

    pub fn serve(&self) -> (Running, String) {
        Running::serving(self.command(&["serve", "--listen", "127.0.0.1:0"]), self.server.stage.path())
    }
}

fn status(address: &str, token: &str) -> String {
    get(address, "/api/v1/documents", Some(token)).split_whitespace().nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_token_stands_alone_on_standard_output_and_is_refused_once_it_is_revoked() {
    let registry = Registry::with_bodies();
    registry.ok(&["user", "create", "--login", "li.ming", "--name", "李明", "--role", "drafter@qinghe"]);
    let (running, address) = registry.serve();
    let answer = registry.run(&["token", "create", "--user", "li.ming", "--body", "qinghe", "--name", "办公电脑"]);
    assert_eq!(answer.status, Some(0), "{answer:?}");
    let token = answer.out.strip_suffix('\n').expect("one line").to_owned();
    assert!(token.starts_with("lg_") && !token.contains(char::is_whitespace), "{answer:?}");
    assert!(!answer.err.contains(&token), "it is shown once: {answer:?}");
    assert_eq!(status(&address, &token), "200");

    let list = registry.ok(&["token", "list"]);
    let id = list.lines().nth(1).and_then(|line| line.split('\t').next()).expect("an id").to_owned();
    assert!(list.contains("li.ming\tqinghe\t办公电脑\tvalid") && !list.contains(&token), "{list}");
    assert_eq!(registry.number("SELECT count(*) FROM tokens WHERE token_sha256 ~ '^[0-9a-f]{64}$'"), 1);
    let stored = format!("SELECT count(*) FROM tokens t WHERE t::text LIKE '%{token}%'");
    let logged = format!("SELECT count(*) FROM log_entries e WHERE e::text LIKE '%{token}%'");
    assert_eq!((registry.number(&stored), registry.number(&logged)), (0, 0), "only its hash is kept");

    registry.run(&["token", "revoke", &token]).expect(2, "not the token itself");
    assert_eq!(status(&address, &token), "200");
    assert!(registry.ok(&["token", "revoke", &id]).contains("refused from now on"));
    assert_eq!(status(&address, &token), "401", "at the next request");
    assert!(registry.ok(&["token", "revoke", &id]).contains("was revoked before"));
    assert!(registry.ok(&["token", "list", "--user", "li.ming"]).contains("\trevoked\t"));
    registry.run(&["token", "revoke", "0198c0de-0000-7000-8000-000000000000"]).expect(1, "lawgate token list");
    assert_eq!((registry.entries("token.created"), registry.entries("token.revoked")), (1, 1));
    running.stop(Signal::SIGTERM);
}

#[test]
fn an_expired_token_a_disabled_user_and_a_revoked_role_are_refused_at_the_next_request() {
    let registry = Registry::with_bodies();
    registry.ok(&["user", "create", "--login", "li.ming", "--name", "李明", "--role", "drafter@qinghe", "--role", "reviewer@qinghe-fzb"]);
    let create = ["token", "create", "--user", "li.ming", "--body", "qinghe", "--name", "a"];
    let lasting = registry.ok(&create).trim().to_owned();
    let expiring = registry.ok(&[&create[..], &["--expires-days", "1"]].concat()).trim().to_owned();
    let (running, address) = registry.serve();
    assert_eq!((status(&address, &lasting), status(&address, &expiring)), ("200".to_owned(), "200".to_owned()));

    registry.change("UPDATE tokens SET expires_at = expires_at - interval '1 day' WHERE expires_at IS NOT NULL");
    assert_eq!((status(&address, &lasting), status(&address, &expiring)), ("200".to_owned(), "401".to_owned()));
    assert!(registry.ok(&["token", "list"]).contains("\texpired\t"));

    registry.ok(&["user", "disable", "li.ming"]);
    assert_eq!(status(&address, &lasting), "401");
    registry.run(&create).expect(1, "lawgate user enable li.ming");
    assert!(registry.ok(&["user", "disable", "li.ming"]).contains("shut out before"));
    registry.ok(&["user", "enable", "li.ming"]);
    assert_eq!(status(&address, &lasting), "200");

    assert!(registry.ok(&["user", "revoke", "li.ming", "--role", "drafter@qinghe"]).contains("1 role(s) taken back"));
    assert_eq!(status(&address, &lasting), "401", "a token acts for the body in which no role is left");
    registry.run(&create).expect(1, "has no role in qinghe");
    assert!(registry.ok(&["user", "revoke", "li.ming", "--role", "drafter@qinghe"]).contains("nothing has changed"));
    assert!(registry.ok(&["user", "grant", "li.ming", "--role", "drafter@qinghe"]).contains("1 new role(s)"));
    assert!(registry.ok(&["user", "grant", "li.ming", "--role", "drafter@qinghe"]).contains("nothing has changed"));
    assert_eq!(status(&address, &lasting), "200");
    let types = ["user.created", "user.disabled", "user.enabled", "user.roles_revoked", "user.roles_granted", "token.created"];
    assert_eq!(types.map(|entry_type| registry.entries(entry_type)), [1, 1, 1, 1, 1, 2], "what changed nothing is in no log");
    running.stop(Signal::SIGTERM);
}

#[test]
fn users_are_refused_in_words_and_nothing_is_left_of_a_refused_one() {
    let registry = Registry::with_bodies();
    let create = |login: &str, name: &str, role: &str| registry.run(&["user", "create", "--login", login, "--name", name, "--role", role]);
    create("Li.Ming", "李明", "drafter@qinghe").expect(2, "lower-case");
    create("li.ming", " ", "drafter@qinghe").expect(2, "a name of 1 to 100");
    create("li.ming", "李明", "boss@qinghe").expect(2, "drafter, reviewer, secretary, auditor, admin");
    create("li.ming", "李明", "drafter").expect(2, "ROLE@BODY");
    create("li.ming", "李明", "drafter@nowhere").expect(1, "no body with the code nowhere");
    create("li.ming", "李明", "drafter@青禾镇人民政府").expect(1, "the code of 青禾镇人民政府 is qinghe");
    assert_eq!(registry.number("SELECT count(*) FROM users"), 0);
    assert_eq!(registry.number("SELECT count(*) FROM log_entries WHERE type LIKE 'user.%'"), 0);
    assert_eq!(create("li.ming", "李明", "drafter@qinghe").status, Some(0));
    create("li.ming", "黎明", "reviewer@qinghe").expect(1, "is taken");
    assert_eq!(registry.number("SELECT count(*) FROM user_roles"), 1, "the other one is not given that role");
    assert_eq!(registry.ok(&["user", "list"]), "login\tname\tstatus\troles\nli.ming\t李明\tactive\tdrafter@qinghe\n");
    for arguments in [
        &["user", "grant", "nobody", "--role", "drafter@qinghe"][..],
        &["user", "revoke", "nobody", "--role", "drafter@qinghe"],
        &["user", "disable", "nobody"],
        &["user", "enable", "nobody"],
        &["token", "create", "--user", "nobody", "--body", "qinghe", "--name", "x"],
        &["token", "list", "--user", "nobody"],
    ] {
        registry.run(arguments).expect(1, "there is no user nobody");
    }
    let token = ["token", "create", "--user", "li.ming", "--body", "qinghe", "--name", "x", "--expires-days"];
    for days in ["0", "-1", "4000", "soon"] {
        registry.run(&[&token[..], &[days]].concat()).expect(2, "--expires-days");
    }
    registry.run(&["token", "create", "--user", "li.ming", "--body", "qinghe", "--name", "a\tb"]).expect(2, "on one line");
    assert_eq!(registry.number("SELECT count(*) FROM tokens"), 0);
}

#[test]
fn an_older_database_and_no_database_are_refused_in_words() {
    let registry = Registry::with_bodies();
    registry.sql("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)");
    registry.run(&["user", "list"]).expect(1, "run `lawgate migrate` first");
    registry.run(&["migrate", "--check"]).expect(1, "1 migration(s) are pending");
    registry.sql("TRUNCATE __diesel_schema_migrations");
    registry.run(&["token", "list"]).expect(1, "run `lawgate migrate` first");
    run(command(&["user", "list", "--data-dir", "/nowhere"])).expect(1, "there is no database in");
}

#[test]
fn an_unread_token_is_named_for_revocation() {
    let registry = Registry::with_bodies();
    registry.ok(&["user", "create", "--login", "li.ming", "--name", "李明", "--role", "drafter@qinghe"]);
    let mut command = registry.command(&["token", "create", "--user", "li.ming", "--body", "qinghe", "--name", "x"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let id = said.split("lawgate token revoke ").nth(1).and_then(|rest| rest.split('`').next()).expect("the id");
    registry.ok(&["token", "revoke", id]);
}

#[test]
fn every_command_of_administration_has_help_with_an_example() {
    for words in [
        &["body", "import"][..],
        &["workdays", "import"],
        &["profile", "import"],
        &["profile", "list"],
        &["profile", "show"],
        &["user", "create"],
        &["user", "list"],
        &["user", "grant"],
        &["user", "revoke"],
        &["user", "disable"],
        &["user", "enable"],
        &["token", "create"],
        &["token", "revoke"],
        &["token", "list"],
    ] {
        let answer = run(command(&[words, &["--help"]].concat()));
        let example = format!("lawgate {}", words.join(" "));
        assert!(answer.status == Some(0) && answer.out.contains("Example:") && answer.out.contains(&example), "{answer:?}");
    }
}
