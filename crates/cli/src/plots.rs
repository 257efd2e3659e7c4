//! Where plots go: figures go in, files `plots/airline-1.svg` come out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use carousel::files::replace;

/// The folder of a run's plots and how many there are.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    stem: String,
    count: usize,
}

impl Files {
    /// None yet; their names begin with `stem`.
    pub(crate) fn new(folder: &Path, stem: &str) -> Files {
        Files { folder: folder.to_owned(), stem: stem.to_owned(), count: 0 }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Counts from here on.
    pub(crate) fn set_count(&mut self, count: usize) {
        self.count = count;
    }

    /// Writes the next one and gives its path.
    ///
    /// # Errors
    /// Where the folder cannot be made or the file not written.
    pub(crate) fn write(&mut self, svg: &str) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.folder).map_err(|error| at(&self.folder, &error))?;
        self.count += 1;
        let path = self.folder.join(format!("{}-{}.svg", self.stem, self.count));
        replace(&path, svg.as_bytes()).map_err(|error| at(&path, &error))?;
        Ok(path)
    }
}

/// The error with the file that it befell.
fn at(path: &Path, error: &io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "a file stands where the folder should".to_owned()
        }
        io::ErrorKind::PermissionDenied => "it may not be written".to_owned(),
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("`{}`: {reason}", path.display()))
}
