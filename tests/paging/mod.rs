//! Rules joined with routing.

mod claims;
mod fleet;
mod judged;
