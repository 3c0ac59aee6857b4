//! The README shows what the program really says, and its small spec is the one in `examples/minimal`.

use std::fmt::Write as _;
use std::fs;

use super::{assert_parts, blocks, copy_example, edit, fenced, root, said};
use crate::support::built;
use crate::support::yaml::ours;

#[test]
fn what_is_shown_is_what_the_program_says() {
    let spec = fs::read_to_string(root().join("examples/minimal/alertsmith.kdl")).unwrap();
    let parts = [
        ("diagnostic", fenced("console", &diagnostic())),
        ("diff", fenced("console", &diff())),
        ("spec", fenced("kdl", &spec)),
        ("tree", fenced("text", &tree())),
        ("commands", fenced("text", &commands())),
        ("inputs", inputs()),
    ];
    assert_parts("README.md", &parts);
}

/// An annotation reads a label that the query has aggregated away.
fn diagnostic() -> String {
    let folder = tempfile::tempdir().unwrap();
    let fleet = copy_example("fleet", folder.path());
    edit(&fleet.join("alerts/nodes.kdl"), "100 - avg by (instance) (", "100 - avg by (rack) (");
    format!("$ alertsmith check examples/fleet\n{}", said(folder.path(), &["check", "examples/fleet"], 1))
}

/// One group waits longer.
fn diff() -> String {
    let folder = tempfile::tempdir().unwrap();
    let fleet = copy_example("fleet", folder.path());
    said(folder.path(), &["build", "examples/fleet", "-q"], 0);
    let (from, to) = ("level critical for=\"1m\" }", "level critical for=\"2m\" }");
    edit(
        &fleet.join("alerts/nodes.kdl"),
        &format!("threshold NodeDown group=production {{ {from}"),
        &format!("threshold NodeDown group=production {{ {to}"),
    );
    format!("$ alertsmith diff examples/fleet\n{}", said(folder.path(), &["diff", "examples/fleet"], 0))
}

/// What comes of the smallest example.
fn tree() -> String {
    let files = built::example("minimal").into_keys().chain(["manifest.json".to_owned()]);
    files.flat_map(|path| ["dist/".to_owned(), path, "\n".to_owned()]).collect()
}

/// The commands as `--help` lists them.
fn commands() -> String {
    let help = said(root(), &["--help"], 0);
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    list.lines().filter(|line| !line.starts_with("  help ")).flat_map(|line| [line.trim_start(), "\n"]).collect()
}

/// The inputs of the Action as a table.
fn inputs() -> String {
    let action = ours(&fs::read_to_string(root().join("action.yml")).unwrap());
    let mut table = "| input | means |\n| --- | --- |\n".to_owned();
    for (name, input) in action["inputs"].as_object().unwrap() {
        let _ = writeln!(table, "| `{name}` | {} |", input["description"].as_str().unwrap());
    }
    table
}

#[test]
fn the_snippets_for_hooks_and_workflows_fit() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (readme, action) = (read("README.md"), ours(&read("action.yml")));
    let hooks = ours(&read(".pre-commit-hooks.yaml"));
    let ids: Vec<&str> = hooks.as_array().unwrap().iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    let mut seen = (0, 0);
    for snippet in blocks(&readme, "yaml").into_iter().map(ours) {
        for hook in snippet["repos"][0]["hooks"].as_array().into_iter().flatten() {
            assert!(ids.contains(&hook["id"].as_str().unwrap()), "{hook}");
            seen.0 += 1;
        }
        for step in snippet["jobs"]["monitoring"]["steps"].as_array().into_iter().flatten() {
            if step["uses"].as_str().unwrap().contains("/alertsmith@") {
                for input in step["with"].as_object().unwrap().keys() {
                    assert!(action["inputs"].get(input).is_some(), "{input}");
                    seen.1 += 1;
                }
            }
        }
    }
    assert_eq!(seen, (ids.len(), 3));
}

#[test]
fn the_two_commands_are_there() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands: Vec<&str> =
        blocks(&readme, "console").into_iter().filter_map(|block| block.strip_prefix("$ ")).collect();
    assert!(commands.contains(&"cargo run --release -- build examples/fleet -o dist\n"));
    assert!(commands.contains(&"tests/run.sh\n"));
    assert!(fs::read_to_string(root().join(".ci/run")).unwrap().contains("CI=true exec tests/run.sh\n"));
}
