//! The printers and the YAML reader, judged by readers of others and by each other.

mod documents;
mod nginx;
mod reader;
mod yaml;
