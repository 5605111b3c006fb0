//! How the objects of a PDF are found and unpacked: by tables old and new, or by a search; the latest version of each.

use std::io::Write;

use crate::outcomes::outcome;
use crate::pdf_support::{Pdf, column, deflated, full, lzw, show, text_of};
use crate::reader::{Format, Limits, ReadError, Reason, read};

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
    let packed: &[(&str, Vec<u8>)] = &[
        ("/Filter/FlateDecode", deflated(content.as_bytes())),
        ("/Filter/ASCIIHexDecode", hex.clone().into_bytes()),
        ("/Filter[/AHx/Fl]", deflated(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()),
        (
            "/Filter/RunLengthDecode",
            content.as_bytes().chunks(100).flat_map(|part| [&[u8::try_from(part.len() - 1).unwrap_or(0)], part].concat()).collect(),
        ),
        ("/Filter/LZWDecode", lzw(content.as_bytes(), true)),
        ("/Filter/LZWDecode/DecodeParms<</EarlyChange 0>>", lzw(content.as_bytes(), false)),
        ("/Filter/A85", ascii85(content.as_bytes())),
        ("/Filter[/ASCII85Decode/LZWDecode]", ascii85(&lzw(content.as_bytes(), true))),
    ];
    for (filter, bytes) in packed {
        let mut pdf = Pdf::with_pages(&[String::new()]);
        pdf.stream(5, filter, bytes);
        assert_eq!(text_of(&pdf), "正文", "{filter}");
    }
}

/// Four bytes as five digits to the base of 85.
fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for group in bytes.chunks(4) {
        let mut whole = [0; 4];
        whole[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes(whole);
        if number == 0 && group.len() == 4 {
            packed.push(b'z');
            continue;
        }
        let digits: Vec<u8> = (0..5).rev().map(|place| b'!' + u8::try_from(number / 85u32.pow(place) % 85).expect("below 85")).collect();
        packed.extend_from_slice(&digits[..=group.len()]);
    }
    packed.extend_from_slice(b"~>");
    packed
}

#[test]
fn long_streams_of_lzw_are_read_beyond_every_width_of_their_codes() {
    // More codes than twelve bits hold, so that the table is begun anew.
    let lines: Vec<String> =
        (0..30).map(|at| (0..27).filter_map(|place| char::from_u32(0x4E00 + at * 97 + place * 31)).collect()).collect();
    let lines: Vec<(f64, &str)> = lines.iter().map(|line| (80.0, line.as_str())).collect();
    let content = column(&lines).repeat(8);
    let read = |filter: &str, bytes: &[u8]| {
        let mut pdf = Pdf::with_pages(&[String::new()]);
        pdf.stream(5, filter, bytes);
        text_of(&pdf)
    };
    let plain = read("", content.as_bytes());
    assert!(plain.chars().count() > 700, "{plain}");
    for (parameters, is_early) in [("", true), ("/DecodeParms<</EarlyChange 1>>", true), ("/DecodeParms<</EarlyChange 0>>", false)] {
        assert_eq!(read(&format!("/Filter/LZWDecode{parameters}"), &lzw(content.as_bytes(), is_early)), plain, "{parameters}");
    }
    let mut cut = lzw(content.as_bytes(), true);
    cut[40] ^= 0xFF;
    let mut pdf = Pdf::with_pages(&[String::new()]);
    pdf.stream(5, "/Filter/LZWDecode", &cut);
    assert_eq!(outcome(&pdf.build()), Err(ReadError::Unreadable { reason: Reason::DamagedPdf }));
}

/// The differences that a predictor of PNG leaves in place of the bytes of one row (ISO 32000-2, 7.4.4.4; RFC 2083, 6).
fn png_row(kind: u8, row: &[u8], above: &[u8], pixel: usize) -> Vec<u8> {
    let at = |row: &[u8], at: Option<usize>| i32::from(at.and_then(|at| row.get(at)).copied().unwrap_or(0));
    let differences = row.iter().enumerate().map(|(place, byte)| {
        let (left, up, corner) = (at(row, place.checked_sub(pixel)), at(above, Some(place)), at(above, place.checked_sub(pixel)));
        let guess = left + up - corner;
        let nearest = [left, up, corner].into_iter().min_by_key(|value| (guess - value).abs()).expect("there are three");
        let predicted = [0, left, up, (left + up) / 2, nearest][usize::from(kind)];
        byte.wrapping_sub(u8::try_from(predicted).expect("a byte predicts a byte"))
    });
    [kind].into_iter().chain(differences).collect()
}

#[test]
fn every_predictor_is_undone() {
    let content = column(&[(80.0, &full(0, 27)), (80.0, &full(40, 20))]);
    let blank = content.len().next_multiple_of(24) - content.len();
    let content = content + &" ".repeat(blank);
    let read = |parameters: &str, bytes: &[u8]| {
        let mut pdf = Pdf::with_pages(&[String::new()]);
        pdf.stream(5, &format!("/Filter/FlateDecode/DecodeParms<<{parameters}>>"), &deflated(bytes));
        text_of(&pdf)
    };
    let plain = read("", content.as_bytes());
    assert_eq!(plain.chars().count(), 47);
    for pixel in [1, 3] {
        let parameters = format!("/Predictor 12/Colors {pixel}/Columns {}", 24 / pixel);
        // Each kind alone, and all in turn.
        for kinds in [&[0][..], &[1], &[2], &[3], &[4], &[4, 2, 0, 3, 1]] {
            let mut above: &[u8] = &[];
            let mut rows = Vec::new();
            for (row, kind) in content.as_bytes().chunks(24).zip(kinds.iter().cycle()) {
                rows.extend(png_row(*kind, row, above, pixel));
                above = row;
            }
            assert_eq!(read(&parameters, &rows), plain, "{kinds:?} {pixel}");
        }
        // That of TIFF: from the left alone, and no kind before the row.
        let rows: Vec<u8> = content.as_bytes().chunks(24).flat_map(|row| png_row(1, row, &[], pixel).split_off(1)).collect();
        assert_eq!(read(&parameters.replace("12", "2"), &rows), plain, "TIFF {pixel}");
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
