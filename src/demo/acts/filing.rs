//! Filing and what the receivers do with it.

use serde_json::json;

use super::Scene;
use crate::base::ids::FilingId;
use crate::demo::script::Particulars;
use crate::demo::stage::Stage;
use crate::documents::show;
use crate::filings::actions::{file as filings, intake as intakes, rectify as reports, review as reviews, supplement as supplements};
use crate::filings::wire::{FilingIntake, FilingReview};
use crate::setup::SetupError;
use crate::web::refusal::Refusal;

/// Who receives filings for a body.
fn receiver(code: &str) -> &'static str {
    if code == "qinghe-yfzlb" { "auditor" } else { "county_auditor" }
}

/// The filings that an act means: that with one receiver, or all.
fn meant(stage: &mut Stage<'_, '_>, scene: Scene<'_>, at: Option<&str>) -> Result<Vec<(&'static str, FilingId)>, SetupError> {
    let filings = &stage.told(scene.key)?.filings;
    let meant: Vec<_> = filings.iter().filter(|(code, _)| at.is_none_or(|at| at == code)).map(|(code, id)| (receiver(code), *id)).collect();
    if meant.is_empty() { Err(format!("no filing at {at:?}").into()) } else { Ok(meant) }
}

pub(super) async fn file(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let call = stage.body(json!({}), said)?;
    let id = stage.told(scene.key)?.id;
    let made = async |tx: &mut crate::web::tx::Tx<'_>| {
        filings::file(tx, id, call).await?;
        let made = show::filings_of(tx, id).await?;
        Ok::<_, Refusal>(made.into_iter().map(|filing| (filing.target.code, filing.id)).collect::<Vec<_>>())
    };
    let filings = stage.people.act(scene.drafter(), scene.day, made).await?;
    stage.told(scene.key)?.filings = filings;
    Ok(())
}

pub(super) async fn take_in(stage: &mut Stage<'_, '_>, scene: Scene<'_>, at: Option<&str>, said: &Particulars) -> Result<(), SetupError> {
    let call: FilingIntake = stage.body(json!({"result": "registered"}), said)?;
    for (who, filing) in meant(stage, scene, at)? {
        let call = call.clone();
        stage.people.act(who, scene.day, async |tx| intakes::intake(tx, filing, call).await.map(drop)).await?;
    }
    Ok(())
}

pub(super) async fn supplement(stage: &mut Stage<'_, '_>, scene: Scene<'_>, at: &str, note: &str) -> Result<(), SetupError> {
    for (_, filing) in meant(stage, scene, Some(at))? {
        let call = stage.body(json!({"note": note}), &Particulars::new())?;
        let supplied = async |tx: &mut crate::web::tx::Tx<'_>| supplements::supplement(tx, filing, call, None).await.map(drop);
        stage.people.act(scene.drafter(), scene.day, supplied).await?;
    }
    Ok(())
}

pub(super) async fn review(stage: &mut Stage<'_, '_>, scene: Scene<'_>, at: Option<&str>, said: &Particulars) -> Result<(), SetupError> {
    let call: FilingReview =
        stage.body(json!({"result": "passed", "findings": "经审查，制定主体、权限、内容、程序和制定技术均符合规定。"}), said)?;
    for (who, filing) in meant(stage, scene, at)? {
        let call = call.clone();
        stage.people.act(who, scene.day, async |tx| reviews::review(tx, filing, call).await.map(drop)).await?;
    }
    Ok(())
}

pub(super) async fn rectify(stage: &mut Stage<'_, '_>, scene: Scene<'_>, at: &str, said: &Particulars) -> Result<(), SetupError> {
    for (_, filing) in meant(stage, scene, Some(at))? {
        let call = stage.body(json!({}), said)?;
        stage.people.act(scene.drafter(), scene.day, async |tx| reports::rectify(tx, filing, call).await.map(drop)).await?;
    }
    Ok(())
}
