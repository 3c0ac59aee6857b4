//! Rust source with what is not code taken out: enough of a lexer to know comments, strings and character literals.

/// The code alone, of the same length in lines: comments and the inside of literals become blanks.
pub fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = literal_or_comment(rest, code.chars().next_back()) {
            code.extend(rest[..length].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            length
        } else {
            code.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    code
}

/// The code that is shipped: up to the first module inside the file that is `#[cfg(test)]`.
pub fn shipped(source: &str) -> String {
    let code = code(source);
    let is_test_module = |at: usize| {
        let rest = code[at..].trim_start_matches("#[cfg(test)]").trim_start();
        rest.starts_with("mod ") && rest.find(['{', ';']).is_some_and(|end| rest[end..].starts_with('{'))
    };
    let end = code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| is_test_module(*at));
    code[..end.unwrap_or(code.len())].to_owned()
}

/// The length of the literal or comment that `rest` starts with.
fn literal_or_comment(rest: &str, before: Option<char>) -> Option<usize> {
    let in_a_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if rest.starts_with('"') {
        return Some(quoted(rest, '"'));
    }
    if !in_a_word && let Some(length) = raw_string(rest) {
        return Some(length);
    }
    // A quote starts a character when another closes it; otherwise it is a lifetime.
    let inner = rest.strip_prefix('\'')?;
    if inner.starts_with('\\') {
        return Some(quoted(rest, '\''));
    }
    let letter = inner.chars().next()?;
    inner[letter.len_utf8()..].starts_with('\'').then(|| letter.len_utf8() + 2)
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return at + letter.len_utf8();
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let text = inner[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = rest.len() - text.len();
    Some(text.find(&end).map_or(rest.len(), |at| start + at + end.len()))
}

#[test]
fn literals_and_comments_are_not_code() {
    let source = concat!(
        r#"a("crate::x \" y", 'z', '\'', "#,
        "r#\"crate::\"quoted\"\"#); // crate::y\n",
        r#"/* crate::a /* crate::b */ crate::c */ fn f<'a>(x: &'a str) -> br"q" {}"#,
    );
    let code = code(source);
    assert_eq!(code.lines().count(), source.lines().count());
    assert!(!code.contains("crate::") && !code.contains("quoted"), "{code}");
    let words: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(words.join(" "), "a( , , , ); fn f<'a>(x: &'a str) -> {}");
}

#[test]
fn what_is_for_tests_is_not_shipped() {
    let source = "mod a;\n// #[cfg(test)]\n#[cfg(test)]\nmod fixture;\nmod b;\n#[cfg(test)]\nmod tests { fn f() {} }\n";
    assert_eq!(
        shipped(source).split_whitespace().collect::<Vec<_>>().join(" "),
        "mod a; #[cfg(test)] mod fixture; mod b;"
    );
}
