//! Any text is read, highlighted and printed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| carousel_tests::any::read(bytes));
