//! Regular expressions with the meaning Go's `regexp` gives them, as [`regex_syntax`] trees.
//!
//! Prometheus and Alertmanager compile label patterns with Go. Rust's `regex` looks the same and differs in ways that
//! change which alerts match, so patterns are parsed here by Go's grammar and never by Rust's. The differences that
//! matter, each held by a test:
//!
//! - `\d`, `\w`, `\s`, `\b` and the `[[:…:]]` classes are ASCII in Go, and `\s` leaves out the vertical tab;
//! - in a class Go takes `[`, `&&`, `--` and `~~` as characters, where Rust has nesting and set operations;
//! - a brace that is no repetition is a character (`a{`, `a{,5}`), and a repetition counts to 1,000 at most, nested
//!   ones multiplied;
//! - repetitions cannot be stacked (`a**`, `a{2}{3}`), and one after `(?i)` belongs to what stands before the flag;
//! - `\Q…\E` and octal escapes exist, `\<`, `\>` and every escaped ASCII punctuation are characters;
//! - the flags are `i`, `m`, `s` and `U` only; `(?x)` and `(?u)` are errors; `\u00e9` and `\b{start}` are too or mean
//!   something else;
//! - properties are general categories and scripts, not binary properties such as `\p{Alphabetic}`.
//!
//! A pattern is anchored by writing it between `^(?:` and `)$`, as both products do, so that even `a)|(?:b` means here
//! what it means there.

use super::class::{ascii, code_points, perl_class, posix_class, unicode_class};
use regex_syntax::hir::{Class, ClassUnicode, Hir, Look, Repetition};
use std::ops::Range;

/// How deep groups may nest. Go allows 1,000; nobody writes more than a few.
const MAX_DEPTH: usize = 200;

/// The largest count in a repetition, nested repetitions multiplied.
const MAX_REPEAT: u32 = 1000;

/// Why Go refuses a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegexpError {
    /// The offending bytes of the pattern.
    pub range: Range<usize>,
    /// What is wrong there: a clause without a full stop.
    pub message: &'static str,
}

/// Parses a label pattern as a whole-value match.
///
/// `dot_matches_newline` is true for Prometheus 3, which compiles its matchers with `(?s)`, and false for Alertmanager.
pub fn parse_anchored(pattern: &str, dot_matches_newline: bool) -> Result<Hir, RegexpError> {
    const BEFORE: &str = "^(?:";
    let whole = format!("{BEFORE}{pattern})$");
    parse(&whole, dot_matches_newline).map_err(|error| {
        let place = |at: usize| at.saturating_sub(BEFORE.len()).min(pattern.len());
        RegexpError { range: place(error.range.start)..place(error.range.end), message: error.message }
    })
}

/// Parses a pattern that may match anywhere in a text, such as the first argument of a template's `match`.
pub fn parse(pattern: &str, dot_matches_newline: bool) -> Result<Hir, RegexpError> {
    let mut parser = Parser {
        pattern,
        at: 0,
        flags: Flags { fold: false, lines: false, dot_all: dot_matches_newline },
        frames: vec![Frame::default()],
        names: Vec::new(),
    };
    parser.run()
}

#[derive(Debug, Clone, Copy)]
struct Flags {
    /// `i`
    fold: bool,
    /// `m`
    lines: bool,
    /// `s`
    dot_all: bool,
}

/// One open group.
#[derive(Default)]
struct Frame {
    /// The flags to return to, and where the group starts.
    outer: Option<(Flags, usize)>,
    alternatives: Vec<Item>,
    sequence: Vec<Item>,
}

/// A finished piece.
struct Item {
    tree: Hir,
    /// The largest product of nested repetition counts inside it.
    product: u32,
    /// How deep its groups and repetitions nest.
    height: usize,
}

type Step<T> = Result<T, RegexpError>;

struct Parser<'a> {
    pattern: &'a str,
    at: usize,
    flags: Flags,
    frames: Vec<Frame>,
    names: Vec<&'a str>,
}

fn fail<T>(range: Range<usize>, message: &'static str) -> Step<T> {
    Err(RegexpError { range, message })
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.pattern.get(self.at..).unwrap_or("")
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest().chars().next()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        // The push above makes the index valid.
        &mut self.frames[last]
    }

    fn push(&mut self, tree: Hir) {
        self.frame().sequence.push(Item { tree, product: 1, height: 0 });
    }

    fn push_class(&mut self, class: ClassUnicode) {
        self.push(Hir::class(Class::Unicode(class)));
    }

    fn push_character(&mut self, code: u32) {
        let mut class = code_points(&[(code, code)]);
        if self.flags.fold {
            class.case_fold_simple();
        }
        self.push_class(class);
    }

    fn run(&mut self) -> Step<Hir> {
        // Where the repetition operator before this position starts; Go refuses stacked ones.
        let mut repeated: Option<usize> = None;
        while let Some(next) = self.rest().chars().next() {
            let start = self.at;
            let before = repeated.take();
            match next {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.at += 1;
                    self.end_alternative();
                }
                '*' | '+' | '?' => {
                    self.at += 1;
                    let (min, max) = match next {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(start, min, max, false, before)?;
                    repeated = Some(start);
                }
                '{' => match self.counts() {
                    None => {
                        self.at = start + 1;
                        self.push_character(u32::from('{'));
                    }
                    Some((min, max)) => {
                        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
                            return fail(
                                start..self.at,
                                "a repetition counts from 0 to 1000, the smaller number first",
                            );
                        }
                        self.repeat(start, min, max, true, before)?;
                        repeated = Some(start);
                    }
                },
                '^' => {
                    self.at += 1;
                    self.push(Hir::look(if self.flags.lines { Look::StartLF } else { Look::Start }));
                }
                '$' => {
                    self.at += 1;
                    self.push(Hir::look(if self.flags.lines { Look::EndLF } else { Look::End }));
                }
                '.' => {
                    self.at += 1;
                    let mut any = code_points(&[(0, 0x10_FFFF)]);
                    if !self.flags.dot_all {
                        any.difference(&ascii(&[('\n', '\n')]));
                    }
                    self.push_class(any);
                }
                '[' => {
                    let class = self.bracket()?;
                    self.push_class(class);
                }
                '\\' => self.backslash()?,
                _ => {
                    self.at += next.len_utf8();
                    self.push_character(u32::from(next));
                }
            }
        }
        if let Some((_, start)) = self.frames.last().and_then(|frame| frame.outer) {
            return fail(start..start + 1, "this group is never closed");
        }
        let frame = self.frames.pop().unwrap_or_default();
        Ok(finish(frame).tree)
    }

    fn end_alternative(&mut self) {
        let frame = self.frame();
        let sequence = std::mem::take(&mut frame.sequence);
        frame.alternatives.push(concat(sequence));
    }

    fn open_group(&mut self, start: usize, flags: Flags) -> Step<()> {
        if self.frames.len() > MAX_DEPTH {
            return fail(start..start + 1, "groups nest deeper than 200 levels");
        }
        self.frames.push(Frame { outer: Some((self.flags, start)), ..Frame::default() });
        self.flags = flags;
        Ok(())
    }

    /// `(`, `(?P<name>`, `(?<name>`, `(?flags)` and `(?flags:`.
    fn open(&mut self) -> Step<()> {
        let start = self.at;
        let text = self.rest();
        if !text.starts_with("(?") {
            self.at += 1;
            return self.open_group(start, self.flags);
        }
        let name_at = if text.starts_with("(?P<") && text.len() > 4 {
            Some(4)
        } else if text.starts_with("(?<") && text.len() > 3 {
            Some(3)
        } else {
            None
        };
        if let Some(name_at) = name_at {
            let Some(end) = text.find('>') else {
                return fail(start..self.pattern.len(), "this group name is never closed");
            };
            let name = text.get(name_at..end).unwrap_or("");
            let range = start..start + end + 1;
            if name.is_empty() || !name.chars().all(|letter| letter == '_' || letter.is_ascii_alphanumeric()) {
                return fail(range, "a group name has letters, digits and underscores only");
            }
            if self.names.contains(&name) {
                return fail(range, "a group name is used twice");
            }
            self.names.push(name);
            self.at += end + 1;
            return self.open_group(start, self.flags);
        }
        self.at += 2;
        let mut flags = self.flags;
        let (mut on, mut seen) = (true, false);
        while let Some(letter) = self.next() {
            match letter {
                'i' => flags.fold = on,
                'm' => flags.lines = on,
                's' => flags.dot_all = on,
                // Greediness decides which match is found, not whether there is one.
                'U' => {}
                '-' if on => {
                    on = false;
                    seen = false;
                    continue;
                }
                ':' | ')' if on || seen => {
                    if letter == ':' {
                        return self.open_group(start, flags);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => return fail(start..self.at, "not a group Go knows: flags are i, m, s and U"),
            }
            seen = true;
        }
        fail(start..self.at, "this group is never closed")
    }

    fn close(&mut self) -> Step<()> {
        let start = self.at;
        self.at += 1;
        let Some(frame) = self.frames.pop_if(|frame| frame.outer.is_some()) else {
            return fail(start..self.at, "this parenthesis closes no group");
        };
        if let Some((flags, _)) = frame.outer {
            self.flags = flags;
        }
        let item = finish(frame);
        self.frame().sequence.push(item);
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`; nothing when the brace is a character. A count beyond any limit becomes the largest.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let inner = self.rest().strip_prefix('{')?;
        let end = inner.find('}')?;
        let body = inner.get(..end)?;
        let number = |text: &str| {
            let plain = !text.is_empty()
                && text.bytes().all(|digit| digit.is_ascii_digit())
                && (text.len() == 1 || !text.starts_with('0'));
            plain.then(|| text.parse::<u32>().unwrap_or(u32::MAX))
        };
        let counts = match body.split_once(',') {
            None => {
                let count = number(body)?;
                (count, Some(count))
            }
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        self.at += end + 2;
        Some(counts)
    }

    fn repeat(&mut self, start: usize, min: u32, max: Option<u32>, counted: bool, before: Option<usize>) -> Step<()> {
        if self.rest().starts_with('?') {
            self.at += 1;
        }
        let end = self.at;
        if let Some(before) = before {
            return fail(before..end, "repetitions cannot follow each other");
        }
        let Some(item) = self.frame().sequence.pop() else {
            return fail(start..end, "there is nothing to repeat");
        };
        let product = match (counted, max) {
            (false, _) => item.product,
            (true, Some(0)) => 1,
            (true, max) => item.product.saturating_mul(max.unwrap_or(min).max(1)),
        };
        if counted && (min >= 2 || max.is_some_and(|max| max >= 2)) && product > MAX_REPEAT {
            return fail(start..end, "nested repetitions multiply to more than 1000");
        }
        // `a(?i)*(?i)*` nests without a group.
        if item.height > MAX_DEPTH {
            return fail(start..end, "repetitions nest deeper than 200 levels");
        }
        let height = item.height + 1;
        let tree = Hir::repetition(Repetition { min, max, greedy: true, sub: Box::new(item.tree) });
        self.frame().sequence.push(Item { tree, product, height });
        Ok(())
    }

    fn backslash(&mut self) -> Step<()> {
        let start = self.at;
        let look = match self.rest().chars().nth(1) {
            Some('A') => Look::Start,
            Some('z') => Look::End,
            Some('b') => Look::WordAscii,
            Some('B') => Look::WordAsciiNegate,
            Some('C') => return fail(start..start + 2, "`\\C` is not supported"),
            Some('Q') => {
                let quoted = self.rest().get(2..).unwrap_or("");
                let (quoted, length) = match quoted.split_once("\\E") {
                    Some((quoted, _)) => (quoted, quoted.len() + 4),
                    None => (quoted, quoted.len() + 2),
                };
                self.at += length;
                for letter in quoted.chars() {
                    self.push_character(u32::from(letter));
                }
                return Ok(());
            }
            Some(_) | None => {
                if let Some(class) = self.escaped_class()? {
                    self.push_class(class);
                } else {
                    let code = self.escape()?;
                    self.push_character(code);
                }
                return Ok(());
            }
        };
        self.at += 2;
        self.push(Hir::look(look));
        Ok(())
    }

    /// `\d`, `\pL`, `\p{Greek}` and their negations; nothing when no class starts here.
    fn escaped_class(&mut self) -> Step<Option<ClassUnicode>> {
        let start = self.at;
        let mut letters = self.rest().chars();
        if letters.next() != Some('\\') {
            return Ok(None);
        }
        let Some(letter) = letters.next() else { return Ok(None) };
        if let Some(found) = perl_class(letter.to_ascii_lowercase()) {
            self.at += 2;
            return Ok(Some(self.folded(found, letter.is_ascii_uppercase())));
        }
        if !matches!(letter, 'p' | 'P') {
            return Ok(None);
        }
        let mut negated = letter == 'P';
        let name = match letters.next() {
            Some('{') => {
                let Some(end) = self.rest().find('}') else {
                    return fail(start..self.pattern.len(), "this property is never closed");
                };
                let name = self.rest().get(3..end).unwrap_or("");
                self.at += end + 1;
                name.to_owned()
            }
            Some(letter) => {
                self.at += 2 + letter.len_utf8();
                letter.to_string()
            }
            None => return fail(start..self.pattern.len(), "a property needs a name"),
        };
        let name = match name.strip_prefix('^') {
            Some(name) => {
                negated = !negated;
                name
            }
            None => name.as_str(),
        };
        let found = if name == "Any" { Some(code_points(&[(0, 0x10_FFFF)])) } else { unicode_class(name) };
        match found {
            Some(found) => Ok(Some(self.folded(found, negated))),
            None => fail(start..self.at, "not a Unicode category or script"),
        }
    }

    fn folded(&self, mut class: ClassUnicode, negated: bool) -> ClassUnicode {
        if self.flags.fold {
            class.case_fold_simple();
        }
        if negated {
            class.negate();
        }
        class
    }

    /// A character class from its `[`.
    fn bracket(&mut self) -> Step<ClassUnicode> {
        let start = self.at;
        self.at += 1;
        let negated = self.rest().starts_with('^');
        if negated {
            self.at += 1;
        }
        let mut all = ClassUnicode::empty();
        let mut first = true;
        loop {
            let text = self.rest();
            if text.starts_with(']') && !first {
                self.at += 1;
                break;
            }
            if text.is_empty() {
                return fail(start..start + 1, "this class is never closed");
            }
            first = false;
            if text.starts_with("[:")
                && let Some(end) = text.get(2..).and_then(|text| text.find(":]"))
            {
                let name = text.get(2..end + 2).unwrap_or("");
                let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
                let Some(found) = posix_class(name) else {
                    return fail(self.at..self.at + end + 4, "not a class Go knows");
                };
                all.union(&self.folded(found, negated));
                self.at += end + 4;
                continue;
            }
            if let Some(found) = self.escaped_class()? {
                all.union(&found);
                continue;
            }
            let range_start = self.at;
            let low = self.class_character(start)?;
            let mut high = low;
            let text = self.rest();
            if text.len() >= 2 && text.starts_with('-') && !text.starts_with("-]") {
                self.at += 1;
                high = self.class_character(start)?;
                if high < low {
                    return fail(range_start..self.at, "this range runs backwards");
                }
            }
            all.union(&self.folded(code_points(&[(low, high)]), false));
        }
        if negated {
            all.negate();
        }
        Ok(all)
    }

    fn class_character(&mut self, bracket: usize) -> Step<u32> {
        if self.rest().starts_with('\\') {
            return self.escape();
        }
        match self.next() {
            Some(letter) => Ok(u32::from(letter)),
            None => fail(bracket..bracket + 1, "this class is never closed"),
        }
    }

    /// An escaped character, as its code point; it may be a surrogate.
    fn escape(&mut self) -> Step<u32> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.next() else { return fail(start..self.at, "a backslash at the end escapes nothing") };
        let code = match letter {
            'a' => Some(7),
            'f' => Some(0xc),
            'n' => Some(0xa),
            'r' => Some(0xd),
            't' => Some(9),
            'v' => Some(0xb),
            '0'..='7' => {
                let octal = |text: &str| text.chars().next().and_then(|digit| digit.to_digit(8));
                // One digit alone, other than zero, would be a back reference.
                if letter != '0' && octal(self.rest()).is_none() {
                    None
                } else {
                    let mut code = letter.to_digit(8).unwrap_or(0);
                    for _ in 0..2 {
                        let Some(digit) = octal(self.rest()) else { break };
                        code = code * 8 + digit;
                        self.at += 1;
                    }
                    Some(code)
                }
            }
            'x' => self.hexadecimal(),
            _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Some(u32::from(letter)),
            _ => None,
        };
        match code {
            Some(code) => Ok(code),
            None => fail(start..self.at, "not an escape Go knows"),
        }
    }

    /// What follows `\x`.
    fn hexadecimal(&mut self) -> Option<u32> {
        let first = self.next()?;
        if first != '{' {
            let (high, low) = (first.to_digit(16), self.next()?.to_digit(16));
            return Some(high? * 16 + low?);
        }
        let mut code = None;
        loop {
            let next = self.next()?;
            if next == '}' {
                return code;
            }
            let value = code.unwrap_or(0) * 16 + next.to_digit(16)?;
            if value > 0x10_FFFF {
                return None;
            }
            code = Some(value);
        }
    }
}

fn concat(sequence: Vec<Item>) -> Item {
    let product = sequence.iter().map(|item| item.product).max().unwrap_or(1);
    let height = sequence.iter().map(|item| item.height).max().unwrap_or(0);
    Item { tree: Hir::concat(sequence.into_iter().map(|item| item.tree).collect()), product, height }
}

fn finish(frame: Frame) -> Item {
    let mut alternatives = frame.alternatives;
    alternatives.push(concat(frame.sequence));
    let product = alternatives.iter().map(|item| item.product).max().unwrap_or(1);
    let height = alternatives.iter().map(|item| item.height).max().unwrap_or(0) + 1;
    Item { tree: Hir::alternation(alternatives.into_iter().map(|item| item.tree).collect()), product, height }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::meta::Regex;

    fn matches(pattern: &str, text: &str) -> bool {
        let tree = parse_anchored(pattern, false).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
        Regex::builder().build_from_hir(&tree).unwrap().is_match(text)
    }

    #[test]
    fn means_what_go_means() {
        for (pattern, yes, no) in [
            ("a", "a", "ba"),
            ("a|b", "b", "ab"),
            ("a)|(?:b", "ax", "xa"),
            (".", "é", "\n"),
            ("(?s).", "\n", ""),
            (r"\d+", "12", "١٢"),
            (r"\s", "\t", "\u{b}"),
            (r"[[:space:]]", "\u{b}", "x"),
            (r"\w+", "a_1", "é"),
            ("(?i)straße", "STRAßE", "STRASSE"),
            ("[a&&b]", "&", "[a&&b]"),
            ("[[a]", "[", "b"),
            ("[]a]", "]", "b"),
            ("[a-]", "-", "b"),
            ("[a-b-c]", "-", "d"),
            ("a{,5}", "a{,5}", "aa"),
            ("a{", "a{", "a"),
            ("x{2}", "xx", "x{2}"),
            (r"\Qa.b\E", "a.b", "axb"),
            (r"\Qa.b\E*", "a.bb", "a.ba.b"),
            (r"\101\x41\x{1F642}", "AA🙂", "A"),
            (r"\<\>\_", "<>_", "a"),
            ("a(?i)*", "aaa", "A"),
            ("(?i)a(?-i)b", "Ab", "AB"),
            (r"\pL\p{Greek}\P{Lu}[\p{^Nd}]", "éαba", "1αba"),
            ("(?P<n>a)(?<m>b)", "ab", "a"),
            (r"a\bb|c", "c", "ab"),
            ("", "", "a"),
            ("(|a)b||", "ab", "a"),
            (r"(?m)a$\nb", "a\nb", "ab"),
        ] {
            assert!(matches(pattern, yes), "{pattern} should match {yes:?}");
            assert!(!matches(pattern, no), "{pattern} should not match {no:?}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for (pattern, at) in [
            ("a**", "**"),
            ("a{2}{3}", "{2}{3}"),
            ("*a", "*"),
            ("(a", ""),
            ("a)", ""),
            ("[a", "["),
            ("[b-a]", "b-a"),
            (r"[a-\d]", r"\d"),
            (r"\8", r"\8"),
            (r"\1", r"\1"),
            (r"\u00e9", r"\u"),
            (r"\é", r"\é"),
            ("a\\", "\\)"),
            ("(?x)a", "(?x"),
            ("(?-)a", "(?-)"),
            ("(?P<a.b>c)", "(?P<a.b>"),
            ("(?<n>a)(?<n>b)", "(?<n>"),
            (r"\p{Alphabetic}", r"\p{Alphabetic}"),
            ("[[:word]:]", ""),
            ("a{1001}", "{1001}"),
            ("(a{100}){11}", "{11}"),
            ("a{3,2}", "{3,2}"),
            (r"\C", r"\C"),
            ("(?=a)", "(?="),
        ] {
            let error = match parse_anchored(pattern, false) {
                Ok(_) if at.is_empty() => continue,
                Ok(_) => panic!("{pattern} is accepted"),
                Err(error) => error,
            };
            if at != "\\)" && !at.is_empty() {
                assert_eq!(&pattern[error.range], at, "{pattern}: {}", error.message);
            }
        }
    }

    #[test]
    fn hostile_patterns_end_soon() {
        for pattern in [
            "(".repeat(100_000),
            "((a{9}){9}){9}".repeat(100),
            "[a".repeat(100_000),
            "a|".repeat(100_000),
            format!("a{}", "(?i)?".repeat(100_000)),
        ] {
            let _ = parse_anchored(&pattern, false).map(|tree| super::super::literals(&tree, 1000));
        }
    }
}
