//! One HTTP call: its headers and query, who makes it, and the one transaction in which it reads or acts.
//! A handler asks for permission, then for its input, then acts; this module keeps that order of refusals possible.
//!
//! A call holds a connection of the pool only while it looks or acts, never while its body arrives or a file is read: a few
//! slow uploads would otherwise keep everybody else from the database.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev};
use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::{RunQueryDsl, TransactionManager};
use serde::de::DeserializeOwned;
use serde_json::json;
use utoipa::ToSchema;

use super::body::{Forms, RawBody, Read};
use super::envelope::RequestId;
use super::idempotency::{self, Kept};
use super::kind;
use super::query;
use super::refusal::{Refusal, reasons_in};
use super::reply::Reply;
use super::tx::{Tx, Written};
use crate::app::{App, Worked};
use crate::base::clock;
use crate::base::db::{DbConn, Manager};
use crate::base::said::{Lang, Said};
use crate::evidence::waiting;
use crate::identity::actor::Actor;
use crate::identity::store::{Caller, caller_by_token};
use crate::rules::Rules;
use crate::standby::Position;

/// What every handler answers with. The envelope writes the refusal in the reader's language.
pub type Answer = Result<HttpResponse, Refusal>;

/// A call before anybody is known to make it.
pub struct Ctx {
    app: Data<App>,
    request: RequestFacts,
}

/// What a request says besides its body.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// Its id, the caller's own where well-formed.
    pub id: String,
    /// The reader's language.
    pub lang: Lang,
    /// Method, for fingerprints.
    pub method: String,
    /// Path, for fingerprints and links.
    pub path: String,
    /// The raw query string.
    pub query: String,
    /// The network address that it came from: of the caller, or of what stands before the service.
    pub from_address: Option<String>,
    bearer: Option<String>,
    if_match: Option<String>,
    if_none_match: Option<String>,
    idempotency_key: Option<String>,
}

impl FromRequest for Ctx {
    type Error = Refusal;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| Refusal::internal("the application state is not mounted"));
        std::future::ready(app.map(|app| Self { app, request: facts(request) }))
    }
}

fn facts(request: &HttpRequest) -> RequestFacts {
    // What is no ASCII is kept as it can be read, so that a bad header is refused and not overlooked.
    let text = |name: HeaderName| request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    RequestFacts {
        id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        lang: text(header::ACCEPT_LANGUAGE).map_or(Lang::Zh, |wanted| Lang::preferred(&wanted)),
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        from_address: request.peer_addr().map(|address| address.ip().to_string()),
        bearer: text(header::AUTHORIZATION).and_then(|value| bearer(&value)),
        if_match: text(header::IF_MATCH),
        if_none_match: text(header::IF_NONE_MATCH),
        idempotency_key: text(HeaderName::from_static("idempotency-key")),
    }
}

fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

impl Ctx {
    /// The call, once it is known who makes it.
    ///
    /// # Errors
    /// 401 without a valid token; 503 when the database is away.
    pub async fn signed_in(self) -> Result<Call, Refusal> {
        let token = self.request.bearer.clone().ok_or_else(unauthenticated)?;
        let app = self.app;
        let (actor, machine_now, now, rules, position) = app
            .with_connection(async |conn| {
                let caller = caller_by_token(conn, &token).await?.ok_or_else(unauthenticated)?;
                let Caller { actor, clock_offset_us, rules_version, position } = caller;
                let machine_now = clock::machine_now();
                let now = clock::registry_time(machine_now, clock_offset_us);
                if actor.expires_at.is_some_and(|expiry| expiry <= machine_now) {
                    return Err(unauthenticated());
                }
                let rules = app.rules.at_version(conn, rules_version).await?;
                Ok((actor, machine_now, now, rules, position))
            })
            .await?;
        let today = clock::day_in_china(now);
        Ok(Call { app, actor, machine_now, now, today, rules, position, request: self.request, read: Read::default() })
    }

    /// Refuses every query parameter, for calls that need no login.
    ///
    /// # Errors
    /// 400 where there is one.
    pub fn no_query(&self) -> Result<(), Refusal> {
        query::read::<query::NoQuery>(&self.request.query).map(|_| ())
    }

    /// The tags that the caller holds already, for calls that need no login.
    #[must_use]
    pub fn if_none_match(&self) -> Option<&str> {
        self.request.if_none_match.as_deref()
    }

    /// The application, for calls that need no login.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }
}

fn unauthenticated() -> Refusal {
    Refusal::new(
        kind::UNAUTHENTICATED,
        Said::fixed(
            "请在 Authorization 头中带上有效的令牌（Bearer lg_…）。",
            "Send a valid token in the Authorization header (Bearer lg_…).",
        ),
    )
}

/// A call by a known user for a known body.
pub struct Call {
    /// The application.
    pub app: Data<App>,
    /// Who acts, and for which body.
    pub actor: Actor,
    /// The machine's clock, from which the registry's is told.
    machine_now: DateTime<Utc>,
    /// The registry's clock.
    pub now: DateTime<Utc>,
    /// Its legal day.
    pub today: NaiveDate,
    /// Calendar and profiles.
    pub rules: Arc<Rules>,
    /// What the primary had made durable when this call came.
    position: Option<Position>,
    /// What the request says besides its body.
    pub request: RequestFacts,
    read: Read,
}

impl Call {
    /// The same call made anew: whether its token still holds, with which roles, and what the time is now.
    ///
    /// # Errors
    /// 401 where the token holds no longer; 503 when the database is away.
    pub async fn renewed(&self) -> Result<Self, Refusal> {
        Ctx { app: self.app.clone(), request: self.request.clone() }.signed_in().await
    }

    /// The query as its type; unknown parameters are refused by name.
    ///
    /// # Errors
    /// 400.
    pub fn query<T: DeserializeOwned + utoipa::IntoParams>(&self) -> Result<T, Refusal> {
        query::read(&self.request.query)
    }

    /// Refuses every query parameter.
    ///
    /// # Errors
    /// 400 where there is one.
    pub fn no_query(&self) -> Result<(), Refusal> {
        query::read::<query::NoQuery>(&self.request.query).map(|_| ())
    }

    /// The body as its type: JSON.
    ///
    /// # Errors
    /// 400, 408, 413, 415, 422.
    pub async fn input<T: DeserializeOwned + ToSchema>(&mut self, body: RawBody) -> Result<T, Refusal> {
        query::read::<query::DryRun>(&self.request.query)?;
        self.read = body.read(Forms::Refused).await?;
        self.read.shaped()
    }

    /// The body as its type: JSON or a multipart form with a file.
    ///
    /// # Errors
    /// 400, 408, 413, 415, 422.
    pub async fn form<T: DeserializeOwned + ToSchema>(&mut self, body: RawBody) -> Result<(T, Option<super::body::Upload>), Refusal> {
        query::read::<query::DryRun>(&self.request.query)?;
        self.read = body.read(Forms::Taken).await?;
        self.read.shaped_with_file()
    }

    /// The body of a PATCH as its type, and the tag that `If-Match` names.
    ///
    /// # Errors
    /// 428 without `If-Match`; 400 where it is no tag; 400, 408, 413, 415, 422.
    pub async fn patch<T: DeserializeOwned + ToSchema>(&mut self, body: RawBody) -> Result<(T, IfMatch), Refusal> {
        self.no_query()?;
        let tag = self.request.if_match.clone().ok_or_else(|| {
            Refusal::new(
                kind::PRECONDITION_REQUIRED,
                Said::fixed(
                    "修改须带上 If-Match，其值为最近一次读取时的 ETag。",
                    "A change needs If-Match with the ETag of the latest reading.",
                ),
            )
        })?;
        if !super::reply::is_tag_list(&tag) {
            return Err(Refusal::new(
                kind::BAD_HEADER,
                Said::fixed(
                    "If-Match 须连同引号照抄最近一次读取时的 ETag，如 If-Match: \"…\"。",
                    "If-Match repeats the ETag of the latest reading with its quotation marks, as in If-Match: \"…\".",
                ),
            ));
        }
        self.read = body.read(Forms::MergePatch).await?;
        Ok((self.read.shaped()?, IfMatch(tag)))
    }

    /// Reads in one consistent snapshot of the primary.
    ///
    /// # Errors
    /// Whatever `look` refuses with.
    pub async fn look<T>(&self, look: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        self.app.with_connection(async |conn| self.look_on(conn, look).await).await
    }

    /// Reads in one consistent snapshot, on the standby where there is one that holds everything that was acknowledged to anybody
    /// before this call came, and on the primary otherwise. Neither shows less; the standby may show an act a moment before it is
    /// acknowledged.
    ///
    /// # Errors
    /// Whatever `look` refuses with.
    pub async fn look_on_either<T>(&self, look: impl AsyncFn(&mut Tx<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        if let (Some(standby), Some(position)) = (&self.app.standby, &self.position)
            && let Some(found) = standby.read(position, async |conn| self.look_on(conn, &look).await).await
        {
            return found;
        }
        self.look(look).await
    }

    async fn look_on<T>(&self, conn: &mut DbConn, look: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        begin(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let found = look(&mut self.tx(conn)).await;
        let ended = rollback(conn).await;
        found.map_err(|refusal| ended.explain(refusal))
    }

    /// Reads on either server and answers, with 304 where the caller has it already.
    ///
    /// # Errors
    /// Whatever `look` refuses with.
    pub async fn show(&self, look: impl AsyncFn(&mut Tx<'_>) -> Result<Reply, Refusal>) -> Answer {
        let reply = self.look_on_either(look).await?;
        Ok(reply.into_response(self.request.if_none_match.as_deref()))
    }

    /// As [`Call::show`], on the primary: for what tells whether an act would be refused now, which is where the act would be done.
    ///
    /// # Errors
    /// Whatever `look` refuses with.
    pub async fn show_on_primary(&self, look: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Reply, Refusal>) -> Answer {
        let reply = self.look(look).await?;
        Ok(reply.into_response(self.request.if_none_match.as_deref()))
    }

    /// Acts in one transaction, its log entries within; or, with `?dry_run=true`, does all of it and takes it back.
    ///
    /// # Errors
    /// Whatever `act` refuses with; then nothing is written.
    pub async fn act(self, act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Reply, Refusal>) -> Answer {
        let dry_run = self.request.method == "POST" && query::read::<query::DryRun>(&self.request.query)?.is_on();
        let key = if dry_run { None } else { idempotency::key(&self.request, &self.actor, &self.read.fingerprint)? };
        self.app.require_room()?;
        self.app.with_commit(async |conn| self.act_on(conn, act, key.as_ref(), dry_run).await).await
    }

    async fn act_on(
        &self,
        conn: &mut DbConn,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Reply, Refusal>,
        key: Option<&idempotency::Key>,
        dry_run: bool,
    ) -> Result<Worked<HttpResponse>, Refusal> {
        begin(conn, "BEGIN").await?;
        match self.act_inside(conn, act, key, dry_run).await {
            Ok(Acted::Replayed(kept)) => {
                idempotency::stand_by(conn).await?;
                Ok(Worked::ToCommit(kept.into_response()))
            }
            Ok(Acted::Done(_)) if dry_run => {
                rollback(conn).await;
                let body = json!({"allowed": true, "reasons": []});
                Ok(Worked::Over(Reply::ok(&body)?.into_response(None)))
            }
            Ok(Acted::Done(reply)) => Ok(Worked::ToCommit(reply.into_response(None))),
            Err(refusal) => {
                let refusal = rollback(conn).await.explain(refusal);
                if dry_run && refusal.is_of_the_procedure() {
                    let body = json!({"allowed": false, "reasons": reasons_in(&refusal.as_reasons(), self.request.lang)});
                    return Ok(Worked::Over(Reply::ok(&body)?.into_response(None)));
                }
                Err(refusal)
            }
        }
    }

    async fn act_inside(
        &self,
        conn: &mut DbConn,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<Reply, Refusal>,
        key: Option<&idempotency::Key>,
        dry_run: bool,
    ) -> Result<Acted, Refusal> {
        if let Some(key) = key
            && let Some(kept) = idempotency::recall(conn, key).await?
        {
            return Ok(Acted::Replayed(kept));
        }
        let mut tx = self.tx(conn);
        let reply = act(&mut tx).await?;
        let written = tx.written.take();
        if written.is_none() && !tx.changed_nothing {
            return Err(Refusal::internal("an action left no log entry"));
        }
        if dry_run {
            // What the database would say only at the commit belongs to the answer.
            diesel::sql_query("SET CONSTRAINTS ALL IMMEDIATE").execute(conn).await?;
        }
        if let Some(key) = key {
            idempotency::keep(conn, key, &reply).await?;
        }
        if let Some(Written { act, entries }) = written
            && !dry_run
        {
            waiting::endorse_these(conn, act, &entries, &self.app.sealer.key).await?;
        }
        Ok(Acted::Done(reply))
    }

    fn tx<'c>(&'c self, conn: &'c mut DbConn) -> Tx<'c> {
        Tx {
            conn,
            actor: &self.actor,
            machine_now: self.machine_now,
            now: self.now,
            today: self.today,
            rules: Arc::clone(&self.rules),
            request_id: &self.request.id,
            from_address: self.request.from_address.as_deref(),
            lang: self.request.lang,
            written: None,
            changed_nothing: false,
        }
    }
}

async fn begin(conn: &mut DbConn, sql: &str) -> Result<(), Refusal> {
    diesel_async::AnsiTransactionManager::begin_transaction_sql(&mut **conn, sql).await.map_err(Refusal::from)
}

async fn rollback(conn: &mut DbConn) -> Ended {
    match Manager::rollback_transaction(&mut **conn).await {
        Ok(()) => Ended::RolledBack,
        Err(error) => {
            // The pool throws the connection away; the server rolls back when it closes.
            tracing::warn!("a transaction could not be rolled back: {error}");
            Ended::Lost
        }
    }
}

/// How a transaction ended that was not to be committed.
enum Ended {
    RolledBack,
    /// The connection is gone.
    Lost,
}

impl Ended {
    /// An error that nobody could read was the server's going away, where the connection is gone with it.
    fn explain(self, mut refusal: Refusal) -> Refusal {
        match self {
            Self::Lost if refusal.kind == kind::INTERNAL => {
                Refusal::unavailable(refusal.cause.take().unwrap_or_else(|| "the connection is gone".into()))
            }
            Self::Lost | Self::RolledBack => refusal,
        }
    }
}

enum Acted {
    Done(Reply),
    Replayed(Kept),
}

/// The tag that a change rests on.
#[derive(Debug)]
pub struct IfMatch(String);

impl IfMatch {
    /// The tag of what was just read, for a change that the program itself makes.
    #[must_use]
    pub fn of(read: &str) -> Self {
        Self(super::reply::etag(read))
    }

    /// Compares with what is there now, inside the transaction that changes it.
    ///
    /// # Errors
    /// 412 when it has changed since.
    pub fn check(&self, current: &str) -> Result<(), Refusal> {
        if super::reply::names_tag(&self.0, &super::reply::etag(current)) {
            return Ok(());
        }
        Err(Refusal::new(
            kind::PRECONDITION_FAILED,
            Said::fixed("内容在您读取之后已被更改，请重新读取再改。", "It has changed since you read it; read it again, then change it."),
        ))
    }
}

impl RequestFacts {
    /// The `Idempotency-Key`, if one was sent.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }
}
