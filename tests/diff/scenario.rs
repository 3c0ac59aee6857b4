//! Two specs, or two sets of files, and what is said about going from one to the other.

use alertsmith::diff::render::{self, Form, Options};
use alertsmith::diff::report::{Change, Kind, Report};
use alertsmith::diff::side::Built;
use alertsmith::diff::side::raw::{Raw, Secrets};
use alertsmith::diff::{compare, text};
use alertsmith::output::{Rendered, RenderedFile};
use alertsmith::pipeline;
use alertsmith::source::{MemoryWorld, World};

use crate::support::built;

/// A spec that builds.
#[track_caller]
pub fn build(world: &dyn World) -> Built {
    let (compilation, rendered) = pipeline::build(world);
    Built::of(compilation, rendered).unwrap_or_else(|_| panic!("the spec has errors: {:?}", built::files(world)))
}

/// A spec of these files.
pub fn world(files: &[(&str, &str)]) -> MemoryWorld {
    files.iter().fold(MemoryWorld::default(), |world, (path, text)| world.with(path, *text))
}

/// What is said about two specs.
#[track_caller]
pub fn report(old: &dyn World, new: &dyn World) -> Report {
    let (old, new) = (build(old), build(new));
    compare(old.side(""), new.side(""), text::compare(&old.rendered, &new.rendered))
}

/// What is said about two specs of one file each.
#[track_caller]
pub fn specs(old: &str, new: &str) -> Report {
    report(&world(&[("alertsmith.kdl", old)]), &world(&[("alertsmith.kdl", new)]))
}

/// What is said about one edit of a spec; the text to replace must be there once.
#[track_caller]
pub fn edit(spec: &str, from: &str, to: &str) -> Report {
    assert_eq!(spec.matches(from).count(), 1, "`{from}` must be there once");
    specs(spec, &spec.replace(from, to))
}

/// What is said about two sets of files as they are.
pub fn files(old: &[(&str, &str)], new: &[(&str, &str)]) -> Report {
    let tree = |files: &[(&str, &str)]| Rendered {
        files: files
            .iter()
            .map(|(path, text)| {
                let file = RenderedFile { bytes: text.as_bytes().to_vec(), ..RenderedFile::default() };
                ((*path).to_owned(), file)
            })
            .collect(),
    };
    let mut secrets = Secrets::default();
    let (old, new) = (Raw::read(&tree(old), &mut secrets, false), Raw::read(&tree(new), &mut secrets, false));
    compare(old.side(""), new.side(""), text::compare(&old.rendered, &new.rendered))
}

/// The sentences of the behavioural changes.
pub fn sentences(report: &Report) -> Vec<&str> {
    report.behaviour.iter().map(|change| change.text.as_str()).collect()
}

/// The changes of a kind.
pub fn of_kind(report: &Report, kind: Kind) -> Vec<&Change> {
    report.behaviour.iter().filter(|change| change.kind == kind).collect()
}

/// A report in one of its forms, unfolded.
pub fn shown(report: &Report, form: Form) -> String {
    render::render(report, form, &Options { color: false, width: 100, verbose: true, brief: false })
}
