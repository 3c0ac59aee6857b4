//! Rules joined with routing.

mod claims;
mod fleet;
mod installations;
mod judged;
