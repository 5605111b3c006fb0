//! The permits as a table that a lawyer reads, written from the very data by which the service decides. Decides nothing itself.

use super::actor::Role;
use super::permits::{
    MAY_CLEAN_UP, MAY_DRAFT, MAY_KEEP_MEETINGS, MAY_PUBLISH_CLEANUP, MAY_READ, Party, Relation, may_act, may_act_on_filing,
};
use crate::base::said::{Lang, Said};
use crate::lifecycle::action::Action;
use crate::lifecycle::filing::FilingAct;
use crate::lifecycle::names::in_english;

/// The whole table in one language.
#[must_use]
pub fn text(lang: Lang) -> String {
    let mut table = Table { lang, text: String::new() };
    table.line(&Said::fixed(
        "权限表：角色 × 事项 × 与文件的关系。一个令牌只代表一个机关；表中“本机关”即该机关。办理事项未列出的，一律不许。",
        "Who may do what: role × act × relation. A token acts for one body, which is “the own body” below. An act that is not listed is refused.",
    ));

    table.heading(&Said::fixed("一、查看文件", "1. Reading documents"));
    for (role, relation) in MAY_READ {
        let what = if *relation == Relation::PublishedBySubordinate {
            Said::fixed("查看已公布的内容", "read what is published")
        } else {
            Said::fixed("查看全部内容，含起草和审核过程", "read everything, drafts and review included")
        };
        table.row(*role, &what, &related(*relation));
    }

    table.heading(&Said::fixed("二、办理文件", "2. Acts on documents"));
    table.row(
        MAY_DRAFT,
        &Said::fixed("起草新文件", "create"),
        &Said::fixed("制定机关不限，本机关即为起草机关", "for any issuing authority; the own body is then the drafting body"),
    );
    for action in Action::ALL {
        let (role, relation) = may_act(*action);
        table.row(role, &Said::new(action.zh(), in_english(action.as_str())), &related(relation));
    }

    table.heading(&Said::fixed("三、会议", "3. Meetings"));
    table.row(
        MAY_KEEP_MEETINGS,
        &Said::fixed("安排、更改、取消会议", "schedule, change, cancel"),
        &Said::fixed("本机关的会议", "meetings of the own body"),
    );

    table.heading(&Said::fixed("四、备案", "4. Filings"));
    for act in FilingAct::ALL {
        let (role, party) = may_act_on_filing(*act);
        table.row(role, &Said::new(act.zh(), in_english(act.as_str())), &party_of(party));
    }

    table.heading(&Said::fixed("五、清理", "5. Clean-up rounds"));
    for (role, party) in MAY_CLEAN_UP {
        table.row(*role, &Said::fixed("发起、查看、提出结果", "open, read, propose results"), &party_of(*party));
    }
    for (role, party) in MAY_PUBLISH_CLEANUP {
        table.row(*role, &Said::fixed("公布清理结果", "publish the outcome"), &party_of(*party));
    }

    table.heading(&Said::fixed("六、在此之上还有限制", "6. What limits this further"));
    for said in LIMITS {
        table.line(said);
    }
    table.text
}

/// What no row can say; each is kept where the act is decided.
const LIMITS: &[Said] = &[
    Said::fixed(
        "· 审核人不得审核自己写过其中任何一个版本的文件。",
        "- Nobody gives an opinion on a document of which they wrote a revision.",
    ),
    Said::fixed("· 报备人不得登记或者审查自己报备的备案。", "- Nobody registers or reviews a filing that they made."),
    Said::fixed(
        "· 责令改正、撤销只能由上级人民政府或者人大常委会作出，不能由制定机关自己的依法治理办作出。",
        "- A correction is ordered, and a document revoked, by a supervising government or standing committee only, never by the issuer's own office.",
    ),
    Said::fixed(
        "· 管理员不参与办理，也看不到文件内容；机关、用户、令牌、规则和日历在服务器上以命令管理，逐项记入日志。",
        "- An administrator takes no part in the procedure and reads no document; bodies, users, tokens, rules and calendar are administered by commands on the server, each in the log.",
    ),
    Said::fixed(
        "· 任何角色都不能打开审核关口：上会须有对该份文本合法的审核意见。",
        "- No role opens the gate: a document goes to a meeting only with a lawful opinion on that very text.",
    ),
];

fn related(relation: Relation) -> Said {
    match relation {
        Relation::Drafted => Said::fixed("本机关起草的文件", "documents that the own body drafted"),
        Relation::Reviews => Said::fixed("由本机关审核、且已送审的文件", "documents that the own body reviews, once submitted"),
        Relation::Issues => {
            Said::fixed("以本机关为制定机关的文件，含草稿", "documents of which the own body is the issuing authority, drafts too")
        }
        Relation::FiledTo => Said::fixed("已向本机关报备的文件", "documents filed to the own body"),
        Relation::PublishedBySubordinate => {
            Said::fixed("应向本机关报备的机关已公布的文件", "published documents of bodies that file to the own body")
        }
    }
}

fn party_of(party: Party) -> Said {
    match party {
        Party::Receiver => Said::fixed("向本机关报备的备案", "filings to the own body"),
        Party::DraftingBody => Said::fixed("本机关起草的文件的备案", "filings of documents that the own body drafted"),
        Party::CleanedUpBody => Said::fixed("清理本机关文件的清理", "rounds on the own body's documents"),
        Party::ItsReceiver => Said::fixed("向本机关报备的机关的清理", "rounds on the documents of bodies that file to the own body"),
    }
}

struct Table {
    lang: Lang,
    text: String,
}

impl Table {
    fn line(&mut self, said: &Said) {
        self.text.push_str(said.in_lang(self.lang));
        self.text.push('\n');
    }

    fn heading(&mut self, said: &Said) {
        self.text.push('\n');
        self.line(said);
    }

    fn row(&mut self, role: Role, act: &Said, relation: &Said) {
        let role = match self.lang {
            Lang::Zh => format!("{}（{role}）", role.zh()),
            Lang::En => role.to_string(),
        };
        let cells = [(role, 26), (act.in_lang(self.lang).to_owned(), 34), (relation.in_lang(self.lang).to_owned(), 0)];
        self.text.push_str("  ");
        for (cell, width) in cells {
            // A Chinese character takes two columns of a terminal.
            let wide: usize = cell.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
            self.text.push_str(&cell);
            self.text.push_str(&" ".repeat(if width == 0 { 0 } else { width.max(wide + 2) - wide }));
        }
        self.text.push('\n');
    }
}
