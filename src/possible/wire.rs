//! What a caller could do next, as the API shows it. Field names are the public contract's.

use serde::Serialize;
use utoipa::ToSchema;

/// What a caller could do next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionList {
    /// Every act on a document, in the order of the procedure.
    pub items: Vec<ActionItem>,
}

/// One act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionItem {
    /// The act, named as its call.
    #[schema(example = "submissions")]
    pub action: String,
    /// Whether it can be done now by this caller.
    pub allowed: bool,
    /// Why not, all reasons at once.
    pub reasons: Vec<crate::web::refusal::ReasonBody>,
}
