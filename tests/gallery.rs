//! Typical mistakes of a new user, each in a folder below `snapshots/gallery/` with what the terminal shows for it.

use std::{fs, path::Path};

use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::pipeline;
use alertsmith::source::DiskWorld;

use crate::support::snapshot::assert_file;

#[test]
fn one_mistake_is_one_finding_that_reads_well() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/gallery");
    let mut names: Vec<String> =
        fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 20, "only {} mistakes", names.len());
    let mut wrong = Vec::new();
    for (index, name) in names.iter().enumerate() {
        assert!(name.starts_with(&format!("{:02}-", index + 1)), "{name} is out of order");
        let (compilation, _) = pipeline::build(&DiskWorld::open(&root.join(name)).unwrap());
        let found = &compilation.diagnostics;
        let said = render::render(Format::Human, found, &compilation.sources, &Options::default());
        assert_file(&format!("snapshots/gallery/{name}/reported.txt"), &said);
        let mut check = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{name}: {what}"));
            }
        };
        check(found.len() == 1, "one mistake, but not one finding");
        for finding in found {
            check(!finding.headline.ends_with('.'), "the headline ends with a full stop");
            check(!finding.headline.starts_with(char::is_uppercase), "the headline begins with a capital letter");
            check(!finding.notes.is_empty(), "no reason");
            check(!finding.help.is_empty(), "no next step");
            for text in finding.notes.iter().chain(&finding.help) {
                let whole = text.ends_with(['.', '?', '!']) && !text.starts_with(char::is_lowercase);
                check(whole, &format!("not a sentence: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
