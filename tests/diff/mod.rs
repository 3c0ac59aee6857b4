//! What a change does: the report for people and programs, and the lines.

mod behaviour;
mod forms;
mod scenario;
mod text;
