//! The acts of a meeting, one file each. The meeting's row is locked first, then documents in the order of their ids.

use crate::base::said::Said;
use crate::web::kind;
use crate::web::refusal::{Reason, Refusal};

pub mod change;
pub mod confirm;
pub mod decide;
pub mod place;
pub mod schedule;
pub mod take_off;

/// 409 `gate_closed` with every reason, none said twice.
fn gate_closed(mut reasons: Vec<Reason>) -> Refusal {
    let mut seen: Vec<Reason> = Vec::new();
    reasons.retain(|reason| {
        let is_new = !seen.contains(reason);
        if is_new {
            seen.push(reason.clone());
        }
        is_new
    });
    let mut codes: Vec<&str> = reasons.iter().map(|reason| reason.code).collect();
    codes.dedup();
    let codes = codes.join(", ");
    Refusal::closed(
        kind::GATE_CLOSED,
        Said::new(
            format!("未通过合法性审核关口，共有 {} 项原因，见 reasons。", reasons.len()),
            format!("The gate is closed: {codes}; reasons says what to do."),
        ),
        reasons,
    )
}
