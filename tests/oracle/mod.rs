//! The judges judged: each accepts something good and rejects something broken. A judge that cannot fail proves nothing.

mod objects;
mod stack;
mod versions;
