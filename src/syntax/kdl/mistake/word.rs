//! Mistakes in words, numbers and keywords.

use super::super::number::Fault;
use super::{error, quoted, short};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::Span;
use crate::syntax::codes;

/// A word that starts like a number and is none.
pub(in super::super) fn number(span: Span, word: &str, fault: Fault) -> Diagnostic {
    let bare = word.trim_end_matches(',');
    match fault {
        Fault::Comma => error("a comma follows a number", span, "KDL has no commas")
            .note("Arguments and properties are separated by blanks alone.")
            .help(format!("Write `{bare}` without the comma."))
            .fix(span, bare),
        Fault::LeadingPoint => {
            let (sign, rest) = word.split_at_checked(word.len() - word.trim_start_matches(['+', '-']).len()).unwrap_or_default();
            error(format!("the number `{word}` has no digit in front of its point"), span, "needs a digit first")
                .help(format!("Write `{sign}0{rest}`."))
                .fix(span, format!("{sign}0{rest}"))
        }
        Fault::TrailingPoint => {
            let mended = word.replacen('.', ".0", 1);
            error(format!("the number `{word}` has no digit behind its point"), span, "needs a digit behind the point")
                .help(format!("Write `{mended}`."))
                .fix(span, mended)
        }
        Fault::Exponent => error(format!("`{word}` has a broken exponent"), span, "not a number")
            .note("An exponent is `e` and a whole number, once: `1.5e-3`.")
            .help(format!("Write the number out, or `{}` if it is a text.", quoted(word))),
        Fault::Base(name) => error(format!("`{word}` is not a {name} number"), span, "not a number")
            .help(format!("Write `{}` if it is a text.", quoted(word)))
            .fix(span, quoted(word)),
        Fault::Unit => error(format!("`{bare}` needs quotes"), span, "starts like a number, but is none")
            .note("A word that starts with a digit must be a plain number. Durations, sizes, percentages, versions and addresses are texts in KDL.")
            .help(format!("Write `{}`.", quoted(bare)))
            .fix(span, quoted(bare)),
    }
}

/// `true` without its `#`.
pub(in super::super) fn bare_keyword(span: Span, word: &str) -> Diagnostic {
    error(format!("`{word}` needs a `#` in front"), span, format!("`#{word}` in KDL 2"))
        .note("KDL 2 writes its keywords with `#`, so that they cannot be taken for text; KDL 1 and YAML do without.")
        .help(format!("Write `#{word}`, or `\"{word}\"` if you mean the text."))
        .fix(span, format!("#{word}"))
}

/// `true` where a name must stand.
pub(in super::super) fn keyword_as_name(span: Span, word: &str) -> Diagnostic {
    error(format!("`{word}` cannot be a name without quotes"), span, "reserved word")
        .help(format!("Write `\"{word}\"`."))
        .fix(span, format!("\"{word}\""))
}

/// A number or keyword where a name must stand.
pub(in super::super) fn not_a_name(span: Span, written: &str) -> Diagnostic {
    error(format!("`{}` cannot be a name", short(written)), span, "a name must stand here")
        .note("A name is a word that starts with neither a digit nor `#`, or any text in quotes.")
        .help(format!("Write `{}` if this is the name you want.", quoted(written)))
        .fix(span, quoted(written))
}

/// The keyword that was probably meant by `word`.
pub(in super::super) fn meant_keyword(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let bare = lower.trim_end_matches(',');
    match bare {
        "yes" | "on" => Some("true"),
        "no" | "off" => Some("false"),
        "nil" | "none" => Some("null"),
        "+inf" | "infinity" => Some("inf"),
        _ => nearest(bare, ["true", "false", "null", "inf", "-inf", "nan"]),
    }
}

/// `#` and a word that is no keyword.
pub(in super::super) fn unknown_keyword(span: Span, word: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = error(format!("`#{}` is not a keyword", short(word)), span, "unknown keyword")
        .note("Behind `#` stands one of `true`, `false`, `null`, `inf`, `-inf`, `nan`, or a raw string.");
    match meant {
        Some(meant) => diagnostic.help(format!("Did you mean `#{meant}`?")).fix(span, format!("#{meant}")),
        None => diagnostic
            .help(format!("Write `\"#{word}\"` if this is a text. A comment starts with `//`."))
            .fix(span, format!("\"#{word}\"")),
    }
}

/// `# comment`.
pub(in super::super) fn hash_comment(mark: Span, comment: Span) -> Diagnostic {
    error("a comment in KDL starts with `//`, not with `#`", mark, "looks like a comment")
        .also(comment, "skipped")
        .help("Write `//` in place of `#`.")
        .fix(mark, "//")
}

/// How many further comments are written with `#`.
pub(in super::super) fn more_hash_comments(more: usize) -> String {
    match more {
        1 => "One more comment of this file is written the same way.".to_owned(),
        _ => format!("{more} more comments of this file are written the same way."),
    }
}

/// `r"…"` of KDL 1. `literal`: what stands behind the `r`.
pub(in super::super) fn legacy_raw(span: Span, literal: &str, hashes: usize) -> Diagnostic {
    let mended = if hashes == 0 {
        let inner = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(literal);
        format!("#\"{inner}\"#")
    } else {
        literal.to_owned()
    };
    error("a raw string starts with `#`, not with `r`", span, "raw string of KDL 1")
        .note("In KDL 2 a raw string is `#\"…\"#`, with more `#` at both ends if the text holds `\"#`.")
        .help(format!("Write `{}`.", short(&mended)))
        .fix(span, mended)
}

/// Something with characters that a bare word cannot have. `list`: inside brackets.
pub(in super::super) fn needs_quotes(span: Span, written: &str, list: bool) -> Diagnostic {
    let written = if list { written.trim_end_matches(',') } else { written };
    let culprit = written.chars().find(|character| "\\/(){};[]\"#=".contains(*character));
    let reason = culprit.map_or_else(String::new, |culprit| {
        format!("A word without quotes cannot hold `{culprit}`; paths, matchers and queries are texts in KDL.")
    });
    let (span, written) = match written.split_once('=') {
        // A label's name with a `/` in it, as Kubernetes has them; the value is a plain word and needs nothing.
        Some((key, value)) if key.contains('/') && is_label(key) && is_label(value) && !value.contains('/') => {
            (Span { end: span.start + key.len() as u32, ..span }, key)
        }
        _ => (span, written),
    };
    error(format!("`{}` needs quotes", short(written)), span, "not a plain word")
        .note(reason)
        .help(format!("Write `{}`.", quoted(written)))
        .fix(span, quoted(written))
}

/// Whether a text is made of the characters of Kubernetes labels, and begins like a word.
fn is_label(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'))
}

/// A word that a comment would cut off: `https://…`, `rules/*.yml`.
pub(in super::super) fn comment_in_word(span: Span, written: &str) -> Diagnostic {
    let (mark, kind) = if written.contains("//") { ("//", "URLs") } else { ("/*", "patterns") };
    Diagnostic::new(&codes::COMMENT_IN_WORD, format!("`{}` needs quotes", short(written)))
        .at(span, format!("`{mark}` would start a comment"))
        .note(format!("Without quotes KDL takes `{mark}` for the start of a comment and drops what follows, so {kind} always stand in quotes."))
        .help(format!("Write `{}`.", quoted(written)))
        .fix(span, quoted(written))
}

/// `“text”`, `'text'`.
pub(in super::super) fn foreign_quotes(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(&codes::FOREIGN_QUOTES, "these quotes do not make a string")
        .at(span, "not between straight double quotes")
        .note("KDL takes single quotes, backticks and typographic quotes for letters, so a text between them falls apart into words.")
        .help(format!("Write `{}`.", quoted(&short(text))))
        .fix(span, quoted(text))
}

/// `labels:` as the name of a node.
pub(in super::super) fn name_with_colon(span: Span, colon: Span) -> Diagnostic {
    habit("a name ends in a colon, as keys do in YAML", span, "the colon is part of this name")
        .note("KDL puts nothing between a name and its value. A colon, as YAML has it, becomes a part of the name.")
        .help("Leave the colon out, or put the name in quotes if it truly ends in one.")
        .fix(colon, "")
}

/// `severity: critical` behind a node's name. `colon`: from the colon to the value.
pub(in super::super) fn argument_with_colon(span: Span, colon: Span, word: &str) -> Diagnostic {
    let name = word.trim_end_matches(':');
    habit("a word ends in a colon", span, "the colon is part of this word")
        .note("KDL takes this for two arguments. On the line of a node a named value is written with `=`.")
        .help(format!("Write `{name}=…` without a blank, or put the word in quotes if it truly ends in a colon."))
        .fix(colon, "=")
}

/// `info, warning`.
pub(in super::super) fn word_with_comma(span: Span, comma: Span) -> Diagnostic {
    habit("a word ends in a comma", span, "the comma is part of this word")
        .note("KDL separates values by blanks alone. A comma becomes a part of the word in front of it.")
        .help("Leave the comma out, or put the word in quotes if it truly ends in one.")
        .fix(comma, "")
}

/// A node called `-`.
pub(in super::super) fn name_is_dash(span: Span) -> Diagnostic {
    habit("a node is called `-`", span, "an item of a list, as in YAML?")
        .note("KDL has no lists of this kind; the dash is the name of the node, and the words behind it are its arguments.")
        .help("Write the kind of the node in place of the dash, as in `route oncall { … }`.")
}

/// What is valid KDL and means something else than it seems.
fn habit(headline: &str, span: Span, label: &str) -> Diagnostic {
    Diagnostic::new(&codes::YAML_HABIT, headline).at(span, label)
}
