//! Markdown: a heading in front makes every input count as it.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = lawgate_fuzz::check(&[b"# x\n\n".as_slice(), data].concat());
});
