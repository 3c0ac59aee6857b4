//! The YAML examples say the same as the KDL ones, so the same files come of them.

use std::collections::BTreeMap;

use super::{Built, assert_same, build, on_disk, sources, split_header};

/// Each example with its twin.
const TWINS: [(&str, &str); 2] = [("fleet", "fleet-yaml"), ("minimal", "minimal-yaml")];

/// What the twin of a spec file is called.
fn twin_of(path: &str) -> String {
    match path.strip_suffix(".kdl") {
        Some("alertsmith") => "alertsmith.yaml".to_owned(),
        Some(stem) => format!("{stem}.spec.yaml"),
        None => path.to_owned(),
    }
}

#[test]
fn twins_have_the_same_files() {
    for (kdl, yaml) in TWINS {
        let (kdl, yaml) = (sources(kdl), sources(yaml));
        let expected: Vec<String> = kdl.keys().map(|path| twin_of(path)).collect();
        let mut sorted = expected.clone();
        sorted.sort();
        assert_eq!(sorted, yaml.keys().cloned().collect::<Vec<_>>());
        for (path, text) in kdl.iter().filter(|(path, _)| twin_of(path) == **path && *path != "README.md") {
            assert_eq!(text, &yaml[path], "{path} is not the same in both");
        }
    }
}

#[test]
fn twins_give_the_same_bytes() {
    for (kdl, yaml) in TWINS {
        let (from_kdl, from_yaml) = (build(&on_disk(kdl)), build(&on_disk(yaml)));
        assert_same(&from_kdl.bodies(), &from_yaml.bodies(), yaml);
        for (path, file) in &from_kdl.rendered.files {
            assert_eq!(file.executable, from_yaml.rendered.files[path].executable, "{path}");
        }
        assert_eq!(headers(&from_kdl, twin_of), headers(&from_yaml, str::to_owned), "{yaml}: made from other files");
    }
}

/// The parts of the output that come from the spec are the same, and come from the same files.
#[test]
fn twins_have_the_same_story() {
    for (kdl, yaml) in TWINS {
        let (from_kdl, from_yaml) = (build(&on_disk(kdl)), build(&on_disk(yaml)));
        assert_eq!(story(&from_kdl, twin_of), story(&from_yaml, str::to_owned));
    }
}

/// The files that each artifact says it is made from.
fn headers(built: &Built, rename: impl Fn(&str) -> String) -> BTreeMap<&str, Vec<String>> {
    let header = |bytes| {
        let (header, _) = split_header(std::str::from_utf8(bytes).unwrap());
        let names = header?.split_once(" from ")?.1.split_once(". Do not edit")?.0;
        let mut names: Vec<String> = names.split(", ").map(&rename).collect();
        names.sort();
        Some(names)
    };
    built.rendered.files.iter().filter_map(|(path, file)| Some((path.as_str(), header(&file.bytes)?))).collect()
}

/// The ranges of each artifact, counted from the end of its header, and the spec files they come from.
fn story(built: &Built, rename: impl Fn(&str) -> String) -> BTreeMap<&str, Vec<(u32, u32, String)>> {
    let mut story = BTreeMap::new();
    for (path, file) in &built.manifest.files {
        let text = std::str::from_utf8(&built.rendered.files[path].bytes).unwrap();
        let header = u32::try_from(text.len() - split_header(text).1.len()).unwrap();
        let range = |part: &alertsmith::output::Mapping| {
            (part.output.start - header, part.output.end - header, rename(&part.file))
        };
        story.insert(path.as_str(), file.map.iter().map(range).collect());
    }
    story
}
