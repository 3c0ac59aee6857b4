use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::syntax::{Form, ScalarKind, Shape};

fn read_all(text: &str) -> (Tree, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let tree = read(FileId(0), text, &mut sink);
    (tree, sink.finish())
}

fn headlines(findings: &[Diagnostic]) -> Vec<&str> {
    findings.iter().map(|finding| finding.headline.as_str()).collect()
}

fn read_clean(text: &str) -> Tree {
    let (tree, findings) = read_all(text);
    assert!(findings.is_empty(), "{text}\n{:?}", headlines(&findings));
    tree
}

/// The tree in one line: keys, kinds and texts.
fn show(nodes: &[Node]) -> String {
    let one = |node: &Node| {
        let key = if node.form == Form::Entry { format!("{}=", node.key) } else { String::new() };
        let tag = node.tag.as_ref().map_or_else(String::new, |tag| format!("!{tag} "));
        let scalars = node.arguments.iter().map(|scalar| {
            let kind = match scalar.kind {
                ScalarKind::Plain => 'p',
                ScalarKind::Quoted => 'q',
                ScalarKind::Number => 'n',
                ScalarKind::Bool => 'b',
                ScalarKind::Null => '0',
            };
            let tag = scalar.tag.as_ref().map_or_else(String::new, |tag| format!("!{tag} "));
            format!("{tag}{kind}:{}", scalar.text.as_str().replace('\n', "\\n"))
        });
        let scalars = scalars.collect::<Vec<_>>().join(" ");
        let value = match node.shape {
            Shape::Empty => "-".to_owned(),
            Shape::Scalar => scalars,
            Shape::Scalars => format!("[{scalars}]"),
            Shape::Mapping => format!("{{{}}}", show(&node.members)),
            Shape::Items => format!("<{}>", show(&node.items)),
        };
        format!("{key}{tag}{value}")
    };
    nodes.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn reads_every_shape() {
    for (text, tree) in [
        ("a: b", "a=p:b"),
        ("a:\nb: ~\nc: null", "a=-, b=-, c=-"),
        ("a: [x, 1, true, ~]", "a=[p:x n:1 b:true 0:null]"),
        ("a: []\nb: {}", "a=[], b={}"),
        ("a:\n- x\n- y: 1\n  z: 2\n- [q]\n", "a=<p:x, {y=n:1, z=n:2}, [p:q]>"),
        ("a: 'it''s'\nb: \"x\\u00e9\"\n", "a=q:it's, b=q:xé"),
        ("a: |\n  x\n   y\n\nb: >-\n  k\n  l\n", "a=q:x\\n y\\n, b=q:k l"),
        (
            "a: 012\nb: off\nc: 5m\nd: 0x1f\ne: 1e3\nf: .5\ng: 1_000\nh: 'on'",
            "a=n:012, b=p:off, c=p:5m, d=n:0x1f, e=n:1e3, f=n:.5, g=p:1_000, h=q:on",
        ),
        ("a: !secret x\nb: !!str 5\nc: ! 5\nd: !secret {x: y}", "a=!secret p:x, b=q:5, c=q:5, d=!secret {x=p:y}"),
        ("null: 1\ntrue: 2\n1: 3\n'': 4", "null=n:1, true=n:2, 1=n:3, =n:4"),
        ("{\"a\": [1, {\"b\": null}]}", "a=<n:1, {b=-}>"),
        ("a: |\n  x", "a=q:x"),
        ("a: >\n  x\n  y", "a=q:x y"),
        ("a: |+\n  x\n  ", "a=q:x\\n"),
        ("a: 1\na: 2", "a=n:1, a=n:2"),
        ("", ""),
        ("# only\n", ""),
        ("\u{feff}a: b\r\nc: d\r\n", "a=p:b, c=p:d"),
        ("a: &x [p, q]\nb: *x", "a=[p:p p:q], b=[p:p p:q]"),
        ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3", "a={p=n:1, q=n:2}, b={q=n:3, p=n:1}"),
        ("a: &x {p: 1}\nb: &y {p: 2, q: 3}\nc: {<<: [*x, *y]}", "a={p=n:1}, b={p=n:2, q=n:3}, c={p=n:1, q=n:3}"),
        ("a: {\"<<\": 1}", "a={<<=n:1}"),
    ] {
        assert_eq!(show(&read_clean(text).nodes), tree, "{text}");
    }
}

/// The code, headline and marked bytes of every finding.
fn marks(text: &str) -> Vec<(String, String)> {
    let (_, findings) = read_all(text);
    findings
        .into_iter()
        .map(|finding| {
            let marked = finding.primary.map_or("", |label| text.get(label.span.range()).expect("a place in the text"));
            (format!("{}: {}", finding.code.name, finding.headline), marked.to_owned())
        })
        .collect()
}

#[test]
fn names_the_slip_and_marks_it() {
    for (text, headline, marked) in [
        ("a: {{ $x }} down\n", "yaml: a value that begins with `{{` needs quotes", "{{ $x }} down"),
        ("a: {{ $x }}\nb: c\n", "yaml: a value that begins with `{{` needs quotes", "{{ $x }}"),
        ("a:\n  - {{ $x }}: y # z\n", "yaml: a value that begins with `{{` needs quotes", "{{ $x }}: y"),
        ("expr: foo: bar\n", "yaml: a value with `: ` in it needs quotes", "foo: bar"),
        ("x:\n- a: b\n  expr: foo: bar # c\n", "yaml: a value with `: ` in it needs quotes", "foo: bar"),
        ("a: 1\n b: 2\n", "yaml: this line is indented too far", "b: 2"),
        ("a:b\nc: d\n", "yaml: the colon of a key needs a blank behind it", ":"),
        ("a\nb: c\n", "yaml: a key is missing its colon", "a"),
        ("a: b\nc\nd: e\n", "yaml: a key is missing its colon", "c"),
        ("a:\n  b: 1\n c: 2\n", "yaml: the indentation of this line fits no block above it", " c: 2"),
        ("a: b\n- c\n", "yaml: a list item stands among the keys of a mapping", "- c"),
        ("a: - b\n", "yaml: a list item cannot begin here", "-"),
        ("a: \"foo\nb: c\nd: e\n", "yaml: this quote is never closed", "\""),
        ("a: 'foo\n  b: it's\n", "yaml: this quote is never closed", "'"),
        ("# it's\na: # isn't\n  'foo\n", "yaml: this quote is never closed", "'"),
        ("a:\n  b: \"x\n y\"\n", "yaml: a text in quotes goes on with too little indentation", "y\""),
        ("a: \"x\" y\n", "yaml: something stands behind the closing quote", "y"),
        ("a: \"x\\d+\"\n", "yaml: double quotes know no escape `\\d`", "\\d"),
        ("a: b\nc: \"\\n\\ux\"\n", "yaml: double quotes know no escape `\\u`", "\\u"),
        ("a:\n\tb: c\n", "yaml: a tab cannot indent YAML", "\t"),
        ("a: [1, 2}\n", "yaml: the bracket `[` is closed by `}`", "["),
        ("a: [1, 2\nb: c\n", "yaml: this `[` is not closed where it should be", "["),
        ("a: {x: 1\nb: c\n", "yaml: this `{` is not closed where it should be", "{"),
        ("a: [b]]\n", "yaml: this closing bracket has no opening one", "]"),
        ("a: [b] c\n", "yaml: something stands behind a complete value", "c"),
        ("a: @foo bar # x\n", "yaml: a value that begins with `@` needs quotes", "@foo bar"),
        ("a: %foo\n", "yaml: a value that begins with `%` needs quotes", "%foo"),
        ("a: \u{1}x\n", "yaml: a control character (U+0001) cannot stand in YAML", "\u{1}"),
        ("a: *foo\n", "yaml-alias: no anchor `&foo` stands before this alias", "*foo"),
        ("a: &x [*x]\n", "yaml-alias: the alias stands inside the value it stands for", "*x"),
        (
            "a: b\n---\nc: d\n",
            "yaml-document: a spec file holds one YAML document, and here a second one begins",
            "---",
        ),
        ("[a]: b\n", "yaml-key: a key must be plain text", "[a]"),
        ("? {a: b}\n: c\n", "yaml-key: a key must be plain text", "{a: b}"),
        ("a: 1\n: b\n", "yaml-key: the key before this colon is missing", ": "),
        ("!secret a: b\n", "yaml-key: a key must be plain text", "a"),
        ("<<: x\n", "yaml-key: the merge key `<<` takes a mapping or a list of mappings", "<<"),
        ("a: !!binary aGk=\n", "yaml-tag: the tag `!!binary` means nothing here", "!!binary"),
        ("a: !!int x\n", "yaml-tag: the tag `!!int` does not fit this value", "x"),
        ("a: !!seq {}\n", "yaml-tag: the tag `!!seq` means nothing here", "!!seq"),
        ("- a\n", "yaml: a spec begins with keys, and this file holds a list", "- a"),
        ("a\n", "yaml: a spec begins with keys, and this file holds a single value", "a"),
    ] {
        assert_eq!(marks(text), [(format!("syntax/{headline}"), marked.to_owned())], "{text}");
    }
}

#[test]
fn marks_whole_characters() {
    let (_, findings) = read_all("<<:  # c\n{{ $x }}\"\né");
    let labels = findings.iter().flat_map(|finding| finding.primary.iter().chain(&finding.secondary));
    let text = "<<:  # c\n{{ $x }}\"\né";
    assert_eq!(labels.map(|label| &text[label.span.range()]).collect::<Vec<_>>(), ["é", "\""]);
}

#[test]
fn offered_edits_mend_the_file() {
    for (text, mended) in [
        ("a: {{ $x }} it's down # c\n", "a=q:{{ $x }} it's down"),
        ("expr: foo: bar\n", "expr=q:foo: bar"),
        ("a:b\nc: d\n", "a=p:b, c=p:d"),
        ("a:\n\tb: c\n", "a={b=p:c}"),
        ("a: \"x\\d+\"\n", "a=q:x\\d+"),
        ("a: @foo\n", "a=q:@foo"),
    ] {
        let (_, findings) = read_all(text);
        let fix = findings.into_iter().find_map(|finding| finding.fix).expect("an edit");
        let mut fixed = text.to_owned();
        fixed.replace_range(fix.span.range(), &fix.replacement);
        assert_eq!(show(&read_clean(&fixed).nodes), mended, "{text}");
    }
}

#[test]
fn goes_on_behind_a_broken_entry() {
    let (tree, findings) = read_all("a: 1\nb: x: y\nc: 3\nd: [\ne: 5\nf:\n\tg: 6\nh: {i: 7}\n");
    assert_eq!(findings.len(), 3, "{:?}", headlines(&findings));
    assert_eq!(show(&tree.nodes), "a=n:1, b=p:x, c=n:3, d=[], e=n:5, h={i=n:7}");
    let (_, findings) = read_all(&"a: b: c\n".repeat(1000));
    assert_eq!(findings.len(), MAX_ERRORS);
}

#[test]
fn marks_bytes_inside_any_scalar() {
    for text in [
        "q: |\n  first line\n    MARK here\n",
        "q: |2-\n    first\n  MARK\n\n\n",
        "q: |\n\n\n  x\n  MARK\n",
        "q: >\n  folded\n  text MARK\n\n    more\n",
        "q: >-\n  a\n\n\n  MARK\n",
        "q: |\r\n  a\r\n  b MARK\r\n",
        "q:\n  - x: |  # why | not\n      a\n\n      MARK\n  - y\n",
        "q: plain\n  and MARK\n",
        "q: \"esc\\n\\u00e9\\\n   MARK\"\n",
        "q: \"pair \\ud83d\\ude00 MARK\"\n",
        "q: 'it''s\n\n  MARK'\n",
        "q: [a, xMARK]\n",
        "r: 1\nx: y: z\nq: \"\\tMARK\"\n",
    ] {
        let (tree, _) = read_all(text);
        let found = scalars(&tree.nodes).into_iter().find_map(|text| Some((text.as_str().find("MARK")?, text)));
        let (at, scalar) = found.unwrap_or_else(|| panic!("{text}\n{tree:?}"));
        let start = text.find("MARK").expect("the mark");
        assert_eq!(scalar.span_of(at..at + 4).range(), start..start + 4, "{text}");
        assert_ne!(scalar.span_of(at..at + 4), scalar.span(), "{text}");
    }
}

fn scalars(nodes: &[Node]) -> Vec<crate::source::Text> {
    let own = |node: &Node| node.arguments.iter().map(|scalar| scalar.text.clone()).collect::<Vec<_>>();
    nodes.iter().flat_map(|node| [own(node), scalars(&node.members), scalars(&node.items)].concat()).collect()
}

#[test]
fn spans_cover_entries_and_values() {
    let text = "a:\n  - x: 1\n    y: [2, 3]  # c\n  - !secret z\nb: |\n  l\n\nc: &n {k: v}\nd: *n\ne:\n";
    let tree = read_clean(text);
    let slice = |span: Span| text.get(span.range()).expect("a place in the text");
    let [list, block, anchored, alias, empty] = tree.nodes.as_slice() else { panic!("{tree:?}") };
    assert_eq!(slice(list.span), "a:\n  - x: 1\n    y: [2, 3]  # c\n  - !secret z");
    assert_eq!(slice(list.value_span), "- x: 1\n    y: [2, 3]  # c\n  - !secret z");
    assert_eq!(slice(list.items[0].span), "x: 1\n    y: [2, 3]");
    assert_eq!(slice(list.items[0].members[1].value_span), "[2, 3]");
    assert_eq!(slice(list.items[1].span), "!secret z");
    assert_eq!(slice(block.span), "b: |\n  l");
    assert_eq!(slice(block.value_span), "|\n  l");
    assert_eq!(slice(anchored.span), "c: &n {k: v}");
    assert_eq!((slice(alias.span), slice(alias.value_span)), ("d", "{k: v}"));
    assert_eq!((slice(empty.span), slice(empty.value_span)), ("e", "e"));
}

#[test]
fn comments_belong_to_an_entry() {
    let text = "# top\n\na: # of b\n  b: 1 # one\n  # next\n  c: {d: 2} # two\n  e:\n    - f: 3 # three\n    # last\n    - g: 4\n# end\n";
    let tree = read_clean(text);
    let got: Vec<(&str, &str)> = tree
        .comments
        .iter()
        .map(|comment| (comment.text.as_str(), comment.attached_to.map_or("", |span| &text[span.range()])))
        .collect();
    assert_eq!(
        got,
        [
            ("top", &text[7..text.len() - "\n# end\n".len()]),
            ("of b", "b: 1"),
            ("one", "b: 1"),
            ("next", "c: {d: 2}"),
            ("two", "c: {d: 2}"),
            ("three", "f: 3"),
            ("last", "g: 4"),
            ("end", ""),
        ]
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this test is about time")]
fn hostile_files_end_soon() {
    let bomb: String = std::iter::once("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned())
        .chain((1..40).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))))
        .collect();
    let (_, findings) = read_all(&bomb);
    assert_eq!(findings.len(), 1, "{:?}", headlines(&findings));
    assert_eq!(findings[0].code.name, "syntax/yaml-alias");

    let chain: String = std::iter::once("a0: &a0 [x]\n".to_owned())
        .chain((1..500).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)))
        .collect();
    let (_, findings) = read_all(&chain);
    assert_eq!(findings[0].code.name, "syntax/nesting");
    assert_eq!(findings.len(), 1, "{:?}", headlines(&findings));

    for text in [
        "[".repeat(100_000),
        "{".repeat(100_000),
        "- ".repeat(100_000),
        "a: {".repeat(100_000),
        "? ".repeat(100_000),
        "\"".repeat(100_000),
        "a: \"".to_owned() + &"\\".repeat(99_999),
        "#\n".repeat(100_000),
        "a: |\n".to_owned() + &"\n ".repeat(100_000),
        "a: x\n".to_owned() + &"\n ".repeat(100_000),
        "&a ".repeat(100_000),
        "!a ".repeat(100_000),
        "*a ".repeat(100_000),
        "- *a\n".repeat(100_000),
        "a:\n".to_owned() + &"\t".repeat(100_000),
        (0..2000).fold(String::new(), |text, depth| text + &" ".repeat(depth % 300) + "a:\n"),
        "\u{feff}".repeat(1000),
        "%".repeat(100_000),
        "---\n".repeat(100_000),
        "a: '''".repeat(30_000),
    ] {
        let started = std::time::Instant::now();
        let _ = read_all(&text);
        let spent = started.elapsed();
        assert!(spent.as_secs() < 5, "{spent:?} for {:?}…", text.get(..20));
    }
}
