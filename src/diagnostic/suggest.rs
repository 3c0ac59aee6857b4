//! Nearest-name suggestions.

/// The fewest letters that count as the beginning of a name.
const SHORTENED: usize = 3;

/// The candidate that is most likely meant by `written`: the one with the smallest edit distance (insert, delete,
/// replace, swap of neighbours), if it is close enough to be worth saying, or else the shortest one that begins with it
/// (`warn` for `warning`). Ties go to the first candidate.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written_chars: Vec<char> = written.to_lowercase().chars().collect();
    let limit = (written_chars.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut begun: Option<&str> = None;
    for candidate in candidates {
        let candidate_chars: Vec<char> = candidate.to_lowercase().chars().collect();
        let begins = written_chars.len() >= SHORTENED && candidate_chars.starts_with(&written_chars);
        if begins && begun.is_none_or(|shortest| candidate.len() < shortest.len()) {
            begun = Some(candidate);
        }
        if candidate_chars.len().abs_diff(written_chars.len()) > limit {
            continue;
        }
        let distance = edit_distance(&written_chars, &candidate_chars);
        if distance <= limit && best.is_none_or(|(smallest, _)| distance < smallest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate).or(begun)
}

/// Whether `written` is `candidate` with a slip of the pen: few letters missing, added, replaced or swapped.
pub fn is_close(written: &str, candidate: &str) -> bool {
    let written: Vec<char> = written.to_lowercase().chars().collect();
    let candidate: Vec<char> = candidate.to_lowercase().chars().collect();
    let limit = (written.len() / 3).max(1);
    candidate.len().abs_diff(written.len()) <= limit && edit_distance(&written, &candidate) <= limit
}

/// The optimal string alignment distance, with three rows of the usual table.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, &from) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &to) in b.iter().enumerate() {
            let replace = last[column] + usize::from(from != to);
            let mut cost = replace.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && from == b[column - 1] && a[row - 1] == to {
                cost = cost.min(before_last[column - 1] + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_close_names_only() {
        assert_eq!(nearest("sumary", ["summary", "runbook"]), Some("summary"));
        assert_eq!(nearest("inetrval", ["interval", "internal"]), Some("interval"));
        assert_eq!(nearest("warn", ["info", "warnings", "warning"]), Some("warning"));
        assert_eq!(nearest("x", ["summary"]), None);
        assert_eq!(nearest("", ["summary"]), None);
    }
}
