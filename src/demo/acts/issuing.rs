//! Signing, voiding and publication.

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::Scene;
use crate::demo::script::Particulars;
use crate::demo::stage::Stage;
use crate::issuances::actions::{issue as issuances, publish as publications, void as voids};
use crate::setup::SetupError;

pub(super) async fn issue(stage: &mut Stage<'_, '_>, scene: Scene<'_>) -> Result<(), SetupError> {
    let new = stage.body(json!({"signed_by": scene.story.signed_by, "signed_on": scene.day}), &Particulars::new())?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.secretary(), scene.day, async |tx| issuances::issue(tx, id, new).await).await
}

pub(super) async fn void(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let new = stage.body(json!({}), said)?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.secretary(), scene.day, async |tx| voids::void(tx, id, new).await).await
}

pub(super) async fn publish(
    stage: &mut Stage<'_, '_>,
    scene: Scene<'_>,
    lead_days: u64,
    valid_days: Option<u64>,
    said: &Particulars,
) -> Result<(), SetupError> {
    let effective = after(scene.day, lead_days)?;
    // The first day of effect counts.
    let expiry = valid_days.map(|days| after(effective, days.saturating_sub(1))).transpose()?;
    let new = stage.body(
        json!({"publication_date": scene.day, "effective_date": effective, "expiry_date": expiry,
            "channel": "临江县人民政府网站、镇政务公开栏"}),
        said,
    )?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.secretary(), scene.day, async |tx| publications::publish(tx, id, new, None).await).await
}

fn after(day: NaiveDate, days: u64) -> Result<NaiveDate, SetupError> {
    day.checked_add_days(Days::new(days)).ok_or_else(|| "a day beyond all calendars".into())
}
