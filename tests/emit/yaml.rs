//! What the YAML printer writes is read back identically by everybody: YAML 1.1 (PyYAML), YAML 1.2 (ruamel.yaml), go-yaml, the
//! Kubernetes reader, and our own.

use std::path::{Path, PathBuf};

use alertsmith::artifact::{Doc, Value};
use alertsmith::diagnostic::Sink;
use alertsmith::emit;
use alertsmith::source::FileId;
use alertsmith::syntax::{self, Node, ScalarKind, Shape};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;

use super::documents::{document, meaning, same};
use crate::support::tools::{Generation, tool};
use crate::support::{corpus, run::run};

/// The documents that a judge read from one file, or why it could not.
type Reading = Result<Vec<Json>, String>;

/// The answers of every judge that is on this machine: its name and what it read from each file.
fn readings(files: &[PathBuf]) -> Vec<(&'static str, Vec<Reading>)> {
    let mut readings = Vec::new();
    if let Some(answers) = crate::support::yaml::read(files) {
        readings.push(("PyYAML (YAML 1.1)", answers));
    }
    if let Some(python) = tool("python", Generation::Newest) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit/read_yaml12.py");
        let answers = ask(python.command().arg(script).args(files));
        readings.push(("ruamel.yaml (YAML 1.2)", answers.iter().map(documents).collect()));
    }
    if let Some(go) = tool("goyaml", Generation::Newest) {
        let answers = ask(go.command().args(files));
        readings.push(("go-yaml", answers.iter().map(documents).collect()));
        let kubernetes =
            answers.iter().map(|answer| failure(answer).map_or_else(|| Ok(vec![answer["kubernetes"].clone()]), Err));
        readings.push(("the Kubernetes reader", kubernetes.collect()));
    }
    readings
}

fn ask(command: &mut std::process::Command) -> Vec<Json> {
    let output = run(command).unwrap_or_else(|said| panic!("{said}"));
    serde_json::from_slice(&output.stdout).expect("a judge answers in JSON")
}

fn failure(answer: &Json) -> Option<String> {
    answer.get("error").and_then(Json::as_str).map(str::to_owned)
}

fn documents(answer: &Json) -> Reading {
    let documents = answer.get("documents").and_then(Json::as_array).cloned().unwrap_or_default();
    failure(answer).map_or(Ok(documents), Err)
}

/// Asks every judge for every document, each in a file of its own.
fn judge(documents: &[Doc]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files: Vec<PathBuf> = (0..documents.len()).map(|index| folder.path().join(format!("{index}.yaml"))).collect();
    let header = ["made for a test".to_owned()];
    for (file, document) in files.iter().zip(documents) {
        std::fs::write(file, emit::yaml::print(std::slice::from_ref(document), &header).text).unwrap();
    }
    for (judge, answers) in readings(&files) {
        for ((answer, document), file) in answers.iter().zip(documents).zip(&files) {
            let text = || std::fs::read_to_string(file).unwrap();
            let read = answer.as_ref().unwrap_or_else(|error| panic!("{judge}: {error}\n{}", text()));
            let [read] = read.as_slice() else { panic!("{judge} read {} documents\n{}", read.len(), text()) };
            let wanted = meaning(document);
            if !same(read, &wanted) {
                let (wanted, read) = first_difference(&wanted, read);
                panic!("{judge} read {read} instead of {wanted}\n{}", text().chars().take(3000).collect::<String>());
            }
        }
    }
}

/// The innermost pair that differs, so that a failure in a file of thousands can be read.
fn first_difference<'a>(left: &'a Json, right: &'a Json) -> (&'a Json, &'a Json) {
    match (left, right) {
        (Json::Array(lefts), Json::Array(rights)) if lefts.len() == rights.len() => lefts
            .iter()
            .zip(rights)
            .find(|(left, right)| !same(left, right))
            .map_or((left, right), |(left, right)| first_difference(left, right)),
        (Json::Object(lefts), Json::Object(rights)) => {
            let differing = lefts.iter().find(|(key, value)| rights.get(*key).is_none_or(|other| !same(value, other)));
            match differing {
                Some((key, value)) => match rights.get(key) {
                    Some(other) => first_difference(value, other),
                    None => (left, right),
                },
                None => (left, right),
            }
        }
        _ => (left, right),
    }
}

#[test]
fn every_nasty_string_is_read_back_as_value_and_as_key() {
    let Some(folder) = corpus::folder() else { return };
    let text = std::fs::read_to_string(folder.join("yaml-strings/strings.json")).unwrap();
    let strings: Vec<String> = serde_json::from_str(&text).unwrap();
    assert!(strings.len() > 5000);
    let values = Doc::list(strings.iter().map(|text| Doc::map().with("value", text)));
    let mut unique: Vec<&String> = strings.iter().collect();
    unique.sort();
    unique.dedup();
    let mut keys = Doc::map();
    for (index, text) in unique.iter().enumerate() {
        keys.set(text.as_str(), index.to_string());
    }
    let items = Doc::list(&strings);
    let roots = strings.iter().step_by(50).map(Into::into);
    let documents: Vec<Doc> = [values, keys, items].into_iter().chain(roots).collect();
    judge(&documents);
    for document in &documents[..3] {
        reads_itself(document);
    }
}

#[test]
fn made_up_documents_are_read_back_by_others() {
    // Always the same documents: this test asks programs, so it must not depend on luck.
    let mut runner =
        TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let documents: Vec<Doc> = (0..400).map(|_| document().new_tree(&mut runner).unwrap().current()).collect();
    judge(&documents);
}

#[test]
fn documents_of_one_file_stay_apart() {
    let documents = [Doc::map().with("a", "x\n"), Doc::list(["yz"]), "z".into(), Doc::map(), "# w\n".into()];
    let text = emit::yaml::print(&documents, &["first".to_owned(), "second".to_owned()]).text;
    assert_eq!(text, "# first\n# second\na: |\n  x\n---\n- yz\n---\nz\n---\n{}\n---\n|\n  # w\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("several.yaml");
    std::fs::write(&file, text).unwrap();
    for (judge, answers) in readings(&[file]) {
        if judge != "the Kubernetes reader" {
            assert_eq!(answers[0].as_ref().unwrap(), &documents.iter().map(meaning).collect::<Vec<_>>(), "{judge}");
        }
    }
}

/// Our own reader gives back what the printer was given. A spec has keys at its top, so the document is put below one.
fn reads_itself(document: &Doc) {
    let output = emit::yaml::print(&[Doc::map().with("root", document.clone())], &[]);
    let mut sink = Sink::default();
    let tree = syntax::yaml::read(FileId(0), &output.text, &mut sink);
    let findings: Vec<String> = sink.finish().into_iter().map(|finding| finding.headline).collect();
    assert!(findings.is_empty(), "{findings:?}\n{}", output.text);
    let [root] = tree.nodes.as_slice() else { panic!("{:?}\n{}", tree.nodes, output.text) };
    compare(root, document, &output.text);
}

fn compare(node: &Node, document: &Doc, text: &str) {
    let scalar = |kind: ScalarKind, wanted: &str| {
        let [scalar] = node.arguments.as_slice() else { panic!("{node:?} instead of {wanted:?}\n{text}") };
        assert_eq!((scalar.kind, scalar.text.as_str()), (kind, wanted), "\n{text}");
    };
    match &document.value {
        Value::Null => assert!(
            node.shape == Shape::Empty || node.arguments.iter().all(|scalar| scalar.kind == ScalarKind::Null),
            "{node:?}\n{text}"
        ),
        Value::Bool(value) => scalar(ScalarKind::Bool, &value.to_string()),
        Value::Integer(value) => scalar(ScalarKind::Number, &value.to_string()),
        Value::Number(value) => {
            let read: f64 = node.arguments[0].text.as_str().parse().unwrap();
            assert_eq!(read.to_bits(), value.parse::<f64>().unwrap().to_bits(), "\n{text}");
        }
        Value::String(wanted) => {
            let [scalar] = node.arguments.as_slice() else { panic!("{node:?} instead of {wanted:?}\n{text}") };
            assert_eq!(scalar.text.as_str(), wanted, "\n{text}");
            assert!(matches!(scalar.kind, ScalarKind::Plain | ScalarKind::Quoted), "{scalar:?}\n{text}");
        }
        Value::List(items) if node.shape == Shape::Scalars => {
            assert_eq!(node.arguments.len(), items.len(), "\n{text}");
            for (argument, item) in node.arguments.iter().zip(items) {
                let mut node = node.clone();
                node.arguments = vec![argument.clone()];
                compare(&node, item, text);
            }
        }
        Value::List(items) => {
            assert_eq!(node.items.len(), items.len(), "\n{text}");
            node.items.iter().zip(items).for_each(|(node, item)| compare(node, item, text));
        }
        Value::Map(entries) => {
            assert_eq!(node.shape, Shape::Mapping, "\n{text}");
            assert_eq!(node.members.len(), entries.len(), "\n{text}");
            for (member, (key, value)) in node.members.iter().zip(entries) {
                assert_eq!(member.key.as_str(), key, "\n{text}");
                compare(member, value, text);
            }
        }
    }
}

proptest! {
    #[test]
    fn our_own_reader_gives_back_any_document(document in document()) {
        reads_itself(&document);
    }

    #[test]
    fn json_is_read_back(document in document()) {
        let output = emit::json::print(&document);
        let read: Json = serde_json::from_str(&output.text).unwrap();
        prop_assert!(same(&read, &meaning(&document)), "{}", output.text);
    }
}
