//! Rule files with slips in them, judged by promtool: what a typo does to a file is decided by go-yaml, the loader's
//! structs, the query language and the templates together, and all of them have to agree.

use std::path::PathBuf;

use alertsmith::lint::Loader;

use super::{disagreement, linted, none_disagree, promtool};
use crate::support::random::{Random, cases};
use crate::support::tools::Generation;

/// Files with one of everything.
const WHOLE: [&str; 4] = [
    "# comment\ngroups:\n- name: a\n  interval: 1m\n  limit: 5\n  rules:\n  - alert: Down # why\n    expr: up == 0\n    for: 5m\n    keep_firing_for: 1h30m\n    labels: {severity: page, team: \"x y\"}\n    annotations:\n      summary: '{{ $labels.instance }} is {{ $value | humanize }}'\n      description: |\n        {{ if gt $value 1.0 }}a\n        {{ else }}b{{ end }}\n  - record: job:up:sum\n    expr: >-\n      sum by (job)\n      (up)\n    labels:\n      n: 1\n",
    "groups:\n  - name: \"b\"\n    rules:\n      - &base\n        alert: Anchored\n        expr: \"rate(x_total{a=~\\\"b.*\\\"}[5m]) > 0.5\"\n        labels: &labels\n          severity: warning\n      - <<: *base\n        alert: Merged\n        labels:\n          <<: *labels\n          extra: true\n        annotations: {summary: \"x: y\", empty: }\n",
    "{\"groups\": [{\"name\": \"json\", \"rules\": [{\"record\": \"a:b\", \"expr\": \"vector(1)\"}, {\"alert\": \"C\", \"expr\": \"absent(up)\", \"for\": \"0\"}]}]}\n",
    "---\ngroups:\n- name: c\n  rules:\n  - alert: 'Multi'\n    expr: |2\n        sum(up)\n      > 3\n    annotations:\n      text: \"folded\n        over lines\n\n        {{ range query \\\"up\\\" }}{{ .Value }}{{ end }}\"\n- name: d\n  rules: []\n",
];

const INSERTED: [&str; 44] = [
    " ", "  ", "\t", "\n", "\n\n", "\r\n", "-", "- ", ":", ": ", "#", " #", "\"", "'", "|", ">", "[", "]", "{", "}",
    ",", "&x ", "*x", "*base", "!", "!!str ", "!!int ", "~", "null", "true", "0x10", "1.5", "%", "@", "?", "? ", "\\",
    "---\n", "...\n", "<<: ", "{{", "}}", "é", "\u{feff}",
];

const WORDS: [&str; 24] = [
    "alert",
    "record",
    "expr",
    "for",
    "labels",
    "annotations",
    "name",
    "rules",
    "groups",
    "interval",
    "limit",
    "query_offset",
    "keep_firing_for",
    "partial_response_strategy",
    "__name__",
    "5m",
    "1d1w",
    "0",
    "-1",
    "up",
    "a-b",
    "{x}",
    "1e3",
    "{a: b}",
];

fn slip(random: &mut Random, text: &str) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(text.len() + 1);
        match random.below(6) {
            0 | 1 => {
                let part = random.word(&INSERTED);
                text.splice(at..at, part.chars());
            }
            2 => {
                let end = (at + 1 + random.below(3)).min(text.len());
                text.drain(at.min(end)..end);
            }
            3 | 4 => {
                // Another word in the place of one.
                let start = text[..at].iter().rposition(|c| !c.is_alphanumeric() && *c != '_').map_or(0, |at| at + 1);
                let length = text[start..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
                text.splice(start..start + length, random.word(&WORDS).chars());
            }
            _ => {
                let string: String = text.iter().collect();
                let mut lines: Vec<&str> = string.split('\n').collect();
                let line = random.below(lines.len());
                match random.below(3) {
                    0 => drop(lines.remove(line)),
                    1 => lines.insert(line, lines[line]),
                    _ => {
                        let other = random.below(lines.len());
                        lines.swap(line, other);
                    }
                }
                text = lines.join("\n").chars().collect();
            }
        }
    }
    text.into_iter().collect()
}

fn agree(test: &str, generation: Generation, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::seeded(test, seed);
    let files: Vec<PathBuf> = (0..cases(400))
        .map(|case| {
            let text = random.word(&WHOLE);
            let path = folder.path().join(format!("{case}.yaml"));
            std::fs::write(&path, slip(&mut random, text)).unwrap();
            path
        })
        .collect();
    let Some(verdicts) = promtool(&files, generation) else { return };
    let refused = verdicts.values().filter(|verdict| verdict.is_some()).count();
    assert!(refused * 10 > files.len() && refused * 10 < files.len() * 9, "{refused} of {} refused", files.len());
    let disagreements: Vec<String> = verdicts
        .iter()
        .filter_map(|(file, real)| {
            let text = std::fs::read(file).unwrap();
            let ours = linted("file", &text, Loader::Prometheus, generation);
            let said = disagreement(file, real.as_ref(), &ours)?;
            Some(format!("{said}\n{:?}", String::from_utf8_lossy(&text)))
        })
        .collect();
    none_disagree(&disagreements, verdicts.len());
}

#[test]
fn slips_are_errors_where_the_newest_promtool_refuses_them() {
    agree("slips, newest", Generation::Newest, 0x51_1701);
}

#[test]
fn slips_are_errors_where_the_oldest_promtool_refuses_them() {
    agree("slips, oldest", Generation::Oldest, 0x51_1702);
}
