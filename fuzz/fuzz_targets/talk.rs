//! Any statements are said to a session.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| carousel_tests::any::talk(bytes));
