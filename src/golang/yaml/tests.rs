//! The corners of go-yaml's grammar, each found by comparing with go-yaml itself over random texts.

use super::{Content, Document, NodeId, Reader, Resolved, Style, resolve};

/// A document as a short text: scalars in quotes, collections in brackets.
fn shown(text: &str) -> String {
    match Reader::new(text).next_document() {
        None => String::new(),
        Some(Ok(document)) => show(&document, document.root()),
        Some(Err(error)) => {
            assert!(text.get(error.range.clone()).is_some(), "{error:?}");
            "refused".to_owned()
        }
    }
}

fn show(document: &Document, id: NodeId) -> String {
    let list = |ids: &[NodeId]| ids.iter().map(|&id| show(document, id)).collect::<Vec<_>>().join(" ");
    match &document.get(id).unwrap().content {
        Content::Scalar { value, .. } => format!("{value:?}"),
        Content::Sequence(items) => format!("[{}]", list(items)),
        Content::Mapping(entries) => format!("{{{}}}", list(entries)),
        Content::Alias { name, .. } => format!("*{name}"),
    }
}

#[test]
fn texts_are_read_as_go_yaml_reads_them() {
    for (text, read) in [
        ("a: 'b\nc'", r#"{"a" "b c"}"#),
        ("a: \"b\\\n  c\"", r#"{"a" "bc"}"#),
        ("a: \"\\/\"", "refused"),
        ("a: |\n  b", r#"{"a" "b"}"#),
        ("a: >-\n  b\n  c\n\n  d\n", r#"{"a" "b c\nd"}"#),
        ("a: >\n  b\n   c\n", r#"{"a" "b\n c\n"}"#),
        ("a: |2\n    b\n", r#"{"a" "  b\n"}"#),
        ("a: b: c", "refused"),
        ("\ta: b", "refused"),
        ("a:\tb", r#"{"a" "b"}"#),
        ("- a\n- - b\n  - c\n", r#"["a" ["b" "c"]]"#),
        ("a:\n- b\nc: d", r#"{"a" ["b"] "c" "d"}"#),
        ("{a: b, c, [d, e: f]: }", r#"{"a" "b" "c" "" ["d" {"e" "f"}] ""}"#),
        ("? a\n: b", r#"{"a" "b"}"#),
        ("a: &x b\nc: *x", r#"{"a" "b" "c" *x}"#),
        ("a: *x", "refused"),
        ("a: @b", "refused"),
        ("a: b #c\n#d\ne: f#g", r#"{"a" "b" "e" "f#g"}"#),
        ("a: \"b\"#c", r#"{"a" "b"}"#),
        ("a\u{2028}b: c", "refused"),
        ("%YAML 1.2\n---\na", "refused"),
        // The scanner looks two tokens ahead, and no further.
        ("a\n---\n@", "refused"),
        ("a\n---\nb: c\nd: @", r#""a""#),
        ("", ""),
        ("# only\n", ""),
        ("---\n", r#""""#),
        ("a: \u{1}", "refused"),
        ("\u{feff}a: b", r#"{"a" "b"}"#),
    ] {
        assert_eq!(shown(text), read, "{text:?}");
    }
}

#[test]
fn every_byte_of_a_value_knows_its_place() {
    let text = "k: \"a\\tb\n\n  c\"\nl: |\n   x\n\n   yé\nm: 'it''s\n  on'\n";
    let document = Reader::new(text).next_document().unwrap().unwrap();
    for node in document.nodes() {
        let Content::Scalar { value, pieces, .. } = &node.content else { continue };
        let ends = pieces.iter().skip(1).map(|piece| piece.inner).chain([value.len()]);
        let mut at = 0;
        for (piece, end) in pieces.iter().zip(ends) {
            assert_eq!(piece.inner, at);
            assert!(!piece.verbatim || text[piece.outer.clone()] == value[at..end], "{piece:?}");
            at = end;
        }
        assert_eq!(at, value.len());
    }
}

#[test]
fn types_are_those_of_go_yaml() {
    for (text, resolved) in [
        ("", Resolved::Null),
        ("~", Resolved::Null),
        ("yes", Resolved::Text),
        ("True", Resolved::Bool(true)),
        ("012", Resolved::Int(10)),
        ("0o12", Resolved::Int(10)),
        ("0b11", Resolved::Int(3)),
        ("1_000", Resolved::Int(1000)),
        ("-0x10", Resolved::Int(-16)),
        ("18446744073709551615", Resolved::Int(18_446_744_073_709_551_615)),
        ("08", Resolved::Float(8.0)),
        ("1e3", Resolved::Float(1000.0)),
        (".5", Resolved::Float(0.5)),
        ("2001-01-01", Resolved::Timestamp),
        ("2001-13-01", Resolved::Text),
        ("1.2.3", Resolved::Text),
        ("5m", Resolved::Text),
    ] {
        assert_eq!(resolve(text, Style::Plain, None), Ok(resolved), "{text}");
    }
    assert_eq!(resolve("5", Style::DoubleQuoted, None), Ok(Resolved::Text));
    assert_eq!(resolve("5", Style::DoubleQuoted, Some("tag:yaml.org,2002:int")), Ok(Resolved::Int(5)));
    assert_eq!(resolve("x", Style::Plain, Some("tag:yaml.org,2002:int")), Err("!!int".to_owned()));
}

/// Neither depth nor length costs more than its share.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test may look at the clock")]
fn hostile_texts_end_soon() {
    for text in [
        "[".repeat(100_000),
        "{".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        "a: ".repeat(100_000),
        "[[],".repeat(20_000),
        "\"".to_owned() + &"\\n".repeat(100_000),
        "a: |\n".to_owned() + &"\n ".repeat(100_000),
        "#\n".repeat(100_000),
        "&a ".repeat(100_000),
        "---\n".repeat(100_000),
        "a: 'b'\n".repeat(50_000),
        "'".repeat(100_001),
    ] {
        let started = std::time::Instant::now();
        let mut reader = Reader::new(&text);
        while let Some(Ok(_)) = reader.next_document() {}
        assert!(started.elapsed().as_secs() < 20, "{:?} for {:?}", started.elapsed(), &text[..8]);
    }
}
