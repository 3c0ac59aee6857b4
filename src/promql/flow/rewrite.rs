//! Labels that `label_replace` and `label_join` write.

use super::super::ast::Call;
use super::super::regex::Pattern;
use super::labels::MAX_VALUES;
use super::{Branch, Carried, Cause, Presence, Reason, Walk};
use std::collections::BTreeSet;

impl Walk<'_> {
    pub(super) fn label_replace(&self, call: &Call, branch: &mut Branch) {
        let text = |index: usize| call.arguments.get(index).and_then(|argument| self.known_text(*argument));
        let Some(label) = text(1) else {
            branch.labels.forget(Cause::Parameter, &call.name);
            return;
        };
        let old = branch.labels.get(label).clone();
        let mut new = Carried::new(Presence::Possible, Cause::LabelReplace, &call.name);
        if let (Some(replacement), Some(source), Some(pattern)) = (text(2), text(3), text(4)) {
            // No series has a label without a name: `""` stands for the empty string.
            let nameless = Carried::new(Presence::Impossible, Cause::LabelReplace, &call.name);
            let source = if source.is_empty() { &nameless } else { branch.labels.get(source) };
            let matching = self.matching(source, pattern);
            if matching == Some(false) {
                return;
            }
            let written = replaced(replacement, source, pattern, &new);
            new = if matching == Some(true) { written } else { old.or(&written) };
            new.reason = Reason::new(Cause::LabelReplace, &call.name);
        }
        branch.labels.set(label, new);
    }

    /// Whether the whole pattern matches every value the label can have, or none of them; nothing if it depends.
    fn matching(&self, source: &Carried, pattern: &str) -> Option<bool> {
        let parsed = Pattern::parse(pattern).ok()?;
        let missing = source.presence != Presence::Guaranteed;
        let present = source.presence != Presence::Impossible;
        let empty = parsed.matches_empty();
        if !present {
            return Some(empty);
        }
        if self.rules.any_text && Whole::of(pattern).is_some() && (empty || !missing) {
            return Some(true);
        }
        let (words, values) = (parsed.words()?, source.values.as_ref()?);
        if values.is_subset(words) && (!missing || empty) {
            Some(true)
        } else if values.is_disjoint(words) && (!missing || !empty) {
            Some(false)
        } else {
            None
        }
    }

    pub(super) fn label_join(&self, call: &Call, branch: &mut Branch) {
        let text = |index: usize| call.arguments.get(index).and_then(|argument| self.known_text(*argument));
        let Some(label) = text(1) else {
            branch.labels.forget(Cause::Parameter, &call.name);
            return;
        };
        let mut joined = Carried::new(Presence::Possible, Cause::LabelJoin, &call.name);
        let sources: Option<Vec<&str>> = (3..call.arguments.len()).map(text).collect();
        if let (Some(separator), Some(sources)) = (text(2), sources) {
            let known: Vec<&Carried> = sources.iter().map(|source| branch.labels.get(source)).collect();
            let separated = !separator.is_empty() && known.len() > 1;
            if separated || known.iter().any(|source| source.presence == Presence::Guaranteed) {
                joined.presence = Presence::Guaranteed;
            } else if known.iter().all(|source| source.presence == Presence::Impossible) {
                joined.presence = Presence::Impossible;
            }
            if joined.presence != Presence::Impossible {
                joined.values = all_joined(&known, separator);
            }
        }
        branch.labels.set(label, joined);
    }
}

/// A pattern that matches every text, or every one that is not empty, if the dot matches line breaks.
struct Whole<'a> {
    /// Whether it leaves out the empty text.
    filled: bool,
    /// The name of the group that holds the whole text: its number, its name, or nothing without a group.
    group: [&'a str; 2],
}

impl<'a> Whole<'a> {
    fn of(pattern: &'a str) -> Option<Self> {
        let group = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        let named = group.and_then(|group| group.strip_prefix("?P<").or_else(|| group.strip_prefix("?<")));
        let (inner, group) = match (named.and_then(|named| named.split_once('>')), group) {
            (Some((name, inner)), _) => (inner, ["1", name]),
            (None, Some(inner)) => (inner, ["1", "1"]),
            (None, None) => (pattern, ["0", "0"]),
        };
        matches!(inner, ".*" | ".+").then_some(Self { filled: inner == ".+", group })
    }
}

/// What a replacement writes where the pattern matches; `unknown` where that cannot be told.
fn replaced(replacement: &str, source: &Carried, pattern: &str, unknown: &Carried) -> Carried {
    let parts = template(replacement);
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        let text: String = parts.iter().map(|part| if let Part::Text(text) = part { text } else { "" }).collect();
        return if text.is_empty() {
            Carried { presence: Presence::Impossible, ..unknown.clone() }
        } else {
            Carried { presence: Presence::Guaranteed, values: Some(BTreeSet::from([text])), ..unknown.clone() }
        };
    }
    let all = Whole::of(pattern);
    let whole = |group: &str| group == "0" || all.as_ref().is_some_and(|all| all.group.contains(&group));
    let copies = parts.iter().any(|part| matches!(part, Part::Group(group) if whole(group)));
    let never_empty = source.presence == Presence::Guaranteed || all.as_ref().is_some_and(|all| all.filled);
    if parts.iter().any(|part| matches!(part, Part::Text(_))) || (copies && never_empty) {
        let values = match parts[..] {
            [Part::Group(group)] if whole(group) => source.values.clone(),
            _ => None,
        };
        return Carried { presence: Presence::Guaranteed, values, ..unknown.clone() };
    }
    match parts[..] {
        [Part::Group(group)] if whole(group) => {
            Carried { presence: source.presence, values: source.values.clone(), ..unknown.clone() }
        }
        // Every group of an empty text is empty.
        _ if source.presence == Presence::Impossible => Carried { presence: Presence::Impossible, ..unknown.clone() },
        _ => unknown.clone(),
    }
}

/// A part of a replacement.
enum Part<'a> {
    /// Text that is not empty.
    Text(&'a str),
    /// The number or name of a group.
    Group(&'a str),
}

/// Takes a replacement apart as Go does: `$1`, `${name}`, `$$`; a `$` that begins nothing is itself.
fn template(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (before, after) = rest.split_at(dollar);
        let (sign, after) = after.split_at(1);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let braced = after.strip_prefix('{');
        let name = braced.unwrap_or(after);
        let length =
            name.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(name.len());
        let (name, behind) = name.split_at(length);
        let end = if braced.is_some() { behind.strip_prefix('}') } else { Some(behind) };
        rest = match end {
            Some(end) if !name.is_empty() => {
                parts.push(Part::Group(name));
                end
            }
            _ => {
                parts.push(Part::Text(sign));
                after.strip_prefix('$').unwrap_or(after)
            }
        };
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// All ways to join one value of each source, if they are known and few; the empty one is no value.
fn all_joined(sources: &[&Carried], separator: &str) -> Option<BTreeSet<String>> {
    let mut joined = vec![String::new()];
    for (index, source) in sources.iter().enumerate() {
        let mut values: Vec<&str> = match source.presence {
            Presence::Impossible => Vec::new(),
            Presence::Guaranteed | Presence::Possible => source.values.as_ref()?.iter().map(String::as_str).collect(),
        };
        if source.presence != Presence::Guaranteed {
            values.push("");
        }
        if joined.len() * values.len() > MAX_VALUES {
            return None;
        }
        let separator = if index == 0 { "" } else { separator };
        joined = joined
            .iter()
            .flat_map(|before| values.iter().map(move |value| format!("{before}{separator}{value}")))
            .collect();
    }
    Some(joined.into_iter().filter(|value| !value.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_are_taken_apart_as_go_does() {
        let parts = |text: &str| {
            let parts = template(text);
            let words = parts.iter().map(|part| match part {
                Part::Text(text) => format!("'{text}'"),
                Part::Group(group) => format!("<{group}>"),
            });
            words.collect::<Vec<_>>().join(" ")
        };
        for (text, expected) in [
            ("", ""),
            ("a", "'a'"),
            ("$1", "<1>"),
            ("a$1-b", "'a' <1> '-b'"),
            ("$1k", "<1k>"),
            ("${1}k", "<1> 'k'"),
            ("$$1", "'$' '1'"),
            ("$", "'$'"),
            ("$-", "'$' '-'"),
            ("${1", "'$' '{1'"),
            ("${}", "'$' '{}'"),
            ("$é_1.", "<é_1> '.'"),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
