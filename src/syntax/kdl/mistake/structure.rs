//! Mistakes in nodes, properties, annotations and blocks.

use super::super::cursor::Cursor;
use super::{error, short};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::codes;

/// The file says that it is written in another version of KDL.
pub(in super::super) fn version(span: Span, version: &str) -> Diagnostic {
    error(format!("the file says that it is KDL {}", short(version)), span, "only version 2 is read")
        .note("KDL 1 writes keywords and raw strings differently; reading it as KDL 2 could change its meaning.")
        .help("Bring the file to KDL 2, then write `2` here or leave the line out.")
        .fix(span, "2")
}

/// The last error that is shown of a file with very many.
pub(in super::super) fn and_more(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.note("Further syntax errors of this file are not shown.")
}

/// A closing brace that closes nothing.
pub(in super::super) fn stray_brace(span: Span) -> Diagnostic {
    error("a `}` closes nothing", span, "no block is open here")
        .note("Either it is one too many, or the `{` it belongs to is missing or was closed too early.")
        .help("Delete it, or look for the block that was closed too early above.")
        .fix(span, "")
}

/// A semicolon that ends nothing.
pub(in super::super) fn stray_semicolon(span: Span) -> Diagnostic {
    error("a `;` ends nothing", span, "no node in front")
        .note("A `;` ends the node in front of it on the same line; there is none.")
        .help("Delete it.")
        .fix(span, "")
}

/// Braces that are open at the end of the file: the innermost, and some of those around it.
pub(in super::super) fn unclosed(file: FileId, open: &[usize]) -> Diagnostic {
    let mut blocks = open.iter().map(|&at| Span::new(file, at..at + 1));
    let first = blocks.next().unwrap_or(Span::new(file, 0..0));
    let mut diagnostic = error("a block is never closed", first, "this `{` has no `}`");
    for outer in blocks.take(3) {
        diagnostic = diagnostic.also(outer, "nor has this one");
    }
    diagnostic.help("Add a `}` where the block ends.")
}

/// A missing brace that the indentation gives away. `before`: what stands where the brace should; `insert` at `line`
/// would put it there.
pub(in super::super) fn unclosed_before(open: Span, before: Span, brace: bool, line: Span, insert: &str) -> Diagnostic {
    let found = if brace {
        "this `}` belongs to a block further out, by its indentation"
    } else {
        "this stands outside the block, by its indentation"
    };
    error("a block is never closed", open, "this `{` has no `}`")
        .also(before, found)
        .note("The rest of the file was read as if the block ended there.")
        .help("Add a `}` where the block ends.")
        .fix(line, insert)
}

/// A block without a node.
pub(in super::super) fn lonely_block(span: Span) -> Diagnostic {
    error("a block has no name in front of it", span, "whose block is this?")
        .note("Braces belong to the node in front of them, on the same line.")
        .help("Put the name of the node in front of the `{`, on the same line.")
}

/// A block on the line below its node. `between`: the blanks from the end of the node to the brace.
pub(in super::super) fn brace_on_next_line(span: Span, between: Span, name: Span) -> Diagnostic {
    error("the `{` of a block does not stand on the line of its node", span, "must stand on the line above")
        .also(name, "the node it seems to belong to")
        .note("A line break ends a node, so this node would have no block.")
        .help("Move the `{` to the end of the line above.")
        .fix(between, " ")
}

/// `:` or `,` behind a value that cannot end in one.
pub(in super::super) fn stray_mark(span: Span, mark: char) -> Diagnostic {
    error(format!("a `{mark}` stands behind a value"), span, "KDL has none here")
        .note("Blanks alone separate a name from its value, and values from each other; a `;` or a line break ends a node.")
        .help("Write `name value; name value` in a block, or `name=value name=value` on the line of a node.")
        .fix(span, "")
}

/// A second block of one node.
pub(in super::super) fn second_block(span: Span) -> Diagnostic {
    error("a node has two blocks", span, "second block")
        .note("A node has one block, at its end.")
        .help("Join the two blocks, or put the second behind a node of its own.")
}

/// An entry behind a block that is commented out.
pub(in super::super) fn entry_after_block(span: Span) -> Diagnostic {
    error("arguments and properties stand in front of a node's block", span, "behind a block")
        .help("Move it in front of the block that is commented out with `/-`.")
}

/// Something behind a closing brace.
pub(in super::super) fn missing_terminator(span: Span, cursor: &Cursor<'_>) -> Diagnostic {
    let mut ahead = cursor.clone();
    if ahead.eat_word().is_empty() {
        ahead.bump();
    }
    let word = Span { end: ahead.at as u32, ..span };
    error("a new node starts on the line of a closing brace", word, "needs a line of its own")
        .note("A block is the last part of its node; what follows starts another.")
        .help("Put a line break or a `;` in front of it. Arguments and properties belong in front of the `{`.")
        .fix(span, "; ")
}

/// `=` where no property can be. `around`: with its blanks; `after_name`: the node's name stands in front.
pub(in super::super) fn stray_equals(span: Span, around: Span, after_name: bool) -> Diagnostic {
    if after_name {
        return error("a node's name is not followed by `=`", span, "no `=` here")
            .note("At the start of a line stands a node: its values follow after a blank. `=` is for properties behind the name.")
            .help("Leave the `=` out, as in `severity critical`.")
            .fix(around, " ");
    }
    error("a `=` has no name in front of it", span, "no name in front")
        .note("A property is `name=value`.")
        .help("Put the name in front, or put the whole text in quotes if it is one.")
}

/// A property without its value. `block`: a block stands there.
pub(in super::super) fn missing_value(name: Span, at: Span, block: bool) -> Diagnostic {
    let property = name.to(at);
    if block {
        return error("a property cannot hold a block", property, "its value would be a block")
            .note("A property has one plain value. What has parts of its own is a node inside the node's block.")
            .help("Move it into the block of the node, as `name { … }`.");
    }
    error("a property has no value", property, "nothing behind the `=`")
        .help("Write the value behind the `=` on the same line; for an empty text write `\"\"`.")
}

/// Two entries without a blank between them.
pub(in super::super) fn missing_blank(span: Span) -> Diagnostic {
    error("a blank is missing between two values", span, "a blank must stand here")
        .note("Values are separated by blanks. A quote at the wrong place looks the same.")
        .help("Add a blank; if the two belong together, put the whole in quotes.")
        .fix(span, " ")
}

/// `/-` with nothing to comment out.
pub(in super::super) fn dangling_slashdash(span: Span) -> Diagnostic {
    error("`/-` comments out nothing", span, "nothing follows")
        .note("`/-` takes the node, argument, property or block that follows it out of the file.")
        .help("Delete it, or write `//` for a comment.")
        .fix(span, "")
}

/// `[a, b]`.
pub(in super::super) fn brackets(span: Span) -> Diagnostic {
    error("KDL has no lists in brackets", span, "a list as in YAML or JSON")
        .note("Several values of one node are written one after another, with blanks between them.")
        .help("Write `name a b` for `name [a, b]`.")
}

/// A character that cannot start anything.
pub(in super::super) fn unexpected(span: Span, written: &str) -> Diagnostic {
    error(format!("`{written}` has no meaning here"), span, "unexpected")
        .help("Delete it, or put the whole text in quotes if it is one.")
}

/// A backslash that does not end its line.
pub(in super::super) fn backslash(span: Span) -> Diagnostic {
    error("a `\\` does not end its line", span, "something follows on this line")
        .note("Outside of strings a backslash joins the next line to this one, so it stands at the end of a line.")
        .help("Delete it, or put the whole text in quotes if it is one.")
}

/// `(type)` with nothing behind it. `what`: what must follow.
pub(in super::super) fn lonely_annotation(span: Span, what: &str) -> Diagnostic {
    error(format!("a type in parentheses needs {what} behind it"), span, "nothing it could belong to")
        .help("Write `(type)value`, or put the text in quotes if the parentheses belong to it.")
}

/// `()`.
pub(in super::super) fn empty_annotation(span: Span) -> Diagnostic {
    error("parentheses hold no type", span, "a type must stand here, as in `(secret)`")
        .help("Delete the parentheses, or write the type between them.")
        .fix(span, "")
}

/// `(type` without `)`.
pub(in super::super) fn unclosed_annotation(span: Span) -> Diagnostic {
    error("a type in parentheses is not closed", span, "this `(` has no `)`")
        .note("Between the parentheses stands one word or quoted text.")
        .help("Close it with `)`, or put the text in quotes if the parentheses belong to it.")
}

/// `(type)name=value`.
pub(in super::super) fn annotated_name(annotation: Span, name: Span) -> Diagnostic {
    error("a type stands in front of a property's name", annotation, "belongs to the value")
        .also(name, "the name of the property")
        .help("Write `name=(type)value`.")
}

/// A block beyond the limit of nesting.
pub(in super::super) fn nesting(span: Span) -> Diagnostic {
    Diagnostic::new(&codes::NESTING, format!("blocks are nested more than {} levels deep", codes::MAX_DEPTH))
        .at(span, "too deep; what is in this block is left out")
        .note("No spec written by people comes near this limit; a generator may have gone wrong.")
        .help("Look for a missing `}` above, or flatten the file.")
}
