//! What has happened in the demo township: one story for each document, told through the actions that a user's calls take.

use super::people::People;
use super::texts::{self, Text};
use crate::base::ids::DocumentId;
use crate::documents::actions::draft;
use crate::documents::text_input::TextInput;
use crate::documents::wire::{DocumentClass, NewDocument};
use crate::setup::SetupError;
use chrono::NaiveDate;

/// Tells all stories, the oldest last in the procedure first.
///
/// # Errors
/// Where an action refuses, which would be a fault of the story.
pub async fn tell(people: &mut People<'_>) -> Result<(), SetupError> {
    let day = people.workdays_ago(3);
    drafted(people, day, texts::MARKET).await?;
    Ok(())
}

async fn drafted(people: &mut People<'_>, day: NaiveDate, text: Text) -> Result<DocumentId, SetupError> {
    let new = NewDocument {
        title: text.title.to_owned(),
        document_class: DocumentClass::GovernmentDocument,
        issuing_authority: "qinghe".to_owned(),
        drafting_unit: text.drafting_unit.to_owned(),
        concerns_market_entities: text.concerns_market_entities,
        text: None,
        joint_authorities: Vec::new(),
        replaces: Vec::new(),
    };
    let input = TextInput { text: text.text.to_owned(), file: None };
    people.act("drafter", day, async |tx| draft::draft(tx, new, input).await).await
}
