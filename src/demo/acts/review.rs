//! The legality review: submissions, intakes, counsel, opinions, withdrawals.

use serde_json::{Value, json};

use super::{Scene, drafting};
use crate::demo::script::Particulars;
use crate::demo::stage::Stage;
use crate::documents::standing::unanswered_comments;
use crate::lifecycle::facts::MaterialKind;
use crate::reviews::actions::{
    hear_counsel as counsel, opine as opinions, submit as submissions, take_in as intakes, withdraw as withdrawals,
};
use crate::reviews::wire::NewSubmission;
use crate::setup::SetupError;
use crate::web::refusal::Refusal;

/// What every submission brings.
const REQUIRED: [MaterialKind; 4] =
    [MaterialKind::DraftingExplanation, MaterialKind::LegalBasis, MaterialKind::CommentSummary, MaterialKind::UnitLegalityOpinion];

pub(super) async fn submit(
    stage: &mut Stage<'_, '_>,
    scene: Scene<'_>,
    answers: &[Particulars],
    said: &Particulars,
) -> Result<(), SetupError> {
    let market = scene.story.concerns_market_entities.then_some(MaterialKind::FairCompetitionConclusion);
    for kind in REQUIRED.into_iter().chain(market) {
        if !stage.told(scene.key)?.materials.contains(&kind) {
            drafting::material(stage, scene, kind).await?;
        }
    }
    let told = stage.told(scene.key)?;
    let (id, revision) = (told.id, told.revision);
    let new: NewSubmission = stage.body(json!({"revision": revision}), said)?;
    let answers = answers.to_vec();
    let answer = async |tx: &mut crate::web::tx::Tx<'_>| {
        // The story answers the comments in their order; a caller reads their ids from the list of opinions.
        let open = unanswered_comments(tx.conn, id).await?;
        let mut new = new;
        for (comment, mut answer) in open.into_iter().zip(answers) {
            answer.insert("comment_id".to_owned(), json!(comment));
            new.responses.push(serde_json::from_value(Value::Object(answer)).map_err(Refusal::internal)?);
        }
        submissions::submit(tx, id, new).await
    };
    stage.people.act(scene.drafter(), scene.day, answer).await
}

pub(super) async fn take_in(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let new = stage.body(json!({"result": "accepted"}), said)?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.reviewer(), scene.day, async |tx| intakes::take_in(tx, id, new).await.map(drop)).await
}

pub(super) async fn hear_counsel(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let new = stage.body(json!({"kind": "legal_counsel", "conflict_of_interest": false}), said)?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.reviewer(), scene.day, async |tx| counsel::hear_counsel(tx, id, new).await.map(drop)).await
}

pub(super) async fn opine(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let told = stage.told(scene.key)?;
    let (id, revision) = (told.id, told.revision);
    let new = stage.body(
        json!({"revision": revision, "outcome": "lawful",
            "items": ["authority_subject", "authority_scope", "content_conformity", "prohibited_setting", "rights_impact", "procedure"],
            "summary": "经审核，制定主体合法，未超越法定权限，内容与上位法一致，未违法设定行政许可、行政处罚、行政强制、收费等事项，程序完备。"}),
        said,
    )?;
    stage.people.act(scene.reviewer(), scene.day, async |tx| opinions::opine(tx, id, new).await).await
}

pub(super) async fn withdraw(stage: &mut Stage<'_, '_>, scene: Scene<'_>, said: &Particulars) -> Result<(), SetupError> {
    let new = stage.body(json!({}), said)?;
    let id = stage.told(scene.key)?.id;
    stage.people.act(scene.drafter(), scene.day, async |tx| withdrawals::withdraw(tx, id, new).await).await
}
