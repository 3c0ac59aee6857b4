//! Random templates through promtool: what it accepts, we accept, and the other way round.

use crate::support::random::{Random, cases};
use crate::support::run::said;
use crate::support::tools::{Generation, tool};
use alertsmith::gotemplate::{FunctionSet, facts, parse};
use serde_json::json;
use std::collections::BTreeSet;

/// Words of the language, whole and broken.
const WORDS: [&str; 78] = [
    "{{",
    "}}",
    "{{-",
    " -}}",
    "- ",
    " ",
    "\n",
    "\t",
    ".",
    "$",
    "$x",
    "$labels",
    "$value",
    ".Labels.a",
    "$labels.job",
    ".a.b",
    ":=",
    "=",
    "|",
    ",",
    "(",
    ")",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template",
    "block",
    "break",
    "continue",
    "nil",
    "true",
    "\"t\"",
    "\"a\\d\"",
    "`raw`",
    "'a'",
    "'ab'",
    "1",
    "-1",
    "1.5",
    "0x1f",
    "08",
    "1_0",
    "1e3",
    "1i",
    "1+2i",
    "1+2",
    "nope",
    "query",
    "humanize",
    "printf",
    "index",
    "toUpper",
    "/* c */",
    "/*",
    "*/",
    "a-b",
    "é",
    "\u{a0}",
    "!",
    "x",
    "{",
    "}",
    "..",
    "_",
    "0b2",
    "+",
    "-",
    ".5",
    "5.",
    "\"",
    "`",
    "'",
    "1__0",
    "0x1p4",
    "1e400",
];

/// Whole actions.
const ACTIONS: [&str; 46] = [
    "{{ if . }}",
    "{{else}}",
    "{{ else if $labels.a }}",
    "{{end}}",
    "{{ range query \"up\" }}",
    "{{ with $x := .a }}",
    "{{ with . }}",
    "{{ else with . }}",
    "{{ range $i, $e := . }}",
    "{{ range $i := . }}",
    "{{break}}",
    "{{continue}}",
    "{{define \"t\"}}",
    "{{define \"u\"}}",
    "{{template \"t\" .}}",
    "{{template \"t\"}}",
    "{{block \"t\" .}}",
    "{{ $x := 1 }}",
    "{{ $x }}",
    "{{ $x = 2 }}",
    "text",
    " ",
    "{{ $labels.a | toUpper }}",
    "{{ (query \"up\").a }}",
    "{{ . | }}",
    "{{ | . }}",
    "{{ (. | toUpper) | print }}",
    "{{ 1 | print 2 }}",
    "{{ nil }}",
    "{{/* c */}}",
    "{{- /* c */ -}}",
    "{{ ($y := 1) }}",
    "{{ $i }}",
    "{{ $e }}",
    "{{ range $i, := . }}",
    "{{ range $i, }}",
    "{{ range $i, $e }}",
    "{{ $i, $e := . }}",
    "{{ if $z := . }}",
    "{{ $z }}",
    "{{ $ := 1}}",
    "{{ $.Labels.a }}",
    "{{ template \"x\" $y := . }}",
    "{{/*/ c */}}",
    "{{ index $labels \"a.b\" }}",
    "{{ $labels.é }}",
];

pub fn template(random: &mut Random) -> String {
    let mut text = String::new();
    match random.below(3) {
        0 => {
            text += random.word(&["{{", "{{ ", "{{- "]);
            for _ in 0..=random.below(6) {
                text += random.word(&WORDS);
                text += random.word(&["", " "]);
            }
            text.push_str("}}");
        }
        1 => {
            for _ in 0..=random.below(8) {
                text += random.word(&ACTIONS);
            }
        }
        _ => {
            // Blocks that close, so that more than a few are accepted.
            for _ in 0..=random.below(3) {
                let open = random.pick(&[
                    "{{ if . }}",
                    "{{ with $x := .a }}",
                    "{{ range $i, $x := . }}",
                    "{{ define \"t\" }}",
                ]);
                text.push_str(open);
                text += random.word(&ACTIONS);
                text += random.word(&["", "{{ $x }}", "{{ else }}", "{{ break }}"]);
                text.push_str("{{ end }}");
            }
        }
    }
    text
}

#[test]
fn promtool_accepts_the_same_templates() {
    let Some(promtool) = tool("promtool", Generation::Newest) else { return };
    let mut random = Random::seeded("templates", 20_261_121);
    let mut left = cases(2000);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yml");
    while left > 0 {
        let texts: Vec<String> = (0..left.min(2000)).map(|_| template(&mut random)).collect();
        left -= texts.len();
        let rule = |(at, text): (usize, &String)| json!({ "alert": format!("t{at}x"), "expr": "up", "annotations": { "a": text } });
        let rules: Vec<_> = texts.iter().enumerate().map(rule).collect();
        std::fs::write(&file, json!({ "groups": [{ "name": "g", "rules": rules }] }).to_string()).unwrap();
        let output = promtool.command().args(["check", "rules", "--lint=none"]).arg(&file).output().unwrap();
        let said = said(&output);
        let refused: BTreeSet<usize> = said
            .split("\", rule ")
            .skip(1)
            .filter_map(|part| part.split("\"t").nth(1)?.split('x').next()?.parse().ok())
            .collect();
        assert!(
            !refused.is_empty() && refused.len() < texts.len(),
            "promtool said nothing that we understand:\n{said}"
        );
        for (at, text) in texts.iter().enumerate() {
            let parsed = parse(text, FunctionSet::alert());
            assert_eq!(parsed.is_err(), refused.contains(&at), "{text:?}: {:?}\n", parsed.as_ref().err());
            if let Ok(parsed) = &parsed {
                for label in facts(parsed).labels {
                    assert_eq!(text[label.range].trim_matches('"'), label.label);
                }
            }
        }
    }
}
