//! Edits by splicing: bytes that are not touched stay as their author wrote them.

use std::ops::Range;

/// Puts `text` in the place of the bytes at `range`; an empty range inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub range: Range<usize>,
    /// What takes their place.
    pub text: String,
}

/// Applies `edits` to `text`. Edits are applied in order of their start; one that overlaps an earlier one, or that lies
/// outside of the text or inside of a character, is left out.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.range.start);
    let mut result = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut done = 0;
    for edit in ordered {
        if let (Some(before), Some(_)) = (text.get(done..edit.range.start), text.get(edit.range.clone())) {
            result.push_str(before);
            result.push_str(&edit.text);
            done = edit.range.end;
        }
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

/// Where bytes of an edited text were before: the inverse of [`apply`] for places. Bytes that an edit wrote stand for all
/// that it replaced. The edits must be in order and apart, as [`apply`] takes them.
pub fn before(edits: &[Edit], after: &Range<usize>) -> Range<usize> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.range.start);
    let back = |at: usize, end: bool| {
        // How much longer the edited text is so far.
        let (mut longer, mut shorter) = (0, 0);
        for edit in &ordered {
            let start = edit.range.start + longer - shorter;
            if at < start || at == start && end {
                break;
            }
            if at < start + edit.text.len() || at == start + edit.text.len() && end {
                return if end { edit.range.end } else { edit.range.start };
            }
            longer += edit.text.len();
            shorter += edit.range.len();
        }
        (at + shorter).saturating_sub(longer)
    };
    back(after.start, false)..back(after.end, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back() {
        let edits = [Edit { range: 2..6, text: "xy".to_owned() }, Edit { range: 8..8, text: "___".to_owned() }];
        let (old, new) = ("abWXYZcdef", "abxycd___ef");
        assert_eq!(apply(old, &edits), new);
        for (after, expected) in
            [(0..2, 0..2), (2..4, 2..6), (1..5, 1..7), (4..6, 6..8), (9..11, 8..10), (0..11, 0..10)]
        {
            assert_eq!(before(&edits, &after), expected, "{after:?}");
        }
    }

    #[test]
    fn edits_apply_in_order_and_never_overlap() {
        let edit = |range: Range<usize>, text: &str| Edit { range, text: text.to_owned() };
        assert_eq!(apply("abcd", &[edit(3..3, "Y"), edit(0..1, "X"), edit(0..2, "no"), edit(9..9, "no")]), "XbcYd");
        assert_eq!(apply("é", &[edit(1..1, "no")]), "é");
    }
}
