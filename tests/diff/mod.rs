//! What a change does: the report for people and programs, and the lines.

mod behaviour;
mod confirm;
mod effects;
mod forms;
mod review;
mod scenario;
mod text;
