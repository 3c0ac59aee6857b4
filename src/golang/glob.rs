//! Patterns of file names as Go's `path/filepath` takes them.

/// Whether a text is a pattern. Wildcards are `*` and `?`, classes stand in brackets, a backslash takes the next character
/// as it is.
pub fn is_glob(pattern: &str) -> bool {
    let mut rest = pattern.chars().peekable();
    while let Some(one) = rest.next() {
        match one {
            '\\' if rest.next().is_none() => return false,
            '[' => {
                if rest.peek() == Some(&'^') {
                    rest.next();
                }
                let mut ranges = 0;
                while rest.peek() != Some(&']') || ranges == 0 {
                    if !member(&mut rest) || rest.peek() == Some(&'-') && (rest.next().is_none() || !member(&mut rest))
                    {
                        return false;
                    }
                    ranges += 1;
                }
                rest.next();
            }
            _ => {}
        }
    }
    true
}

/// Takes one character of a class; it must not be the last of the pattern.
fn member(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let taken = match rest.next() {
        None | Some('-' | ']') => return false,
        Some('\\') => rest.next(),
        one => one,
    };
    taken.is_some() && rest.peek().is_some()
}

#[cfg(test)]
mod tests {
    use super::is_glob;

    #[test]
    fn brackets_and_backslashes() {
        for good in ["", "*.tmpl", "a/b?c", "[a]", "[^a-z]", "\\[", "[\\]]", "]"] {
            assert!(is_glob(good), "{good}");
        }
        for bad in ["[", "[a", "[]", "[]a]", "[-a]", "[a-", "[a-]", "\\", "[^]", "[\\"] {
            assert!(!is_glob(bad), "{bad}");
        }
    }
}
