//! The particulars behind a reason of the gate or of a refused submission: which materials, which comments, from which day on.
//! The rules give codes; here they are said with what the reader has to look for. Nothing is judged.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::base::ids::{CommentId, DocumentId};
use crate::base::said::{Lang, Said};
use crate::documents::standing::{Standing, unanswered_comments};
use crate::identity::permits;
use crate::lifecycle::facts::{MaterialKind, MeetingFacts};
use crate::lifecycle::gate::{self, GateReason};
use crate::lifecycle::names::in_english;
use crate::lifecycle::step::Step;
use crate::schema::{intakes, opinion_comments};
use crate::web::refusal::{Reason, Refusal};
use crate::web::tx::Tx;

/// How much of a comment or a reason a sentence quotes, in characters.
const QUOTED_MAX: usize = 40;

/// A comment, as far as a sentence names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentNote {
    /// Which.
    pub id: CommentId,
    /// On which article.
    pub article: String,
    /// What it finds wrong.
    pub problem: String,
}

/// Names comments that wait for an answer.
#[must_use]
pub fn unanswered(notes: &[CommentNote]) -> Said {
    let zh: Vec<String> =
        notes.iter().map(|note| format!("对{}的审核意见（{}；comment_id {}）", note.article, quoted(&note.problem), note.id)).collect();
    let en: Vec<String> =
        notes.iter().map(|note| format!("that on {} ({}; comment_id {})", note.article, quoted(&note.problem), note.id)).collect();
    Said::new(
        format!("还有 {} 条审核意见没有答复：{}。请在送审时的 responses 中逐条答复。", notes.len(), zh.join("；")),
        format!("{} comment(s) are not answered: {}. Answer each in responses when submitting.", notes.len(), en.join("; ")),
    )
}

/// Names materials that are missing.
#[must_use]
pub fn missing(kinds: &[MaterialKind]) -> Said {
    let zh: Vec<&str> = kinds.iter().map(|kind| kind.zh()).collect();
    let en: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    Said::new(
        format!("送审材料不齐，缺少 {} 项：{}。", kinds.len(), zh.join("、")),
        format!("{} required material(s) are missing: {}.", kinds.len(), en.join(", ")),
    )
}

/// Loads what sentences name of comments, in the order of the ids given.
///
/// # Errors
/// When the database refuses.
pub async fn comment_notes(conn: &mut AsyncPgConnection, document: DocumentId, ids: &[CommentId]) -> Result<Vec<CommentNote>, Refusal> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(CommentId, String, String)> = opinion_comments::table
        .filter(opinion_comments::document_id.eq(document))
        .filter(opinion_comments::id.eq_any(ids))
        .select((opinion_comments::id, opinion_comments::article, opinion_comments::problem))
        .load(conn)
        .await?;
    let mut notes: Vec<CommentNote> = rows.into_iter().map(|(id, article, problem)| CommentNote { id, article, problem }).collect();
    notes.sort_by_key(|note| ids.iter().position(|id| *id == note.id));
    Ok(notes)
}

/// Says the reasons of the gate with their particulars, as far as the caller may know them.
///
/// # Errors
/// When the database refuses.
pub async fn explain(
    tx: &mut Tx<'_>,
    standing: &Standing,
    meeting: Option<&MeetingFacts>,
    reasons: Vec<GateReason>,
) -> Result<Vec<Reason>, Refusal> {
    // What the review asked for stays inside; whoever reads a published document from above learns the code's own sentence.
    let is_inside = permits::require_sight_of_the_review(tx.actor, &standing.relations).is_ok();
    let mut explained = Vec::new();
    for reason in reasons {
        let detail = if is_inside { particular(tx, standing, meeting, reason).await? } else { None };
        explained.push(Reason { code: reason.as_str(), detail: detail.unwrap_or_else(|| reason.said()) });
    }
    Ok(explained)
}

async fn particular(
    tx: &mut Tx<'_>,
    standing: &Standing,
    meeting: Option<&MeetingFacts>,
    reason: GateReason,
) -> Result<Option<Said>, Refusal> {
    let facts = &standing.facts;
    let rules = Arc::clone(&tx.rules);
    let profile = rules.in_force(&standing.issuer.jurisdiction, tx.today)?.profile;
    let said = match reason {
        GateReason::MaterialsMissing => Some(missing(&gate::missing_materials(facts, profile))),
        GateReason::CommentsUnanswered => {
            let ids = unanswered_comments(tx.conn, standing.id).await?;
            Some(unanswered(&comment_notes(tx.conn, standing.id, &ids).await?))
        }
        GateReason::SupplementRequested => supplement(tx.conn, standing.id).await?,
        GateReason::NeverSubmitted if facts.step == Step::Withdrawn => {
            Some(Said::fixed("文件撤回之前没有送过审。", "It was withdrawn before it was ever submitted."))
        }
        GateReason::NoOpinion if facts.step == Step::Withdrawn => {
            Some(Said::fixed("文件撤回之前没有合法性审核意见。", "It was withdrawn before there was a legality opinion."))
        }
        GateReason::MeetingBeforeOpinion | GateReason::MeetingTooEarly => meeting
            .zip(gate::earliest_meeting(facts, profile, &rules.calendar))
            .map(|(meeting, earliest)| too_early(reason, meeting.held_on, earliest.max(tx.today))),
        GateReason::NeverSubmitted
        | GateReason::AwaitingIntake
        | GateReason::UnderReview
        | GateReason::NoOpinion
        | GateReason::OpinionStale
        | GateReason::Unlawful
        | GateReason::FairCompetitionMissing
        | GateReason::FairCompetitionNegative
        | GateReason::CounselOpinionMissing
        | GateReason::Withdrawn
        | GateReason::OutOfScope
        | GateReason::AmendmentRequired
        | GateReason::AlreadyOnAgenda
        | GateReason::AlreadyDecided
        | GateReason::WrongBody
        | GateReason::MeetingAlreadyHeld
        | GateReason::MeetingCancelled => None,
    };
    Ok(said)
}

fn too_early(reason: GateReason, held_on: NaiveDate, earliest: NaiveDate) -> Said {
    let said = reason.said();
    let (zh, en) = (said.in_lang(Lang::Zh).trim_end_matches('。'), said.in_lang(Lang::En).trim_end_matches('.'));
    Said::new(
        format!("{zh}：会议定于 {held_on}，最早可定于 {earliest}。"),
        format!("{en}: it is on {held_on}, and may be on {earliest} at the earliest."),
    )
}

/// What the last intake asked to be supplemented.
async fn supplement(conn: &mut AsyncPgConnection, document: DocumentId) -> Result<Option<Said>, Refusal> {
    let asked: Option<(Option<Value>, Option<String>)> = intakes::table
        .filter(intakes::document_id.eq(document))
        .order(intakes::intake_no.desc())
        .select((intakes::missing, intakes::reason))
        .first(conn)
        .await
        .optional()?;
    let Some((missing, reason)) = asked else { return Ok(None) };
    Ok(Some(supplement_said(missing.as_ref(), reason.as_deref())))
}

fn supplement_said(missing: Option<&Value>, reason: Option<&str>) -> Said {
    let words: Vec<&str> = missing.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let kind = |word: &&str| MaterialKind::parse(word);
    let (mut zh, mut en) = ("审核机构要求补正材料".to_owned(), "The reviewer asks for materials".to_owned());
    if !words.is_empty() {
        let named_zh: Vec<String> = words.iter().map(|word| kind(word).map_or_else(|| quoted(word), |kind| kind.zh().to_owned())).collect();
        let named_en: Vec<String> =
            words.iter().map(|word| kind(word).map_or_else(|| quoted(word), |kind| in_english(kind.as_str()))).collect();
        zh.push_str(&format!("，缺少 {} 项：{}", words.len(), named_zh.join("、")));
        en.push_str(&format!("; {} missing: {}", words.len(), named_en.join(", ")));
    }
    if let Some(reason) = reason {
        zh.push_str(&format!("；理由：{}", quoted(reason)));
        en.push_str(&format!("; its reason: {}", quoted(reason)));
    }
    Said::new(format!("{zh}。补齐后重新送审。"), format!("{en}. Supplement them and submit again."))
}

/// The beginning of somebody's words, on one line and without the stop at their end.
fn quoted(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['。', '.', '；', ';']);
    if line.chars().count() <= QUOTED_MAX {
        return line.to_owned();
    }
    line.chars().take(QUOTED_MAX).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CommentNote, QUOTED_MAX, missing, quoted, supplement_said, too_early, unanswered};
    use crate::base::ids::CommentId;
    use crate::base::said::Lang;
    use crate::base::workdays::parse_day;
    use crate::lifecycle::facts::MaterialKind;
    use crate::lifecycle::gate::GateReason;

    #[test]
    fn every_missing_material_and_every_open_comment_is_named() {
        let said = missing(&[MaterialKind::LegalBasis, MaterialKind::CommentSummary]);
        let zh = said.in_lang(Lang::Zh);
        assert!(zh.contains("2 项") && zh.contains("制定依据") && zh.contains("征求意见及采纳情况"), "{zh}");
        let note = |article: &str, problem: &str| CommentNote { id: CommentId::new(), article: article.into(), problem: problem.into() };
        let notes = [note("第三条", "设定了行政处罚。"), note("第九条", "缺少依据")];
        let said = unanswered(&notes);
        let zh = said.in_lang(Lang::Zh);
        for note in &notes {
            assert!(zh.contains(&note.article) && zh.contains(&note.id.to_string()), "{zh}");
        }
        assert!(zh.contains("2 条") && zh.contains("设定了行政处罚；"), "{zh}");
    }

    #[test]
    fn a_supplement_says_what_is_missing_in_the_words_of_the_reviewer() {
        let said = supplement_said(Some(&json!(["legal_basis", "盖章的说明"])), Some("材料未盖章"));
        let zh = said.in_lang(Lang::Zh);
        for named in ["2 项", "制定依据", "盖章的说明", "材料未盖章"] {
            assert!(zh.contains(named), "{zh}");
        }
        assert!(!zh.contains("legal_basis"), "{zh}");
    }

    #[test]
    fn a_meeting_too_early_reads_the_first_day_that_is_not() {
        let day = |text| parse_day(text).expect("a day");
        let said = too_early(GateReason::MeetingTooEarly, day("2026-03-05"), day("2026-03-12"));
        assert!(said.in_lang(Lang::Zh).contains("最早可定于 2026-03-12"), "{said:?}");
        assert!(said.in_lang(Lang::En).contains("2026-03-12"), "{said:?}");
    }

    #[test]
    fn a_quotation_is_one_line_and_not_long() {
        assert_eq!(quoted("一\n二。"), "一 二");
        assert_eq!(quoted(&"字".repeat(500)).chars().count(), QUOTED_MAX + 1);
    }
}
