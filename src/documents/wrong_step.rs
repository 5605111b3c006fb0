//! What a document's step does not allow, said with what is possible instead. Who may do it is not asked here.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::standing::Standing;
use super::wire::FilingStatus;
use crate::base::ids::BodyId;
use crate::base::said::Said;
use crate::identity::permits::Relations;
use crate::lifecycle::action::Action;
use crate::lifecycle::decision;
use crate::lifecycle::facts::Facts;
use crate::lifecycle::names::in_english;
use crate::lifecycle::step::{Stage, Step};
use crate::meetings;
use crate::schema::filings;
use crate::web::kind;
use crate::web::refusal::Refusal;

impl Standing {
    /// Refuses an act that is not possible at this step.
    ///
    /// # Errors
    /// 409 `wrong_step` with `stage`, `step` and `allowed`.
    pub fn require_step(&self, action: Action) -> Result<(), Refusal> {
        if action.is_possible_at(self.facts.step) { Ok(()) } else { Err(self.wrong_step()) }
    }

    /// 409 `wrong_step` with `stage`, `step` and `allowed`.
    #[must_use]
    pub fn wrong_step(&self) -> Refusal {
        self.wrong_step_among(self.possible())
    }

    /// The acts that are possible now, as far as the step and what became of the document say.
    fn possible(&self) -> Vec<Action> {
        Action::possible_at(self.facts.step).into_iter().filter(|action| !self.over.contains(action)).collect()
    }

    /// As [`Standing::wrong_step`], for an act that the step allows in general and this document does not.
    #[must_use]
    pub fn wrong_step_but(&self, refused: Action) -> Refusal {
        self.wrong_step_among(self.possible().into_iter().filter(|action| *action != refused).collect())
    }

    fn wrong_step_among(&self, possible: Vec<Action>) -> Refusal {
        let (stage, step) = self.place();
        let said = said_of_the_step(stage, step, &possible);
        let allowed: Vec<&str> = possible.into_iter().map(Action::as_str).collect();
        Refusal::new(kind::WRONG_STEP, said)
            .with("stage", stage.as_str().into())
            .with("step", step.as_str().into())
            .with("allowed", allowed.into())
    }
}

/// Which acts that the step allows are over for this document.
///
/// # Errors
/// When the database refuses.
pub async fn acts_over(mut conn: &AsyncPgConnection, facts: &Facts, relations: &Relations) -> Result<Vec<Action>, Refusal> {
    let mut over = Vec::new();
    if facts.step != Step::OnAgenda && Action::Decision.is_possible_at(facts.step) {
        let last = meetings::store::last_decision(conn, facts.document).await?;
        if !last.is_some_and(|last| decision::still_stands(facts, last.outcome, &last.revision())) {
            over.push(Action::Decision);
        }
    }
    if Action::Filing.is_possible_at(facts.step) {
        let taken: Vec<BodyId> = filings::table
            .filter(filings::document_id.eq(facts.document))
            .filter(filings::status.ne(FilingStatus::FilingRefused))
            .select(filings::target_id)
            .load(&mut conn)
            .await?;
        if relations.issuer_files_to.iter().all(|target| taken.contains(target)) {
            over.push(Action::Filing);
        }
    }
    Ok(over)
}

/// Why an act is not possible at a step, and what is instead.
fn said_of_the_step(stage: Stage, step: Step, possible: &[Action]) -> Said {
    const ENDS: [(Step, &str, &str); 3] = [
        (Step::Withdrawn, "文件已撤回", "The document was withdrawn"),
        (Step::Repealed, "文件已废止", "The document was repealed"),
        (Step::DeclaredLapsed, "文件已宣布失效", "The document was declared lapsed"),
    ];
    let listed_zh = possible.iter().map(|action| action.zh()).collect::<Vec<_>>().join("、");
    let listed_en = possible.iter().map(|action| in_english(action.as_str())).collect::<Vec<_>>().join(", ");
    if let Some((_, zh, en)) = ENDS.iter().find(|(end, _, _)| *end == step) {
        return if possible.is_empty() {
            Said::new(format!("{zh}，程序已终结。"), format!("{en}; the procedure is over."))
        } else {
            Said::new(
                format!("{zh}，不能进行此操作；现在只能进行：{listed_zh}。"),
                format!("{en}, and this cannot be done; only possible now: {listed_en}."),
            )
        };
    }
    let zh = format!("文件处于{}阶段（{}），不能进行此操作", stage.zh(), step.zh());
    let en = format!("The document is at “{}” ({}), where this cannot be done", in_english(stage.as_str()), in_english(step.as_str()));
    if possible.is_empty() {
        return Said::new(format!("{zh}；现在没有可以进行的操作。"), format!("{en}; nothing can be done now."));
    }
    Said::new(format!("{zh}；现在可以进行：{listed_zh}。"), format!("{en}; possible now: {listed_en}."))
}

#[cfg(test)]
mod tests {
    use super::{in_english, said_of_the_step};
    use crate::base::said::Lang;
    use crate::lifecycle::action::Action;
    use crate::lifecycle::step::{STEPS, Stage, Step};

    #[test]
    fn what_is_not_possible_is_said_in_chinese_with_the_step_and_what_is_possible() {
        for (stage, steps) in STEPS {
            for step in *steps {
                let possible = Action::possible_at(*step);
                let said = said_of_the_step(*stage, *step, &possible);
                let zh = said.in_lang(Lang::Zh);
                assert!(!zh.chars().any(|letter| letter.is_ascii_alphabetic() || letter == '_'), "{zh}");
                assert!(possible.iter().all(|action| zh.contains(action.zh())), "{zh}");
                let en = said.in_lang(Lang::En);
                assert!(!en.contains('_') && possible.iter().all(|action| en.contains(&in_english(action.as_str()))), "{en}");
            }
        }
    }

    #[test]
    fn at_an_end_nothing_is_offered() {
        for (step, end) in [(Step::Withdrawn, "已撤回"), (Step::Repealed, "已废止"), (Step::DeclaredLapsed, "已宣布失效")] {
            let said = said_of_the_step(Stage::CleanedUp, step, &[]);
            let zh = said.in_lang(Lang::Zh);
            assert!(zh.contains(end) && zh.contains("终结") && !zh.contains("现在可以"), "{zh}");
        }
    }
}
