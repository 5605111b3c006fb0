//! The calendar and the rule profiles as the registry holds them, kept in memory by version.
//! Reading and parsing only; which rule applies to what is decided by the lifecycle.

use std::sync::{Arc, RwLock};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::base::ids::ProfileId;
use crate::base::said::Said;
use crate::base::workdays::{Calendar, DayKind, DayRow};
use crate::lifecycle::profile::RuleProfile;
use crate::schema::{calendar_days, rule_profiles};
use crate::web::kind;
use crate::web::refusal::Refusal;

/// Everything that varies by place and day.
#[derive(Debug)]
pub struct Rules {
    /// Which state of the stored rules this is.
    pub version: i64,
    /// Working days.
    pub calendar: Calendar,
    profiles: Vec<(ProfileId, RuleProfile)>,
}

/// The rule profile in force at a place on a day, and its id, which every decision stores.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'r> {
    /// The stored profile's id.
    pub id: ProfileId,
    /// Its rules.
    pub profile: &'r RuleProfile,
}

impl Rules {
    /// The profile of a jurisdiction on a day.
    ///
    /// # Errors
    /// 409 `no_profile` where none covers that day.
    pub fn in_force(&self, jurisdiction: &str, day: NaiveDate) -> Result<InForce<'_>, Refusal> {
        self.profiles
            .iter()
            .find(|(_, profile)| profile.jurisdiction() == jurisdiction && profile.covers(day))
            .map(|(id, profile)| InForce { id: *id, profile })
            .ok_or_else(|| {
                Refusal::new(
                    kind::NO_PROFILE,
                    Said::new(
                        format!("{jurisdiction} 在 {day} 没有适用的规则，请管理员导入规则。"),
                        format!("No rule profile covers {jurisdiction} on {day}; an administrator imports one."),
                    ),
                )
            })
    }

    /// A stored profile, whichever day it is of.
    #[must_use]
    pub fn by_id(&self, id: ProfileId) -> Option<&RuleProfile> {
        self.profiles().find(|(known, _)| *known == id).map(|(_, profile)| profile)
    }

    /// Every stored profile with its id, by first day.
    pub fn profiles(&self) -> impl Iterator<Item = (ProfileId, &RuleProfile)> {
        self.profiles.iter().map(|(id, profile)| (*id, profile))
    }

    /// Reads everything from the database.
    ///
    /// # Errors
    /// When the database cannot be read, or holds what the parser does not accept.
    pub async fn load(conn: &mut AsyncPgConnection, version: i64) -> Result<Self, Refusal> {
        let rows: Vec<(NaiveDate, String, String)> = calendar_days::table
            .select((calendar_days::day, calendar_days::kind, calendar_days::name))
            .order(calendar_days::day)
            .load(conn)
            .await?;
        let rows =
            rows.into_iter().filter_map(|(date, kind, name)| DayKind::parse(&kind).map(|kind| DayRow { date, kind, name })).collect();
        let calendar = Calendar::from_rows(rows).map_err(|error| Refusal::internal(error.to_string()))?;
        let stored: Vec<(ProfileId, serde_json::Value)> =
            rule_profiles::table.select((rule_profiles::id, rule_profiles::rules)).order(rule_profiles::first_day).load(conn).await?;
        let profiles = stored
            .into_iter()
            .map(|(id, rules)| RuleProfile::from_json(&rules).map(|profile| (id, profile)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Refusal::internal(error.to_string()))?;
        Ok(Self { version, calendar, profiles })
    }
}

/// The rules last read, shared by all calls and replaced when their version moves.
#[derive(Debug, Default)]
pub struct RulesCache {
    held: RwLock<Option<Arc<Rules>>>,
}

impl RulesCache {
    /// The rules of a version, read anew only when that version is not the held one.
    ///
    /// # Errors
    /// As [`Rules::load`].
    pub async fn at_version(&self, conn: &mut AsyncPgConnection, version: i64) -> Result<Arc<Rules>, Refusal> {
        let held = self.held.read().ok().and_then(|held| held.clone());
        if let Some(rules) = held.filter(|rules| rules.version == version) {
            return Ok(rules);
        }
        let rules = Arc::new(Rules::load(conn, version).await?);
        if let Ok(mut held) = self.held.write() {
            *held = Some(Arc::clone(&rules));
        }
        Ok(rules)
    }
}
