//! Source text: files, ids, byte spans, and the one door for all reading.
//!
//! Every later stage speaks of places as [`Span`]s (a file and a byte range). Lines and columns exist only in the
//! renderers. Reading goes through [`World`], so that the same compiler runs over a folder on disk, a git revision or
//! a set of strings in memory.

mod file;
mod span;
mod text;
mod world;

pub use file::{SourceFile, Sources};
pub use span::{FileId, Span, Spanned};
pub use text::{Text, TextBuilder};
pub use world::{DiskWorld, GitError, GitWorld, MAX_FILE_BYTES, MemoryWorld, ReadError, World, merge_base};
