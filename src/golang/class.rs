//! Character classes as Go's `regexp` and `unicode` define them.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};
use std::sync::LazyLock;

static WORD: LazyLock<ClassUnicode> = LazyLock::new(|| {
    let mut word = ascii(&[('_', '_')]);
    for name in ["L", "Nd"] {
        word.union(&unicode_class(name).unwrap_or_else(ClassUnicode::empty));
    }
    word
});

/// Whether Go counts a character as a letter or a decimal digit, or it is an underscore: what names in templates are
/// made of.
pub fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character == '_' || character.is_ascii_alphanumeric();
    }
    let ranges = WORD.ranges();
    let after = ranges.partition_point(|range| range.start() <= character);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|range| character <= range.end())
}

/// A class from inclusive code point ranges; surrogates fall out, because no text contains them.
pub(super) fn code_points(ranges: &[(u32, u32)]) -> ClassUnicode {
    let mut class = ClassUnicode::empty();
    for &(low, high) in ranges {
        let low = if (0xD800..0xE000).contains(&low) { 0xE000 } else { low };
        let high = if (0xD800..0xE000).contains(&high) { 0xD7FF } else { high };
        if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
            && low <= high
        {
            class.push(ClassUnicodeRange::new(low, high));
        }
    }
    class
}

/// A class from inclusive pairs of characters.
pub(super) fn ascii(pairs: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(pairs.iter().map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
}

/// `\d`, `\s`, `\w`.
pub(super) fn perl_class(letter: char) -> Option<ClassUnicode> {
    Some(match letter {
        'd' => ascii(&[('0', '9')]),
        's' => ascii(&[('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')]),
        'w' => ascii(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        _ => return None,
    })
}

/// The class inside `[[:name:]]`.
pub(super) fn posix_class(name: &str) -> Option<ClassUnicode> {
    Some(match name {
        "alnum" => ascii(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "alpha" => ascii(&[('A', 'Z'), ('a', 'z')]),
        "ascii" => ascii(&[('\0', '\u{7f}')]),
        "blank" => ascii(&[('\t', '\t'), (' ', ' ')]),
        "cntrl" => ascii(&[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        "digit" => ascii(&[('0', '9')]),
        "graph" => ascii(&[('!', '~')]),
        "lower" => ascii(&[('a', 'z')]),
        "print" => ascii(&[(' ', '~')]),
        "punct" => ascii(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "space" => ascii(&[('\t', '\r'), (' ', ' ')]),
        "upper" => ascii(&[('A', 'Z')]),
        "word" => ascii(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        "xdigit" => ascii(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        _ => return None,
    })
}

/// A general category or a script.
pub(super) fn unicode_class(name: &str) -> Option<ClassUnicode> {
    if name.is_empty()
        || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | ' '))
    {
        return None;
    }
    ["gc", "sc"].iter().find_map(|kind| {
        let tree = regex_syntax::parse(&format!("\\p{{{kind}={name}}}")).ok()?;
        match tree.kind() {
            HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
            // A class of one character is folded into a literal.
            HirKind::Literal(literal) => {
                let text = str::from_utf8(&literal.0).ok()?;
                Some(ClassUnicode::new(text.chars().map(|letter| ClassUnicodeRange::new(letter, letter))))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for letter in ['a', 'Z', '0', '_', 'é', '漢', '٣'] {
            assert!(is_word(letter), "{letter}");
        }
        // A half, a Roman numeral and a combining mark are no letters in Go.
        for other in ['-', ' ', '½', 'Ⅷ', '\u{345}', '🙂'] {
            assert!(!is_word(other), "{other}");
        }
    }
}
