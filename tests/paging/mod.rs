//! Rules joined with routing.

mod claims;
mod fired;
mod fleet;
mod installations;
mod judged;
