//! Plain text in every encoding, and what only looks like it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = lawgate_fuzz::check(data);
});
