//! What was probably meant where the parser gave up.
//!
//! The parser names the rule that was broken, often at a place behind the slip. Here its error kinds are read together
//! with the line, so that the message names the slip, marks it, and where it is certain enough offers the edit.

use std::ops::Range;

use granit_parser::ErrorKind;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::codes::{self, MAX_DEPTH};

/// The parser's error with what was known when it happened. All places are bytes of the file.
pub(super) struct Failure<'a> {
    pub(super) kind: &'a ErrorKind,
    /// Where the parser stood.
    pub(super) at: usize,
    /// Where the last thing it understood ends.
    pub(super) understood: usize,
    /// The innermost bracket still open.
    pub(super) bracket: Option<usize>,
}

/// The finding for a failure.
pub(super) fn explain(file: FileId, text: &str, failure: &Failure<'_>) -> Diagnostic {
    let context = Context { file, text, at: failure.at.min(text.len()), understood: failure.understood };
    if let Some(value) = context.template_value() {
        return template(text, Span::new(file, value));
    }
    match failure.kind {
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::MappingKeyNotAllowed
            if failure.bracket.is_none() =>
        {
            context.second_colon()
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => context.no_colon(),
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedDocumentStart
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidBlockScalarIndent => context.indentation(),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => context.dash(),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar
        | ErrorKind::InvalidBlockEntryWhitespace
        | ErrorKind::InvalidMappingValueWhitespace => context.tab(),
        ErrorKind::InvalidQuotedScalarIndent if context.continues_text() => context
            .finding("a text in quotes goes on with too little indentation", context.content(&context.line(context.at)), "part of the text above")
            .also(context.span(context.opening_quote()..context.opening_quote() + 1), "the text begins here")
            .note("Every line of such a text has to be indented further than its key; some readers let it pass, others stop.")
            .help("Indent the line further than the key, or use a block: `|` keeps the lines, `>` joins them."),
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => context.quote(),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => context.escape(),
        ErrorKind::UnexpectedCharacter { character } => context.character(*character),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => context
            .finding(format!("the bracket `{open}` is closed by `{close}`"), context.at..context.at + 1, "opened here")
            .note("Lists stand in `[ ]` and mappings in `{ }`, and each bracket needs its own partner.")
            .help(format!(
                "Close it with `{}`, or put quotes around the text if the bracket is part of it.",
                partner(*open)
            )),
        ErrorKind::MisplacedFlowCollectionEnd => context
            .finding("this closing bracket has no opening one", context.at..context.at + 1, "closes nothing")
            .note("A bracket outside of quotes always opens or closes a list or a mapping.")
            .help("Remove it, or put quotes around the text if the bracket is part of it."),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::InvalidColonPlacement
        | ErrorKind::FlowMappingValueAdjacentCollection
        | ErrorKind::MappingKeyNotAllowed => context.unclosed(failure.bracket),
        ErrorKind::RecursionLimitExceeded => {
            Diagnostic::new(&codes::NESTING, format!("the file nests deeper than {MAX_DEPTH} levels"))
                .at(context.span(context.at..context.at), "this level is not read any more")
                .help("Look for brackets that are never closed.")
        }
        other => context
            .finding(
                format!("this is not valid YAML: {}", context.reason(other)),
                context.token(),
                "not understood from here on",
            )
            .note("What stands before this place was read; the entry it belongs to is incomplete.")
            .help("Look at this place and at the line above it. Text with special characters is safe in quotes."),
    }
}

/// A value that begins with `{{`: a template without quotes. `value` is the rest of its line.
pub(super) fn template(text: &str, value: Span) -> Diagnostic {
    let written = text.get(value.range()).unwrap_or_default();
    Diagnostic::new(&codes::YAML, "a value that begins with `{{` needs quotes")
        .at(value, "YAML takes `{` for the start of a mapping")
        .note("Without quotes the braces of a template are read as YAML's own, and the text is lost.")
        .help("Put the whole value in single quotes; inside them only `'` itself has to be doubled.")
        .fix(value, in_quotes(written))
}

/// `text` in single quotes.
fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The bytes from `start` to the last character of the line, without a comment behind it.
pub(super) fn rest_of_line(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let line = line.find(" #").and_then(|at| line.get(..at)).unwrap_or(line);
    start..start + line.trim_end().len()
}

fn partner(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

struct Context<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    understood: usize,
}

impl<'a> Context<'a> {
    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn finding(&self, headline: impl Into<String>, range: Range<usize>, label: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&codes::YAML, headline).at(self.span(range), label)
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.on_boundaries(range))
    }

    /// The range cut back to characters of the text.
    fn on_boundaries(&self, range: Range<usize>) -> Range<usize> {
        let floor = |at: usize| self.text.floor_char_boundary(at.min(self.text.len()));
        let start = floor(range.start);
        let end = self.text.ceil_char_boundary(range.end.min(self.text.len()));
        start..end.max(start)
    }

    /// The line around `at` without its break.
    fn line(&self, at: usize) -> Range<usize> {
        let at = self.text.floor_char_boundary(at.min(self.text.len()));
        let start = self.slice(0..at).rfind(['\n', '\r']).map_or(0, |found| found + 1);
        let end = self.slice(at..self.text.len()).find(['\n', '\r']).map_or(self.text.len(), |found| at + found);
        start..end
    }

    /// The line before the one that begins at `start`, if there is one with content.
    fn line_before(&self, start: usize) -> Option<Range<usize>> {
        let mut at = start;
        while at > 0 {
            let line = self.line(at - 1);
            if !self.slice(line.clone()).trim().is_empty() {
                return Some(line);
            }
            at = line.start;
        }
        None
    }

    fn indent(&self, line: &Range<usize>) -> usize {
        let text = self.slice(line.clone());
        text.len() - text.trim_start_matches(' ').len()
    }

    /// Everything on the line but its indentation and a comment.
    fn content(&self, line: &Range<usize>) -> Range<usize> {
        rest_of_line(self.text, line.start + self.indent(line))
    }

    /// The word at the place of the error.
    fn token(&self) -> Range<usize> {
        let rest = self.slice(self.at..self.text.len());
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        self.at..self.at + word.len()
    }

    /// The value behind the key or dash of a line.
    fn value_on(&self, line: &Range<usize>) -> Option<Range<usize>> {
        let mut content = self.content(line);
        while self.slice(content.clone()).starts_with("- ") {
            let rest = self.slice(content.start + 1..content.end);
            content.start += 1 + rest.len() - rest.trim_start().len();
        }
        let text = self.slice(content.clone());
        let key_end = text.find(": ").map_or(0, |at| at + 1);
        let value = text.get(key_end..)?;
        let start = content.start + key_end + value.len() - value.trim_start().len();
        (start < content.end).then_some(start..content.end)
    }

    /// The value of the line where the parser stood or where it last understood something, if it begins with `{{`.
    fn template_value(&self) -> Option<Range<usize>> {
        [self.at, self.understood]
            .into_iter()
            .filter_map(|at| self.value_on(&self.line(at)))
            .find(|value| self.slice(value.clone()).starts_with("{{"))
    }

    /// `expr: foo: bar`, a line indented too far, or `key:value` on the line above.
    fn second_colon(&self) -> Diagnostic {
        let line = self.line(self.at);
        let content = self.content(&line);
        let before = self.slice(content.start..self.at.max(content.start));
        if before.contains(": ") {
            let value = self.value_on(&line).unwrap_or(content);
            let written = self.slice(value.clone());
            return self
                .finding(
                    "a value with `: ` in it needs quotes",
                    value.clone(),
                    "the second colon is read as another key",
                )
                .note("A colon with a blank behind it makes a key, and one line holds one key.")
                .help("Put the value in single quotes.")
                .fix(self.span(value), in_quotes(written));
        }
        if let Some(above) = self.line_before(line.start) {
            let above_content = self.content(&above);
            let above_text = self.slice(above_content.clone());
            if let Some(colon) =
                above_text.find(':').filter(|_| !above_text.contains(": ") && !above_text.ends_with(':'))
            {
                let colon = above_content.start + colon;
                return self
                    .finding("the colon of a key needs a blank behind it", colon..colon + 1, "no blank here")
                    .note("Without the blank the whole line is one piece of text.")
                    .help("Write `key: value`.")
                    .fix(self.span(colon..colon + 1), ": ");
            }
            if self.indent(&line) > self.indent(&above) {
                return self
                    .finding("this line is indented too far", content, "read as the continuation of the value above")
                    .also(self.span(above_content), "this entry already has its value on its own line")
                    .note("Keys of one mapping stand in one column.")
                    .help("Take the indentation of the line above, or remove the value there if this line is meant to be inside it.");
            }
            if !above_text.contains(':') {
                return self
                    .finding("a key is missing its colon", above_content, "no key and no value")
                    .note("A line with text alone is read together with the next one.")
                    .help("Write `key: value`, or begin the line with `- ` if it is an item of a list.");
            }
        }
        self.finding("a key cannot stand here", content, "the colon makes this a key")
            .note("A colon with a blank behind it makes a key, and here none is possible.")
            .help("Put quotes around the text if the colon is part of it.")
    }

    fn no_colon(&self) -> Diagnostic {
        self.finding("a key is missing its colon", self.content(&self.line(self.at)), "no key and no value")
            .note("Every line of a mapping is a key with a colon and a blank behind it.")
            .help("Write `key: value`. Text of several lines goes below `|`, indented further than its key.")
    }

    fn indentation(&self) -> Diagnostic {
        let line = self.line(self.at);
        let content = self.content(&line);
        let indent = self.indent(&line);
        if content.start < self.at && !self.slice(content.start..self.at).starts_with('-') {
            return self
                .finding("something stands behind a complete value", self.at..content.end, "this does not belong to it")
                .note("After a closing bracket or quote the line has to end.")
                .help("Remove it, or put quotes around the whole value.");
        }
        if self.slice(content.clone()).starts_with("- ") {
            return self
                .finding("a list item stands among the keys of a mapping", content, "this begins an item")
                .note("A block is either a list, every entry with `- `, or a mapping, every entry with a key.")
                .help("Indent the item below the key whose list it belongs to.");
        }
        let columns = self.open_columns(&line);
        let expected: Vec<String> = columns.iter().map(usize::to_string).collect();
        let finding = self
            .finding(
                "the indentation of this line fits no block above it",
                line.start..content.end.max(line.start),
                format!("{indent} blanks"),
            )
            .note("YAML finds out what belongs together from the column alone.");
        if expected.is_empty() || columns.contains(&indent) {
            return finding.help("Compare this line with the one above: keys of one mapping, and the dashes of one list, stand in one column.");
        }
        finding.help(format!("Use the indentation of the block that it belongs to: {} blanks.", expected.join(" or ")))
    }

    /// The columns at which a block above this line can go on, outermost first.
    fn open_columns(&self, line: &Range<usize>) -> Vec<usize> {
        let mut columns = Vec::new();
        let mut at = line.start;
        for _ in 0..200 {
            let Some(above) = self.line_before(at) else { break };
            at = above.start;
            let indent = self.indent(&above);
            let comment = self.slice(above).trim_start().starts_with('#');
            if !comment && columns.last().is_none_or(|&last| indent < last) {
                columns.push(indent);
            }
            if indent == 0 {
                break;
            }
        }
        columns.reverse();
        columns
    }

    fn dash(&self) -> Diagnostic {
        self.finding("a list item cannot begin here", self.at..self.at + 1, "this dash begins an item")
            .note("The dashes of a list stand on lines of their own, below the key.")
            .help("Begin a new line for the item, write the list as `[a, b]`, or put quotes around the text if the dash is part of it.")
    }

    fn tab(&self) -> Diagnostic {
        let line = self.line(self.at);
        let text = self.slice(line.clone());
        let leading = text.len() - text.trim_start_matches([' ', '\t']).len();
        let line_leading = line.start..line.start + leading;
        if let Some(first) = self.slice(line_leading.clone()).find('\t') {
            let first = line_leading.start + first;
            let blanks = self.slice(line_leading.clone()).replace('\t', "  ");
            return self
                .finding("a tab cannot indent YAML", first..line_leading.end, "tab")
                .note("Nobody can say how many columns a tab stands for, so YAML refuses it.")
                .help("Use blanks, two for each level.")
                .fix(self.span(line_leading), blanks);
        }
        let tab = self.slice(self.at..self.text.len()).find('\t').map_or(self.at, |found| self.at + found);
        self.finding("a tab cannot stand here", tab..tab + 1, "tab")
            .note("Tabs are allowed inside text and before comments, but not where YAML counts columns.")
            .help("Use blanks.")
    }

    /// The quote that opens the scalar which the parser could not finish.
    fn opening_quote(&self) -> usize {
        let mut before = b' ';
        let mut comment = false;
        let mut any = None;
        for (offset, byte) in self.slice(self.understood..self.at.max(self.understood)).bytes().enumerate() {
            match byte {
                b'\n' => comment = false,
                b'#' if before.is_ascii_whitespace() => comment = true,
                b'"' | b'\''
                    if !comment && (before.is_ascii_whitespace() || matches!(before, b'[' | b'{' | b',' | b':')) =>
                {
                    return self.understood + offset;
                }
                b'"' | b'\'' if !comment => any = any.or(Some(self.understood + offset)),
                _ => {}
            }
            before = byte;
        }
        any.unwrap_or(self.at)
    }

    /// Whether the line where a quoted text broke off goes on with it, rather than with another key.
    fn continues_text(&self) -> bool {
        let content = self.slice(self.content(&self.line(self.at)));
        !content.is_empty() && !content.contains(": ") && !content.ends_with(':') && !content.starts_with("- ")
    }

    fn quote(&self) -> Diagnostic {
        let open = self.opening_quote();
        let line = self.line(open);
        let same_line = self.at <= line.end && open < self.at;
        let rest = self.slice(open..line.end).trim_end();
        if same_line && rest.len() > 1 {
            let value = rest_of_line(self.text, open);
            return self
                .finding(
                    "something stands behind the closing quote",
                    self.at..value.end.max(self.at + 1),
                    "this is outside of the quotes",
                )
                .also(self.span(open..open + 1), "the text begins here")
                .note("The text ended at the second quote; a quote inside the text would have to be escaped.")
                .help(if rest.starts_with('\'') {
                    "Double the quote inside the text (`''`), or put the whole text in double quotes."
                } else {
                    "Put a backslash before the quote inside the text (`\\\"`), or put the whole text in single quotes."
                });
        }
        let finding = self
            .finding("this quote is never closed", open..open + 1, "the text begins here")
            .note("Without its partner, everything that follows is taken for text.");
        let finding = if open < self.at && self.at < self.text.len() {
            finding.also(self.span(self.at..self.at + 1), "here it can no longer be text")
        } else {
            finding
        };
        finding.help("Close it at the end of the line. Text of several lines is easier below `|`.")
    }

    fn escape(&self) -> Diagnostic {
        let open = if self.slice(self.at..self.at + 1) == "\"" { self.at } else { self.opening_quote() };
        let backslash = self.bad_escape(open + 1).unwrap_or(open);
        let letter = self.slice(backslash..self.text.len()).chars().nth(1).map_or(0, char::len_utf8);
        let range = backslash..backslash + 1 + letter;
        let written = self.slice(range.clone()).to_owned();
        self.finding(format!("double quotes know no escape `{written}`"), range, "unknown or incomplete escape")
            .note("In double quotes a backslash begins an escape such as `\\n` or `\\u00e9`; regular expressions need it as it is.")
            .help("Put the text in single quotes, which leave backslashes alone, or double the backslash.")
            .fix(self.span(backslash..backslash + 1), "\\\\")
    }

    /// The first escape from `from` on that double quotes do not know.
    fn bad_escape(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            if byte != b'\\' {
                if byte == b'"' {
                    return None;
                }
                at += 1;
                continue;
            }
            let digits = match bytes.get(at + 1)? {
                b'x' => 2,
                b'u' => 4,
                b'U' => 8,
                b'0' | b'a' | b'b' | b't' | b'\t' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'/' | b'\\'
                | b'N' | b'_' | b'L' | b'P' | b'\n' | b'\r' => 0,
                _ => return Some(at),
            };
            let hex = self.slice(at + 2..at + 2 + digits);
            if digits > 0
                && (hex.len() < digits || u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).is_none())
            {
                return Some(at);
            }
            at += 2;
        }
        None
    }

    fn character(&self, character: char) -> Diagnostic {
        if character.is_control() {
            let code = u32::from(character);
            return self
                .finding(
                    format!("a control character (U+{code:04X}) cannot stand in YAML"),
                    self.at..self.at + 1,
                    "invisible character",
                )
                .note("Such characters come from copying out of a terminal or a document.")
                .help("Delete it, or write it as an escape in double quotes.");
        }
        let value = rest_of_line(self.text, self.at);
        let written = self.slice(value.clone());
        self.finding(format!("a value that begins with `{character}` needs quotes"), value.clone(), "not read as text")
            .note(format!("YAML keeps `{character}` at the beginning of a value for itself."))
            .help("Put the value in single quotes.")
            .fix(self.span(value), in_quotes(written))
    }

    fn unclosed(&self, bracket: Option<usize>) -> Diagnostic {
        let Some(open) = bracket else {
            return self
                .finding("a bracket is never closed", self.token(), "still inside the bracket here")
                .help("Close the bracket before this place.");
        };
        let opening = self.slice(open..open + 1);
        let close = partner(opening.chars().next().unwrap_or('{'));
        let finding =
            self.finding(format!("this `{opening}` is not closed where it should be"), open..open + 1, "opened here");
        let finding = if self.at > open && self.at < self.text.len() {
            finding.also(self.span(self.token()), format!("a `,` or `{close}` was expected before this"))
        } else {
            finding
        };
        finding
            .note("Inside brackets, entries are separated by commas and lines do not matter.")
            .help(format!("Close it with `{close}`, or separate the entries with commas. Text that begins with `{opening}` needs quotes."))
    }

    /// The rule that was broken, for the rare kinds, in our own words where the place does not tell.
    fn reason(&self, kind: &ErrorKind) -> &'static str {
        match kind {
            ErrorKind::UndeclaredTagHandle | ErrorKind::InvalidTagTerminator | ErrorKind::ExpectedTagBang => {
                "a tag begins with `!` and needs a known name"
            }
            ErrorKind::MissingAnchorOrAliasName => "`&` and `*` need a name behind them",
            ErrorKind::CommentInterceptedScalar => "a comment stands inside a text of several lines",
            ErrorKind::CommentNotSeparated => "a comment needs a blank before its `#`",
            ErrorKind::InvalidBlockScalarHeader => "behind `|` or `>` the line has to end",
            ErrorKind::ZeroBlockScalarIndent => "the indentation behind `|` or `>` is a digit from 1 to 9",
            ErrorKind::BomInsideDocument => "a byte order mark stands inside the text",
            ErrorKind::MissingDocumentEndBeforeDirective
            | ErrorKind::InvalidDirectiveName
            | ErrorKind::MissingDirectiveName
            | ErrorKind::UnsupportedYamlMajorVersion
            | ErrorKind::InvalidDirectiveTerminator => "a line that begins with `%` is an instruction to the reader",
            _ if self.at >= self.text.len() => "the file ends too early",
            _ => "something else was expected here",
        }
    }
}
