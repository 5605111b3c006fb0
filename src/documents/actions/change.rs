//! A drafter changes what binds besides the text, which makes a new revision, or the drafting unit, which does not.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Map, json};

use super::draft::{require_review_body, sorted};
use super::revise::follow;
use crate::base::ids::DocumentId;
use crate::base::said::{Lang, Said};
use crate::documents::digest::Bound;
use crate::documents::wire::DocumentPatch;
use crate::documents::{show, store};
use crate::journal::entry::{EntryType, NewEntry};
use crate::lifecycle::action::Action;
use crate::lifecycle::revision::Particular;
use crate::lifecycle::step::Step;
use crate::schema::documents;
use crate::web::call::IfMatch;
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Changes a document. What changes nothing leaves no trace.
///
/// # Errors
/// 403, 404, 412, 409 `wrong_step` and `text_fixed`, 422 for what may not be issued or replaced.
pub async fn change(tx: &mut Tx<'_>, id: DocumentId, patch: DocumentPatch, rests_on: &IfMatch) -> Result<(), Refusal> {
    let permitted = tx.lock_for(id, Action::Patch).await?;
    require_as_read(tx, id, rests_on).await?;
    let standing = &permitted.standing;
    standing.require_step(Action::Patch)?;
    let (current, file_name) = store::revision_bound(tx.conn, id, standing.facts.revision.no).await?;
    let unit = new_unit(tx, id, patch.drafting_unit.as_deref()).await?;
    let bound = patched(&current, patch);
    let changes = current.particulars_changed(&bound);
    require_open(&changes, standing.facts.step)?;
    if changes.is_empty() && unit.is_none() {
        tx.changed_nothing = true;
        return Ok(());
    }
    let mut named: Vec<&str> = changes.iter().map(|particular| particular.as_str()).collect();
    named.extend(unit.iter().map(|_| "drafting_unit"));
    let (mut from, mut to) = (Map::new(), Map::new());
    for particular in &changes {
        from.insert(particular.as_str().to_owned(), current.particular(*particular));
        to.insert(particular.as_str().to_owned(), bound.particular(*particular));
    }
    if let Some((before, after)) = &unit {
        from.insert("drafting_unit".to_owned(), before.as_str().into());
        to.insert("drafting_unit".to_owned(), after.as_str().into());
    }
    let data = json!({"changes": named, "from": from, "to": to});
    let entry = NewEntry::on_document(EntryType::DocumentChanged, permitted.role, id, data);
    if changes.is_empty() {
        let revision = &standing.facts.revision;
        tx.record(entry.on_revision(revision.no, &revision.sha256)).await?;
    } else {
        let draft = store::resolve(tx, Some(id), bound, file_name, None).await?;
        if changes.contains(&Particular::IssuingAuthority) {
            require_review_body(&draft)?;
        }
        follow(tx, permitted, &draft, None, entry).await?;
    }
    if let Some((_, unit)) = unit {
        diesel::update(documents::table.find(id)).set(documents::drafting_unit.eq(unit)).execute(tx.conn).await?;
    }
    tx.finish_document(id).await
}

/// Compares the tag with the document as it is now, under the lock. An explanation in the reader's language is a part of the
/// answer, so the tag of either language will do.
async fn require_as_read(tx: &mut Tx<'_>, id: DocumentId, rests_on: &IfMatch) -> Result<(), Refusal> {
    let own = tx.lang;
    let mut checked = Ok(());
    for lang in [own, if own == Lang::Zh { Lang::En } else { Lang::Zh }] {
        tx.lang = lang;
        let current = serde_json::to_string(&show::document(tx, id).await?).map_err(Refusal::internal)?;
        checked = rests_on.check(&current);
        if checked.is_ok() {
            break;
        }
    }
    tx.lang = own;
    checked
}

/// The drafting unit before and after, where it changes.
async fn new_unit(tx: &mut Tx<'_>, id: DocumentId, wanted: Option<&str>) -> Result<Option<(String, String)>, Refusal> {
    let Some(wanted) = wanted.map(str::trim) else { return Ok(None) };
    let current: String = documents::table.find(id).select(documents::drafting_unit).first(tx.conn).await?;
    Ok((current != wanted).then(|| (current, wanted.to_owned())))
}

fn patched(current: &Bound, patch: DocumentPatch) -> Bound {
    let mut bound = current.clone();
    if let Some(title) = patch.title {
        title.trim().clone_into(&mut bound.title);
    }
    if let Some(class) = patch.document_class {
        bound.document_class = class;
    }
    if let Some(code) = patch.issuing_authority {
        bound.issuing_authority = code;
    }
    if let Some(codes) = patch.joint_authorities {
        bound.joint_authorities = codes;
    }
    if let Some(replaces) = patch.replaces {
        bound.replaces = sorted(replaces);
    }
    if let Some(concerned) = patch.concerns_market_entities {
        bound.concerns_market_entities = concerned;
    }
    bound
}

fn require_open(changes: &[Particular], step: Step) -> Result<(), Refusal> {
    let fixed: Vec<&str> = changes.iter().filter(|particular| particular.is_fixed_at(step)).map(|particular| particular.as_str()).collect();
    if fixed.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        kind::TEXT_FIXED,
        Said::new(
            format!("会议已原则通过，下列各项不得更改：{}。", fixed.join("、")),
            format!("A meeting has approved it in principle; these are fixed: {}.", fixed.join(", ")),
        ),
    )
    .with("fixed", fixed.into()))
}
