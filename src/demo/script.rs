//! The stories of the demo as they are written down: one file for each document, with its text and what happened to it on
//! which day, and one for meetings and clean-up rounds. It reads them and judges nothing; the registry does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::documents::wire::{DocumentClass, ReplacementEffect};
use crate::lifecycle::facts::{FairCompetition, MaterialKind};
use crate::setup::SetupError;

/// The particulars of an act as a user's call would send them; days and documents are named as [`super::stage`] says.
pub type Particulars = Map<String, Value>;

/// One document of the demo and its history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// Title.
    pub title: String,
    /// Who drafts it, in words.
    pub drafting_unit: String,
    /// Class.
    #[serde(default = "government_document")]
    pub document_class: DocumentClass,
    /// Code of the issuing authority.
    #[serde(default = "town")]
    pub issuing_authority: String,
    /// Codes of further issuers.
    #[serde(default)]
    pub joint_authorities: Vec<String>,
    /// The documents that it replaces, by their keys.
    #[serde(default)]
    pub replaces: Vec<Replaced>,
    /// Whether it concerns market entities.
    #[serde(default)]
    pub concerns_market_entities: bool,
    /// What its fair-competition review concluded.
    #[serde(default = "compliant")]
    pub fair_competition: FairCompetition,
    /// Whether it is handed in as a Word file.
    #[serde(default)]
    pub as_word_file: bool,
    /// Key of the person who drafts it.
    #[serde(default = "drafter")]
    pub drafter: String,
    /// Key of the person who reviews it.
    #[serde(default = "reviewer")]
    pub reviewer: String,
    /// Key of the secretary of its issuer.
    #[serde(default = "secretary")]
    pub secretary: String,
    /// Who signs.
    #[serde(default = "mayor")]
    pub signed_by: String,
    /// What one can try with it, in Chinese.
    pub about: String,
    /// The same in English.
    pub about_en: String,
    /// The text of its first revision.
    pub text: String,
    /// What happened to it.
    pub acts: Vec<Act>,
}

/// A document that another one replaces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its key.
    pub document: String,
    /// What becomes of it.
    pub effect: ReplacementEffect,
}

/// One act.
#[derive(Debug, Deserialize)]
pub struct Act {
    /// How many working days before the demo begins.
    pub ago: u32,
    /// Key of who does it, where it is not the person of the story whose part it is.
    pub by: Option<String>,
    /// What they do.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What people do, with what the call needs besides what follows from the story.
#[derive(Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Deed {
    /// The drafter creates the document.
    Draft,
    /// The drafter makes a new revision: each passage of the text before is replaced by another.
    Revise {
        /// What was there, and what stands there now.
        changes: Vec<(String, String)>,
        /// What was changed and why.
        note: String,
    },
    /// The drafter adds a material.
    Material {
        /// Its kind.
        kind: MaterialKind,
    },
    /// The drafter submits the current revision, with the required materials.
    Submit {
        /// The answers to the open comments, in the order of the comments.
        #[serde(default)]
        answers: Vec<Particulars>,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
    /// The reviewer takes it in; `accepted` unless told.
    Intake(Particulars),
    /// The reviewer hears counsel.
    Counsel(Particulars),
    /// The reviewer gives an opinion; `lawful` unless told.
    Opine(Particulars),
    /// The drafter withdraws it.
    Withdraw(Particulars),
    /// The secretary places it on the agenda of a meeting.
    Place {
        /// Key of the meeting.
        meeting: String,
    },
    /// The secretary takes it off again.
    TakeOff {
        /// Key of the meeting.
        meeting: String,
    },
    /// The secretary enters the meeting's decision; `approved` unless told.
    Decide {
        /// Key of the meeting.
        meeting: String,
        /// Whether this corrects the entry before it.
        #[serde(default)]
        corrects_the_last: bool,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
    /// The secretary confirms the finished text.
    Confirm {
        /// Key of the meeting.
        meeting: String,
        /// How the text follows what the meeting ordered.
        note: String,
    },
    /// The secretary enters the signature.
    Issue,
    /// The secretary takes the issuance back.
    Void(Particulars),
    /// The secretary enters the publication.
    Publish {
        /// How many days after the publication it takes effect.
        #[serde(default = "thirty_days")]
        lead_days: u64,
        /// How many days it is valid, where that is not the longest that the rules allow.
        valid_days: Option<u64>,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
    /// The drafter files it.
    File(Particulars),
    /// A receiver takes the filing in; `registered` unless told.
    TakeInFiling {
        /// Code of the receiver; without it, each that the document was filed to.
        at: Option<String>,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
    /// The drafter supplements a filing.
    Supplement {
        /// Code of the receiver.
        at: String,
        /// What is supplied.
        note: String,
    },
    /// A receiver reviews the filing; `passed` unless told.
    ReviewFiling {
        /// Code of the receiver; without it, each that the document was filed to.
        at: Option<String>,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
    /// The drafter reports what was done.
    Rectify {
        /// Code of the receiver.
        at: String,
        /// Everything else.
        #[serde(flatten)]
        said: Particulars,
    },
}

/// A meeting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// How many working days before the demo begins it was called.
    pub called: u32,
    /// Its day, written as [`super::stage`] says.
    pub held_on: String,
    /// Its title.
    pub title: String,
    /// Code of the body that meets.
    #[serde(default = "town")]
    pub body: String,
    /// Key of its secretary.
    #[serde(default = "secretary")]
    pub secretary: String,
    /// How many working days before the demo begins it was cancelled, where it was.
    pub cancelled: Option<u32>,
}

/// A clean-up round.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// How many working days before the demo begins it was opened.
    pub opened: u32,
    /// Key of who opened it.
    #[serde(default = "auditor")]
    pub by: String,
    /// What the call says.
    pub said: Particulars,
    /// What was proposed.
    pub proposals: Vec<Proposal>,
    /// How many working days before the demo begins it was published, where it was.
    pub published: Option<u32>,
}

/// A proposal within a round.
#[derive(Debug, Deserialize)]
pub struct Proposal {
    /// How many working days before the demo begins.
    pub ago: u32,
    /// Key of who proposed it.
    #[serde(default = "auditor")]
    pub by: String,
    /// What the call says.
    #[serde(flatten)]
    pub said: Particulars,
}

/// The meetings and rounds of the demo, by their keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Township {
    /// Meetings.
    pub meetings: BTreeMap<String, Meeting>,
    /// Clean-up rounds.
    pub rounds: BTreeMap<String, Round>,
}

/// Everything that is written down.
#[derive(Debug)]
pub struct Script {
    /// Meetings and rounds.
    pub township: Township,
    /// The documents, with their keys.
    pub stories: Vec<(&'static str, Story)>,
}

fn government_document() -> DocumentClass {
    DocumentClass::GovernmentDocument
}
fn compliant() -> FairCompetition {
    FairCompetition::Compliant
}
fn town() -> String {
    "qinghe".to_owned()
}
fn drafter() -> String {
    "drafter".to_owned()
}
fn reviewer() -> String {
    "reviewer".to_owned()
}
fn secretary() -> String {
    "secretary".to_owned()
}
fn auditor() -> String {
    "auditor".to_owned()
}
fn mayor() -> String {
    "何镇长".to_owned()
}
const fn thirty_days() -> u64 {
    30
}

macro_rules! written {
    ($($key:literal),+ $(,)?) => {
        &[$(($key, include_str!(concat!("stories/", $key, ".toml")))),+]
    };
}

/// The stories, in the order of the four stages and of the steps within them, then those of other bodies.
const STORIES: &[(&str, &str)] = written![
    "market",
    "ebike",
    "nightmarket",
    "elevator",
    "emergency",
    "river",
    "water",
    "vending",
    "canteen",
    "toll",
    "dogs",
    "tombs",
    "mediation",
    "villagefunds",
    "busstop",
    "fireworks",
    "housing",
    "subsidy",
    "waste",
    "advert",
    "pool",
    "livestock",
    "courtyard",
    "streets",
    "fishing",
    "wells",
    "wells_new",
    "forest",
    "quarry",
    "festival",
    "oldsanitation",
    "sanitation",
    "oldwaste",
    "straw",
    "road",
    "oldmarket",
    "flood",
    "watersource",
    "b_fair",
    "b_cattle",
    "b_lake",
    "b_tea",
    "n_machine",
    "n_seed",
];

/// Reads everything.
///
/// # Errors
/// Where a file is not written as it should be.
pub fn read() -> Result<Script, SetupError> {
    let township = toml::from_str(include_str!("stories/township.toml")).map_err(|error| format!("the meetings of the demo: {error}"))?;
    let mut stories = Vec::new();
    for (key, text) in STORIES {
        stories.push((*key, toml::from_str(text).map_err(|error| format!("the demo's story {key}: {error}"))?));
    }
    Ok(Script { township, stories })
}
