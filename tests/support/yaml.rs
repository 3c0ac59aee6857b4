//! Reads emitted YAML with somebody else's reader, so that our own writer is not judged by our own reader.

use std::path::{Path, PathBuf};

use alertsmith::diagnostic::Sink;
use alertsmith::source::Sources;
use alertsmith::syntax::{self, Node, Shape};
use serde_json::Value;

use super::{
    run::run,
    tools::{Generation, tool},
};

/// The documents of each file, read with YAML 1.1 rules by PyYAML; an error for a file that is not YAML or has duplicate keys.
///
/// Nothing when the reader is not on this machine.
pub fn read<P: AsRef<Path>>(files: &[P]) -> Option<Vec<Result<Vec<Value>, String>>> {
    let python = tool("python", Generation::Newest)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/read_yaml.py");
    let files: Vec<PathBuf> = files.iter().map(|file| file.as_ref().to_owned()).collect();
    let output = run(python.command().arg(script).args(files)).unwrap_or_else(|said| panic!("{said}"));
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).expect("read_yaml.py prints JSON");
    Some(answers.into_iter().map(documents).collect())
}

fn documents(mut answer: Value) -> Result<Vec<Value>, String> {
    match answer.get_mut("documents").map(Value::take) {
        Some(Value::Array(documents)) => Ok(documents),
        _ => Err(answer["error"].as_str().unwrap_or("no answer").to_owned()),
    }
}

/// One document read with our own reader, every scalar as text. For the few YAML files of this project that are not output.
#[track_caller]
pub fn ours(text: &str) -> Value {
    // Our reader is one of specs, which are mappings.
    if text.lines().find(|line| !line.starts_with('#')).is_some_and(|line| line.starts_with("- ")) {
        return ours(&format!("list:\n{text}"))["list"].take();
    }
    let mut sink = Sink::default();
    let file = Sources::default().add("file.yaml", text);
    let tree = syntax::yaml::read(file, text, &mut sink);
    let findings = sink.finish();
    assert!(findings.is_empty(), "{:?}", findings.first().map(|finding| &finding.headline));
    mapping(&tree.nodes)
}

fn mapping(nodes: &[Node]) -> Value {
    Value::Object(nodes.iter().map(|node| (node.key.as_str().to_owned(), value(node))).collect())
}

fn value(node: &Node) -> Value {
    let text = |scalar: &syntax::Scalar| Value::from(scalar.text.as_str());
    match node.shape {
        Shape::Empty => Value::Null,
        Shape::Scalar => node.arguments.first().map_or(Value::Null, text),
        Shape::Scalars => node.arguments.iter().map(text).collect(),
        Shape::Items => node.items.iter().map(value).collect(),
        Shape::Mapping => mapping(&node.members),
    }
}
