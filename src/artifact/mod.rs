//! What will be written, before anybody decides how: typed files and the neutral [`Doc`].

pub mod bundle;
pub mod doc;
pub mod nginx;

pub use bundle::{Body, Bundle, File, FileKind};
pub use doc::{Doc, Value};
