//! Recording that an act ends a document's effect. Which effect holds on a day is computed by `effect_on`, never here.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;
use uuid::Uuid;

use crate::base::ids::{DocumentId, EffectEndId};
use crate::identity::actor::Role;
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::effect::{EffectCause, EndedEffect};
use crate::schema::effect_ends;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// An end of effect about to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct EffectEnd {
    /// How it ends.
    pub effect: EndedEffect,
    /// The first day without effect.
    pub from_on: NaiveDate,
    /// By which act.
    pub cause: EffectCause,
    /// The act's record.
    pub cause_id: Uuid,
}

/// Records an end of effect with its own log entry.
///
/// # Errors
/// When the database refuses.
pub async fn end_effect(tx: &mut Tx<'_>, role: Role, document: DocumentId, end: EffectEnd) -> Result<(), Refusal> {
    let data = json!({"effect": end.effect, "from_on": end.from_on, "cause": end.cause, "cause_id": end.cause_id});
    let entry = tx.record(NewEntry::on_document(EntryType::EffectEnded, role, document, data)).await?;
    diesel::insert_into(effect_ends::table)
        .values((
            effect_ends::id.eq(EffectEndId::new()),
            effect_ends::document_id.eq(document),
            effect_ends::effect.eq(end.effect),
            effect_ends::from_on.eq(end.from_on),
            effect_ends::cause.eq(end.cause),
            effect_ends::cause_id.eq(end.cause_id),
            effect_ends::recorded_at.eq(tx.now),
            effect_ends::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}
