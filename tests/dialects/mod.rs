//! Both dialects say the same: a random spec, made from the field tables alone, is printed as KDL and as YAML in spellings chosen at
//! random, and both must be read without a finding and as equal specs.
//!
//! A new kind or field is covered the day it enters its table.

pub(crate) mod generate;
pub(crate) mod kdl;
mod spelling;
pub(crate) mod yaml;

use alertsmith::ast::{Decoder, Record, spec::SpecFile};
use alertsmith::diagnostic::Sink;
use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::source::Sources;
use alertsmith::syntax;

use crate::support::random::{self, Random};
use generate::Generator;

/// Reads one file; findings fail the test.
#[track_caller]
fn read(path: &str, text: &str) -> SpecFile {
    let mut sources = Sources::default();
    let file = sources.add(path, text.to_owned());
    let mut sink = Sink::default();
    let read = if path == "alertsmith.kdl" { syntax::kdl::read } else { syntax::yaml::read };
    let tree = read(file, text, &mut sink);
    let spec = SpecFile::from_tree(&mut Decoder::new(&mut sink), &tree);
    let findings = sink.finish();
    let said = || render::render(Format::Human, &findings, &sources, &Options::default());
    assert!(findings.is_empty(), "{}\n{text}", said());
    spec.expect("a file without findings has a spec")
}

#[test]
fn a_random_spec_reads_the_same_in_both_dialects() {
    let mut random = Random::seeded("a_random_spec_reads_the_same_in_both_dialects", 20_261_121);
    let mut seen = generate::Seen::default();
    for case in 0..random::cases(300) {
        let generator = Generator::new(&mut random, &mut seen);
        let spec = if case == 0 { generator.everything(SpecFile::kind()) } else { generator.some(SpecFile::kind()) };
        let as_kdl = kdl::print(&spec, &mut random);
        let as_yaml = yaml::print(&spec, &mut random);
        let (from_kdl, from_yaml) = (read("alertsmith.kdl", &as_kdl), read("alertsmith.yaml", &as_yaml));
        assert!(
            from_kdl == from_yaml,
            "case {case}: the dialects differ\n{}\n--- KDL\n{as_kdl}\n--- YAML\n{as_yaml}",
            similar::TextDiff::from_lines(shown(&from_kdl).as_str(), shown(&from_yaml).as_str()).unified_diff(),
        );
    }
    let forgotten = seen.forgotten(SpecFile::kind());
    assert!(forgotten.is_empty(), "fields that no case has: {}", forgotten.join(", "));
}

/// The spec as text, without places.
fn shown(spec: &SpecFile) -> String {
    let text = format!("{spec:#?}");
    let places = ["span:", "file:", "start:", "end:", "inner", "outer", "runs:", "Run {", "0,"];
    let is_place = |line: &&str| {
        let line = line.trim();
        !line.contains(char::is_alphanumeric) || places.iter().any(|place| line.starts_with(place))
    };
    text.lines().filter(|line| !is_place(line)).flat_map(|line| [line, "\n"]).collect()
}

/// A difference is seen: the comparison would be worth nothing if equal meant little.
#[test]
fn specs_that_differ_are_not_equal() {
    let one = "project a { severities x y; targets prometheus=\"3.1\" }";
    for other in [
        "project b { severities x y; targets prometheus=\"3.1\" }",
        "project a { severities x; targets prometheus=\"3.1\" }",
    ] {
        assert!(read("alertsmith.kdl", one) != read("alertsmith.kdl", other));
    }
    assert!(read("alertsmith.kdl", one) == read("alertsmith.kdl", &format!("// moved\n{one}")));
}
