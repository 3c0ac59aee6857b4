//! Files of other programs, decoded into typed fields as go-yaml decodes them into Go structs.
//!
//! A spec is decoded by what its fields mean; here the question is what Prometheus or Alertmanager would make of a file.
//! Keys are strict, a null leaves a field as it is and drops an item of a list, any scalar is text where text is asked
//! for, own keys win over those that `<<` brings. Aliases count as what they stand for, within the budget that go-yaml
//! allows itself; so neither a short file nor a circle can cost more than the file is worth.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Sink, nearest};
use crate::golang::Duration;
use crate::golang::yaml::resolve::short;
use crate::golang::yaml::{Content, Document, Node, NodeId, Resolved, resolve};
use crate::source::{FileId, Span, Spanned, Text, TextBuilder};

/// How deep `<<` may bring in mappings that use `<<` themselves.
const MOST_MERGES: usize = 100;

/// Decodes one document.
#[derive(Debug)]
pub struct Foreign<'d> {
    document: &'d Document,
    file: FileId,
    /// What its findings are reported as.
    code: &'static Code,
    /// Who refuses what is wrong: "Prometheus 3.14".
    reader: String,
    /// Where findings go.
    pub sink: &'d mut Sink,
    decoded: usize,
    from_aliases: usize,
    aliases: usize,
    exhausted: bool,
    /// Whether a key that `<<` brings must not be there already, as go-yaml 2 wants it.
    pub strict_merges: bool,
}

/// An entry of a mapping, those brought by `<<` included.
#[derive(Debug, Clone)]
pub struct Field {
    /// The key.
    pub key: Text,
    /// The value; an alias is followed.
    pub value: NodeId,
}

impl<'d> Foreign<'d> {
    /// A decoder of a document that `reader` would load, such as "Prometheus 3.14".
    pub fn new(document: &'d Document, file: FileId, code: &'static Code, reader: String, sink: &'d mut Sink) -> Self {
        Self {
            document,
            file,
            code,
            reader,
            sink,
            decoded: 0,
            from_aliases: 0,
            aliases: 0,
            exhausted: false,
            strict_merges: false,
        }
    }

    /// The outermost value.
    pub fn root(&self) -> NodeId {
        self.document.root()
    }

    /// Who loads the document.
    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// The bytes of a value.
    pub fn span(&self, id: NodeId) -> Span {
        Span::new(self.file, self.document.get(id).map_or(0..0, |node| node.range.clone()))
    }

    /// The first bytes of a value, so that a finding about a block does not mark all of it.
    pub fn beginning(&self, id: NodeId) -> Span {
        let mut span = self.span(id);
        if let Some(Content::Sequence(items) | Content::Mapping(items)) =
            self.document.get(id).map(|node| &node.content)
            && let Some(first) = items.first().and_then(|&first| self.document.get(first))
        {
            span.end = span.end.min((first.range.end as u32).max(span.start));
        }
        span
    }

    /// Reports something that makes the reader refuse the file.
    pub fn refuse(&mut self, span: Span, headline: impl Into<String>, label: impl Into<String>) -> &mut Self {
        let finding = Diagnostic::new(self.code, headline).at(span, label);
        self.sink.push(finding.note(format!("{} refuses the whole file for it.", self.reader)));
        self
    }

    /// The node that counts: what an alias stands for, as long as the budget lasts.
    #[expect(clippy::cast_precision_loss, reason = "no text holds 2^52 values")]
    fn node(&mut self, id: NodeId) -> Option<&'d Node> {
        let node = self.document.get(id)?;
        self.decoded += 1;
        self.from_aliases += usize::from(self.aliases > 0);
        // The share of aliases that go-yaml allows shrinks from 99 % at 400,000 values to 10 % at 4,000,000.
        let low = 400_000.0;
        let total = self.decoded as f64;
        let allowed = (0.99 - 0.89 * ((total - low) / 3_600_000.0)).clamp(0.1, 0.99);
        if self.from_aliases > 100 && self.decoded > 1000 && self.from_aliases as f64 / total > allowed {
            if !std::mem::replace(&mut self.exhausted, true) {
                let span = self.span(id);
                self.refuse(span, "the file consists of aliases for the most part", "expanded once too often");
            }
            return None;
        }
        Some(node)
    }

    /// Follows an alias; the node behind it, and whether it was one. An alias cannot stand for another alias.
    fn follow(&mut self, id: NodeId) -> Option<(NodeId, &'d Node)> {
        let node = self.node(id)?;
        let Content::Alias { target, .. } = &node.content else { return Some((id, node)) };
        self.aliases += 1;
        let found = self.node(*target);
        self.aliases -= 1;
        found.map(|node| (*target, node))
    }

    /// Whether a value is null, however it is written.
    pub fn is_null(&self, id: NodeId) -> bool {
        let mut node = self.document.get(id);
        if let Some(Content::Alias { target, .. }) = node.map(|node| &node.content) {
            node = self.document.get(*target);
        }
        node.is_some_and(|node| match &node.content {
            Content::Scalar { value, style, .. } => resolve(value, *style, node.tag.as_deref()) == Ok(Resolved::Null),
            Content::Sequence(_) | Content::Mapping(_) | Content::Alias { .. } => false,
        })
    }

    /// Reports a value of the wrong shape.
    pub fn wrong(&mut self, id: NodeId, what: &str, expects: &str) {
        let node = self.document.get(id);
        let label = match node.map(|node| &node.content) {
            Some(Content::Scalar { .. } | Content::Alias { .. }) | None => format!("not {expects}"),
            Some(Content::Sequence(_)) => "this is a list".to_owned(),
            Some(Content::Mapping(_)) => "this is a mapping".to_owned(),
        };
        let span = self.beginning(id);
        self.refuse(span, format!("{what} must be {expects}"), label);
    }

    /// The entries of a mapping: its own, then those that `<<` brings. Nothing for null; `None` for what is no mapping,
    /// which is reported.
    pub fn fields(&mut self, id: NodeId, what: &str) -> Option<Vec<Field>> {
        if self.is_null(id) {
            return Some(Vec::new());
        }
        let mut fields = Vec::new();
        self.collect(id, what, &mut fields, 0)?;
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut kept = Vec::with_capacity(fields.len());
        for (field, depth) in fields {
            match seen.get(field.key.as_str()) {
                None => {
                    seen.insert(field.key.as_str().to_owned(), field.key.span());
                    kept.push(field);
                }
                Some(&first) if depth == 0 || self.strict_merges => {
                    self.duplicate(field.key.as_str(), first, field.key.span());
                }
                Some(_) => {}
            }
        }
        Some(kept)
    }

    fn duplicate(&mut self, key: &str, first: Span, again: Span) {
        let finding = Diagnostic::new(self.code, format!("`{key}` is written twice"))
            .at(again, "written again here")
            .also(first, "first written here")
            .note(format!("{} refuses the whole file for it.", self.reader))
            .help("Keep one of the two.");
        self.sink.push(finding);
    }

    fn collect(&mut self, id: NodeId, what: &str, into: &mut Vec<(Field, usize)>, depth: usize) -> Option<()> {
        let (id, node) = self.follow(id)?;
        let Content::Mapping(entries) = &node.content else {
            self.wrong(id, what, "a mapping");
            return None;
        };
        if depth > MOST_MERGES {
            let span = self.beginning(id);
            self.refuse(span, "`<<` brings in the mapping that it stands in", "merged into itself");
            return None;
        }
        let mut merges = Vec::new();
        let mut written: BTreeMap<(bool, String), Span> = BTreeMap::new();
        for pair in entries.chunks(2) {
            let &[key, value] = pair else { continue };
            let Some(node) = self.document.get(key) else { continue };
            // Keys are compared as they are written; all lists and mappings are the same key.
            let (scalar, spelling) = match &node.content {
                Content::Scalar { value, .. } => (true, value.clone()),
                Content::Alias { name, .. } => (false, format!("*{name}")),
                Content::Sequence(_) => (false, "[]".to_owned()),
                Content::Mapping(_) => (false, "{}".to_owned()),
            };
            let span = self.beginning(key);
            if let Some(&first) = written.get(&(scalar, spelling.clone())) {
                self.duplicate(&spelling, first, span);
                continue;
            }
            written.insert((scalar, spelling), span);
            if is_merge(node) {
                merges.push((key, value));
            } else if let Some(key) = self.text(key, "a key") {
                into.push((Field { key, value }, depth));
            }
        }
        for (key, value) in merges {
            self.merge(key, value, what, into, depth + 1)?;
        }
        Some(())
    }

    fn merge(
        &mut self,
        key: NodeId,
        value: NodeId,
        what: &str,
        into: &mut Vec<(Field, usize)>,
        depth: usize,
    ) -> Option<()> {
        let sources = match self.document.get(value).map(|node| &node.content) {
            Some(Content::Sequence(items)) => items.clone(),
            Some(Content::Scalar { .. } | Content::Mapping(_) | Content::Alias { .. }) | None => vec![value],
        };
        for source in sources {
            let target = match self.document.get(source).map(|node| &node.content) {
                Some(Content::Alias { target, .. }) => *target,
                _ => source,
            };
            if !matches!(self.document.get(target).map(|node| &node.content), Some(Content::Mapping(_))) {
                let span = self.span(key);
                self.refuse(span, "the merge key `<<` takes a mapping or a list of mappings", "merges something else");
                return None;
            }
            self.collect(source, what, into, depth)?;
        }
        Some(())
    }

    /// Reports a key that nothing reads.
    pub fn unknown(&mut self, key: &Text, owner: &str, known: &[&str], help: Option<String>) {
        let name = key.as_str();
        let mut finding = Diagnostic::new(self.code, format!("{owner} has no field `{name}`"))
            .at(key.span(), "unknown here")
            .note(format!("{} refuses the whole file for it.", self.reader));
        finding = match (help, nearest(name, known.iter().copied())) {
            (Some(help), _) => finding.help(help),
            (None, Some(near)) => finding.help(format!("Did you mean `{near}`?")).fix(key.span(), near),
            (None, None) => {
                let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                finding.help(format!("It has these fields: {}.", list.join(", ")))
            }
        };
        self.sink.push(finding);
    }

    /// The items of a list; those that are null are dropped.
    pub fn items(&mut self, id: NodeId, what: &str) -> Option<Vec<NodeId>> {
        if self.is_null(id) {
            return Some(Vec::new());
        }
        let (id, node) = self.follow(id)?;
        let Content::Sequence(items) = &node.content else {
            self.wrong(id, what, "a list");
            return None;
        };
        Some(items.iter().copied().filter(|&item| !self.is_null(item)).collect())
    }

    /// A scalar with its type; a tag that does not fit is reported.
    fn scalar(&mut self, id: NodeId, what: &str, expects: &str) -> Option<(Resolved, Text)> {
        let (id, node) = self.follow(id)?;
        let Content::Scalar { value, style, .. } = &node.content else {
            self.wrong(id, what, expects);
            return None;
        };
        let span = Span::new(self.file, node.range.clone());
        match resolve(value, *style, node.tag.as_deref()) {
            Ok(Resolved::Binary) => match base64(value) {
                Some(decoded) => Some((Resolved::Text, Text::synthetic(decoded, span))),
                None => {
                    self.refuse(span, format!("{what} is tagged as base64 and is none"), "cannot be decoded");
                    None
                }
            },
            Ok(resolved) => self.cooked(node).map(|text| (resolved, text)),
            Err(tag) => {
                let written = short(node.tag.as_deref().unwrap_or_default());
                debug_assert_eq!(tag, written, "the tag that does not fit is the one that is written");
                self.refuse(span, format!("the tag `{written}` does not fit this value"), "of another type");
                None
            }
        }
    }

    /// A text; null gives nothing, whatever else is no text is reported.
    pub fn text(&mut self, id: NodeId, what: &str) -> Option<Text> {
        if self.is_null(id) {
            return None;
        }
        self.scalar(id, what, "text").map(|(_, text)| text)
    }

    /// A text as its node says it, without what the node means: an alias is the name behind its `*`, null what was
    /// written for it, and a list or mapping nothing.
    pub fn unresolved(&mut self, id: NodeId) -> Option<Text> {
        let node = self.node(id)?;
        match &node.content {
            Content::Scalar { .. } => self.cooked(node),
            Content::Alias { name, .. } => {
                let span = Span::new(self.file, node.range.clone());
                Some(Text::verbatim(name, Span { start: (span.start + 1).min(span.end), ..span }))
            }
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    /// The text of a scalar with its places.
    fn cooked(&self, node: &Node) -> Option<Text> {
        let Content::Scalar { value, pieces, .. } = &node.content else { return None };
        let mut builder = TextBuilder::new(self.file);
        let ends = pieces.iter().skip(1).map(|piece| piece.inner).chain([value.len()]);
        for (piece, end) in pieces.iter().zip(ends) {
            let text = value.get(piece.inner..end).unwrap_or_default();
            if piece.verbatim {
                builder.verbatim(piece.outer.start, text);
            } else {
                builder.escape(piece.outer.clone(), text);
            }
        }
        Some(builder.finish(Span::new(self.file, node.range.clone())))
    }

    /// A duration as Prometheus writes them.
    pub fn duration(&mut self, id: NodeId, what: &str) -> Option<Spanned<Duration>> {
        let text = self.text(id, what)?;
        match text.as_str().parse::<Duration>() {
            Ok(duration) => Some(Spanned::new(duration, text.span())),
            Err(error) => {
                let span = text.span_of(error.range.clone());
                let span = if span.start == span.end { text.span() } else { span };
                let headline = format!("{what} must be a duration such as `5m` or `1h30m`");
                self.refuse(span, headline, error.message);
                None
            }
        }
    }

    /// A whole number; a fraction is cut off, as go-yaml does.
    pub fn integer(&mut self, id: NodeId, what: &str) -> Option<Spanned<i64>> {
        if self.is_null(id) {
            return None;
        }
        let (resolved, text) = self.scalar(id, what, "a whole number")?;
        let number = match resolved {
            Resolved::Int(number) => i64::try_from(number).ok(),
            // The largest float that is not above it.
            Resolved::Float(number) if number <= 9_223_372_036_854_775_807.0 => Some(number as i64),
            _ => None,
        };
        if number.is_none() {
            let headline = format!("{what} must be a whole number");
            self.refuse(text.span(), headline, "not a whole number");
        }
        number.map(|number| Spanned::new(number, text.span()))
    }

    /// Names with texts. A null value is empty text, and a null key is passed over.
    pub fn texts(&mut self, id: NodeId, what: &str) -> Vec<(Text, Text)> {
        let fields = self.fields(id, what).unwrap_or_default();
        let mut texts = Vec::with_capacity(fields.len());
        for field in fields {
            if self.is_null(field.value) {
                let span = self.span(field.value);
                texts.push((field.key, Text::synthetic("", span)));
            } else if let Some(value) = self.text(field.value, &format!("`{}`", field.key.as_str())) {
                texts.push((field.key, value));
            }
        }
        texts
    }
}

/// Whether a key is an instruction to bring in another mapping.
fn is_merge(node: &Node) -> bool {
    use crate::golang::yaml::Style;
    let Content::Scalar { value, style, .. } = &node.content else { return false };
    value == "<<"
        && match node.tag.as_deref().map(short).as_deref() {
            None | Some("!") => *style == Style::Plain,
            Some(tag) => tag == "!!merge",
        }
}

/// Base64 with padding, as Go's standard encoding reads it: line breaks are passed over.
fn base64(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let groups = digits.chunks(4);
    let last = groups.len().saturating_sub(1);
    for (index, group) in groups.enumerate() {
        let padding = if index == last { group.iter().rev().take_while(|&&byte| byte == b'=').count() } else { 0 };
        if group.len() != 4 || padding > 2 {
            return None;
        }
        let mut number = 0_u32;
        for &byte in group.iter().take(4 - padding) {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            number = number << 6 | u32::from(digit);
        }
        number <<= 6 * padding as u32;
        let whole = number.to_be_bytes();
        bytes.extend(whole.get(1..4 - padding)?);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_go() {
        assert_eq!(base64("YQ=="), Some("a".to_owned()));
        assert_eq!(base64("YWI=\n"), Some("ab".to_owned()));
        assert_eq!(base64("YWJj"), Some("abc".to_owned()));
        assert_eq!(base64(""), Some(String::new()));
        for wrong in ["YQ=", "YQ", "Y===", "YQ==YQ==", "a b=", "****"] {
            assert_eq!(base64(wrong), None, "{wrong}");
        }
    }
}
