//! How the objects of a PDF are found and unpacked: by tables old and new, or by a search; the latest version of each.

use std::io::Write;

use crate::pdf_support::{Pdf, column, deflated, show, text_of};
use crate::reader::{Format, Limits, read};

/// A file saved on top of itself: what is added, and a table with one entry, behind the old file.
fn saved_again(before: &[u8], added: &[u8], entry: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(before);
    let prev = text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("startxref has a place");
    let mut saved = [before, added].concat();
    let at = saved.len();
    write!(saved, "xref\n{entry}\ntrailer\n<</Size 1000/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n")
        .expect("memory takes everything");
    saved
}

#[test]
fn streams_are_unpacked_by_every_filter_of_text() {
    let content = column(&[(112.0, "正文")]);
    let hex: String = content.bytes().map(|byte| format!("{byte:02x}")).chain(["> ".to_owned()]).collect();
    let mut rows = Vec::new();
    for row in content.as_bytes().chunks(8) {
        // Up: each byte as its difference from the one above, which the first row has none of.
        rows.push(0);
        rows.extend_from_slice(row);
    }
    let packed: &[(&str, Vec<u8>)] = &[
        ("/Filter/FlateDecode", deflated(content.as_bytes())),
        ("/Filter/ASCIIHexDecode", hex.clone().into_bytes()),
        ("/Filter[/AHx/Fl]", deflated(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()),
        ("/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 8>>", deflated(&rows)),
        (
            "/Filter/RunLengthDecode",
            content.as_bytes().chunks(100).flat_map(|part| [&[u8::try_from(part.len() - 1).unwrap_or(0)], part].concat()).collect(),
        ),
    ];
    for (filter, bytes) in packed {
        let mut pdf = Pdf::with_pages(&[String::new()]);
        pdf.stream(5, filter, bytes);
        assert_eq!(text_of(&pdf), "正文", "{filter}");
    }
}

/// A file whose objects but the streams lie in an object stream, found by a cross-reference stream.
fn modern() -> Vec<u8> {
    let objects: &[(u32, &str)] = &[
        (1, "<</Type/Catalog/Pages 2 0 R>>"),
        (2, "<</Type/Pages/Count 1/Kids[5 0 R]/MediaBox[0 0 595 842]>>"),
        (3, "<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[<</DW 1000>>]>>"),
        (5, "<</Type/Page/Parent 2 0 R/Contents 6 0 R/Resources<</Font<</F1 3 0 R>>>>>>"),
    ];
    let (mut header, mut bodies) = (String::new(), String::new());
    for (number, body) in objects {
        header += &format!("{number} {} ", bodies.len());
        bodies += body;
        bodies.push(' ');
    }
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    let stream = |file: &mut Vec<u8>, number: u32, entries: &str, bytes: &[u8]| {
        let at = file.len();
        write!(file, "{number} 0 obj <</Length {} {entries}/Filter/FlateDecode>>\nstream\n", bytes.len()).expect("memory takes everything");
        file.extend_from_slice(bytes);
        file.extend_from_slice(b"\nendstream\nendobj\n");
        at
    };
    let packed = deflated((header.clone() + &bodies).as_bytes());
    places.push((6u32, stream(&mut file, 6, "", &deflated(column(&[(112.0, "新格式")]).as_bytes()))));
    places.push((7, stream(&mut file, 7, &format!("/Type/ObjStm/N {}/First {}", objects.len(), header.len()), &packed)));
    let at = file.len();
    let mut rows = Vec::new();
    for number in 0u32..9 {
        let inside = objects.iter().position(|(known, _)| *known == number);
        let place = places.iter().find(|(known, _)| *known == number).map(|(_, at)| *at);
        let row = match (inside, place) {
            (Some(index), _) => [2, 0, 7, u8::try_from(index).unwrap_or(0)],
            (None, Some(at)) => [1, u8::try_from(at / 256).unwrap_or(0), u8::try_from(at % 256).unwrap_or(0), 0],
            (None, None) => [0, 0, 0, 0],
        };
        rows.extend(row);
    }
    stream(&mut file, 8, "/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R", &deflated(&rows));
    write!(file, "startxref\n{at}\n%%EOF").expect("memory takes everything");
    file
}

#[test]
fn object_streams_and_cross_reference_streams_are_followed() {
    assert_eq!(read(&modern(), &Limits::default()).map(|reading| reading.text), Ok("新格式".to_owned()));
}

#[test]
fn a_file_with_broken_tables_is_searched() {
    let whole = Pdf::with_pages(&[column(&[(112.0, "正文")])]).build();
    let broken = String::from_utf8_lossy(&whole).replace("startxref\n", "startxref\n9").into_bytes();
    let shifted = [b"X-Header: 1\r\n\r\n".as_slice(), &whole].concat();
    let cut = &whole[..whole.len() - 60];
    for bytes in [broken.as_slice(), cut] {
        assert_eq!(read(bytes, &Limits::default()).map(|reading| reading.text), Ok("正文".to_owned()));
    }
    assert!(read(&shifted, &Limits::default()).is_ok_and(|reading| reading.format != Format::Pdf), "a text in front makes it no PDF");
    let mut modern = modern();
    modern.truncate(modern.len() - 20);
    assert_eq!(read(&modern, &Limits::default()).map(|reading| reading.text), Ok("新格式".to_owned()));
}

#[test]
fn of_two_versions_of_a_page_the_later_one_is_read() {
    let mut pdf = Pdf::with_pages(&[column(&[(112.0, "旧文")])]);
    let before = pdf.build();
    pdf.stream(5, "", column(&[(112.0, "新文")]).as_bytes());
    let tail = pdf.build();
    let shift = before.len();
    let object = tail.windows(8).position(|window| window == b"5 0 obj\n").expect("it is inside");
    let end = tail.windows(8).skip(object).position(|window| window == b"\nendobj\n").expect("it ends") + object + 8;
    let saved = saved_again(&before, &tail[object..end], &format!("5 1\n{shift:010} 00000 n "));
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("新文".to_owned()));
}

#[test]
fn a_deleted_object_does_not_come_back_from_an_older_section() {
    let mut pdf = Pdf::with_pages(&[column(&[(112.0, "正文")])]);
    pdf.stream(20, "", column(&[(112.0, "首段")]).as_bytes());
    pdf.stream(21, "", show(112.0, 500.0, 16.0, "删去的一段").as_bytes());
    pdf.set(6, "<</Type/Page/Contents[20 0 R 21 0 R]/Resources<</Font<</F1 3 0 R>>>>>>");
    let saved = saved_again(&pdf.build(), b"", "21 1\n0000000000 00001 f ");
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("首段".to_owned()));
}

#[test]
fn what_a_table_hides_from_old_programs_is_read() {
    let page = "<</Type/Page/Parent 2 0 R/Contents 20 0 R/Resources<</Font<</F1 3 0 R>>>>>>";
    let mut pdf = Pdf::new();
    pdf.stream(20, "", column(&[(112.0, "正文")]).as_bytes());
    pdf.stream(30, "/Type/ObjStm/N 1/First 5", format!("6 0  {page}").as_bytes());
    pdf.set(2, "<</Type/Pages/Kids[6 0 R]>>");
    let before = pdf.build();
    let text = String::from_utf8_lossy(&before);
    let prev = text.rsplit("startxref\n").next().and_then(|rest| rest.lines().next()).expect("startxref has a place");
    let mut saved = before.clone();
    let stream = saved.len();
    saved.extend_from_slice(b"31 0 obj <</Type/XRef/Size 7/Index[6 1]/W[1 1 1]/Length 3>> stream\n\x02\x1E\x00\nendstream endobj\n");
    let at = saved.len();
    write!(
        saved,
        "xref\n6 1\n0000000000 00001 f \ntrailer\n<</Size 1000/Root 1 0 R/Prev {prev}/XRefStm {stream}>>\nstartxref\n{at}\n%%EOF\n"
    )
    .expect("memory takes everything");
    assert_eq!(read(&saved, &Limits::default()).map(|reading| reading.text), Ok("正文".to_owned()));
}

#[test]
fn a_search_finds_the_latest_version_of_every_object() {
    let page = |content: u32| format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R/Resources<</Font<</F1 3 0 R>>>>>>");
    let packed = |content: u32| {
        let body = format!("6 0  {}", page(content));
        format!("<</Type/ObjStm/N 1/First 5/Length {}>> stream\n{body}\nendstream", body.len())
    };
    let plain = |number: u32, object: &str| format!("{number} 0 obj {object} endobj\n");
    let mut pdf = Pdf::new();
    pdf.stream(20, "", column(&[(112.0, "旧文")]).as_bytes());
    pdf.stream(21, "", column(&[(112.0, "新文")]).as_bytes());
    pdf.set(2, "<</Type/Pages/Kids[6 0 R]>>");
    let whole = String::from_utf8_lossy(&pdf.build()).split("xref").next().unwrap_or_default().to_owned();
    // The stream with the newer version has the smaller number, or one of the two versions lies in the file itself.
    for (older, newer) in [
        (plain(31, &packed(20)), plain(30, &packed(21))),
        (plain(30, &packed(20)), plain(31, &packed(21))),
        (plain(6, &page(20)), plain(30, &packed(21))),
        (plain(30, &packed(20)), plain(6, &page(21))),
    ] {
        let file = format!("{whole}{older}{newer}trailer <</Root 1 0 R>>");
        assert_eq!(read(file.as_bytes(), &Limits::default()).map(|reading| reading.text), Ok("新文".to_owned()), "{file}");
    }
}
