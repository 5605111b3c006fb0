//! The parts of an odt, put into an intact package.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = lawgate_fuzz::check(&lawgate_fuzz::odt(data));
});
