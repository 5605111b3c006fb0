//! Whole PDFs, and the parts of one: what begins as a PDF is read as it is, everything else is put into one.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"%PDF-") {
        let _ = lawgate_fuzz::check(data);
    } else {
        let _ = lawgate_fuzz::check(&lawgate_fuzz::pdf(data));
    }
});
