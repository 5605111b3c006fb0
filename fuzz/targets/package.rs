//! Whole ZIP packages as they come.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = lawgate_fuzz::check(data);
});
