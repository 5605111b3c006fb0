//! The lines that publication adds to a text: document number, red heading,
//! signature, date and printing note.
//!
//! Each function looks at one line and accepts it only if nothing else stands on
//! it: a sentence that contains a date is no date line. Where in a text such a
//! line may stand is decided in `published`.

use super::labels::{digit_value, numeral};
use super::lines::squeeze;

/// What a line that carries no part of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// 发文字号.
    Number,
    /// 机关名 + 文件, above everything else.
    RedHeading,
    /// The date alone, or in brackets with 印发, 发布 or 公布.
    Date,
    /// The names on the line, blanks left out; with a date behind them or not.
    Signature { names: Vec<String>, dated: bool },
    /// 机关名 2026年5月1日印发 or only the date and 印发, the last line of a printed document.
    PrintingNote,
}

/// Whether a text is a draft, in which number and date may still be open, or
/// what was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Approved,
    Published,
}

/// What is known of the issue of a document, ready for comparing.
pub(super) struct Signs {
    official_doc_no: Option<String>,
    organs: Vec<String>,
    signed_by: Option<String>,
    /// The approved text without blanks.
    approved: String,
}

impl Signs {
    pub(super) fn new(official_doc_no: Option<&str>, organs: &[&str], signed_by: Option<&str>, approved: &str) -> Self {
        let filled = |text: &str| Some(squeeze(text)).filter(|text| !text.is_empty());
        Self {
            official_doc_no: official_doc_no.map(canonical_number).filter(|number| !number.is_empty()),
            organs: organs.iter().filter_map(|organ| filled(organ)).collect(),
            signed_by: signed_by.and_then(filled),
            approved: squeeze(approved),
        }
    }

    /// The document number. On a published text it must be the known one.
    pub(super) fn is_number(&self, line: &str, side: Side) -> bool {
        let written = canonical_number(line);
        match (&self.official_doc_no, side) {
            (Some(number), Side::Published) => written == *number,
            (Some(number), Side::Approved) => written == *number || is_number_form(&written, Side::Approved),
            (None, side) => is_number_form(&written, side),
        }
    }

    /// The line above the title that names the issuer: 元马镇人民政府文件.
    pub(super) fn is_red_heading(&self, line: &str) -> bool {
        squeeze(line).strip_suffix("文件").is_some_and(|organ| self.is_organ(organ))
    }

    /// A date that stands alone, or in brackets as 题注 with at most the organ and 印发.
    pub(super) fn is_date(&self, line: &str, side: Side) -> bool {
        let line = squeeze(line);
        let inside = (line.strip_prefix(['（', '('])).and_then(|line| line.strip_suffix(['）', ')']));
        let Some(inside) = inside else {
            return is_date_form(&line, side);
        };
        let date_end = inside.find('日').map_or(inside.len(), |at| at + '日'.len_utf8());
        let Some((date, rest)) = inside.split_at_checked(date_end) else {
            return false;
        };
        let organ = ["印发", "发布", "公布"].into_iter().find_map(|verb| rest.strip_suffix(verb)).unwrap_or(rest);
        let alone = rest.is_empty() || organ.len() < rest.len();
        is_date_form(date, side) && alone && (organ.is_empty() || self.is_organ(organ))
    }

    /// One or more organs, or the known signer, with a date behind them or not.
    pub(super) fn signature(&self, line: &str, side: Side) -> Option<Mark> {
        let whole = squeeze(line);
        if whole.chars().count() > 120 {
            return None;
        }
        let names = self.names(line);
        if !names.is_empty() {
            return Some(Mark::Signature { names, dated: false });
        }
        whole.char_indices().find_map(|(at, _)| {
            let (organ, date) = whole.split_at_checked(at)?;
            (is_date_form(date, side) && self.is_organ(organ)).then(|| Mark::Signature { names: vec![organ.to_owned()], dated: true })
        })
    }

    /// 元马镇人民政府办公室 2026年5月1日印发, in brackets or not, the office or not.
    pub(super) fn is_printing_note(&self, line: &str, side: Side) -> bool {
        let line = squeeze(line);
        let inside = (line.strip_prefix(['（', '('])).and_then(|line| line.strip_suffix(['）', ')'])).unwrap_or(&line);
        let Some(dated) = inside.strip_suffix("印发") else {
            return false;
        };
        is_date_form(dated, side) || matches!(self.signature(dated, side), Some(Mark::Signature { dated: true, .. }))
    }

    /// The names on a line that has nothing but names.
    fn names(&self, line: &str) -> Vec<String> {
        let whole = squeeze(line);
        if self.is_organ(&whole) || self.is_signer(&whole) {
            return vec![whole];
        }
        let names: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if names.iter().all(|name| self.is_organ(name)) { names } else { Vec::new() }
    }

    /// The known signer, with the office before the name or not.
    fn is_signer(&self, line: &str) -> bool {
        const OFFICES: [&str; 11] = ["省长", "市长", "州长", "县长", "区长", "旗长", "镇长", "乡长", "主任", "局长", "厅长"];
        let Some(signer) = &self.signed_by else {
            return false;
        };
        let Some(before) = line.strip_suffix(signer.as_str()) else {
            return false;
        };
        let office = before.strip_suffix(['：', ':']).unwrap_or(before);
        office.is_empty() || OFFICES.contains(&office)
    }

    /// Whether `name` is an organ that may sign. With known organs only those count,
    /// their offices, and their names with more or fewer regions in front. Without,
    /// the name must stand in the approved text or be that of a government.
    fn is_organ(&self, name: &str) -> bool {
        if self.organs.iter().any(|organ| organ == name) {
            return true;
        }
        if !has_form_of_organ(name) {
            return false;
        }
        if self.organs.is_empty() {
            return self.approved.contains(name) || is_government(name);
        }
        let of_office =
            (["办公室", "办公厅"].into_iter()).find_map(|office| name.strip_suffix(office)).filter(|rest| rest.ends_with("政府"));
        [Some(name), of_office].into_iter().flatten().any(|name| self.is_known(name))
    }

    fn is_known(&self, name: &str) -> bool {
        self.organs.iter().any(|organ| {
            let longer = name.strip_suffix(organ.as_str()).is_some_and(|regions| regions.is_empty() || are_regions(regions));
            let shorter = name.chars().count() >= 6 && organ.strip_suffix(name).is_some_and(are_regions);
            longer || shorter
        })
    }
}

fn has_form_of_organ(name: &str) -> bool {
    const ENDINGS: [&str; 14] =
        ["政府", "办公室", "办公厅", "委员会", "办事处", "领导小组", "指挥部", "局", "厅", "部", "院", "署", "中心", "联合会"];
    let length = name.chars().count();
    (4..=30).contains(&length)
        && name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Regions and 人民政府 or 街道办事处, and nothing that could make a clause of it.
fn is_government(name: &str) -> bool {
    if let Some(place) = name.strip_suffix("街道办事处") {
        return (2..=16).contains(&place.chars().count()) && !says_something(place);
    }
    ["人民政府", "人民政府办公室", "人民政府办公厅"].into_iter().find_map(|ending| name.strip_suffix(ending)).is_some_and(are_regions)
}

/// One to five names of regions: 云南省楚雄彝族自治州元谋县元马镇.
fn are_regions(text: &str) -> bool {
    let mut units = 0;
    let mut length = 0;
    for c in text.chars() {
        length += 1;
        // 市 in 市中区 and the like begins a name; one character is no region.
        if length >= 2 && "省市州盟县区旗镇乡".contains(c) {
            units += 1;
            length = 0;
        } else if length > 10 {
            return false;
        }
    }
    length == 0 && (1..=5).contains(&units) && !says_something(text)
}

/// Characters that make a clause and hardly ever a place. A place that has one is
/// reported rather than accepted; naming the organ avoids that.
fn says_something(text: &str) -> bool {
    text.contains([
        '的', '不', '应', '须', '罚', '缴', '禁', '免', '停', '取', '消', '废', '止', '由', '按', '收', '费', '税', '款', '予', '责', '令',
        '限', '准', '许', '报', '给', '归', '各', '或', '及', '与', '补', '贴', '权', '向', '对', '在', '是', '将', '把', '被', '让', '可',
    ])
}

/// A number without blanks, with 〔〕 and ordinary digits.
fn canonical_number(line: &str) -> String {
    line.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '[' | '［' | '【' | '﹝' | '(' | '（' | '〔' => '〔',
            ']' | '］' | '】' | '﹞' | ')' | '）' | '〕' => '〕',
            '０'..='９' => digit_value(c).and_then(|d| char::from_digit(d, 10)).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// 机关代字〔年份〕序号号; in a draft the serial may be open.
fn is_number_form(written: &str, side: Side) -> bool {
    let Some((code, rest)) = written.split_once('〔') else {
        return false;
    };
    let Some((year, serial)) = rest.split_once('〕') else {
        return false;
    };
    let Some(serial) = serial.strip_suffix('号') else {
        return false;
    };
    let serial = serial.strip_prefix('第').unwrap_or(serial);
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let open = side == Side::Approved && serial.chars().count() <= 6 && serial.chars().all(is_open);
    (2..=12).contains(&code.chars().count())
        && code.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        && !says_something(code)
        && year.len() == 4
        && digits(year)
        && (open || ((1..=5).contains(&serial.len()) && digits(serial)))
}

/// What stands in a draft for a digit that is not known yet.
fn is_open(c: char) -> bool {
    matches!(c, 'X' | 'x' | 'Ｘ' | '×' | '*' | '＊' | '_' | '＿' | '—' | '○')
}

/// A date without blanks and with nothing around it, a day that exists. In a draft
/// parts may be open.
fn is_date_form(text: &str, side: Side) -> bool {
    let parts = text.split_once('年').and_then(|(year, rest)| {
        let (month, rest) = rest.split_once('月')?;
        Some((year, month, rest.strip_suffix('日')?))
    });
    let Some((year, month, day)) = parts else {
        return false;
    };
    let open = |part: &str| side == Side::Approved && part.chars().count() <= 4 && part.chars().all(is_open);
    let (Some(year_read), Some(month_read), Some(day_read)) = (year_value(year), small_number(month), small_number(day)) else {
        return (open(year) || year_value(year).is_some())
            && (open(month) || small_number(month).is_some())
            && (open(day) || small_number(day).is_some());
    };
    let leap = (year_read % 4 == 0 && year_read % 100 != 0) || year_read % 400 == 0;
    let length = match month_read {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=length).contains(&day_read)
}

/// Four digits in any script; zero is often typed as the letter O.
fn year_value(text: &str) -> Option<u32> {
    if text.chars().count() != 4 {
        return None;
    }
    let value = text.chars().try_fold(0, |value, c| {
        let digit = match c {
            'O' | 'o' | 'Ｏ' | 'Ο' | '◯' | '0' => 0,
            _ => digit_value(c)?,
        };
        Some(value * 10 + digit)
    })?;
    (1949..=2999).contains(&value).then_some(value)
}

fn small_number(text: &str) -> Option<u32> {
    numeral(text).filter(|value| *value <= 31 && text.chars().count() <= 3)
}
