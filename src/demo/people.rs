//! Acting as one of the demo's people on a past day: the same transaction type that a call has, with another clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use diesel_async::AsyncPgConnection;

use super::township::Login;
use crate::base::clock;
use crate::base::said::Lang;
use crate::identity::actor::Actor;
use crate::identity::store;
use crate::rules::Rules;
use crate::setup::SetupError;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The people of the demo on one connection, inside one transaction.
pub struct People<'c> {
    conn: &'c mut AsyncPgConnection,
    actors: Vec<(&'static str, Actor)>,
    rules: Arc<Rules>,
    /// The day on which the demo begins.
    pub today: NaiveDate,
    /// The working days since the first day of the bodies, the last one first.
    past: Vec<NaiveDate>,
    /// How many acts there have been on each day, so that each has a later minute.
    acts: BTreeMap<NaiveDate, u32>,
}

impl<'c> People<'c> {
    /// Looks the people up by their tokens.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn gather(
        conn: &'c mut AsyncPgConnection,
        logins: impl Iterator<Item = &Login>,
        rules: Arc<Rules>,
        first_day: NaiveDate,
        today: NaiveDate,
    ) -> Result<Self, SetupError> {
        let mut actors = Vec::new();
        for login in logins {
            let caller = store::caller_by_token(conn, &login.token).await.map_err(|refusal| refusal.to_string())?;
            let actor = caller.map(|caller| caller.actor);
            actors.push((login.key, actor.ok_or_else(|| format!("the demo's {} has no role", login.key))?));
        }
        // A demo that begins on a rest day looks back from the last working day before it.
        let past = std::iter::successors(Some(today), NaiveDate::pred_opt)
            .take_while(|day| *day >= first_day)
            .filter(|day| rules.calendar.is_workday(*day))
            .collect();
        Ok(Self { conn, actors, rules, today, past, acts: BTreeMap::new() })
    }

    /// Acts as one of them on a day.
    ///
    /// # Errors
    /// Whatever the action refuses with; then the demo is not loaded.
    pub async fn act<T>(
        &mut self,
        who: &str,
        day: NaiveDate,
        act: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, Refusal>,
    ) -> Result<T, SetupError> {
        let actor = self.actors.iter().find(|(key, _)| *key == who).map(|(_, actor)| actor).ok_or_else(|| format!("there is no {who}"))?;
        let acts_before = self.acts.entry(day).or_default();
        let now = moment(day, *acts_before);
        *acts_before += 1;
        let mut tx = Tx {
            conn: &mut *self.conn,
            actor,
            machine_now: now,
            now,
            today: day,
            rules: Arc::clone(&self.rules),
            request_id: "demo",
            from_address: None,
            lang: Lang::Zh,
            written: None,
            changed_nothing: false,
        };
        act(&mut tx).await.map_err(|refusal| -> SetupError {
            let reasons: Vec<&str> = refusal.as_reasons().iter().map(|reason| reason.code).collect();
            format!("the demo's {who} was refused on {day}: {refusal} {reasons:?} {:?}", refusal.cause).into()
        })
    }

    /// The working day that lies `workdays` after today.
    #[must_use]
    pub fn workdays_ahead(&self, workdays: u16) -> NaiveDate {
        self.rules.calendar.due_after_workdays(self.today, workdays).due_on
    }

    /// The working day that lies `workdays` before today, or before the last working day where today is none.
    ///
    /// # Errors
    /// Where the bodies had not come into the registry by then.
    pub fn workdays_ago(&self, workdays: u32) -> Result<NaiveDate, SetupError> {
        let day = usize::try_from(workdays).ok().and_then(|index| self.past.get(index));
        day.copied().ok_or_else(|| format!("{workdays} working days before the demo there was no registry").into())
    }
}

/// A moment on a day in China: 09:00, and a minute later with each act before it.
pub(super) fn moment(day: NaiveDate, acts_before: u32) -> DateTime<Utc> {
    let minutes = i64::from(acts_before);
    let midnight_in_china = Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)) - chrono::Duration::hours(8);
    let nine = midnight_in_china + chrono::Duration::hours(9);
    let moment = nine + chrono::Duration::minutes(minutes);
    debug_assert_eq!(clock::day_in_china(moment), day);
    moment
}
