//! Reading Alertmanager's own configuration, judged by amtool of the oldest and the newest release.

mod corpus;
mod generate;
mod judge;
mod routing;
mod tables;
mod templates;
mod verdict;

use crate::support::tools::Generation;
use alertsmith::alertmanager;
use alertsmith::ast::Version;
use alertsmith::diagnostic::{Level, Sink, render};
use alertsmith::source::Sources;

/// The release of a generation.
pub fn release(generation: Generation) -> Version {
    match generation {
        Generation::Newest => Version { major: 0, minor: 34, patch: 2 },
        Generation::Oldest => Version::new(0, 25),
    }
}

/// What we say of a text: everything at the level of an error, rendered; nothing when it is accepted.
pub fn refusal(text: &str, version: Version) -> Option<String> {
    let mut sources = Sources::default();
    let file = sources.add("alertmanager.yml", text);
    let mut sink = Sink::default();
    let _ = alertmanager::read(file, text, version, &mut sink);
    let errors: Vec<_> = sink.finish().into_iter().filter(|found| found.level == Level::Error).collect();
    if errors.is_empty() {
        return None;
    }
    Some(render::render(render::Format::Human, &errors, &sources, &render::Options::default()))
}
