//! On valid documents the reader agrees with the `kdl` crate, an implementation of its own.

use super::canonical;
use crate::support::random::drawing;
use alertsmith::diagnostic::Sink;
use alertsmith::source::FileId;
use alertsmith::syntax::kdl as own;
use kdl::{KdlDocument, KdlNode, KdlValue};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A text as one of the ways to write a string gives it.
fn string() -> impl Strategy<Value = String> {
    let inner = prop::collection::vec(
        prop::sample::select(vec![
            "a", "Z", "0", " ", "-", ".", "가", "🔥", "é", "${x}", "{{ $v }}", "#", "/", "//", "'", ":", ",",
        ]),
        0..8,
    )
    .prop_map(|parts| parts.concat());
    let word = "[a-zA-Z_가-힣][a-zA-Z0-9_.:<>|+~!@$%^&*?-]{0,8}";
    prop_oneof![
        4 => word.prop_filter("a keyword", |word| {
            // Words that end in a colon or comma are valid, but get a warning here and are no subject of this test.
            !matches!(word.as_str(), "true" | "false" | "null" | "inf" | "nan")
        }),
        3 => inner.clone().prop_map(|text| format!("\"{text}\"")),
        1 => (inner.clone(), inner.clone(), escape()).prop_map(|(a, b, escape)| format!("\"{a}{escape}{b}\"")),
        1 => inner.clone().prop_map(|text| format!("##\"{text}\\\"#x\"##")),
        1 => (prop::collection::vec(inner.clone(), 0..4), "[ \t]{0,5}", escape()).prop_map(|(lines, blanks, escape)| {
            let lines = lines.iter().map(|line| format!("{blanks}{line}{escape}!\n\n")).collect::<Vec<_>>().concat();
            format!("\"\"\"\n{lines}{blanks}\"\"\"")
        }),
        1 => (prop::collection::vec(inner, 0..4), "[ \t]{0,5}").prop_map(|(lines, blanks)| {
            let lines = lines.iter().map(|line| format!("{blanks}{line}\\d\"\n")).collect::<Vec<_>>().concat();
            format!("#\"\"\"\n{lines}{blanks}\"\"\"#")
        }),
    ]
}

fn escape() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\\n", "\\t", "\\s", "\\\\", "\\\"", "\\u{41}", "\\u{1F525}", "\\\n   ", "\\  "])
}

fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        3 => string(),
        1 => "[+-]?[0-9][0-9_]{0,6}",
        1 => "[+-]?[0-9][0-9_]{0,4}\\.[0-9][0-9_]{0,3}([eE][+-]?[0-9]{1,2})?",
        1 => "-?0x[0-9a-fA-F][0-9a-fA-F_]{0,6}",
        1 => "0o[0-7][0-7_]{0,5}",
        1 => "0b[01][01_]{0,5}",
        1 => prop::sample::select(vec!["#true", "#false", "#null", "#inf", "#-inf", "#nan"]).prop_map(str::to_owned),
    ];
    (prop::option::weighted(0.2, string()), plain).prop_map(|(tag, value)| match tag {
        Some(tag) => format!("({tag}){value}"),
        None => value,
    })
}

/// What may stand between two entries.
fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ",
        " ",
        " ",
        "  ",
        "\t",
        " /* a comment */ ",
        " \\\n    ",
        " \\ // more\n  ",
        "\u{3000}",
        " /* /* */ */",
    ])
}

fn entry() -> impl Strategy<Value = String> {
    let entry = prop_oneof![
        2 => value(),
        1 => (string(), prop::sample::select(vec!["=", " = ", " =", "= "]), value()).prop_map(|(key, equals, value)| format!("{key}{equals}{value}")),
    ];
    (space(), prop::bool::weighted(0.1), entry)
        .prop_map(|(space, dashed, entry)| format!("{space}{}{entry}", if dashed { "/- " } else { "" }))
}

fn nodes() -> impl Strategy<Value = String> {
    let head = (
        prop::bool::weighted(0.1),
        prop::option::weighted(0.1, string()),
        string(),
        prop::collection::vec(entry(), 0..5),
    )
        .prop_map(|(dashed, tag, name, entries)| {
            let tag = tag.map_or_else(String::new, |tag| format!("({tag})"));
            format!("{}{tag}{name}{}", if dashed { "/-" } else { "" }, entries.concat())
        })
        .boxed();
    let end = prop::sample::select(vec![
        "\n",
        ";",
        " ;\n",
        "\r\n",
        " // a comment\n",
        "\n\n// a comment\n",
        "\n/* a\n comment */\n",
    ]);
    // The crate does not take a `;` behind what is commented out.
    let ended = |node: String, end: &str| {
        let end = if node.starts_with("/-") { "\n" } else { end };
        format!("{node}{end}")
    };
    let leaf = (head.clone(), end.clone()).prop_map(move |(head, end)| ended(head, end));
    leaf.boxed().prop_recursive(4, 24, 4, move |inner| {
        (head.clone(), prop::collection::vec(inner, 0..4), prop::bool::weighted(0.1), end.clone()).prop_map(
            move |(head, children, dashed, end)| {
                let dash = if dashed { "/-" } else { "" };
                ended(format!("{head} {dash}{{\n{}}}", children.concat()), if dashed { "\n" } else { end })
            },
        )
    })
}

/// The canonical form of what the crate read. Numbers are compared as written, which the crate keeps.
fn print(document: &KdlDocument, depth: usize, out: &mut String) {
    for node in document.nodes() {
        print_node(node, depth, out);
    }
}

fn print_node(node: &KdlNode, depth: usize, out: &mut String) {
    let indentation = "    ".repeat(depth);
    out.push_str(&indentation);
    if let Some(tag) = node.ty() {
        write!(out, "({})", canonical::text(tag.value())).unwrap();
    }
    out.push_str(&canonical::text(node.name().value()));
    let mut properties = BTreeMap::new();
    for entry in node.entries() {
        let value = match entry.value() {
            KdlValue::String(text) => canonical::text(text),
            KdlValue::Bool(value) => format!("#{value}"),
            KdlValue::Null => "#null".to_owned(),
            KdlValue::Integer(_) | KdlValue::Float(_) => canonical::number(&entry.format().unwrap().value_repr),
        };
        let value = match entry.ty() {
            Some(tag) => format!("({}){value}", canonical::text(tag.value())),
            None => value,
        };
        match entry.name() {
            Some(name) => _ = properties.insert(name.value().to_owned(), value),
            None => write!(out, " {value}").unwrap(),
        }
    }
    for (key, value) in properties {
        write!(out, " {}={value}", canonical::text(&key)).unwrap();
    }
    if let Some(children) = node.children().filter(|children| !children.nodes().is_empty()) {
        out.push_str(" {\n");
        print(children, depth + 1, out);
        out.push_str(&indentation);
        out.push('}');
    }
    out.push('\n');
}

proptest! {
    #![proptest_config(drawing(300))]

    #[test]
    fn valid_documents_have_one_meaning(parts in prop::collection::vec(nodes(), 0..4)) {
        let text = parts.concat();
        let mut sink = Sink::default();
        let tree = own::read(FileId(0), &text, &mut sink);
        // A habit of YAML is valid KDL, and refused for what it means.
        let mut errors = sink.diagnostics().iter().filter(|diagnostic| diagnostic.code.name != "syntax/yaml-habit");
        prop_assert!(errors.next().is_none(), "refused {text:?}: {:?}", sink.diagnostics());
        let theirs = match text.parse::<KdlDocument>() {
            Ok(theirs) => theirs,
            Err(error) => return Err(TestCaseError::fail(format!("the crate refuses {text:?}: {error:?}"))),
        };
        let mut expected = String::new();
        print(&theirs, 0, &mut expected);
        let printed = canonical::print(&tree);
 prop_assert_eq!(printed.trim_end(), expected.trim_end(), "{:?}", text);
    }
}
