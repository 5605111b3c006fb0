//! What the people of the demo do, each act through the action that a user's call takes.

pub mod drafting;
pub mod filing;
pub mod issuing;
pub mod meeting;
pub mod review;
pub mod township;

use chrono::NaiveDate;

use super::script::{Act, Deed, Story};
use super::stage::Stage;
use crate::setup::SetupError;

/// The story to which an act belongs, who does it if the act names somebody else, and its day.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'s> {
    /// The document's key.
    pub key: &'static str,
    /// The story.
    pub story: &'s Story,
    /// Who does it instead of the person of the story.
    pub by: Option<&'s str>,
    /// The day.
    pub day: NaiveDate,
}

impl<'s> Scene<'s> {
    /// Who drafts here.
    #[must_use]
    pub fn drafter(&self) -> &'s str {
        self.by.unwrap_or(&self.story.drafter)
    }

    /// Who reviews here.
    #[must_use]
    pub fn reviewer(&self) -> &'s str {
        self.by.unwrap_or(&self.story.reviewer)
    }

    /// Whose secretary acts here.
    #[must_use]
    pub fn secretary(&self) -> &'s str {
        self.by.unwrap_or(&self.story.secretary)
    }
}

/// Does one act.
///
/// # Errors
/// Where the action refuses.
pub async fn act(stage: &mut Stage<'_, '_>, key: &'static str, story: &Story, act: &Act, day: NaiveDate) -> Result<(), SetupError> {
    let scene = Scene { key, story, by: act.by.as_deref(), day };
    match &act.deed {
        Deed::Draft => drafting::draft(stage, scene).await,
        Deed::Revise { changes, note } => drafting::revise(stage, scene, changes, note).await,
        Deed::Material { kind } => drafting::material(stage, scene, *kind).await,
        Deed::Submit { answers, said } => review::submit(stage, scene, answers, said).await,
        Deed::Intake(said) => review::take_in(stage, scene, said).await,
        Deed::Counsel(said) => review::hear_counsel(stage, scene, said).await,
        Deed::Opine(said) => review::opine(stage, scene, said).await,
        Deed::Withdraw(said) => review::withdraw(stage, scene, said).await,
        Deed::Place { meeting } => meeting::place(stage, scene, meeting).await,
        Deed::TakeOff { meeting } => meeting::take_off(stage, scene, meeting).await,
        Deed::Decide { meeting, corrects_the_last, said } => meeting::decide(stage, scene, meeting, *corrects_the_last, said).await,
        Deed::Confirm { meeting, note } => meeting::confirm(stage, scene, meeting, note).await,
        Deed::Issue => issuing::issue(stage, scene).await,
        Deed::Void(said) => issuing::void(stage, scene, said).await,
        Deed::Publish { lead_days, valid_days, said } => issuing::publish(stage, scene, *lead_days, *valid_days, said).await,
        Deed::File(said) => filing::file(stage, scene, said).await,
        Deed::TakeInFiling { at, said } => filing::take_in(stage, scene, at.as_deref(), said).await,
        Deed::Supplement { at, note } => filing::supplement(stage, scene, at, note).await,
        Deed::ReviewFiling { at, said } => filing::review(stage, scene, at.as_deref(), said).await,
        Deed::Rectify { at, said } => filing::rectify(stage, scene, at, said).await,
    }
}
