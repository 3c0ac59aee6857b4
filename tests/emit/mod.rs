//! The printers, judged by readers of others and by our own.

mod documents;
mod nginx;
mod yaml;
