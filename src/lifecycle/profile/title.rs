//! What a title says of validity: 暂行, 试行, 通告, 实施. A proposal for a person to confirm; decides nothing.

/// What a title says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TitleFlags {
    /// 暂行.
    pub interim: bool,
    /// 试行.
    pub trial: bool,
    /// The document itself is a 通告.
    pub announcement: bool,
    /// 实施: it implements something, which other places exempt from the longest validity.
    pub implementing: bool,
}

/// Words before 《 that make the named document the one that is issued.
const ISSUING_VERBS: [&str; 7] = ["印发", "发布", "公布", "颁布", "颁发", "下发", "转发"];
/// Words before 《 that make the named document another one, even together with an issuing word (公布废止《…》).
const OTHER_VERBS: [&str; 13] = ["废止", "失效", "修改", "修订", "修正", "停止", "撤销", "贯彻", "落实", "执行", "实施", "延长", "延续"];

impl TitleFlags {
    /// Reads a title.
    ///
    /// A name in 《》 or 〈〉 speaks for the document if the words before it issue it (关于印发《…暂行办法》的通知) or if
    /// there are none (《…暂行办法》), and not if they do something else with it (关于废止《…暂行办法》的决定) `[I]`.
    /// A 通告 is one by the last word of its own title, parentheses aside `[I]`.
    #[must_use]
    pub fn of(title: &str) -> Self {
        let title = title.trim();
        let speaking = speaking_parts(title);
        Self {
            interim: speaking.contains("暂行"),
            trial: speaking.contains("试行"),
            announcement: own_type_is_announcement(title),
            implementing: speaking.contains("实施"),
        }
    }
}

/// The title without the names of other documents. A line feed stands where something was left out, so that no word
/// arises from two halves.
fn speaking_parts(title: &str) -> String {
    let mut kept = String::new();
    // For each open bracket whether the text around it speaks; `lead` are the words since the last bracket.
    let mut around: Vec<bool> = Vec::new();
    let (mut speaks, mut lead, mut closed_speaks) = (true, String::new(), None);
    for character in title.chars() {
        match character {
            '《' | '〈' => {
                around.push(speaks);
                speaks = speaks && named_document_speaks(&lead, closed_speaks);
                lead.clear();
                closed_speaks = None;
                kept.push('\n');
            }
            '》' | '〉' => {
                closed_speaks = Some(speaks);
                speaks = around.pop().unwrap_or(true);
                lead.clear();
                kept.push('\n');
            }
            other => {
                lead.push(other);
                if speaks {
                    kept.push(other);
                }
            }
        }
    }
    kept
}

/// Whether the document named after these words is the one that the title is about. In a list (《甲》、《乙》 or 《甲》和《乙》)
/// the words before the first name count for all.
fn named_document_speaks(lead: &str, before: Option<bool>) -> bool {
    if let Some(before) = before
        && lead.trim_matches(['、', '，', ' ', '和', '与', '及']).is_empty()
    {
        return before;
    }
    let has = |verbs: &[&str]| verbs.iter().any(|verb| lead.contains(verb));
    !has(&OTHER_VERBS) && (has(&ISSUING_VERBS) || lead.trim().is_empty())
}

fn own_type_is_announcement(title: &str) -> bool {
    let mut rest = title.trim_end_matches(['》', '〉', ' ']);
    while let Some(inner) = rest.strip_suffix(['）', ')']) {
        rest = inner.rfind(['（', '(']).and_then(|open| inner.get(..open)).unwrap_or("").trim_end_matches(['》', '〉', ' ']);
    }
    rest.ends_with("通告")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flags(title: &str) -> String {
        let flags = TitleFlags::of(title);
        [(flags.interim, "interim"), (flags.trial, "trial"), (flags.announcement, "announcement"), (flags.implementing, "implementing")]
            .into_iter()
            .filter_map(|(set, name)| set.then_some(name))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_title_says_what_it_says_of_itself() {
        for (title, expected) in [
            ("元潭镇农村集体资产管理办法", ""),
            ("元潭镇农村集体资产管理暂行办法", "interim"),
            ("元潭镇小微工程管理办法（试行）", "trial"),
            ("元潭镇关于禁止燃放烟花爆竹的通告", "announcement"),
            ("元潭镇关于禁止燃放烟花爆竹的通告（试行）", "trial announcement"),
            ("元潭镇森林防火通告(2026年第1号)", "announcement"),
            ("元潭镇殡葬管理实施细则", "implementing"),
            ("元潭镇殡葬管理实施办法（暂行）", "interim implementing"),
            ("", ""),
        ] {
            assert_eq!(flags(title), expected, "{title}");
        }
    }

    #[test]
    fn a_printing_notice_takes_the_flags_of_what_it_prints() {
        for (title, expected) in [
            ("关于印发《元潭镇小微工程管理暂行办法》的通知", "interim"),
            ("元潭镇人民政府关于印发《甲办法》《乙办法（试行）》的通知", "trial"),
            ("关于印发《甲办法》和《乙暂行办法》的通知", "interim"),
            ("《元潭镇小微工程管理暂行办法》", "interim"),
            ("《元潭镇森林防火通告》", "announcement"),
            ("关于印发元潭镇小微工程管理暂行办法的通知", "interim"),
        ] {
            assert_eq!(flags(title), expected, "{title}");
        }
    }

    #[test]
    fn a_document_about_an_interim_document_is_not_interim_itself() {
        for title in [
            "关于废止《元潭镇小微工程管理暂行办法》的通知",
            "关于公布废止《甲暂行办法》《乙暂行办法》的通知",
            "关于修改《甲办法（试行）》的决定",
            "关于印发《关于修改〈甲暂行办法〉的决定》的通知",
            "关于规范《甲暂行条例》适用的通知",
            "关于发布《元潭镇森林防火通告》的通知",
        ] {
            assert_eq!(flags(title), "", "{title}");
        }
        assert_eq!(flags("关于贯彻实施《甲暂行条例》的意见"), "implementing");
    }

    proptest! {
        #[test]
        fn reading_any_title_never_panics(title in "[《》〈〉（）()通告暂行试印发废止、 a]{0,40}") {
            let _ = TitleFlags::of(&title);
        }
    }
}
