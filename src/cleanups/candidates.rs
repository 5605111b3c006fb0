//! The candidates of a round, a page at a time, each with all its reasons. They are computed from the records at every reading.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::standing::Round;
use super::wire::CleanupCandidate;
use crate::base::ids::DocumentId;
use crate::base::said::Said;
use crate::documents::wire::Effect;
use crate::lifecycle::cleanup::{CandidateReason, CleanupResult};
use crate::lifecycle::step::{Stage, Step};
use crate::web::cursor::Page;
use crate::web::refusal::{ReasonBody, Refusal};
use crate::web::tx::Tx;

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: DocumentId,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    official_doc_no: Option<String>,
    #[diesel(sql_type = Text)]
    drafting_unit: String,
    #[diesel(sql_type = Text)]
    stage: Stage,
    #[diesel(sql_type = Text)]
    step: Step,
    #[diesel(sql_type = Text)]
    effect: Effect,
    #[diesel(sql_type = Date)]
    publication_date: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    effective_date: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    expiry_date: Option<NaiveDate>,
    #[diesel(sql_type = Array<Text>)]
    reasons: Vec<CandidateReason>,
    #[diesel(sql_type = Nullable<Text>)]
    proposed: Option<CleanupResult>,
}

/// A page of a round's candidates, by document id, and one more if there is one.
///
/// # Errors
/// 409 `no_profile`; else when the database refuses.
pub async fn candidates_page(tx: &mut Tx<'_>, round: &Round, page: &Page) -> Result<Vec<CleanupCandidate>, Refusal> {
    let months = tx.profile_of(&round.body)?.profile.pre_expiry_review_months();
    let after = page.after.as_ref().and_then(|key| key.as_slice().first()).and_then(|text| Uuid::parse_str(text).ok());
    let rows: Vec<Row> = diesel::sql_query(include_str!("candidates.sql"))
        .bind::<SqlUuid, _>(round.body.id)
        .bind::<Date, _>(round.cutoff_date)
        .bind::<Date, _>(tx.today)
        .bind::<Integer, _>(i32::from(months))
        .bind::<Bool, _>(round.trigger.looks_at_all())
        .bind::<SqlUuid, _>(round.id)
        .bind::<Nullable<SqlUuid>, _>(after)
        .bind::<BigInt, _>(page.limit + 1)
        .load(tx.conn)
        .await?;
    Ok(rows.into_iter().map(|row| candidate(tx, row)).collect())
}

fn candidate(tx: &Tx<'_>, row: Row) -> CleanupCandidate {
    let reasons = row
        .reasons
        .into_iter()
        .map(|reason| ReasonBody { code: reason.as_str().to_owned(), detail: said(reason).in_lang(tx.lang).to_owned() })
        .collect();
    CleanupCandidate {
        id: row.id,
        document_id: row.id,
        title: row.title,
        official_doc_no: row.official_doc_no,
        drafting_unit: row.drafting_unit,
        stage: row.stage,
        step: row.step,
        effect: row.effect,
        publication_date: row.publication_date,
        effective_date: row.effective_date,
        expiry_date: row.expiry_date,
        reasons,
        proposed: row.proposed,
    }
}

const fn said(reason: CandidateReason) -> Said {
    match reason {
        CandidateReason::InScope => Said::fixed("在清理截止日前公布且尚未终止。", "Published by the cut-off date and not ended."),
        CandidateReason::ValidityEnds => {
            Said::fixed("有效期已满，或者已到期满评估的时间。", "Its validity has ended, or it is time to evaluate it before the end.")
        }
        CandidateReason::Replaced => Said::fixed("已有公布的文件替代。", "A published document replaces it."),
        CandidateReason::IssuedNotFiled => Said::fixed("已公布但从未报备。", "Published, but never filed."),
        CandidateReason::AdverseFilingResult => {
            Said::fixed("最近一次备案审查要求纠正或者予以撤销。", "The last review of a filing asked for a correction or revoked it.")
        }
        CandidateReason::AmendmentMissed => {
            Said::fixed("以前的清理要求修改，期限已过而未修改。", "An earlier round ordered an amendment by a day that is over.")
        }
    }
}
