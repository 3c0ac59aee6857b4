//! Mistakes in strings and comments.

use super::{error, quoted};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::kdl::class;

/// How a multi-line string is written.
fn block_example(hashes: usize) -> String {
    let hashes = "#".repeat(hashes);
    format!(
        "Write `{hashes}\"\"\"` at the end of the line, the text on lines of its own, and `\"\"\"{hashes}` alone on the last line."
    )
}

/// Code points that may stand nowhere in a file; one finding for all of them. `from`: behind the byte order mark.
pub(in super::super) fn forbidden(file: FileId, text: &str, from: usize) -> Option<Diagnostic> {
    // Their first bytes are rare: control characters, delete, and two lead bytes.
    let suspicious = |byte: &u8| matches!(byte, 0..=8 | 0xE..=0x1F | 0x7F | 0xE2 | 0xEF);
    if !text.as_bytes().iter().any(suspicious) {
        return None;
    }
    let mut found = text.char_indices().filter(|&(at, character)| at >= from && class::is_forbidden(character));
    let (at, character) = found.next()?;
    let code = format!("U+{:04X}", u32::from(character));
    let span = Span::new(file, at..at + character.len_utf8());
    let (name, note) = match character {
        '\u{FEFF}' => (
            "a byte order mark",
            "It is invisible, and allowed only as the very first character of a file. It often comes from joining files.",
        ),
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => (
            "an invisible mark of text direction",
            "Such marks let a line read differently on the screen than it is compiled, so KDL allows them nowhere.",
        ),
        _ => (
            "a control character",
            "KDL allows control characters nowhere in a file; this may not be a text file at all.",
        ),
    };
    let mut diagnostic = error(format!("the file contains {name}, {code}"), span, "not allowed here").note(note);
    let others = found.count();
    if others > 0 {
        diagnostic = diagnostic.note(format!("There are {others} more such characters in this file."));
    }
    Some(
        diagnostic
            .help(format!("Delete it, or write `\\u{{{:X}}}` inside a quoted string.", u32::from(character)))
            .fix(span, ""),
    )
}

/// A string without its closing quote.
pub(in super::super) fn string_unclosed(opener: Span, end: Span, fixable: bool) -> Diagnostic {
    let diagnostic = error("a string is not closed on its line", opener, "the string starts here")
        .help("Close it with `\"` on the same line.")
        .help("For a text of several lines use `\"\"\"`; each `\"` inside a string is written `\\\"`.");
    if fixable { diagnostic.fix(end, "\"") } else { diagnostic }
}

/// A text over several lines in single quotes.
pub(in super::super) fn string_over_lines(opener: Span, closer: Span, hashes: usize) -> Diagnostic {
    error("a text between `\"` goes over several lines", opener, "the string starts here")
        .also(closer, "and seems to end here")
        .note("A string between `\"` ends on the line it starts on.")
        .help(block_example(hashes))
}

/// A raw string without its end. `fewer`: a quote with too few `#`.
pub(in super::super) fn raw_string_unclosed(opener: Span, hashes: usize, fewer: Option<Span>) -> Diagnostic {
    let end = format!("\"{}", "#".repeat(hashes));
    let diagnostic = error("a raw string is not closed on its line", opener, "the raw string starts here");
    match fewer {
        Some(span) => diagnostic
            .also(span, format!("this end needs {hashes} `#`"))
            .note("A raw string ends with as many `#` as it starts with.")
            .fix(span, end),
        None => diagnostic.help(format!("Close it with `{end}` on the same line.")),
    }
}

/// A multi-line string without its end. `insert`: where the end seems to belong; `next`: where another string opens.
pub(in super::super) fn block_unclosed(
    opener: Span,
    hashes: usize,
    insert: Option<(Span, String)>,
    next: Option<Span>,
    takes_all: bool,
) -> Diagnostic {
    let end = format!("\"\"\"{}", "#".repeat(hashes));
    let label = if takes_all { "it starts here and takes the rest of the file" } else { "it starts here" };
    let mut diagnostic = error("a multi-line string is never closed", opener, label)
        .help(format!("Put `{end}` alone on the line below the text."));
    if let Some(next) = next {
        diagnostic = diagnostic.also(next, "these quotes seem to open another string");
    }
    if let (Some((place, text)), false) = (insert, takes_all) {
        diagnostic = diagnostic
            .note("The rest of the file was read as if the string ended with the lines that are indented like its first one.")
            .fix(place, text);
    }
    diagnostic
}

/// Text on the line of the opening quotes.
pub(in super::super) fn block_starts_on_line(opener: Span, closer: Span, one_line: bool, hashes: usize) -> Diagnostic {
    let diagnostic =
        error("the text of a multi-line string starts on the line of its quotes", opener, "a line break must follow")
            .note("Between `\"\"\"` the text stands on lines of its own, so that its indentation can be taken away.");
    if one_line {
        diagnostic.also(closer, "closed on the same line").help("For a text of one line write one `\"` at each end.")
    } else {
        diagnostic.help(block_example(hashes))
    }
}

/// Text on the line of the closing quotes.
pub(in super::super) fn block_ends_on_line(closer: Span, text: Span) -> Diagnostic {
    error("the closing quotes of a multi-line string do not stand on their own line", closer, "only blanks may stand in front")
        .also(text, "this text is on the line of the quotes")
        .note("The blanks in front of the closing quotes say how much indentation is taken away from every line.")
        .help("Put the closing quotes on a line of their own; the line break in front of them does not become part of the text.")
}

/// A line that does not start with the indentation of the closing quotes.
pub(in super::super) fn block_indentation(line: Span, closing: Span, own: &str, wanted: &str) -> Diagnostic {
    let mixed = own.contains('\t') != wanted.contains('\t');
    let diagnostic = error(
        "a line of a multi-line string is indented differently from its closing quotes",
        line,
        format!("starts with {}", blanks(own)),
    )
    .also(closing, format!("the closing quotes are indented with {}", blanks(wanted)))
    .note("The blanks in front of the closing `\"\"\"` are taken away from every line, so every line must start with them.");
    if mixed {
        diagnostic.help("Indent all lines of the string with the same characters, either tabs or spaces.")
    } else {
        diagnostic.help("Indent this line at least as far, or move the closing quotes to the left.")
    }
}

/// `4 spaces`, `1 tab`, `nothing`.
fn blanks(text: &str) -> String {
    let count = text.chars().count();
    let unit = match text.chars().next() {
        None => return "nothing".to_owned(),
        Some(' ') if text.chars().all(|blank| blank == ' ') => "space",
        Some('\t') if text.chars().all(|blank| blank == '\t') => "tab",
        Some(_) => return format!("{count} blanks of several kinds"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// An escape that KDL does not have.
pub(in super::super) fn escape(span: Span, written: &str) -> Diagnostic {
    if let Some(rest) = written.strip_prefix("\\u") {
        let diagnostic = error(format!("`{written}` is not a character"), span, "no such escape");
        return if let Some(digits) = rest.strip_prefix('{') {
            let digits = digits.trim_end_matches('}');
            let surrogate = u32::from_str_radix(digits, 16).is_ok_and(|value| (0xD800..0xE000).contains(&value));
            let diagnostic = diagnostic.note(if surrogate {
                "The values D800 to DFFF are halves of a pair in UTF-16 and no characters."
            } else {
                "Between the braces stand one to six hexadecimal digits, at most 10FFFF."
            });
            diagnostic.help("Write the character itself, or its code point as `\\u{1F525}`.")
        } else if rest.is_empty() {
            diagnostic
                .help("Write the code point in braces, as in `\\u{1F525}`; for a backslash write `\\\\`.")
                .fix(span, "\\\\u")
        } else {
            diagnostic
                .help(format!("Write the code point in braces: `\\u{{{rest}}}`."))
                .fix(span, format!("\\u{{{rest}}}"))
        };
    }
    let diagnostic = error(format!("`{written}` is not an escape of KDL"), span, "unknown escape");
    let letter = written.strip_prefix('\\').unwrap_or(written);
    if letter == "/" {
        return diagnostic.note("A slash needs no escape.").help("Write `/`.").fix(span, "/");
    }
    diagnostic
        .note("A backslash in a quoted string starts an escape: `\\n`, `\\t`, `\\\"`, `\\\\`, `\\s` and a few more.")
        .help(format!(
            "For a backslash write `\\{written}`. In a regular expression or a path a raw string reads better: `{}`.",
            quoted(&format!("…{written}…"))
        ))
        .fix(span, format!("\\{written}"))
}

/// A block comment without its end. `glued`: a word stands directly in front of it.
pub(in super::super) fn comment_unclosed(opener: Span, glued: bool) -> Diagnostic {
    let diagnostic = error("a comment is never closed", opener, "it starts here and takes the rest of the file");
    if glued {
        diagnostic.note("`/*` starts a comment, also in the middle of a path.").help(
            "If this is a path or a pattern, put it in quotes, as in `\"rules/*\"`; else close the comment with `*/`.",
        )
    } else {
        diagnostic
            .note("Comments nest: each `/*` needs a `*/` of its own.")
            .help("Close it with `*/`; for one line `//` is enough.")
    }
}
