//! Who may do what: one table role × act × relation to the document. It decides on permission alone, never on state.

use super::actor::{Actor, Role};
use super::bodies::Body;
use crate::base::ids::BodyId;
use crate::base::said::{Lang, Said};
use crate::lifecycle::action::Action;
use crate::lifecycle::filing::FilingAct;
use crate::web::refusal::Refusal;

/// How the caller's body stands to a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// The body whose drafter created it.
    pub drafting_body: Option<BodyId>,
    /// Its issuing authority.
    pub issuing_authority: Option<BodyId>,
    /// The body that reviews what the issuing authority issues.
    pub review_body: Option<BodyId>,
    /// Whether it was ever submitted for review.
    pub submitted: bool,
    /// Whether it was published.
    pub published: bool,
    /// The bodies that it was filed to.
    pub filed_to: Vec<BodyId>,
    /// The bodies that its issuing authority files to.
    pub issuer_files_to: Vec<BodyId>,
}

/// A relation that the table asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The caller's body drafted it.
    Drafted,
    /// The caller's body reviews it, and it was submitted.
    Reviews,
    /// The caller's body is its issuing authority.
    Issues,
    /// It was filed to the caller's body.
    FiledTo,
    /// It is published and its issuer files to the caller's body.
    PublishedBySubordinate,
}

impl Relation {
    /// Whether a body stands in this relation.
    #[must_use]
    pub fn holds(self, body: BodyId, relations: &Relations) -> bool {
        match self {
            Self::Drafted => relations.drafting_body == Some(body),
            Self::Reviews => relations.submitted && relations.review_body == Some(body),
            Self::Issues => relations.issuing_authority == Some(body),
            Self::FiledTo => relations.filed_to.contains(&body),
            Self::PublishedBySubordinate => relations.published && relations.issuer_files_to.contains(&body),
        }
    }
}

/// Who may read a document: contract section 3.
pub const MAY_READ: &[(Role, Relation)] = &[
    (Role::Drafter, Relation::Drafted),
    (Role::Reviewer, Relation::Reviews),
    (Role::Secretary, Relation::Issues),
    (Role::Auditor, Relation::FiledTo),
    (Role::Auditor, Relation::PublishedBySubordinate),
];

/// Who may do each act on a document.
#[must_use]
pub const fn may_act(action: Action) -> (Role, Relation) {
    match action {
        Action::Patch | Action::Revisions | Action::Materials | Action::Submissions | Action::Withdrawal | Action::Filing => {
            (Role::Drafter, Relation::Drafted)
        }
        Action::Intake | Action::CounselOpinions | Action::Opinions => (Role::Reviewer, Relation::Reviews),
        Action::Agenda
        | Action::AgendaRemoval
        | Action::Decision
        | Action::Confirmation
        | Action::Issuance
        | Action::IssuanceVoid
        | Action::Publication => (Role::Secretary, Relation::Issues),
    }
}

/// Who creates documents, for any issuing authority, and is then the drafter of them.
pub const MAY_DRAFT: Role = Role::Drafter;

/// Who schedules and changes the meetings of their own body.
pub const MAY_KEEP_MEETINGS: Role = Role::Secretary;

/// How the caller's body stands to a filing or to a clean-up round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The body that received the filing.
    Receiver,
    /// The body that drafted the document.
    DraftingBody,
    /// The body whose documents the round cleans up.
    CleanedUpBody,
    /// A body to which that one files.
    ItsReceiver,
}

/// Who may do each act on a filing; never an auditor who filed it.
#[must_use]
pub const fn may_act_on_filing(act: FilingAct) -> (Role, Party) {
    match act {
        FilingAct::Intake | FilingAct::Review => (Role::Auditor, Party::Receiver),
        FilingAct::Supplement | FilingAct::Rectification => (Role::Drafter, Party::DraftingBody),
    }
}

/// Who opens clean-up rounds and proposes their results.
pub const MAY_CLEAN_UP: &[(Role, Party)] =
    &[(Role::Secretary, Party::CleanedUpBody), (Role::Auditor, Party::CleanedUpBody), (Role::Auditor, Party::ItsReceiver)];

/// Who publishes the outcome of a round, which is the issuer's decision.
pub const MAY_PUBLISH_CLEANUP: &[(Role, Party)] = &[(Role::Secretary, Party::CleanedUpBody)];

/// Whether the caller may know of a document.
#[must_use]
pub fn sees(actor: &Actor, relations: &Relations) -> bool {
    MAY_READ.iter().any(|(role, relation)| actor.is(*role) && relation.holds(actor.body_id, relations))
}

/// Whether the caller may know more of a document than what is published.
#[must_use]
pub fn sees_inside(actor: &Actor, relations: &Relations) -> bool {
    MAY_READ.iter().any(|(role, relation)| {
        *relation != Relation::PublishedBySubordinate && actor.is(*role) && relation.holds(actor.body_id, relations)
    })
}

/// Whether the caller may do an act on a document.
#[must_use]
pub fn may(actor: &Actor, action: Action, relations: &Relations) -> bool {
    let (role, relation) = may_act(action);
    actor.is(role) && relation.holds(actor.body_id, relations)
}

/// Lets a caller read a document.
///
/// # Errors
/// 404 where they may not know of it.
pub fn require_sight(actor: &Actor, relations: &Relations) -> Result<(), Refusal> {
    if sees(actor, relations) { Ok(()) } else { Err(Refusal::not_found()) }
}

/// Lets a caller read what came before the publication: drafts, materials, opinions, the timeline. It stays inside (SC7 art 41 `[X]`);
/// to whom a document was not filed sees of it what is published, no more.
///
/// # Errors
/// 404 where they may not know of the document, 403 where they may.
pub fn require_sight_of_the_review(actor: &Actor, relations: &Relations) -> Result<(), Refusal> {
    require_sight(actor, relations)?;
    if sees_inside(actor, relations) {
        return Ok(());
    }
    Err(Refusal::forbidden(Said::fixed(
        "起草和审核过程仅供内部查阅；文件向贵机关报备之后方可查阅。",
        "What came before the publication is internal; it can be read once the document is filed to your body.",
    )))
}

/// Lets a caller act on a document, and says in which role.
///
/// # Errors
/// 404 where they may not know of it, 403 where they may but must not do this.
pub fn require(actor: &Actor, action: Action, relations: &Relations) -> Result<Role, Refusal> {
    if may(actor, action, relations) {
        return Ok(may_act(action).0);
    }
    require_sight(actor, relations)?;
    Err(forbidden_act(actor, action))
}

/// Lets a caller act who holds a role in the body for which they act.
///
/// # Errors
/// 403.
pub fn require_role(actor: &Actor, role: Role) -> Result<Role, Refusal> {
    require_any_role(actor, &[role])
}

/// Lets a caller act who holds one of several roles; gives the first that they hold.
///
/// # Errors
/// 403.
pub fn require_any_role(actor: &Actor, roles: &[Role]) -> Result<Role, Refusal> {
    roles.iter().copied().find(|role| actor.is(*role)).ok_or_else(|| {
        let zh = roles.iter().map(|role| role.zh()).collect::<Vec<_>>().join("或者");
        let en = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ");
        done_by(actor, &Said::new(zh, format!("a holder of the role {en}")))
    })
}

/// The refusal of an act on a document to somebody who may read it.
#[must_use]
pub fn forbidden_act(actor: &Actor, action: Action) -> Refusal {
    done_by(actor, &who_does(action))
}

/// The refusal that says as whom the caller acts, and who does this instead.
#[must_use]
pub fn done_by(actor: &Actor, who: &Said) -> Refusal {
    let body = &actor.body_name;
    let roles_zh = actor.roles.iter().map(|role| role.zh()).collect::<Vec<_>>().join("、");
    let roles_en = actor.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Refusal::forbidden(Said::new(
        format!("您现在以{body}{roles_zh}的身份操作；此事由{}办理。", who.in_lang(Lang::Zh)),
        format!("You act for {body} as {roles_en}; this is done by {}.", who.in_lang(Lang::En)),
    ))
}

/// Who does an act on a document, in the words of [`may_act`].
fn who_does(action: Action) -> Said {
    match may_act(action).1 {
        Relation::Drafted => DRAFTERS.clone(),
        Relation::Reviews => Said::fixed("制定机关的审核机构的审核人", "a reviewer of the body that reviews for the issuing authority"),
        Relation::Issues => Said::fixed("制定机关的会议秘书", "the secretary of the issuing authority"),
        Relation::FiledTo | Relation::PublishedBySubordinate => {
            Said::fixed("接收报备的机关的备案审查人员", "an auditor of the body that received the filing")
        }
    }
}

/// Who acts for the drafting body.
pub static DRAFTERS: Said = Said::fixed("起草该文件的机关的起草人", "a drafter of the body that drafted the document");

/// Who acts for the body that received a filing.
#[must_use]
pub fn receivers(target: &Body) -> Said {
    Said::new(format!("接收该件备案的{}的备案审查人员", target.name), format!("an auditor of {}, which received the filing", target.name))
}

#[cfg(test)]
mod tests {
    use super::{require_any_role, require_role};
    use crate::base::ids::{BodyId, TokenId, UserId};
    use crate::base::said::Lang;
    use crate::identity::actor::{Actor, Role};

    fn secretary() -> Actor {
        Actor {
            user_id: UserId::new(),
            body_id: BodyId::new(),
            body_name: "青禾镇人民政府".to_owned(),
            token_id: TokenId::new(),
            expires_at: None,
            roles: vec![Role::Secretary],
        }
    }

    #[test]
    fn a_refused_caller_reads_as_whom_they_act_and_who_does_it_instead() {
        let refusal = require_role(&secretary(), Role::Drafter).expect_err("is refused");
        let zh = refusal.detail.in_lang(Lang::Zh);
        for named in ["青禾镇人民政府", "会议秘书", "起草人"] {
            assert!(zh.contains(named), "{zh}");
        }
        assert!(!zh.chars().any(|letter| letter.is_ascii_alphabetic()), "{zh}");
        let refusal = require_any_role(&secretary(), &[Role::Auditor, Role::Reviewer]).expect_err("is refused");
        let zh = refusal.detail.in_lang(Lang::Zh);
        assert!(zh.contains("备案审查人员") && zh.contains("审核人"), "{zh}");
        let en = refusal.detail.in_lang(Lang::En);
        assert!(en.contains("secretary") && en.contains("auditor"), "{en}");
    }
}
