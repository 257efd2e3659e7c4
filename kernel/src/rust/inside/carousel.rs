/// What a cell in Rust reaches of the notebook and of its session.
mod carousel {
    {also}use super::__carousel::ask as to_kernel;

    /// The numbers that the session has under a name: `m.predictions`, `series`.
    /// Panics, with what there is, where it has none.
    #[track_caller]
    pub fn get(name: &str) -> Vec<f64> {
        match try_get(name) {
            Ok(values) => values,
            Err(told) => panic!("{told}"),
        }
    }

    /// The numbers that the session has under a name, or why it has none.
    pub fn try_get(name: &str) -> Result<Vec<f64>, String> {
        let bytes = to_kernel("get", name, &[])?;
        let numbers = bytes.chunks_exact(8);
        Ok(numbers.map(|b| f64::from_le_bytes(b.try_into().expect("8 bytes"))).collect())
    }

    /// All names that `get` knows.
    pub fn names() -> Vec<String> {
        let names = to_kernel("names", "", &[]).unwrap_or_default();
        String::from_utf8_lossy(&names).lines().map(str::to_owned).collect()
    }

    /// Gives the session numbers under a name, as a series for its cells.
    /// Panics, with the reason, where the name or the numbers cannot be taken.
    #[track_caller]
    pub fn put<T: Copy + Into<f64>>(name: &str, values: &[T]) {
        let bytes = values.iter().flat_map(|&value| value.into().to_le_bytes());
        if let Err(told) = to_kernel("put", name, &bytes.collect::<Vec<u8>>()) {
            panic!("{told}");
        }
    }

    /// Shows a drawing: the text of an SVG.
    #[track_caller]
    pub fn display(svg: &str) {
        display_as("image/svg+xml", svg);
    }

    /// Shows something of another kind: `text/html`, `text/markdown`.
    #[track_caller]
    pub fn display_as(mime: &str, data: &str) {
        told(to_kernel("display", mime, data.as_bytes()));
    }

    /// Shows a drawing; from the second call on, in place of the last one of this name.
    #[track_caller]
    pub fn redraw(name: &str, svg: &str) {
        told(to_kernel("redraw", name, svg.as_bytes()));
    }

    /// Takes away what this cell has shown and printed.
    #[track_caller]
    pub fn clear() {
        told(to_kernel("clear", "", &[]));
    }

    /// Asks the person at the notebook for a line.
    #[track_caller]
    pub fn ask(prompt: &str) -> String {
        match to_kernel("ask", prompt, &[]) {
            Ok(line) => String::from_utf8_lossy(&line).into_owned(),
            Err(told) => panic!("{told}"),
        }
    }

    #[track_caller]
    fn told(answer: Result<Vec<u8>, String>) {
        if let Err(told) = answer {
            panic!("{told}");
        }
    }
}
