//! The mistakes people make: each is said once, at the right bytes, and what it offers to write mends it.

use alertsmith::diagnostic::{Diagnostic, Sink};
use alertsmith::source::FileId;
use alertsmith::syntax::{Tree, kdl};

fn read(text: &str) -> (Tree, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let tree = kdl::read(FileId(0), text, &mut sink);
    (tree, sink.finish())
}

/// `name: marked bytes: headline`, a line each.
fn said(text: &str) -> Vec<String> {
    let (_, found) = read(text);
    found
        .iter()
        .map(|found| {
            let marked = &text[found.primary.as_ref().unwrap().span.range()];
            format!("{}: {marked}: {}", found.code.name, found.headline)
        })
        .collect()
}

/// Input, what is said, and the input after taking every offered edit; empty where none is offered.
const CASES: &[(&str, &[&str], &str)] = &[
    ("level warning for=5m", &["syntax/kdl: 5m: `5m` needs quotes"], "level warning for=\"5m\""),
    (
        "target a 10.0.0.1 net=10.0.0.0/8 { x }",
        &["syntax/kdl: 10.0.0.1: `10.0.0.1` needs quotes", "syntax/kdl: 10.0.0.0/8: `10.0.0.0/8` needs quotes"],
        "target a \"10.0.0.1\" net=\"10.0.0.0/8\" { x }",
    ),
    (
        "a true b=null",
        &["syntax/kdl: true: `true` needs a `#` in front", "syntax/kdl: null: `null` needs a `#` in front"],
        "a #true b=#null",
    ),
    ("a #True", &["syntax/kdl: #True: `#True` is not a keyword"], "a #true"),
    ("a r\"\\d\"", &["syntax/kdl: r\"\\d\": a raw string starts with `#`, not with `r`"], "a #\"\\d\"#"),
    ("labels: {\n}", &["syntax/yaml-habit: labels:: a name ends in a colon, as keys do in YAML"], "labels {\n}"),
    (
        "alert X severity: critical",
        &["syntax/yaml-habit: severity:: a word ends in a colon"],
        "alert X severity=critical",
    ),
    ("a info, warning", &["syntax/yaml-habit: info,: a word ends in a comma"], "a info warning"),
    ("- x", &["syntax/yaml-habit: -: a node is called `-`"], ""),
    ("a x=1, y=2", &["syntax/kdl: 1,: a comma follows a number"], "a x=1 y=2"),
    ("\"a\": 1", &["syntax/kdl: :: a `:` stands behind a value"], "\"a\" 1"),
    ("a [b, c]\nd 1", &["syntax/kdl: [: KDL has no lists in brackets"], ""),
    ("severity = critical", &["syntax/kdl: =: a node's name is not followed by `=`"], "severity critical"),
    ("# one\na 1 # two", &["syntax/kdl: #: a comment in KDL starts with `//`, not with `#`"], "// one\na 1 # two"),
    ("a “b c” d", &["syntax/foreign-quotes: “b c”: these quotes do not make a string"], "a \"b c\" d"),
    ("a 'b c' it's", &["syntax/foreign-quotes: 'b c': these quotes do not make a string"], "a \"b c\" it's"),
    (
        "runbook https://a.b/c",
        &["syntax/comment-in-word: https://a.b/c: `https://a.b/c` needs quotes"],
        "runbook \"https://a.b/c\"",
    ),
    (
        "include a/**/*.yml b/*.yml",
        &[
            "syntax/comment-in-word: a/**/*.yml: `a/**/*.yml` needs quotes",
            "syntax/comment-in-word: b/*.yml: `b/*.yml` needs quotes",
        ],
        "include \"a/**/*.yml\" \"b/*.yml\"",
    ),
    (
        "query up{a=\"b\"} == 0",
        &["syntax/kdl: up{a=\"b\"} == 0: `up{a=\"b\"} == 0` needs quotes"],
        "query #\"up{a=\"b\"} == 0\"#",
    ),
    (
        "a { query rate(x[5m]) > 5; b }",
        &["syntax/kdl: rate(x[5m]) > 5: `rate(x[5m]) > 5` needs quotes"],
        "a { query \"rate(x[5m]) > 5\"; b }",
    ),
    (
        "where=a\nthreshold where=b=c",
        &["syntax/kdl: =: a node's name is not followed by `=`", "syntax/kdl: b=c: `b=c` needs quotes"],
        "where a\nthreshold where=\"b=c\"",
    ),
    ("a \"b\nc \"d\"", &["syntax/kdl: \": a string is not closed on its line"], "a \"b\"\nc \"d\""),
    ("a \"b {\n  c\n}", &["syntax/kdl: \": a string is not closed on its line"], "a \"b\" {\n  c\n}"),
    ("a \"\n  b\n\"\nc", &["syntax/kdl: \": a text between `\"` goes over several lines"], ""),
    ("a \"\"\"b\"\"\"", &["syntax/kdl: \"\"\": the text of a multi-line string starts on the line of its quotes"], ""),
    (
        "a \"\"\"\n b\"\"\"",
        &["syntax/kdl: \"\"\": the closing quotes of a multi-line string do not stand on their own line"],
        "",
    ),
    (
        "a \"\"\"\n  b\n c\n  \"\"\"",
        &["syntax/kdl:  c: a line of a multi-line string is indented differently from its closing quotes"],
        "",
    ),
    (
        "x {\n  a \"\"\"\n    b\n  c 1\n}\nd",
        &["syntax/kdl: \"\"\": a multi-line string is never closed"],
        "x {\n  a \"\"\"\n    b\n    \"\"\"\n  c 1\n}\nd",
    ),
    ("a \"\\d\\w\"", &["syntax/kdl: \\d: `\\d` is not an escape of KDL"], "a \"\\\\d\\w\""),
    ("a \"\\u00e9\"", &["syntax/kdl: \\u00e9: `\\u00e9` is not a character"], "a \"\\u{00e9}\""),
    ("a ##\"b\"#", &["syntax/kdl: ##\": a raw string is not closed on its line"], "a ##\"b\"##"),
    ("a \"b\"c", &["syntax/kdl: : a blank is missing between two values"], "a \"b\" c"),
    ("5m 1", &["syntax/kdl: 5m: `5m` cannot be a name"], "\"5m\" 1"),
    ("a 1=2", &["syntax/kdl: 1: `1` cannot be a name"], "a \"1\"=2"),
    ("a\n{\n  b\n}", &["syntax/kdl: {: the `{` of a block does not stand on the line of its node"], "a {\n  b\n}"),
    ("a { b } c", &["syntax/kdl: c: a new node starts on the line of a closing brace"], "a { b } ; c"),
    ("a { b }}\nc", &["syntax/kdl: }: a `}` closes nothing"], "a { b }\nc"),
    ("a x={ b c }", &["syntax/kdl: x=: a property cannot hold a block"], ""),
    ("a x=\nb", &["syntax/kdl: x=: a property has no value"], ""),
    ("a (secret)\nb", &["syntax/kdl: (secret): a type in parentheses needs a value behind it"], ""),
    ("a (secret b\nc", &["syntax/kdl: (: a type in parentheses is not closed"], ""),
    (
        "a .5 1.",
        &[
            "syntax/kdl: .5: the number `.5` has no digit in front of its point",
            "syntax/kdl: 1.: the number `1.` has no digit behind its point",
        ],
        "a 0.5 1.0",
    ),
    ("a 0xg", &["syntax/kdl: 0xg: `0xg` is not a hexadecimal number"], "a \"0xg\""),
    ("a /-", &["syntax/kdl: /-: `/-` comments out nothing"], "a "),
    ("a 1;;", &["syntax/kdl: ;: a `;` ends nothing"], "a 1;"),
    ("a \\ b", &["syntax/kdl: \\: a `\\` does not end its line"], ""),
    ("/- kdl-version 1\na", &["syntax/kdl: 1: the file says that it is KDL 1"], "/- kdl-version 2\na"),
    ("a\u{200E}b", &["syntax/kdl: \u{200E}: the file contains an invisible mark of text direction, U+200E"], "ab"),
    ("a /* b", &["syntax/kdl: /*: a comment is never closed"], ""),
    ("a { b {", &["syntax/kdl: {: a block is never closed"], ""),
    (
        "a {\n    b {\n        c\n    d\n}\ne {\n}\n",
        &["syntax/kdl: {: a block is never closed"],
        "a {\n    b {\n        c\n    }\n    d\n}\ne {\n}\n",
    ),
    (
        "a {\n    b {\n        c\n}\ne {\n}\n",
        &["syntax/kdl: {: a block is never closed"],
        "a {\n    b {\n        c\n    }\n}\ne {\n}\n",
    ),
];

#[test]
fn each_is_said_once_and_its_fix_mends_it() {
    let mut differences = Vec::new();
    for &(text, expected, fixed) in CASES {
        let said = said(text);
        if said != expected {
            differences.push(format!("{text:?}:\n  expected {expected:?}\n  got      {said:?}"));
            continue;
        }
        let (_, mut found) = read(text);
        found.retain(|found| found.fix.is_some());
        found.sort_by_key(|found| std::cmp::Reverse(found.fix.as_ref().unwrap().span.start));
        let mut mended = text.to_owned();
        for fix in found.iter().filter_map(|found| found.fix.as_ref()) {
            mended.replace_range(fix.span.range(), &fix.replacement);
        }
        if (if found.is_empty() { "" } else { mended.as_str() }) != fixed {
            differences.push(format!("{text:?}:\n  expected to become {fixed:?}\n  became             {mended:?}"));
        }
        // An edit may uncover the next mistake of the same text, but never more than there were.
        let left = read(&mended).1.len();
        if !found.is_empty() && left > expected.len() {
            differences.push(format!("{text:?}: {left} findings are left in {mended:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_rest_of_the_file_is_kept() {
    let text =
        "a { b for=5m }\nc \"d\n}\ne {\n    f {\n        g\n    h\n}\ni r\"j\" k=https://l.m\n# n\no \"\"\"\n    p\nq";
    let (tree, found) = read(text);
    let names: Vec<_> = tree.nodes.iter().map(|node| node.key.as_str()).collect();
    assert_eq!(names, ["a", "c", "e", "i", "o", "q"]);
    assert_eq!(found.len(), 8, "{found:?}");
    let members: Vec<_> = tree.nodes[2].members.iter().map(|node| node.key.as_str()).collect();
    assert_eq!(members, ["f", "h"]);
}

#[test]
fn a_file_full_of_mistakes_is_cut_short() {
    let (_, found) = read(&"a for=5m\n".repeat(10_000));
    assert_eq!(found.len(), 100);
    assert_eq!(found.last().unwrap().notes.last().unwrap(), "Further syntax errors of this file are not shown.");
}

#[test]
fn comments_find_their_nodes() {
    let text = "// before a\na { // of a\n    // before b\n    b 1 // of b\n    /* also b */ b2\n    // of nobody\n}\n\nc /* in c */ 1 \\ // in c too\n  2\nd; /* of d */ e\n// last";
    let (tree, found) = read(text);
    assert!(found.is_empty());
    let owners: Vec<_> = tree
        .comments
        .iter()
        .map(|comment| {
            let owner = comment.attached_to.map_or("", |span| text[span.range()].split([' ', ';']).next().unwrap());
            format!("{} -> {owner}", comment.text)
        })
        .collect();
    assert_eq!(
        owners,
        [
            "before a -> a",
            "of a -> a",
            "before b -> b",
            "of b -> b",
            "also b -> b2",
            "of nobody -> ",
            "in c -> c",
            "in c too -> c",
            "of d -> d",
            "last -> "
        ]
    );
}

#[test]
fn places_inside_strings_are_exact() {
    let text = "alert X {\n    query \"\"\"\n        sum(\n          rate(x[5m])\\u{20}> 가)\n        \"\"\"\n    s \"a\\tb\" #\"c\"#\n}";
    let (tree, found) = read(text);
    assert!(found.is_empty());
    let query = &tree.nodes[0].members[0].arguments[0].text;
    assert_eq!(query.as_str(), "sum(\n  rate(x[5m]) > 가)");
    for part in ["sum(", "rate(x[5m])", "> 가)"] {
        let at = query.as_str().find(part).unwrap();
        assert_eq!(&text[query.span_of(at..at + part.len()).range()], part);
    }
    let blank = query.as_str().find(" >").unwrap();
    assert_eq!(&text[query.span_of(blank..blank + 1).range()], "\\u{20}");
    let arguments = &tree.nodes[0].members[1].arguments;
    assert_eq!(&text[arguments[0].text.span_of(2..3).range()], "b");
    assert_eq!(&text[arguments[1].text.span_of(0..1).range()], "c");
    assert_eq!(&text[arguments[1].text.span().range()], "#\"c\"#");
}

#[test]
fn parts_of_a_node_have_their_spans() {
    let text = "(t)a 1 b=(secret)c {\n    d\n} // e";
    let (tree, _) = read(text);
    let node = &tree.nodes[0];
    let slice = |span: alertsmith::source::Span| &text[span.range()];
    assert_eq!(slice(node.span), "(t)a 1 b=(secret)c {\n    d\n}");
    assert_eq!(slice(node.value_span), "1 b=(secret)c {\n    d\n}");
    assert_eq!(slice(node.tag.as_ref().unwrap().span()), "(t)");
    assert_eq!(slice(node.members[0].span), "b=(secret)c");
    assert_eq!(slice(node.members[0].value_span), "(secret)c");
    let tag = node.members[0].arguments[0].tag.as_ref().unwrap();
    assert_eq!((tag.as_str(), slice(tag.span()), slice(tag.span_of(0..6))), ("secret", "(secret)", "secret"));
    assert_eq!(slice(node.members[1].value_span), "d");
}
