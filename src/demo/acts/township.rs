//! Meetings as such, and clean-up rounds.

use chrono::NaiveDate;
use serde_json::json;

use crate::cleanups::actions::{open as opened, propose as proposed, publish as published};
use crate::demo::script::{Meeting, Particulars, Proposal, Round};
use crate::demo::stage::Stage;
use crate::meetings::actions::{change, schedule};
use crate::meetings::show;
use crate::setup::SetupError;
use crate::web::call::IfMatch;
use crate::web::refusal::Refusal;

pub(in crate::demo) async fn call(stage: &mut Stage<'_, '_>, key: &str, meeting: &Meeting, day: NaiveDate) -> Result<(), SetupError> {
    let new = stage.body(
        json!({"body": meeting.body, "kind": "office_meeting", "held_on": stage.dated(&meeting.held_on)?,
            "title": stage.dated(&meeting.title)?}),
        &Particulars::new(),
    )?;
    let id = stage.people.act(&meeting.secretary, day, async |tx| schedule::schedule(tx, new).await).await?;
    stage.meetings.insert(key.to_owned(), id);
    Ok(())
}

pub(in crate::demo) async fn cancel(stage: &mut Stage<'_, '_>, key: &str, meeting: &Meeting, day: NaiveDate) -> Result<(), SetupError> {
    let id = stage.meeting(key)?;
    let patch = stage.body(json!({"status": "cancelled"}), &Particulars::new())?;
    let cancelled = async |tx: &mut crate::web::tx::Tx<'_>| {
        let read = serde_json::to_string(&show::meeting(tx, id).await?).map_err(Refusal::internal)?;
        change::change(tx, id, patch, IfMatch::of(&read)).await
    };
    stage.people.act(&meeting.secretary, day, cancelled).await
}

pub(in crate::demo) async fn open(stage: &mut Stage<'_, '_>, key: &str, round: &Round, day: NaiveDate) -> Result<(), SetupError> {
    let new = stage.body(json!({"body": "qinghe", "trigger": "periodic"}), &round.said)?;
    let id = stage.people.act(&round.by, day, async |tx| opened::open(tx, new).await).await?;
    stage.rounds.insert(key.to_owned(), id);
    Ok(())
}

pub(in crate::demo) async fn propose(stage: &mut Stage<'_, '_>, key: &str, proposal: &Proposal, day: NaiveDate) -> Result<(), SetupError> {
    let round = stage.round(key)?;
    let new = stage.body(json!({}), &proposal.said)?;
    stage.people.act(&proposal.by, day, async |tx| proposed::propose(tx, round, new).await.map(drop)).await
}

pub(in crate::demo) async fn publish(stage: &mut Stage<'_, '_>, key: &str, _: &Round, day: NaiveDate) -> Result<(), SetupError> {
    let round = stage.round(key)?;
    let minutes_no = format!("〔{}〕第{}号会议纪要", day.format("%Y"), day.format("%m%d"));
    let new = stage.body(json!({"minutes_no": minutes_no, "published_on": day}), &Particulars::new())?;
    stage.people.act("secretary", day, async |tx| published::publish(tx, round, new).await).await
}
