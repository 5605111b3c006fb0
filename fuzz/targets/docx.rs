//! The parts of a docx, put into an intact package: random bytes hardly ever pass a checksum.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = lawgate_fuzz::check(&lawgate_fuzz::docx(data));
});
