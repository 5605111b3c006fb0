//! Drafting: documents, revisions and materials.

use serde_json::json;

use super::Scene;
use crate::compare;
use crate::demo::script::Particulars;
use crate::demo::stage::{Stage, Told};
use crate::demo::texts;
use crate::documents::actions::{add_material, draft as drafts, revise as revisions};
use crate::documents::files::StoredFile;
use crate::documents::text_input::TextInput;
use crate::lifecycle::facts::MaterialKind;
use crate::reading::{self, Limits};
use crate::setup::SetupError;
use crate::web::body::Upload;

pub(super) async fn draft(stage: &mut Stage<'_, '_>, scene: Scene<'_>) -> Result<(), SetupError> {
    let story = scene.story;
    let mut replaces = Vec::new();
    for replaced in &story.replaces {
        replaces.push(json!({"document_id": stage.told(&replaced.document)?.id, "effect": replaced.effect}));
    }
    let new = stage.body(
        json!({"title": story.title, "document_class": story.document_class, "issuing_authority": story.issuing_authority,
            "drafting_unit": story.drafting_unit, "concerns_market_entities": story.concerns_market_entities,
            "joint_authorities": story.joint_authorities, "replaces": replaces}),
        &Particulars::new(),
    )?;
    let input = handed_in(scene, &story.text)?;
    let text = input.text.clone();
    let id = stage.people.act(scene.drafter(), scene.day, async |tx| drafts::draft(tx, new, input).await).await?;
    stage.documents.insert(scene.key, Told { id, revision: 1, text, materials: Vec::new(), filings: Vec::new(), decision: None });
    Ok(())
}

pub(super) async fn revise(
    stage: &mut Stage<'_, '_>,
    scene: Scene<'_>,
    changes: &[(String, String)],
    note: &str,
) -> Result<(), SetupError> {
    let told = stage.told(scene.key)?;
    let (id, mut text) = (told.id, told.text.clone());
    for (before, after) in changes {
        if text.matches(before.as_str()).count() != 1 {
            return Err(format!("the text does not hold once: {before}").into());
        }
        text = text.replace(before.as_str(), after);
    }
    let input = handed_in(scene, &text)?;
    let text = input.text.clone();
    let note = Some(note.to_owned());
    let revision = stage.people.act(scene.drafter(), scene.day, async |tx| revisions::revise(tx, id, input, note).await).await?;
    let told = stage.told(scene.key)?;
    (told.revision, told.text) = (revision, text);
    Ok(())
}

/// The text as the call takes it: as it is, or read from the Word file that it makes.
fn handed_in(scene: Scene<'_>, text: &str) -> Result<TextInput, SetupError> {
    if !scene.story.as_word_file {
        return Ok(TextInput { text: text.to_owned(), file: None });
    }
    let content = compare::docx::render(&compare::diff::compare(text, text))?;
    let read = reading::read(&content, &Limits::default()).map_err(|error| error.en().into_owned())?;
    let file_name = format!("{}.docx", scene.story.title);
    Ok(TextInput { text: read.text, file: Some(StoredFile::of(Upload::of(file_name, content))) })
}

pub(super) async fn material(stage: &mut Stage<'_, '_>, scene: Scene<'_>, kind: MaterialKind) -> Result<(), SetupError> {
    let conclusion = (kind == MaterialKind::FairCompetitionConclusion).then_some(scene.story.fair_competition);
    let new = stage.body(json!({"kind": kind, "conclusion": conclusion}), &Particulars::new())?;
    let (file_name, content) = texts::material(kind, scene.story);
    let file = StoredFile::of(Upload::of(file_name, content.into_bytes()));
    let told = stage.told(scene.key)?;
    told.materials.push(kind);
    let id = told.id;
    stage.people.act(scene.drafter(), scene.day, async |tx| add_material::add_material(tx, id, new, file).await.map(drop)).await
}
