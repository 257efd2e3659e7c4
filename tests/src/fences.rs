//! The programs of a document: Markdown goes in, its `lstm` fences and what they are
//! said to print come out.

/// A program in a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Fence {
    /// The line of its first line, counted from 1.
    pub line: usize,
    /// The program.
    pub program: String,
    /// Whether it goes on where the program before it ended: ` ```lstm continued `.
    pub continued: bool,
    /// The `text` fence that follows it with nothing but blank lines between.
    pub output: Option<String>,
}

/// What a fence of a program is called.
const PROGRAM: &str = "lstm";

/// What one is called that goes on with the session of the program before.
const CONTINUED: &str = "lstm continued";

impl Fence {
    /// The fence as the document has it, with the output `output` behind it.
    pub fn with_output(&self, output: &str) -> String {
        let name = if self.continued { CONTINUED } else { PROGRAM };
        format!("```{name}\n{}```\n```text\n{output}```\n", self.program)
    }
}

/// The `lstm` fences of a document, in order.
pub fn fences(markdown: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut lines = markdown.lines().enumerate();
    let mut follows_program = false;
    while let Some((number, line)) = lines.next() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            follows_program &= line.trim().is_empty();
            continue;
        };
        let body: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| line.trim() != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        match (language.trim(), fences.last_mut()) {
            ("text", Some(fence)) if follows_program => fence.output = Some(body),
            (word @ (PROGRAM | CONTINUED), _) => {
                fences.push(Fence {
                    line: number + 2,
                    program: body,
                    continued: word == CONTINUED,
                    output: None,
                });
                follows_program = true;
                continue;
            }
            _ => {}
        }
        follows_program = false;
    }
    fences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fence(line: usize, program: &str, output: Option<&str>) -> Fence {
        let (program, output) = (program.to_owned(), output.map(str::to_owned));
        Fence { line, program, continued: false, output }
    }

    #[test]
    fn a_text_fence_belongs_to_the_program_just_before_it() {
        let found = fences(
            "# A\n```lstm\nruns\n```\n\n```text\nno runs\n```\n\
             ```lstm\nundo\n```\nwords\n```text\nnot output\n```\n\
             ```sh\nls\n```\n```text\nnor this\n```\n\
             ```lstm continued\nruns\n```\n",
        );
        let last = Fence { continued: true, ..fence(23, "runs\n", None) };
        assert_eq!(
            found,
            [fence(3, "runs\n", Some("no runs\n")), fence(10, "undo\n", None), last]
        );
    }

    #[test]
    fn a_fence_is_written_as_it_was_read() {
        let markdown = "```lstm continued\nruns\n```\n```text\nno runs\n```\n";
        let found = fences(markdown);
        assert_eq!(found[0].with_output("no runs\n"), markdown);
    }
}
