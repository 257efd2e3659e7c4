//! Any text is typed, and every place in it asked about.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| carousel_tests::any::type_in(bytes));
