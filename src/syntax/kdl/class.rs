//! Which code points are blanks, line breaks, parts of a bare word, or not allowed at all (KDL 2.0.0, the tables
//! "Whitespace", "Newline" and "Disallowed Literal Code Points").

/// A blank that does not end a line.
pub(super) fn is_blank(character: char) -> bool {
    matches!(
        character,
        '\t' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// A line break; a carriage return followed by a line feed counts as one, which the caller looks after.
pub(super) fn is_newline(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A code point that may stand nowhere in a document unless it is written as an escape. The byte order mark is in the
/// list; at the very start of a file the reader skips it.
pub(super) fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{8}'
            | '\u{E}'..='\u{1F}'
            | '\u{7F}'
            | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// A character of a bare word. Forbidden code points count as such: they are reported once for the whole file, and
/// taking them as letters afterwards avoids a second report for the same place.
pub(super) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        WORD_BYTES.get(character as usize).copied().unwrap_or(false)
    } else {
        !is_blank(character) && !is_newline(character)
    }
}

/// Whether an ASCII byte is a part of a bare word.
pub(super) fn is_word_byte(byte: u8) -> bool {
    WORD_BYTES.get(byte as usize).copied().unwrap_or(false)
}

/// [`is_word`] for ASCII, as a table: this is asked for most bytes of a file.
static WORD_BYTES: [bool; 128] = {
    let mut table = [true; 128];
    let others = b"\t \n\r\x0B\x0C\\/(){};[]\"#=";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = false;
        at += 1;
    }
    table
};
