//! What checks say about real rules, and whether what they promise is so.

mod matures;
mod real;
