//! The main stream and the table of a doc, put into an intact container.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\xd0\xcf\x11\xe0") {
        let _ = lawgate_fuzz::check(data);
    } else {
        let _ = lawgate_fuzz::check(&lawgate_fuzz::doc(data));
    }
});
