//! The texts of a regular expression that is only a list in disguise.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// All strings an anchored tree matches when there are at most `limit`, sorted; nothing when there may be more or the
/// tree looks around.
pub fn literals(tree: &Hir, limit: usize) -> Option<Vec<String>> {
    let mut found = match tree.kind() {
        HirKind::Concat(parts) => {
            // Anchors at the two ends say nothing new; anywhere else they are beyond this function.
            let from = parts.iter().take_while(|part| matches!(part.kind(), HirKind::Look(Look::Start))).count();
            let tail = parts.iter().rev().take_while(|part| matches!(part.kind(), HirKind::Look(Look::End))).count();
            product(parts.get(from..parts.len().saturating_sub(tail)).unwrap_or(&[]), limit)?
        }
        _ => strings(tree, limit)?,
    };
    found.sort();
    found.dedup();
    Some(found)
}

fn strings(tree: &Hir, limit: usize) -> Option<Vec<String>> {
    let found = match tree.kind() {
        HirKind::Empty => vec![String::new()],
        HirKind::Literal(literal) => vec![str::from_utf8(&literal.0).ok()?.to_owned()],
        HirKind::Class(Class::Unicode(class)) => {
            let mut characters = Vec::new();
            for range in class.iter() {
                if range.len() > limit.saturating_sub(characters.len()) {
                    return None;
                }
                characters.extend((range.start()..=range.end()).map(String::from));
            }
            characters
        }
        HirKind::Repetition(repetition) => {
            if repetition.max == Some(1) && repetition.min == 0 {
                let mut found = strings(&repetition.sub, limit)?;
                found.push(String::new());
                found
            } else {
                return None;
            }
        }
        HirKind::Capture(capture) => strings(&capture.sub, limit)?,
        HirKind::Concat(parts) => product(parts, limit)?,
        HirKind::Alternation(parts) => {
            let mut found = Vec::new();
            for part in parts {
                found.extend(strings(part, limit)?);
                if found.len() > limit {
                    return None;
                }
            }
            found
        }
        HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => return None,
    };
    (found.len() <= limit).then_some(found)
}

/// Every way to write one string of each part after the other.
fn product(parts: &[Hir], limit: usize) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    for part in parts {
        let tails = strings(part, limit)?;
        if found.len().checked_mul(tails.len()).is_none_or(|count| count > limit) {
            return None;
        }
        found = found.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::parse_anchored_regexp;
    use super::*;

    #[test]
    fn finite_patterns_are_listed() {
        let list = |pattern: &str| literals(&parse_anchored_regexp(pattern, false).unwrap(), 100);
        let strings = |expected: &[&str]| Some(expected.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(list("b|a"), strings(&["a", "b"]));
        assert_eq!(list("team-(b|c)"), strings(&["team-b", "team-c"]));
        assert_eq!(list("a?[bc]"), strings(&["ab", "ac", "b", "c"]));
        assert_eq!(list("^[12]$"), strings(&["1", "2"]));
        assert_eq!(list("x(^a|b)"), None);
        assert_eq!(list("a.*"), None);
        assert_eq!(list(r"\w{3}"), None);
        assert_eq!(list(""), strings(&[""]));
    }
}
