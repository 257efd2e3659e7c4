//! What must hold for any bytes at all: the bodies of the fuzz targets, which the tests
//! also run over the committed corpora.

mod reading;
mod talking;
mod typing;

pub use reading::read;
pub use talking::talk;
pub use typing::type_in;
