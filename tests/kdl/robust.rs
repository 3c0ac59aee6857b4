//! Whatever it is given, the reader ends, does not panic, and its spans are good.

use super::suite;
use crate::support::random::drawing;
use alertsmith::diagnostic::Sink;
use alertsmith::source::{FileId, Span, Text};
use alertsmith::syntax::{Node, Tree, kdl};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Reads `text` and checks every span of the tree, the comments and the diagnostics.
fn read_checked(text: &str) -> (Tree, Sink) {
    let mut sink = Sink::default();
    let tree = kdl::read(FileId(0), text, &mut sink);
    let whole = Span::new(FileId(0), 0..text.len());
    check_siblings(text, &tree.nodes, whole);
    for comment in &tree.comments {
        inside(text, comment.span, whole);
        assert!(text[comment.span.range()].starts_with("//") || text[comment.span.range()].starts_with("/*"));
    }
    for found in sink.diagnostics() {
        let labels = found.primary.iter().chain(&found.secondary).map(|label| label.span);
        labels.chain(found.fix.as_ref().map(|fix| fix.span)).for_each(|span| inside(text, span, whole));
        assert!(found.primary.is_some());
        assert!(!found.headline.ends_with('.'));
    }
    (tree, sink)
}

fn inside(text: &str, span: Span, outer: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} is no slice of {text:?}");
    assert!(outer.start <= span.start && span.end <= outer.end, "{span:?} leaves {outer:?} in {text:?}");
}

/// Nodes follow each other and lie in `outer`.
fn check_siblings(text: &str, nodes: &[Node], outer: Span) {
    let mut end = outer.start;
    for node in nodes {
        inside(text, node.span, outer);
        assert!(end <= node.span.start, "siblings overlap in {text:?}");
        end = node.span.end;
        inside(text, node.value_span, node.span);
        check_text(text, &node.key, node.span);
        node.tag.iter().for_each(|tag| check_text(text, tag, node.span));
        for argument in &node.arguments {
            check_text(text, &argument.text, node.value_span);
            argument.tag.iter().for_each(|tag| check_text(text, tag, node.value_span));
        }
        let mut properties: Vec<_> = node.members.clone();
        properties.sort_by_key(|member| member.span.start);
        check_siblings(text, &properties, node.value_span);
    }
}

/// A text lies in its node, and each of its characters comes from somewhere in it, in order.
fn check_text(text: &str, part: &Text, outer: Span) {
    inside(text, part.span(), outer);
    if text[part.span().range()].contains('#') && matches!(part.as_str(), "true" | "false") {
        // A misspelt keyword, such as `#True` or `(#true\0)`, is taken for the right one as a whole.
        return;
    }
    let mut last = part.span().start;
    for (at, character) in part.as_str().char_indices() {
        let span = part.span_of(at..at + character.len_utf8());
        inside(text, span, part.span());
        assert!(last <= span.start && span.start < span.end, "{:?} goes back in {text:?}", part.as_str());
        let written = &text[span.range()];
        let escape = written.starts_with('\\')
            || written.starts_with(['\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}']);
        assert!(escape || written == character.to_string(), "{written:?} gives {character:?} in {text:?}");
        last = span.end;
    }
}

/// Pieces that mean something to the reader, so that generated text gets past its first character.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "{", "}", ";", "\n", " ", "=", "\"", "\"\"\"", "\"\"\"\n", "\\", "/-", "/*", "*/", "//", "#", "#\"", "\"#", "(", ")",
            "[", "]", ",", ":", "\t", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{A0}", "\u{3000}", "\u{FEFF}", "\u{200E}", "“", "”",
            "#true", "true", "null", "-inf", "#nan", "r\"", "r#\"", "\\n", "\\u{41}", "\\u{", "\\u12", "\\s", "\\\n", "\\d",
            "5m", "1.5", "-1", "0x1F", ".5", "1e", "10.0.0.1/8", "https://x", "rules/**/*.yml", "가", "é", "🔥", "a", "node",
            "key=", "key:", "  ", "    ", "\n    ", "\n}", "kdl-version 1\n", "up{job=\"x\"}", "rate(x[5m])",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(drawing(3000))]

    #[test]
    fn survives_arbitrary_text(text in any::<String>()) {
        read_checked(&text);
    }

    #[test]
    fn survives_meaningful_pieces(text in pieces()) {
        read_checked(&text);
    }
}

proptest! {
    #![proptest_config(drawing(2000))]

    #[test]
    fn survives_a_damaged_suite(
        pick in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        insert in pieces(),
    ) {
        let inputs = SUITE.with(std::rc::Rc::clone);
        if inputs.is_empty() {
            return Ok(());
        }
        let text: Vec<char> = pick.get(&inputs).1.chars().collect();
        let (from, to) = (cut.0.index(text.len() + 1), cut.1.index(text.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        let damaged: String = text[..from].iter().chain(&text[to..]).collect();
        read_checked(&damaged);
        let mixed: String = text[..from].iter().copied().chain(insert.chars()).chain(text[from..].iter().copied()).collect();
        read_checked(&mixed);
        let joined: String = text[..from].iter().copied().chain(other.get(&inputs).1.chars()).collect();
        read_checked(&joined);
    }
}

thread_local! {
    static SUITE: std::rc::Rc<Vec<(String, String)>> = std::rc::Rc::new(suite::inputs());
}

#[test]
fn reads_the_suite_with_good_spans() {
    for (_, text) in suite::inputs() {
        read_checked(&text);
    }
}

/// Each of these made some parser slow or deep: all must end soon, with few words.
#[test]
fn ends_soon_whatever_is_repeated() {
    const TIMES: usize = 20_000;
    for piece in [
        "a{",
        "{",
        "}",
        "(",
        "((a)",
        "/*",
        "/-",
        "/-{",
        "[",
        "]",
        "\"",
        "\"\"\"",
        "\"\"\"\n",
        "#\"",
        "#",
        "\"\"\"\n\n",
        "\\",
        "\\\n",
        "a=",
        "=",
        ";",
        "a\n",
        "a;",
        "a ",
        "a=1 ",
        "a \"\n",
        "/- a{",
        "a \"b\n",
        "“",
        "r\"",
        "x/*",
        "#\n",
        "a {\n",
        "a {\n b\nc\n",
        "\u{200E}",
        "a(",
        "up[",
        "a [",
        "a {}\n  }\n",
        "a \"\\",
        "a \\",
        "a#",
        "\"\\u",
        "x(\"",
        "//\n",
        "/**/",
        "a /*\n*/",
    ] {
        for text in [piece.repeat(TIMES), format!("node {{\n  {}", piece.repeat(TIMES))] {
            let start = Instant::now();
            let mut sink = Sink::default();
            kdl::read(FileId(0), &text, &mut sink);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(5), "{piece:?} took {took:?}");
            assert!(sink.diagnostics().len() <= 120, "{piece:?}: {} diagnostics", sink.diagnostics().len());
        }
    }
}

#[test]
fn says_once_that_a_file_is_too_deep() {
    for text in ["a {\n".repeat(100_000), "a{".repeat(100_000) + &"}".repeat(100_000), "/-a{".repeat(100_000)] {
        let (tree, sink) = read_checked(&text);
        let codes: Vec<_> = sink.diagnostics().iter().map(|found| found.code.name).collect();
        assert_eq!(codes, ["syntax/nesting"]);
        assert!(tree.nodes.len() <= 1);
    }
    let deepest = "a{".repeat(128) + &"}".repeat(128);
    assert!(read_checked(&deepest).1.diagnostics().is_empty());
}
