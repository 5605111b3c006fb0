//! The agenda, decisions and confirmations.

use serde_json::json;

use super::Scene;
use crate::demo::script::Particulars;
use crate::demo::stage::Stage;
use crate::meetings::actions::{confirm as confirmations, decide as decisions, place as places, take_off as removals};
use crate::setup::SetupError;

pub(super) async fn place(stage: &mut Stage<'_, '_>, scene: Scene<'_>, meeting: &str) -> Result<(), SetupError> {
    let (meeting, id) = (stage.meeting(meeting)?, stage.told(scene.key)?.id);
    stage.people.act(scene.secretary(), scene.day, async |tx| places::place(tx, meeting, id).await.map(drop)).await
}

pub(super) async fn take_off(stage: &mut Stage<'_, '_>, scene: Scene<'_>, meeting: &str) -> Result<(), SetupError> {
    let (meeting, id) = (stage.meeting(meeting)?, stage.told(scene.key)?.id);
    stage.people.act(scene.secretary(), scene.day, async |tx| removals::take_off(tx, meeting, id).await).await
}

pub(super) async fn decide(
    stage: &mut Stage<'_, '_>,
    scene: Scene<'_>,
    meeting: &str,
    corrects_the_last: bool,
    said: &Particulars,
) -> Result<(), SetupError> {
    let meeting = stage.meeting(meeting)?;
    let told = stage.told(scene.key)?;
    let (id, corrects) = (told.id, told.decision.filter(|_| corrects_the_last));
    let chief = &scene.story.signed_by;
    let new = stage.body(
        json!({"outcome": "approved", "minutes_no": format!("〔{}〕第{}号会议纪要", scene.day.format("%Y"), scene.day.format("%m%d")),
            "attendees": [chief, "周副职", "郑副职", "冯委员", "唐委员"], "presider": chief, "corrects": corrects}),
        said,
    )?;
    let decision = stage.people.act(scene.secretary(), scene.day, async |tx| decisions::decide(tx, meeting, id, new).await).await?;
    stage.told(scene.key)?.decision = Some(decision);
    Ok(())
}

pub(super) async fn confirm(stage: &mut Stage<'_, '_>, scene: Scene<'_>, meeting: &str, note: &str) -> Result<(), SetupError> {
    let meeting = stage.meeting(meeting)?;
    let told = stage.told(scene.key)?;
    let (id, revision) = (told.id, told.revision);
    let new = stage.body(json!({"revision": revision, "note": note}), &Particulars::new())?;
    stage.people.act(scene.secretary(), scene.day, async |tx| confirmations::confirm(tx, meeting, id, new).await).await
}
