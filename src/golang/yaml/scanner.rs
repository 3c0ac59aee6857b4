//! From text to tokens.
//!
//! A key without `?` is only known to be one at its `:`. Until then its place is remembered (a *simple key*), and the
//! tokens for it are put in front of it afterwards; so the queue is only handed out as far as no such key can still
//! begin in it. Blocks are brackets that indentation opens and closes.

use std::collections::{BTreeMap, VecDeque};

use super::cursor::{Cursor, Mark, forbidden};
use super::{Error, Piece, Style};

/// How deep brackets and blocks may nest; go-yaml has this limit too.
const MAX_DEPTH: usize = 10_000;
/// A simple key ends after this many characters.
const LONGEST_KEY: usize = 1024;
/// go-yaml decodes its input in pieces of this many bytes, and stumbles over a bad one when it comes to the piece.
const CHUNK: usize = 512;
/// How far comments are looked for behind blanks.
const COMMENT_AHEAD: usize = 512;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective { handle: String, prefix: String },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar { value: String, pieces: Vec<Piece>, style: Style },
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy)]
struct SimpleKey {
    possible: bool,
    required: bool,
    /// The number of the token that it would begin with.
    token: usize,
    mark: Mark,
}

#[derive(Debug)]
pub(super) struct Scanner<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) flow_level: usize,
    /// The column of the innermost block; -1 outside of all.
    pub(super) indent: isize,
    pub(super) simple_key_allowed: bool,
    indents: Vec<isize>,
    simple_keys: Vec<SimpleKey>,
    /// Which simple key would begin with which token.
    keys_by_token: BTreeMap<usize, usize>,
    queue: VecDeque<Token>,
    /// How many tokens were handed out.
    taken: usize,
    /// How many tokens must wait behind the one that is handed out; a difference between the generations of go-yaml that
    /// decides how far into a second document an error is noticed.
    lookahead: usize,
    ended: bool,
    /// The first character that cannot stand in YAML: its place and length.
    forbidden: Option<(usize, usize)>,
    pub(super) comments: Vec<std::ops::Range<usize>>,
}

pub(super) type Scanned<T> = Result<T, Error>;

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str, lookahead: usize) -> Self {
        let first = SimpleKey { possible: false, required: false, token: 0, mark: Mark::default() };
        Self {
            cursor: Cursor::new(text),
            flow_level: 0,
            indent: -1,
            simple_key_allowed: true,
            indents: Vec::new(),
            simple_keys: vec![first],
            keys_by_token: BTreeMap::new(),
            queue: VecDeque::new(),
            taken: 0,
            lookahead,
            ended: false,
            forbidden: forbidden(text).map(|(at, character)| (at, character.len_utf8())),
            comments: Vec::new(),
        }
    }

    /// The next token, left in the queue.
    pub fn peek(&mut self) -> Scanned<&Token> {
        loop {
            if self.ended && !self.queue.is_empty() {
                break;
            }
            if self.queue.len() > self.lookahead {
                match self.keys_by_token.get(&self.taken).copied() {
                    None => break,
                    Some(index) if !self.still_possible(index)? => break,
                    Some(_) => {}
                }
            }
            if self.ended {
                break;
            }
            self.fetch()?;
        }
        self.queue.front().ok_or_else(|| Error::new("the text ends too early", self.cursor.mark.at))
    }

    /// Takes the next token out of the queue.
    pub fn next(&mut self) -> Scanned<Token> {
        self.peek()?;
        self.taken += 1;
        self.queue.pop_front().ok_or_else(|| Error::new("the text ends too early", self.cursor.mark.at))
    }

    pub(super) fn here(&self) -> usize {
        self.cursor.mark.at
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let end = self.here();
        self.queue.push_back(Token { kind, start, end });
    }

    fn fetch(&mut self) -> Scanned<()> {
        self.readable()?;
        self.skip_to_token();
        self.readable()?;
        self.unroll(self.cursor.mark.column.cast_signed());
        let (byte, start) = (self.cursor.byte(), self.here());
        if self.cursor.ended() {
            self.unroll(-1);
            self.remove_simple_key()?;
            self.simple_key_allowed = false;
            self.ended = true;
            self.push(Kind::StreamEnd, start);
            return Ok(());
        }
        if self.cursor.mark.column == 0 && byte == b'%' {
            self.leave_document()?;
            let directive = self.directive()?;
            self.push(directive, start);
            return Ok(());
        }
        if self.cursor.document_indicator() {
            self.leave_document()?;
            (0..3).for_each(|_| self.cursor.skip());
            self.push(if byte == b'-' { Kind::DocumentStart } else { Kind::DocumentEnd }, start);
            return Ok(());
        }
        let before_blank = self.cursor.blank_break_or_end(1);
        let in_flow = self.flow_level > 0;
        match byte {
            b'[' => self.open(Kind::FlowSequenceStart)?,
            b'{' => self.open(Kind::FlowMappingStart)?,
            b']' => self.close(Kind::FlowSequenceEnd)?,
            b'}' => self.close(Kind::FlowMappingEnd)?,
            b',' => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                self.cursor.skip();
                self.push(Kind::FlowEntry, start);
            }
            b'-' if before_blank => return self.block_entry(),
            b'?' if in_flow || before_blank => self.key()?,
            b':' if in_flow || before_blank => self.value()?,
            b'*' | b'&' | b'!' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let kind = if byte == b'!' { self.tag()? } else { self.anchor()? };
                self.push(kind, start);
            }
            b'|' | b'>' if !in_flow => {
                self.remove_simple_key()?;
                self.simple_key_allowed = true;
                let (kind, end) = self.block_scalar()?;
                self.queue.push_back(Token { kind, start, end });
            }
            b'\'' | b'"' => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let kind = self.quoted_scalar()?;
                self.push(kind, start);
            }
            b'\t' | b'#' | b'%' | b'@' | b'`' | b'|' | b'>' => {
                let what =
                    if byte == b'\t' { "a tab cannot indent YAML" } else { "no value can begin with this character" };
                return Err(Error::new(what, start).to(start + 1));
            }
            _ => {
                self.save_simple_key()?;
                self.simple_key_allowed = false;
                let (kind, end) = self.plain_scalar()?;
                self.queue.push_back(Token { kind, start, end });
            }
        }
        self.line_comment();
        Ok(())
    }

    /// Whether all characters that were looked at so far can stand in YAML.
    fn readable(&self) -> Scanned<()> {
        match self.forbidden {
            Some((at, length)) if self.here() + 4 > at - at % CHUNK => {
                Err(Error::new("an invisible character cannot stand in YAML", at).to(at + length))
            }
            _ => Ok(()),
        }
    }

    /// Before a directive or a document: all blocks end, and no key can be open.
    fn leave_document(&mut self) -> Scanned<()> {
        self.unroll(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        Ok(())
    }

    fn open(&mut self, kind: Kind) -> Scanned<()> {
        let start = self.here();
        self.save_simple_key()?;
        let token = self.taken + self.queue.len();
        self.simple_keys.push(SimpleKey { possible: false, required: false, token, mark: self.cursor.mark });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(Error::new("brackets nest deeper than 10000 levels", start).to(start + 1));
        }
        self.simple_key_allowed = true;
        self.cursor.skip();
        self.push(kind, start);
        Ok(())
    }

    fn close(&mut self, kind: Kind) -> Scanned<()> {
        let start = self.here();
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            // For `[]` this is the number of the bracket itself, so that a key that begins with it may be missed; so it
            // is in go-yaml.
            if let Some(key) = self.simple_keys.pop() {
                self.keys_by_token.remove(&key.token);
            }
        }
        self.simple_key_allowed = false;
        self.cursor.skip();
        self.push(kind, start);
        Ok(())
    }

    fn block_entry(&mut self) -> Scanned<()> {
        let start = self.here();
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(Error::new("a list item cannot begin here", start).to(start + 1));
            }
            self.roll(self.cursor.mark.column.cast_signed(), None, Kind::BlockSequenceStart, start)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.cursor.skip();
        self.push(Kind::BlockEntry, start);
        Ok(())
    }

    fn key(&mut self) -> Scanned<()> {
        let start = self.here();
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(Error::new("a key cannot begin here", start).to(start + 1));
            }
            self.roll(self.cursor.mark.column.cast_signed(), None, Kind::BlockMappingStart, start)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.cursor.skip();
        self.push(Kind::Key, start);
        Ok(())
    }

    fn value(&mut self) -> Scanned<()> {
        let start = self.here();
        let last = self.simple_keys.len().saturating_sub(1);
        let key = self.simple_keys.get(last).copied();
        match key {
            Some(key) if self.still_possible(last)? => {
                let place = key.mark.at;
                self.insert(Some(key.token), Token { kind: Kind::Key, start: place, end: place });
                self.roll(key.mark.column.cast_signed(), Some(key.token), Kind::BlockMappingStart, place)?;
                if let Some(key) = self.simple_keys.get_mut(last) {
                    key.possible = false;
                }
                self.keys_by_token.remove(&key.token);
                self.simple_key_allowed = false;
            }
            _ => {
                if self.flow_level == 0 {
                    if !self.simple_key_allowed {
                        return Err(Error::new("a second `: ` stands where a value was expected", start).to(start + 1));
                    }
                    self.roll(self.cursor.mark.column.cast_signed(), None, Kind::BlockMappingStart, start)?;
                }
                self.simple_key_allowed = self.flow_level == 0;
            }
        }
        self.cursor.skip();
        self.push(Kind::Value, start);
        Ok(())
    }

    /// Opens a block if the column lies deeper than the one that is open; its token goes before token `number`.
    fn roll(&mut self, column: isize, number: Option<usize>, kind: Kind, place: usize) -> Scanned<()> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return Err(Error::new("blocks nest deeper than 10000 levels", place));
        }
        self.insert(number, Token { kind, start: place, end: place });
        Ok(())
    }

    /// Puts a token in front of token `number`; at the end, if that one was handed out already.
    fn insert(&mut self, number: Option<usize>, token: Token) {
        let index = number.and_then(|number| number.checked_sub(self.taken)).filter(|&index| index < self.queue.len());
        self.queue.insert(index.unwrap_or(self.queue.len()), token);
    }

    /// Closes all blocks that lie deeper than a column.
    fn unroll(&mut self, column: isize) {
        while self.flow_level == 0 && self.indent > column {
            self.push(Kind::BlockEnd, self.here());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Whether a simple key can still be one at the place; one that must be a key and cannot is an error.
    fn still_possible(&mut self, index: usize) -> Scanned<bool> {
        let mark = self.cursor.mark;
        let Some(key) = self.simple_keys.get_mut(index) else { return Ok(false) };
        if key.possible && (key.mark.line < mark.line || key.mark.index + LONGEST_KEY < mark.index) {
            if key.required {
                return Err(no_colon(key.mark.at));
            }
            key.possible = false;
        }
        Ok(key.possible)
    }

    fn save_simple_key(&mut self) -> Scanned<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let required = self.flow_level == 0 && self.indent == self.cursor.mark.column.cast_signed();
        let token = self.taken + self.queue.len();
        self.remove_simple_key()?;
        if let Some(last) = self.simple_keys.last_mut() {
            *last = SimpleKey { possible: true, required, token, mark: self.cursor.mark };
        }
        self.keys_by_token.insert(token, self.simple_keys.len().saturating_sub(1));
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scanned<()> {
        if let Some(key) = self.simple_keys.last_mut() {
            if key.possible && key.required {
                return Err(no_colon(key.mark.at));
            }
            if std::mem::take(&mut key.possible) {
                self.keys_by_token.remove(&key.token);
            }
        }
        Ok(())
    }

    /// Goes over blanks, line breaks and comments. A tab is no blank where a block could begin.
    fn skip_to_token(&mut self) {
        loop {
            while self.cursor.byte() == b' '
                || (self.flow_level > 0 || !self.simple_key_allowed) && self.cursor.byte() == b'\t'
            {
                self.cursor.skip();
            }
            if self.cursor.byte() == b'#' {
                self.comment_lines();
            }
            if !self.cursor.line_break() {
                return;
            }
            self.cursor.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    /// A comment, and those on the lines below it.
    fn comment_lines(&mut self) {
        loop {
            self.comment();
            // Blanks and breaks up to the next comment, if it is near.
            let ahead = (1..COMMENT_AHEAD).find(|&ahead| {
                let inside = self.cursor.peek(ahead) == b'\n' && self.cursor.peek(ahead - 1) == b'\r';
                !inside && !self.cursor.blank_at(ahead) && self.cursor.break_at(ahead) == 0
            });
            let Some(target) = ahead.filter(|&ahead| self.cursor.peek(ahead) == b'#') else { return };
            let target = self.here() + target;
            while self.here() < target {
                if self.cursor.line_break() {
                    self.cursor.skip_break();
                } else {
                    self.cursor.skip();
                }
            }
        }
    }

    /// A comment on the line of the token that was just read.
    fn line_comment(&mut self) {
        if self.cursor.newlines > 0 {
            return;
        }
        let ahead = (0..COMMENT_AHEAD).find(|&ahead| !self.cursor.blank_at(ahead));
        if ahead.is_some_and(|ahead| self.cursor.peek(ahead) == b'#') {
            self.cursor.skip_blanks();
            self.comment();
        }
    }

    pub(super) fn comment(&mut self) {
        let start = self.here();
        self.cursor.skip_to_break();
        self.comments.push(start..self.here());
    }
}

fn no_colon(at: usize) -> Error {
    Error::new("a key is missing its colon", at)
}
