//! Where plots go: figures go in, files `plots/airline-1.svg` come out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fmt::replace;

/// The folder of a run's plots and how many there are.
#[derive(Debug)]
pub(crate) struct Plots {
    folder: PathBuf,
    stem: String,
    count: usize,
}

impl Plots {
    /// None yet; their names begin with `stem`.
    pub(crate) fn new(folder: &Path, stem: &str) -> Plots {
        Plots { folder: folder.to_owned(), stem: stem.to_owned(), count: 0 }
    }

    /// Writes the next one and gives its path.
    ///
    /// # Errors
    /// Where the folder cannot be made or the file not written.
    pub(crate) fn write(&mut self, svg: &str) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.folder)?;
        self.count += 1;
        let path = self.folder.join(format!("{}-{}.svg", self.stem, self.count));
        replace(&path, svg)?;
        Ok(path)
    }
}
