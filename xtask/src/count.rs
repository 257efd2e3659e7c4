//! From what `cargo test` prints to one line: how many tests passed and failed.

use std::fmt;

/// Tests by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Those marked `#[ignore]`.
    pub(crate) skipped: u64,
}

impl Count {
    /// Adds what a line says, if it is the last one of a test program:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; ...`.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let Some((_, numbers)) = result.split_once(". ") else { return };
        for part in numbers.split("; ") {
            let Some((number, word)) = part.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, expected: &str) {
        let mut count = Count::default();
        output.lines().for_each(|line| count.read(line));
        assert_eq!(count.to_string(), expected, "{output}");
    }

    #[test]
    fn results_are_summed_and_all_else_is_passed_over() {
        let end = "0 measured; 0 filtered out; finished in 0.12s";
        check("", "0 passed, 0 failed");
        check(
            &format!("test result: ok. 12 passed; 0 failed; 0 ignored; {end}\r\n"),
            "12 passed, 0 failed",
        );
        check(
            &format!(
                "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\
                 test result: FAILED. 1 passed; 1 failed; 0 ignored; {end}\n\
                 \n   Doc-tests lang\n\
                 test result: ok. 3 passed; 0 failed; 2 ignored; {end}"
            ),
            "4 passed, 1 failed, 2 skipped",
        );
        check(
            &format!(
                "test result: \u{1b}[32mok\u{1b}[m. 7 passed; 0 failed; 0 ignored; {end}"
            ),
            "7 passed, 0 failed",
        );
        check("a test result: ok. 9 passed; 9 failed", "0 passed, 0 failed");
        check("test result: ok", "0 passed, 0 failed");
        check("test result: ok. many passed; -1 failed; ; 3", "0 passed, 0 failed");
    }
}
