//! What can be said about a regular expression without running it.
//!
//! Prometheus takes Go's syntax (RE2), so this reads exactly that: what Go refuses is an error here, and Rust's own
//! extensions are not read as such. While reading, two facts are carried upwards for every part: whether it matches the
//! empty string, and the finite set of words it matches, where that is small. That answers what scoping and label flow
//! ask (`env=~"prod|stage"` fixes two values, `job=~".+"` excludes the missing label) and keeps the time linear: sets are
//! dropped as soon as they grow.

use super::version::Version;
use std::collections::BTreeSet;

/// Sets with more words than this are not kept.
const MAX_WORDS: usize = 200;

/// Longer words than this are not kept.
const MAX_WORD: usize = 500;

/// How often a part may be repeated in all, as in Go.
const MAX_REPEAT: u32 = 1000;

/// Deepest nesting of groups, as in Go.
const MAX_DEPTH: usize = 1000;

/// A regular expression as Prometheus matches it: anchored on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    empty: bool,
    words: Option<BTreeSet<String>>,
    newer: Newer,
}

/// Parts of the syntax, each with the first release that reads it.
type Newer = BTreeSet<(Version, &'static str)>;

/// What Go learned to read, with the release of Prometheus that was the first to be built with that Go.
const SHORT_NAMES: (Version, &str) = (Version::new(2, 51), "a group named `(?<name>…)` instead of `(?P<name>…)`");
/// As above.
const NEW_CLASSES: (Version, &str) = (Version::new(3, 7), r"the class `\p{Cn}` or `\p{LC}`");
/// Before, the end of the pattern was put behind the text in quotes, and so into it.
const OPEN_QUOTE: (Version, &str) = (Version::new(2, 52), r"`\Q` without its `\E`");

impl Pattern {
    /// Reads the expression; the error says what Go refuses.
    pub fn parse(text: &str) -> Result<Pattern, &'static str> {
        let (facts, newer) = Reader { rest: text, frames: Vec::new(), newer: Newer::new() }.read()?;
        Ok(Pattern { empty: facts.empty, words: facts.words, newer })
    }

    /// What is in it that not every release reads, and the release that was the first to do so.
    pub fn newer(&self) -> impl Iterator<Item = (Version, &'static str)> {
        self.newer.iter().copied()
    }

    /// Whether it matches the empty string, which is what a missing label counts as.
    pub fn matches_empty(&self) -> bool {
        self.empty
    }

    /// All strings it matches, if they are few and known.
    pub fn words(&self) -> Option<&BTreeSet<String>> {
        self.words.as_ref()
    }
}

/// What is known about a part.
#[derive(Debug, Clone)]
struct Facts {
    /// Whether it matches the empty text as a whole, on which the conditions `^`, `$` and `\B` hold and `\b` does not.
    empty: bool,
    words: Option<BTreeSet<String>>,
    /// The product of nested counted repetitions.
    repeat: u32,
}

impl Facts {
    fn nothing() -> Self {
        Facts { empty: true, words: Some(BTreeSet::from([String::new()])), repeat: 1 }
    }

    /// One character out of an unknown set.
    fn any() -> Self {
        Facts { empty: false, words: None, repeat: 1 }
    }

    /// A condition on the surroundings, such as `\b`.
    fn assertion(empty: bool) -> Self {
        Facts { empty, words: None, repeat: 1 }
    }

    fn characters(set: BTreeSet<String>) -> Self {
        Facts { empty: false, words: Some(set), repeat: 1 }
    }

    fn then(self, next: Facts) -> Facts {
        let empty = self.empty && next.empty;
        let words = match (self.words, next.words) {
            (Some(left), Some(right)) if left.len() == 1 && right.len() == 1 => {
                // The common case, a run of plain characters, without copying what is there already.
                left.into_iter()
                    .zip(right)
                    .map(|(mut left, right)| {
                        left.push_str(&right);
                        left
                    })
                    .map(|word| (word.len() <= MAX_WORD).then_some(word))
                    .collect()
            }
            (Some(left), Some(right)) if left.len() * right.len() <= MAX_WORDS => left
                .iter()
                .flat_map(|left| right.iter().map(move |right| format!("{left}{right}")))
                .map(|word| (word.len() <= MAX_WORD).then_some(word))
                .collect(),
            _ => None,
        };
        Facts { empty, words, repeat: self.repeat.max(next.repeat) }
    }

    fn or(self, other: Facts) -> Facts {
        let empty = self.empty || other.empty;
        let words = match (self.words, other.words) {
            (Some(mut left), Some(right)) if left.len() + right.len() <= MAX_WORDS => {
                left.extend(right);
                Some(left)
            }
            _ => None,
        };
        Facts { empty, words, repeat: self.repeat.max(other.repeat) }
    }

    fn repeated(self, least: u32, most: Option<u32>) -> Result<Facts, &'static str> {
        let factor = most.unwrap_or(least).max(1);
        let repeat = self.repeat.saturating_mul(factor);
        if factor > MAX_REPEAT || repeat > MAX_REPEAT {
            return Err("a repetition goes beyond 1000");
        }
        let empty = least == 0 || self.empty;
        let words = match (least, most) {
            (_, Some(0)) => Some(BTreeSet::from([String::new()])),
            (1, Some(1)) => self.words,
            (0, Some(1)) => self.words.map(|mut words| {
                words.insert(String::new());
                words
            }),
            (0 | 1, _) => None,
            (least, Some(most)) if least == most && least <= 16 => {
                let one = Facts { empty: false, words: self.words, repeat: 1 };
                (1..least).fold(one.clone(), |all, _| all.then(one.clone())).words
            }
            _ => None,
        };
        Ok(Facts { empty, words, repeat })
    }
}

/// A group that is still open.
#[expect(clippy::struct_excessive_bools, reason = "independent flags of the syntax")]
struct Frame {
    /// The alternatives that are complete.
    before: Option<Facts>,
    /// The parts of the current alternative, without the last one.
    done: Facts,
    /// The last part, which a repetition would apply to.
    last: Option<Facts>,
    /// Whether the last part is a repetition, which cannot be repeated.
    repeated: bool,
    /// Whether letters match in both cases.
    insensitive: bool,
    /// Whether `^` and `$` match at line breaks.
    multiline: bool,
    /// Whether nothing stands in front of the group, so that `^` in it is the beginning of the text.
    leading: bool,
}

impl Frame {
    fn new(insensitive: bool, multiline: bool, leading: bool) -> Self {
        Frame { before: None, done: Facts::nothing(), last: None, repeated: false, insensitive, multiline, leading }
    }

    fn push(&mut self, part: Facts) {
        self.settle();
        self.last = Some(part);
        self.repeated = false;
    }

    fn settle(&mut self) {
        if let Some(last) = self.last.take() {
            let done = std::mem::replace(&mut self.done, Facts::nothing());
            self.done = done.then(last);
        }
    }

    fn alternative(&mut self) {
        self.settle();
        let done = std::mem::replace(&mut self.done, Facts::nothing());
        self.before = Some(match self.before.take() {
            Some(before) => before.or(done),
            None => done,
        });
        self.repeated = false;
    }

    fn finish(mut self) -> Facts {
        self.alternative();
        self.before.unwrap_or_else(Facts::nothing)
    }

    /// Whether nothing has been read of the current alternative.
    fn at_start(&self) -> bool {
        self.leading
            && self.last.is_none()
            && self.done.words.as_ref().is_some_and(|words| words.len() == 1 && words.contains(""))
    }
}

struct Reader<'a> {
    rest: &'a str,
    frames: Vec<Frame>,
    newer: Newer,
}

impl Reader<'_> {
    fn read(mut self) -> Result<(Facts, Newer), &'static str> {
        self.frames.push(Frame::new(false, false, true));
        while let Some(character) = self.rest.chars().next() {
            match character {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.skip(1);
                    self.top()?.alternative();
                }
                '*' => self.repeat(1, 0, None)?,
                '+' => self.repeat(1, 1, None)?,
                '?' => self.repeat(1, 0, Some(1))?,
                '{' => match counts(self.rest) {
                    Some((length, least, most)) => {
                        let (Some(least), Some(most)) = (least, most) else {
                            return Err("a repetition goes beyond 1000");
                        };
                        if most.is_some_and(|most| most < least) {
                            return Err("a repetition ends before it begins");
                        }
                        self.repeat(length, least, most)?;
                    }
                    None => self.literal('{', 1)?,
                },
                '.' => {
                    self.skip(1);
                    self.top()?.push(Facts::any());
                }
                '[' => self.class()?,
                '^' => {
                    self.skip(1);
                    let leading = self.top()?.at_start() && !self.top()?.multiline;
                    self.top()?.push(if leading { Facts::nothing() } else { Facts::assertion(true) });
                }
                '$' => {
                    self.skip(1);
                    let outermost = self.frames.len() == 1 && self.rest.starts_with('|');
                    let trailing = (outermost || self.rest.is_empty()) && !self.top()?.multiline;
                    self.top()?.push(if trailing { Facts::nothing() } else { Facts::assertion(true) });
                }
                '\\' => self.escape()?,
                character => self.literal(character, character.len_utf8())?,
            }
        }
        let Some(frame) = self.frames.pop() else { return Err("a parenthesis is missing") };
        if self.frames.is_empty() { Ok((frame.finish(), self.newer)) } else { Err("a `)` is missing") }
    }

    fn top(&mut self) -> Result<&mut Frame, &'static str> {
        self.frames.last_mut().ok_or("a `(` is missing")
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    fn literal(&mut self, character: char, length: usize) -> Result<(), &'static str> {
        self.skip(length);
        let frame = self.top()?;
        let cased = frame.insensitive && character.is_alphabetic();
        frame.push(if cased { Facts::any() } else { Facts::characters(BTreeSet::from([character.to_string()])) });
        Ok(())
    }

    fn repeat(&mut self, length: usize, least: u32, most: Option<u32>) -> Result<(), &'static str> {
        self.skip(length);
        if self.rest.starts_with('?') {
            self.skip(1);
        }
        let frame = self.top()?;
        if frame.repeated {
            return Err("a repetition is repeated");
        }
        let Some(part) = frame.last.take() else { return Err("a repetition has nothing to repeat") };
        frame.last = Some(part.repeated(least, most)?);
        frame.repeated = true;
        Ok(())
    }

    fn open(&mut self) -> Result<(), &'static str> {
        if self.frames.len() > MAX_DEPTH {
            return Err("groups nest too deep");
        }
        let (mut insensitive, mut multiline) = (self.top()?.insensitive, self.top()?.multiline);
        let leading = self.top()?.at_start();
        self.skip(1);
        if !self.rest.starts_with('?') {
            self.frames.push(Frame::new(insensitive, multiline, leading));
            return Ok(());
        }
        if let Some(named) = self.rest.strip_prefix("?P<").or_else(|| self.rest.strip_prefix("?<")) {
            let Some(end) = named.find('>') else { return Err("the name of a group does not end") };
            let name = named.get(..end).unwrap_or_default();
            let well = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !well {
                return Err("a group has a bad name");
            }
            if self.rest.starts_with("?<") {
                self.newer.insert(SHORT_NAMES);
            }
            self.rest = named.get(end + 1..).unwrap_or_default();
            self.frames.push(Frame::new(insensitive, multiline, leading));
            return Ok(());
        }
        self.skip(1);
        let (mut on, mut any) = (true, false);
        loop {
            let Some(flag) = self.rest.chars().next() else { return Err("a group does not end") };
            self.skip(flag.len_utf8());
            match flag {
                'i' => insensitive = on,
                'm' => multiline = on,
                's' | 'U' => {}
                '-' if on => {
                    on = false;
                    any = false;
                    continue;
                }
                ':' | ')' if on || any => {
                    if flag == ':' {
                        self.frames.push(Frame::new(insensitive, multiline, leading));
                    } else {
                        let frame = self.top()?;
                        frame.insensitive = insensitive;
                        frame.multiline = multiline;
                        frame.settle();
                        frame.repeated = false;
                    }
                    return Ok(());
                }
                _ => return Err("Go knows no such group; look-around is not supported"),
            }
            any = true;
        }
    }

    fn close(&mut self) -> Result<(), &'static str> {
        self.skip(1);
        let Some(frame) = self.frames.pop() else { return Err("a `(` is missing") };
        let facts = frame.finish();
        self.top()?.push(facts);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        if let Some(quoted) = self.rest.strip_prefix(r"\Q") {
            let end = quoted.find(r"\E").unwrap_or(quoted.len());
            if end == quoted.len() {
                self.newer.insert(OPEN_QUOTE);
            }
            let text = quoted.get(..end).unwrap_or_default();
            for character in text.chars() {
                self.literal(character, 0)?;
            }
            self.rest = quoted.get(end..).and_then(|rest| rest.strip_prefix(r"\E").or(Some(rest))).unwrap_or_default();
            return Ok(());
        }
        let letter = self.rest.chars().nth(1);
        if matches!(letter, Some('A' | 'b' | 'B' | 'z')) {
            self.skip(2);
            self.top()?.push(Facts::assertion(letter != Some('b')));
        } else if let Some(character) = self.escaped()? {
            self.literal(character, 0)?;
        } else {
            self.top()?.push(Facts::any());
        }
        Ok(())
    }

    /// Takes an escape that stands for a character, or for a class of them (none).
    fn escaped(&mut self) -> Result<Option<char>, &'static str> {
        let Some(letter) = self.rest.chars().nth(1) else { return Err("a backslash at the end escapes nothing") };
        match letter {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => {
                self.skip(2);
                return Ok(None);
            }
            'p' | 'P' => return self.unicode_class().map(|()| None),
            _ => {}
        }
        let simple = match letter {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Some(letter),
            _ => None,
        };
        if let Some(character) = simple {
            self.skip(2);
            return Ok(Some(character));
        }
        let bad = "there is no such escape";
        let after = self.rest.get(2..).unwrap_or_default();
        let (length, digits, radix) = match letter {
            'x' if after.starts_with('{') => {
                let end = after.find('}').ok_or(bad)?;
                (2 + end + 1, after.get(1..end).unwrap_or_default(), 16)
            }
            'x' => (4, after.get(..2).ok_or(bad)?, 16),
            '0'..='7' => {
                let more = after.bytes().take(2).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
                if letter != '0' && more == 0 {
                    return Err("Go has no back-references");
                }
                (2 + more, self.rest.get(1..2 + more).unwrap_or_default(), 8)
            }
            _ => return Err(bad),
        };
        let well = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, radix).ok().filter(|value| well && *value <= 0x0010_ffff);
        self.skip(length);
        match value {
            // A surrogate is a rune for Go and matches nothing that is UTF-8.
            Some(value) => Ok(char::from_u32(value)),
            None => Err(bad),
        }
    }

    fn unicode_class(&mut self) -> Result<(), &'static str> {
        let after = self.rest.get(2..).unwrap_or_default();
        let (length, name) = if after.starts_with('{') {
            let end = after.find('}').ok_or("a Unicode class does not end")?;
            (2 + end + 1, after.get(1..end).unwrap_or_default())
        } else {
            let first = after.chars().next().map_or(0, char::len_utf8);
            (2 + first, after.get(..first).unwrap_or_default())
        };
        let name = name.strip_prefix('^').unwrap_or(name);
        let known = GENERAL_CATEGORIES.contains(&name) || SCRIPTS.split_whitespace().any(|script| script == name);
        if !known {
            return Err("there is no such Unicode class");
        }
        if matches!(name, "Cn" | "LC") {
            self.newer.insert(NEW_CLASSES);
        }
        self.skip(length);
        Ok(())
    }

    fn class(&mut self) -> Result<(), &'static str> {
        self.skip(1);
        let negated = self.rest.starts_with('^');
        if negated {
            self.skip(1);
        }
        let mut set: Option<BTreeSet<String>> = Some(BTreeSet::new());
        let mut first = true;
        loop {
            if self.rest.starts_with(']') && !first {
                self.skip(1);
                break;
            }
            first = false;
            if let Some(posix) = self.rest.strip_prefix("[:")
                && let Some(end) = posix.find(":]")
            {
                let name = posix.get(..end).unwrap_or_default();
                if !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return Err("there is no such character class");
                }
                self.rest = posix.get(end + 2..).unwrap_or_default();
                set = None;
                continue;
            }
            let Some(low) = self.class_character()? else {
                set = None;
                continue;
            };
            let mut high = low;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.skip(1);
                let Some(end) = self.class_character()? else { return Err("a range of characters ends in a class") };
                if end < low {
                    return Err("a range of characters ends before it begins");
                }
                high = end;
            }
            let small = (high as u32) - (low as u32) < 32;
            if !small {
                set = None;
            }
            if let Some(set) = &mut set {
                set.extend((low..=high).map(|character| character.to_string()));
            }
        }
        let insensitive = self.top()?.insensitive;
        let kept = set.filter(|set| !negated && !insensitive && set.len() <= 32);
        self.top()?.push(kept.map_or_else(Facts::any, Facts::characters));
        Ok(())
    }

    fn class_character(&mut self) -> Result<Option<char>, &'static str> {
        match self.rest.chars().next() {
            None => Err("a `]` is missing"),
            Some('\\') => self.escaped(),
            Some(character) => {
                self.skip(character.len_utf8());
                Ok(Some(character))
            }
        }
    }
}

/// `{2}`, `{2,}` or `{2,5}` at the start of `text`: its length and numbers, which are missing where they are too large.
#[expect(clippy::option_option, reason = "outer: in range; inner: no upper bound")]
fn counts(text: &str) -> Option<(usize, Option<u32>, Option<Option<u32>>)> {
    let end = text.find('}').filter(|end| *end <= 24)?;
    let inner = text.get(1..end)?;
    let (least, most) = match inner.split_once(',') {
        Some((least, most)) => (least, most),
        None => (inner, inner),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if least.is_empty() || !digits(least) || !digits(most) || (least.len() > 1 && least.starts_with('0')) {
        return None;
    }
    let read = |part: &str| part.parse::<u32>().ok().filter(|count| *count <= MAX_REPEAT);
    Some((end + 1, read(least), if most.is_empty() { Some(None) } else { read(most).map(Some) }))
}

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

const GENERAL_CATEGORIES: [&str; 38] = [
    "Any", "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "LC", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N",
    "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zs",
];

/// The scripts of Unicode by which Go can tell characters, separated by spaces.
const SCRIPTS: &str = "\
    Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki \
    Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee \
    Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan \
    Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi \
    Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited \
    Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kawi Kayah_Li Kharoshthi \
    Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani \
    Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui \
    Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari \
    New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian \
    Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong \
    Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian \
    Siddham SignWriting Sinhala Sogdian Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le \
    Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai \
    Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square";

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn words(text: &str) -> Option<Vec<String>> {
        Pattern::parse(text).unwrap().words().map(|words| words.iter().cloned().collect())
    }

    #[test]
    fn finite_sets_are_found() {
        for (text, expected) in [
            ("a|b", &["a", "b"][..]),
            ("^(?:a|b)c$", &["ac", "bc"]),
            ("node-[0-2]", &["node-0", "node-1", "node-2"]),
            (r"a\.b", &["a.b"]),
            ("", &[""]),
            ("ab?", &["a", "ab"]),
            ("(ab){2}", &["abab"]),
            (r"\Qa.b\E", &["a.b"]),
            ("a{,2}", &["a{,2}"]),
            ("^a$|^b$", &["a", "b"]),
        ] {
            assert_eq!(words(text), Some(expected.iter().map(|&word| word.to_owned()).collect()), "{text}");
        }
        for text in ["a.", "a*", ".+", "[^a]", "(?i)a", r"\d", r"a\b", "a$b", "(a|b){9}", "(?m)^a"] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    #[test]
    fn the_empty_string_is_told() {
        for (text, empty) in [
            ("", true),
            (".*", true),
            (".+", false),
            ("a|", true),
            ("a?b*", true),
            ("(a|b*)c", false),
            ("^$", true),
            (r"\b", false),
            (r"\B", true),
        ] {
            assert_eq!(Pattern::parse(text).unwrap().matches_empty(), empty, "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "(",
            ")",
            "a)",
            "[",
            "[a",
            "*",
            "a**",
            "a{2}{3}",
            "(?=a)",
            r"\1",
            r"\8",
            r"\",
            "a{1001}",
            "(a{100}){100}",
            "[b-a]",
            "[[:foo:]]",
            r"\pX",
            "(?P<>x)",
            r"\xg1",
            "(?z)",
            "a{3,2}",
            r"[\b]",
            "(*)",
            "|*",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
        for text in [
            "{",
            "a{",
            "a{x}",
            "x{01}",
            r"\_",
            "[]a]",
            "[^]a]",
            "[a-]",
            "[-a]",
            "[[a]",
            "[a&&b]",
            r"\pN\p{Greek}\p{^Lu}",
            "(?i:a)",
            "(?i)a",
            "(?-s:a)",
            "(?<n>a)",
            r"\x{10FFFF}\012\0",
            "a??",
            "a{2}?",
            r"[[:^alpha:]\d]",
            "^*",
        ] {
            assert!(Pattern::parse(text).is_ok(), "{text}");
        }
    }
}
