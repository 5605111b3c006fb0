//! Telling the stories: every act of all of them, in the order of its days, through the actions that a user's calls take and with
//! the bodies that a user's calls have. What an act needs to know of those before it is kept here.
//!
//! In a story a day is written `@-20` (twenty working days before the demo begins) or `@+6`, the year or the day of one within a
//! text `{y-20}` or `{d-20}`, and another document `#its-key`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::acts;
use super::people::People;
use super::script::{Act, Meeting, Particulars, Proposal, Round, Script, Story};
use crate::base::ids::{CleanupId, DecisionId, DocumentId, FilingId, MeetingId};
use crate::lifecycle::facts::MaterialKind;
use crate::setup::SetupError;

/// What has become of a document so far.
#[derive(Debug)]
pub struct Told {
    /// Its id.
    pub id: DocumentId,
    /// The number of its current revision.
    pub revision: i32,
    /// The text of that revision.
    pub text: String,
    /// The kinds of materials that it has.
    pub materials: Vec<MaterialKind>,
    /// Its filings, with the code of the receiver.
    pub filings: Vec<(String, FilingId)>,
    /// The last decision on it.
    pub decision: Option<DecisionId>,
}

/// The township while its stories are told.
pub struct Stage<'s, 'c> {
    /// Who acts.
    pub people: &'s mut People<'c>,
    /// The documents that there are, by their keys.
    pub documents: BTreeMap<&'static str, Told>,
    /// The meetings that were called, by their keys.
    pub meetings: BTreeMap<String, MeetingId>,
    /// The rounds that were opened, by their keys.
    pub rounds: BTreeMap<String, CleanupId>,
}

/// Something that happens on a day.
enum Scene<'s> {
    Called(&'s str, &'s Meeting),
    Opened(&'s str, &'s Round),
    Act(&'static str, &'s Story, &'s Act),
    Proposed(&'s str, &'s Proposal),
    Cancelled(&'s str, &'s Meeting),
    Published(&'s str, &'s Round),
}

/// Tells all stories, day by day, so that the log and all numbers run in the order of time.
///
/// # Errors
/// Where an action refuses, which would be a fault of the story.
pub async fn tell(people: &mut People<'_>, script: &Script) -> Result<(), SetupError> {
    let mut stage = Stage { people, documents: BTreeMap::new(), meetings: BTreeMap::new(), rounds: BTreeMap::new() };
    for (ago, scene) in scenes(script) {
        let day = stage.people.workdays_ago(ago)?;
        let told = match scene {
            Scene::Called(key, meeting) => acts::township::call(&mut stage, key, meeting, day).await,
            Scene::Cancelled(key, meeting) => acts::township::cancel(&mut stage, key, meeting, day).await,
            Scene::Opened(key, round) => acts::township::open(&mut stage, key, round, day).await,
            Scene::Proposed(key, proposal) => acts::township::propose(&mut stage, key, proposal, day).await,
            Scene::Published(key, round) => acts::township::publish(&mut stage, key, round, day).await,
            Scene::Act(key, story, act) => acts::act(&mut stage, key, story, act, day).await,
        };
        told.map_err(|error| format!("{}, {ago} working days before the demo: {error}", named(&scene)))?;
    }
    Ok(())
}

/// The days in their order; on one day first what others wait for, then the documents, then what closes.
fn scenes(script: &Script) -> Vec<(u32, Scene<'_>)> {
    let mut all: Vec<(u32, Scene<'_>)> = Vec::new();
    let (meetings, rounds) = (&script.township.meetings, &script.township.rounds);
    all.extend(meetings.iter().map(|(key, meeting)| (meeting.called, Scene::Called(key, meeting))));
    all.extend(rounds.iter().map(|(key, round)| (round.opened, Scene::Opened(key, round))));
    for (key, story) in &script.stories {
        all.extend(story.acts.iter().map(|act| (act.ago, Scene::Act(key, story, act))));
    }
    for (key, round) in rounds {
        all.extend(round.proposals.iter().map(|proposal| (proposal.ago, Scene::Proposed(key, proposal))));
    }
    all.extend(meetings.iter().filter_map(|(key, meeting)| Some((meeting.cancelled?, Scene::Cancelled(key, meeting)))));
    all.extend(rounds.iter().filter_map(|(key, round)| Some((round.published?, Scene::Published(key, round)))));
    all.sort_by_key(|(ago, _)| std::cmp::Reverse(*ago));
    all
}

fn named(scene: &Scene<'_>) -> String {
    match scene {
        Scene::Called(key, _) | Scene::Cancelled(key, _) | Scene::Opened(key, _) | Scene::Proposed(key, _) | Scene::Published(key, _) => {
            (*key).to_owned()
        }
        Scene::Act(key, _, act) => format!("{key}, {:?}", act.deed),
    }
}

impl Stage<'_, '_> {
    /// A document that was drafted before.
    ///
    /// # Errors
    /// Where the story knows of none.
    pub fn told(&mut self, key: &str) -> Result<&mut Told, SetupError> {
        self.documents.get_mut(key).ok_or_else(|| format!("no document {key} yet").into())
    }

    /// A meeting that was called before.
    ///
    /// # Errors
    /// Where the story knows of none.
    pub fn meeting(&self, key: &str) -> Result<MeetingId, SetupError> {
        self.meetings.get(key).copied().ok_or_else(|| format!("no meeting {key} yet").into())
    }

    /// A round that was opened before.
    ///
    /// # Errors
    /// Where the story knows of none.
    pub fn round(&self, key: &str) -> Result<CleanupId, SetupError> {
        self.rounds.get(key).copied().ok_or_else(|| format!("no round {key} yet").into())
    }

    /// A body as a call would send it: what the story says, over what it need not say.
    ///
    /// # Errors
    /// Where the call would not be understood.
    pub fn body<T: DeserializeOwned>(&self, defaults: Value, said: &Particulars) -> Result<T, SetupError> {
        let mut body: Map<String, Value> = match defaults {
            Value::Object(defaults) => defaults,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
        };
        for (name, value) in said {
            body.insert(name.clone(), self.meant(value)?);
        }
        Ok(serde_json::from_value(Value::Object(body))?)
    }

    fn meant(&self, value: &Value) -> Result<Value, SetupError> {
        Ok(match value {
            Value::String(text) => match text.strip_prefix('#') {
                Some(key) => serde_json::to_value(self.documents.get(key).ok_or_else(|| format!("no document {key} yet"))?.id)?,
                None => Value::String(self.dated(text)?),
            },
            Value::Array(all) => Value::Array(all.iter().map(|each| self.meant(each)).collect::<Result<_, _>>()?),
            Value::Object(all) => {
                Value::Object(all.iter().map(|(name, each)| Ok((name.clone(), self.meant(each)?))).collect::<Result<_, SetupError>>()?)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        })
    }

    /// A text with the days that it names.
    ///
    /// # Errors
    /// Where one is not written as it should be.
    pub fn dated(&self, text: &str) -> Result<String, SetupError> {
        if let Some(day) = text.strip_prefix('@') {
            return Ok(self.day(day)?.to_string());
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (named, after) = after.split_once('}').ok_or_else(|| format!("an open brace in {text}"))?;
            out.push_str(before);
            let (form, day) = if let Some(day) = named.strip_prefix('y') { ("%Y", day) } else { ("%Y%m%d", named.trim_start_matches('d')) };
            out.push_str(&self.day(day)?.format(form).to_string());
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A day, written `-20` or `+6`.
    ///
    /// # Errors
    /// Where it is not written so.
    pub fn day(&self, written: &str) -> Result<NaiveDate, SetupError> {
        let count = |digits: &str| digits.parse::<u16>().map_err(|_| format!("no day: {written}"));
        match (written.strip_prefix('-'), written.strip_prefix('+')) {
            (Some(ago), _) => self.people.workdays_ago(count(ago)?.into()),
            (None, Some(ahead)) => Ok(self.people.workdays_ahead(count(ahead)?)),
            (None, None) => Err(format!("no day: {written}").into()),
        }
    }
}
