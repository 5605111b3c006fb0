//! One action's transaction: who acts, when, under which rules, and the log that it must write to.
//! It opens nothing and commits nothing; [`super::call::Call`] does.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncPgConnection;

use crate::base::said::Lang;
use crate::evidence::leaf::Entry;
use crate::identity::actor::Actor;
use crate::rules::Rules;

/// What an action may touch.
pub struct Tx<'c> {
    /// The connection, inside an open transaction.
    pub conn: &'c mut AsyncPgConnection,
    /// Who acts, and for which body.
    pub actor: &'c Actor,
    /// The machine's clock, read once per call; only what sets the registry's clock asks for it.
    pub machine_now: DateTime<Utc>,
    /// The registry's clock at that moment.
    pub now: DateTime<Utc>,
    /// The legal day of `now`.
    pub today: NaiveDate,
    /// The calendar and the rule profiles.
    pub rules: Arc<Rules>,
    /// The request that this call answers.
    pub request_id: &'c str,
    /// The network address that it came from.
    pub from_address: Option<&'c str>,
    /// The reader's language.
    pub lang: Lang,
    /// The log entries that this action has written; a change without one is not committed.
    pub written: Option<Written>,
    /// Set by an act that found nothing to change, which needs no entry.
    pub changed_nothing: bool,
}

/// What an action has written into the log.
#[derive(Clone, Debug)]
pub struct Written {
    /// The number of its transaction.
    pub act: i64,
    /// The entries, as they are hashed.
    pub entries: Vec<Entry>,
}
