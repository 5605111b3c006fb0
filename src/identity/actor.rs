//! The person behind a call, the body for which they act, and the roles that they hold there.

use chrono::{DateTime, Utc};

use crate::base::ids::{BodyId, TokenId, UserId};
use crate::base::text_enum::text_enum;

text_enum! {
    /// The roles of the public contract.
    pub enum Role {
        /// Drafts, submits, answers, withdraws, files.
        Drafter = "drafter",
        /// Gives legality opinions.
        Reviewer = "reviewer",
        /// Keeps the meeting, issues and publishes.
        Secretary = "secretary",
        /// Audits filings and clean-ups.
        Auditor = "auditor",
        /// Administers; never acts in the procedure.
        Admin = "admin",
    }
}

/// A signed-in user acting for one body.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user.
    pub user_id: UserId,
    /// The body for which the token acts.
    pub body_id: BodyId,
    /// That body's name.
    pub body_name: String,
    /// The token.
    pub token_id: TokenId,
    /// When the token expires, on the machine's clock.
    pub expires_at: Option<DateTime<Utc>>,
    /// The roles that the user holds in that body.
    pub roles: Vec<Role>,
}

impl Role {
    /// What a holder of this role is called in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Drafter => "起草人",
            Self::Reviewer => "审核人",
            Self::Secretary => "会议秘书",
            Self::Auditor => "备案审查人员",
            Self::Admin => "管理员",
        }
    }
}

impl Actor {
    /// Whether the user holds a role in the body for which they act.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
