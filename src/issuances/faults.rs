//! Faults of dates in the words of the API: pointer, code, and what to do.

use chrono::NaiveDate;

use crate::base::said::Said;
use crate::lifecycle::issuing::{DateFault, YEAR_MAX, YEAR_MIN};
use crate::web::kind;
use crate::web::refusal::FieldError;

/// A fault of the rules as the API names it.
#[must_use]
pub fn field_error(fault: DateFault, today: NaiveDate) -> FieldError {
    match fault {
        DateFault::SignedInFuture => future("/signed_on", today),
        DateFault::SignedBeforeApproval { approved_on } => FieldError::new(
            "/signed_on",
            kind::DATE_BEFORE_ACT,
            Said::new(
                format!("签发日期不得早于审议通过（或确认）之日 {approved_on}。"),
                format!("It was approved on {approved_on}; it cannot be signed before."),
            ),
        ),
        DateFault::PublishedInFuture => future("/publication_date", today),
        DateFault::PublishedBeforeSigning { signed_on } => FieldError::new(
            "/publication_date",
            kind::DATE_BEFORE_ACT,
            Said::new(
                format!("公布日期不得早于签发日期 {signed_on}。"),
                format!("It was signed on {signed_on}; it cannot be published before."),
            ),
        ),
        DateFault::Retroactive => FieldError::new(
            "/effective_date",
            kind::RETROACTIVE,
            Said::fixed("施行日期不得早于公布日期，规范性文件不溯及既往。", "It cannot take effect before it is published."),
        ),
        DateFault::EffectOutOfRange => FieldError::new(
            "/effective_date",
            kind::DATE_OUT_OF_RANGE,
            Said::new(
                format!("有效期应在 {YEAR_MIN} 年至 {YEAR_MAX} 年之间。"),
                format!("Effect and validity lie between {YEAR_MIN} and {YEAR_MAX}."),
            ),
        ),
        DateFault::LeadTooShort { earliest } => FieldError::new(
            "/effective_date",
            kind::LEAD_TOO_SHORT,
            Said::new(
                format!("施行日期最早为 {earliest}；提前施行须在 short_lead_reason 中说明理由。"),
                format!("It takes effect on {earliest} at the earliest; sooner needs short_lead_reason."),
            ),
        ),
        DateFault::ExpiryBeforeEffect => FieldError::new(
            "/expiry_date",
            kind::EXPIRY_BEFORE_EFFECT,
            Said::fixed("失效日期不得早于施行日期。", "It cannot expire before it takes effect."),
        ),
        DateFault::ValidityTooLong { latest } => FieldError::new(
            "/expiry_date",
            kind::VALIDITY_TOO_LONG,
            Said::new(format!("有效期最长至 {latest}。"), format!("It is valid until {latest} at the longest.")),
        ),
    }
}

fn future(pointer: &str, today: NaiveDate) -> FieldError {
    FieldError::new(
        pointer,
        kind::DATE_IN_FUTURE,
        Said::new(format!("日期不得晚于今天（{today}）。"), format!("It cannot lie after today ({today}).")),
    )
}
