//! Our YAML reader beside go-yaml, over every YAML file of the corpora: the same keys, the same shapes, the same texts; and every
//! text knows which bytes it came from.

use std::path::PathBuf;

use crate::support::random::drawing;
use alertsmith::diagnostic::Sink;
use alertsmith::source::{FileId, Text};
use alertsmith::syntax::{self, Node, Scalar, ScalarKind, Shape};
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::support::tools::{Generation, tool};
use crate::support::{corpus, run::run};

#[test]
fn reads_published_files_as_go_yaml_does() {
    let files: Vec<PathBuf> = corpus::yaml_files("").into_iter().filter(|file| small(file)).collect();
    let Some(go) = tool("goyaml", Generation::Newest) else { return };
    let (mut compared, mut refused) = (0, 0);
    for batch in files.chunks(200) {
        let output = run(go.command().args(batch)).unwrap_or_else(|said| panic!("{said}"));
        let answers: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
        for (file, answer) in batch.iter().zip(&answers) {
            let Ok(text) = std::fs::read_to_string(file) else { continue };
            let mut sink = Sink::default();
            let tree = syntax::yaml::read(FileId(0), &text, &mut sink);
            let findings = sink.finish();
            check_places(&tree.nodes, &text);
            let Some([Json::Object(wanted)]) = answer["documents"].as_array().map(Vec::as_slice) else {
                // Not YAML, several documents, or nothing with keys at its top: that is said, unless the file is empty.
                refused += 1;
                continue;
            };
            if findings.iter().any(|finding| STRICTER.contains(&finding.headline.as_str())) {
                refused += 1;
                continue;
            }
            let said: Vec<_> = findings.iter().map(|finding| (&finding.headline, &finding.primary)).collect();
            assert!(said.is_empty(), "{}: {said:?}", file.display());
            let read = Json::Object(wanted.clone());
            compare_members(&tree.nodes, &read).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            compared += 1;
        }
    }
    if !files.is_empty() {
        assert!(compared > 700 && refused < compared / 5, "{compared} compared, {refused} refused");
    }
}

/// What go-yaml lets pass and we refuse on purpose.
const STRICTER: [&str; 2] =
    ["a text in quotes goes on with too little indentation", "a value that begins with `{{` needs quotes"];

/// The benchmark file of ten thousand rules says nothing that a smaller one does not.
fn small(file: &std::path::Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.len() < 1_000_000)
}

fn compare_members(nodes: &[Node], wanted: &Json) -> Result<(), String> {
    let fields = wanted.as_object().ok_or_else(|| format!("a mapping instead of {wanted}"))?;
    let keys: Vec<&str> = nodes.iter().map(|node| node.key.as_str()).collect();
    if nodes.len() != fields.len() {
        return Err(format!("the keys {keys:?} instead of {:?}", fields.keys().collect::<Vec<_>>()));
    }
    for node in nodes {
        let key = node.key.as_str();
        // Keys that are no text for go-yaml, such as `1` and `on`, are texts for us.
        let other = |name: &&String| name.starts_with("not text:") && name.ends_with(&format!(" {key}"));
        let wanted = fields.get(key).or_else(|| fields.get(fields.keys().find(other)?));
        let wanted =
            wanted.ok_or_else(|| format!("{key} instead of one of {:?}", fields.keys().collect::<Vec<_>>()))?;
        compare(node, wanted).map_err(|why| format!("{key}: {why}"))?;
    }
    Ok(())
}

fn compare(node: &Node, wanted: &Json) -> Result<(), String> {
    match (node.shape, wanted) {
        (Shape::Empty, Json::Null) => Ok(()),
        (Shape::Scalar, _) => compare_scalar(&node.arguments[0], wanted),
        (Shape::Mapping, _) => compare_members(&node.members, wanted),
        (Shape::Scalars, Json::Array(items)) if items.len() == node.arguments.len() => {
            node.arguments.iter().zip(items).try_for_each(|(scalar, wanted)| compare_scalar(scalar, wanted))
        }
        (Shape::Items, Json::Array(items)) if items.len() == node.items.len() => {
            node.items.iter().zip(items).try_for_each(|(node, wanted)| compare(node, wanted))
        }
        _ => Err(format!("{:?} instead of {wanted}", node.shape)),
    }
}

fn compare_scalar(scalar: &Scalar, wanted: &Json) -> Result<(), String> {
    let text = scalar.text.as_str();
    let same = match wanted {
        Json::String(wanted) => text == wanted,
        Json::Null => scalar.kind == ScalarKind::Null,
        Json::Bool(wanted) => scalar.kind == ScalarKind::Bool && text == wanted.to_string(),
        Json::Number(_) => scalar.kind == ScalarKind::Number,
        // A date, which has no type for us.
        Json::Object(wanted) => wanted.contains_key("not JSON") && scalar.kind == ScalarKind::Plain,
        Json::Array(_) => false,
    };
    if same { Ok(()) } else { Err(format!("{text:?} ({:?}) instead of {wanted}", scalar.kind)) }
}

/// Every character of a text maps to itself in the file, to an escape that ends in a letter of its own, or to a line break.
fn check_places(nodes: &[Node], source: &str) {
    for node in nodes {
        check_text(&node.key, source);
        node.arguments
            .iter()
            .filter(|scalar| scalar.kind != ScalarKind::Null)
            .for_each(|scalar| check_text(&scalar.text, source));
        check_places(&node.members, source);
        check_places(&node.items, source);
    }
}

fn check_text(text: &Text, source: &str) {
    for (at, character) in text.as_str().char_indices().step_by(7) {
        let span = text.span_of(at..at + character.len_utf8());
        let written = &source[span.range()];
        let itself = written.chars().eq([character]);
        let folded = character.is_whitespace() && written.chars().all(|one| one.is_whitespace() || one == '\\');
        let escaped = written.starts_with('\\') || written == "''";
        assert!(itself || folded || escaped, "{character:?} of {:?} came from {written:?}", text.as_str());
    }
}

/// Pieces of YAML in any order: what a file looks like while somebody types, or after a bad merge.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b: ",
        "key:",
        ": ",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\n    ",
        "\n\t",
        "\r\n",
        " ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "'",
        "\\",
        "\\n",
        "\\x4",
        "\\ud83d",
        "|",
        "|+\n",
        ">-\n",
        "|2\n",
        "# c",
        " # c\n",
        "&a ",
        "*a",
        "<<: ",
        "!secret ",
        "!!str ",
        "!",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "{{ $x }}",
        "@",
        "`",
        "é",
        "한",
        "😀",
        "\u{feff}",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        "0x1",
        "true",
        "~",
        "\n# c\n",
        "k: v\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_spans(nodes: &[Node], source: &str) {
    for node in nodes {
        for span in [node.key.span(), node.span, node.value_span] {
            assert!(source.get(span.range()).is_some(), "{span:?} in {source:?}");
        }
        for scalar in &node.arguments {
            assert!(source.get(scalar.span().range()).is_some(), "{scalar:?} in {source:?}");
            let text = scalar.text.as_str();
            for (at, character) in text.char_indices() {
                let span = scalar.text.span_of(at..at + character.len_utf8());
                assert!(source.get(span.range()).is_some(), "{span:?} for {text:?} in {source:?}");
            }
        }
        check_spans(&node.members, source);
        check_spans(&node.items, source);
    }
}

proptest! {
    #![proptest_config(drawing(4000))]

    #[test]
    fn any_text_is_read_or_refused_with_places_inside_it(text in soup()) {
        let mut sink = Sink::default();
        let tree = syntax::yaml::read(FileId(0), &text, &mut sink);
        check_spans(&tree.nodes, &text);
        for comment in &tree.comments {
            prop_assert!(text.get(comment.span.range()).is_some_and(|written| written.starts_with('#')), "{comment:?}");
        }
        for finding in sink.finish() {
            let labels = finding.primary.iter().chain(&finding.secondary);
            let fix = finding.fix.iter().map(|fix| fix.span);
            for span in labels.map(|label| label.span).chain(fix) {
                prop_assert!(text.get(span.range()).is_some(), "{}: {span:?}", finding.headline);
            }
        }
    }
}
