//! The file of bodies: what is read, and how every fault is named.

use proptest::prelude::*;

use super::{Fault, Lang, read};

fn faults(text: &str) -> Vec<String> {
    read(text).expect_err("it has faults").iter().map(|fault| fault.in_lang(Lang::En)).collect()
}

#[test]
fn columns_stand_in_any_order_and_under_either_name() {
    let table =
        read("层级,code,名称,可制定,files_to\r\ntown,qinghe,\"青禾镇人民政府\",是,a:supervising_government;b:standing_committee\r\n")
            .expect("well formed");
    let [row] = table.rows.as_slice() else { panic!("{table:?}") };
    assert_eq!((row.line, row.code.as_str(), row.may_issue), (2, "qinghe", Some(true)));
    assert_eq!(row.files_to.as_ref().map(Vec::len), Some(2));
    assert_eq!((&row.parent, &row.jurisdiction), (&None, &None), "a column that is not there says nothing");
}

#[test]
fn every_fault_is_named_with_its_line_and_column() {
    let text = "code,name,level,parent\nok,甲,town,\n\n-bad,乙,hamlet,\n丙,,town,up up\n";
    let found = faults(text);
    assert_eq!(found.len(), 5, "{found:?}");
    for (fault, part) in found.iter().zip([
        "line 4, column 1 (code) `-bad`: expected a body's code",
        "line 4, column 3 (level) `hamlet`: expected province",
        "line 5, column 1 (code) `丙`: expected a body's code",
        "line 5, column 2 (name) ``: expected a name",
        "line 5, column 4 (parent) `up up`: expected a body's code",
    ]) {
        assert!(fault.starts_with(part), "{fault}");
    }
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let found = faults("\n\ncode,name,level\r\n\r\n\"a\",\"甲\n乙\",town\r\n\r\nb,丙,nowhere\r\n");
    assert!(found[0].starts_with("line 5, column 2 (name)"), "a name is one line: {found:?}");
    assert!(found[1].starts_with("line 8, column 3 (level)"), "{found:?}");
}

#[test]
fn full_width_signs_are_named() {
    assert!(faults("code，name，level\na，甲，town\n")[0].contains("full-width commas"));
    assert!(faults("code,name,level\na，甲，town\n")[0].contains("1 columns where the header has 3; it has full-width commas"));
    let with_targets = |targets: &str| faults(&format!("code,name,level,files_to\na,甲,town,{targets}\n"));
    for targets in ["b：supervising_government", "b:supervising_government；c:standing_committee", "b:supervising_government、c"] {
        assert!(with_targets(targets)[0].contains("half-width"), "{targets}");
    }
    for targets in ["b", "b:boss", ":supervising_government", "b c:supervising_government"] {
        assert!(with_targets(targets)[0].contains("CODE:ROLE"), "{targets}");
    }
    assert!(with_targets("b:supervising_government;b:standing_committee")[0].contains("the same body twice"));
}

#[test]
fn headers_are_refused_by_name() {
    assert!(faults("")[0].contains("empty"));
    assert!(faults("code,name,level\n")[0].contains("no row below the header"));
    assert!(faults("code,name\na,b\n")[0].contains("level are missing"));
    assert!(faults("code,name,level,colour\n")[0].contains("column 4 `colour` is unknown; there are code"));
    assert!(faults("code,代码,name,level\n")[0].contains("column 2 `代码` stands there twice"));
    for (column, bad) in
        [("may_issue", "yes"), ("jurisdiction", "四川"), ("registry_first_day", "2026-02-30"), ("number_prefix", &"规".repeat(41))]
    {
        assert!(faults(&format!("code,name,level,{column}\na,甲,town,{bad}\n"))[0].contains(&format!("column 4 ({column})")), "{column}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_stumble(text in "(code,name,level(,files_to)?\n)?([a-z,;:\"，\n\r ]|青){0,60}") {
        match read(&text) {
            Ok(table) => prop_assert!(!table.rows.is_empty()),
            Err(faults) => prop_assert!(!faults.is_empty() && faults.iter().all(|fault: &Fault| !fault.in_lang(Lang::Zh).is_empty())),
        }
    }
}
