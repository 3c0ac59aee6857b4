//! Base64, as the data of a Secret is written.

/// The text that was encoded, or nothing if it is not base64 or not text.
pub fn decode(encoded: &str) -> Option<String> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in encoded.bytes().filter(|letter| !letter.is_ascii_whitespace() && *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

#[test]
fn known_words_are_decoded() {
    for (encoded, text) in [("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("w6nigqw=", "\u{e9}\u{20ac}")] {
        assert_eq!(decode(encoded).as_deref(), Some(text));
    }
    assert_eq!(decode("a-b"), None);
}
