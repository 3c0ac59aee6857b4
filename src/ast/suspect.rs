//! Literals that may be secrets in text that could not be decoded.
//!
//! Where a spec is read to its end, the decoder knows which values stand in fields that hold secrets. Where it is not (a syntax error,
//! a misspelt block, a block written twice), a finding would still quote the lines. So the text itself is searched for the names of
//! such fields, and what stands behind one is hidden unless it refers to a declared secret. Hiding too much costs a few letters of a
//! snippet; hiding too little shows a password in the log of a pull request. A misspelt name counts too.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::Record;
use super::field::{Kind, Type};
use super::spec::SpecFile;
use crate::diagnostic::is_close;

/// The names of all fields.
struct Names {
    /// Of those that hold secrets.
    secret: BTreeSet<&'static str>,
    /// Of the others; one of these is not a misspelt secret.
    plain: BTreeSet<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { secret: BTreeSet::new(), plain: BTreeSet::new() };
    // By address: tables of different kinds may have one name.
    let mut done: Vec<&'static Kind> = Vec::new();
    let mut open: Vec<&'static Kind> = vec![SpecFile::kind()];
    while let Some(kind) = open.pop() {
        if done.iter().any(|seen| std::ptr::eq(*seen, kind)) {
            continue;
        }
        done.push(kind);
        for field in kind.fields {
            if matches!(field.ty, Type::Secret) { &mut names.secret } else { &mut names.plain }.insert(field.name);
            match field.ty {
                Type::Block(inner) | Type::Named(inner) | Type::Ordered(inner) | Type::OneOrMany(inner) => {
                    open.push(inner.get());
                }
                Type::Scalar(_) | Type::Scalars(_) | Type::Map(_) => {}
                Type::Secret | Type::Matchers | Type::ScalarOrSecret(_) | Type::Off => {}
            }
        }
    }
    names
});

/// Words of this many bytes may be a misspelt name; shorter ones are close to too much, longer ones are no names.
const MISSPELT: Range<usize> = 5..40;

/// Whether `word` is, or was meant to be, the name of a field that holds a secret.
fn names_a_secret(word: &str) -> bool {
    let word = word.to_ascii_lowercase().replace('_', "-");
    let word = word.as_str();
    NAMES.secret.contains(word)
        || MISSPELT.contains(&word.len())
            && word != "secret"
            && !NAMES.plain.contains(word)
            && NAMES.secret.iter().any(|name| is_close(word, name))
}

/// The bytes of `text` that may be secrets, in order.
pub fn literals(text: &str) -> Vec<Range<usize>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut judged: BTreeMap<&str, bool> = BTreeMap::new();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = text.get(at..at + length).unwrap_or_default();
        at += length;
        if *judged.entry(word).or_insert_with(|| names_a_secret(word)) {
            let value = value(text, at);
            if !value.is_empty() {
                at = value.end;
                found.push(value);
            }
        }
    }
    found
}

/// What stands behind the name that ends at `from`; empty if that is nothing, or a reference.
fn value(text: &str, from: usize) -> Range<usize> {
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let past = |at: usize, what: &[char]| text.len() - rest(at).trim_start_matches(what).len();
    let line_end = |at: usize| at + rest(at).find('\n').unwrap_or(rest(at).len());
    let key_end = past(past(from, &['"', '\'']), &[' ', '\t']);
    let start = past(key_end, &['=', ':', ' ', '\t']);
    let is_entry = rest(key_end).starts_with(':');
    let here = rest(start);
    let inner = here.trim_start_matches(['{', ' ', '\t', '"', '\'']);
    if here.starts_with("(secret)")
        || here.starts_with("!secret")
        || inner.starts_with("secret") && here.starts_with('{')
    {
        return from..from;
    }
    if here.starts_with(['{', '[']) {
        let end = here.find(['}', ']']).map_or(text.len(), |end| start + end);
        return start..end;
    }
    let body = here.trim_start_matches('#');
    for quotes in ["\"\"\"", "\"", "'"] {
        if let Some(inside) = body.strip_prefix(quotes) {
            let begin = text.len() - inside.len();
            let close = inside.find(quotes).map(|close| begin + close);
            return start..close.unwrap_or_else(|| line_end(begin));
        }
    }
    if is_entry && (here.starts_with(['|', '>', '\n', '\r']) || here.is_empty()) {
        return start..block_end(text, from);
    }
    // Without quotes YAML goes to the end of the line, KDL to the next blank.
    let end = if is_entry { line_end(start) } else { start + here.find(char::is_whitespace).unwrap_or(here.len()) };
    start..end
}

/// The end of the lines that are indented deeper than the one with the byte `at`; no line if they are a reference.
fn block_end(text: &str, at: usize) -> usize {
    let (before, after) = text.split_at(at);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let mut end = at + after.find('\n').map_or(after.len(), |end| end + 1);
    for (index, next) in text.get(end..).unwrap_or_default().split_inclusive('\n').enumerate() {
        let is_reference = index == 0 && next.trim_start().starts_with("secret");
        if is_reference || !next.trim().is_empty() && depth(next) <= depth(line) {
            break;
        }
        end += next.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        literals(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn finds_what_stands_behind_the_name_of_a_secret() {
        assert_eq!(found("pagerduty routing-key=\"a b\" severity=x"), ["\"a b"]);
        assert_eq!(found("routing_key: a b"), ["a b"]);
        assert_eq!(found("password hunter2; x"), ["hunter2;"]);
        assert_eq!(found("password=\"hunter2\n"), ["\"hunter2"]);
        assert_eq!(found("  password: |\n    a\n    b\n  next: 1"), ["|\n    a\n    b\n"]);
        assert_eq!(found("password: { value: x }"), ["{ value: x "]);
        assert_eq!(found("\"password\" : x"), ["x"]);
        assert_eq!(found("routing-kye=x; pasword: y"), ["x;", "y"]);
    }

    #[test]
    fn leaves_references_alone() {
        for text in ["password=(secret)x", "password: { secret: x }", "password: !secret x", "password:\n  secret: x\n"]
        {
            assert!(found(text).iter().all(|found| found.trim().is_empty()), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn ends_inside_of_characters_do_no_harm() {
        for text in ["password=", "password", "password:", "password \"", "password: \u{1F600}", "password=\"\u{1F600}"]
        {
            assert!(literals(text).iter().all(|range| text.get(range.clone()).is_some()), "{text}");
        }
    }
}
