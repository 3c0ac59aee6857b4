//! Number literals as Go's `strconv` reads them with base 0, which is what Go templates accept.

/// Whether Go accepts `text` as a number literal: decimal, `0x`, `0o`, `0b`, a leading zero for octal, decimal and
/// hexadecimal floats, underscores between digits, an `i` suffix, or a complex sum such as `1+2i`.
///
/// An integer that fits neither 64-bit kind is refused, and so is a float outside the range of 64-bit floats.
pub fn is_number(text: &str) -> bool {
    if let Some(imaginary) = text.strip_suffix('i') {
        return is_float(imaginary) || is_complex(imaginary);
    }
    is_integer(text) || (text.contains(['.', 'e', 'E', 'p', 'P']) && is_float(text))
}

/// `1+2` of `1+2i`: the sign that splits follows neither the start nor an exponent mark.
fn is_complex(text: &str) -> bool {
    let bytes = text.as_bytes();
    let split = (1..bytes.len()).rev().find(|&at| {
        matches!(bytes.get(at), Some(b'+' | b'-')) && !matches!(bytes.get(at - 1), Some(b'e' | b'E' | b'p' | b'P'))
    });
    split.is_some_and(|at| {
        let (real, imaginary) = text.split_at(at);
        is_float(real) && is_float(imaginary)
    })
}

fn unsigned(text: &str) -> (&str, bool) {
    match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

fn is_integer(text: &str) -> bool {
    if !underscores_fit(text) {
        return false;
    }
    let (magnitude, negative) = unsigned(text);
    let signed = magnitude.len() != text.len();
    let lower = magnitude.to_ascii_lowercase();
    let (digits, radix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (lower.get(2..), 16),
        [b'0', b'b', ..] => (lower.get(2..), 2),
        [b'0', b'o', ..] => (lower.get(2..), 8),
        [b'0', _, ..] => (lower.get(1..), 8),
        _ => (Some(lower.as_str()), 10),
    };
    let digits = digits.unwrap_or("").replace('_', "");
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return false;
    }
    match u64::from_str_radix(&digits, radix) {
        Ok(value) if negative => value <= 1 << 63,
        Ok(value) if signed => i64::try_from(value).is_ok(),
        Ok(_) => true,
        Err(_) => false,
    }
}

fn is_float(text: &str) -> bool {
    if !underscores_fit(text) {
        return false;
    }
    let (magnitude, _) = unsigned(text);
    let plain = magnitude.replace('_', "").to_ascii_lowercase();
    let (mantissa, hexadecimal) = match plain.strip_prefix("0x") {
        Some(rest) => (rest, true),
        None => (plain.as_str(), false),
    };
    let (mantissa, exponent) = match mantissa.split_once(if hexadecimal { 'p' } else { 'e' }) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (mantissa, None),
    };
    let radix = if hexadecimal { 16 } else { 10 };
    let digits: String = mantissa.chars().filter(|character| *character != '.').collect();
    if digits.is_empty() || mantissa.len() - digits.len() > 1 || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return false;
    }
    let exponent = match exponent {
        Some(written) => {
            let (power, negative) = unsigned(written);
            if power.is_empty() || !power.chars().all(|digit| digit.is_ascii_digit()) {
                return false;
            }
            let power = power.parse::<i64>().unwrap_or(1_000_000).min(1_000_000);
            if negative { -power } else { power }
        }
        // A hexadecimal mantissa needs its exponent.
        None if hexadecimal => return false,
        None => 0,
    };
    if !hexadecimal {
        return plain.parse::<f64>().is_ok_and(f64::is_finite);
    }
    // Magnitude in bits is enough to tell overflow apart, up to rounding at the very edge.
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let fraction = i64::try_from(fraction).unwrap_or(i64::MAX / 8);
    let significant = digits.trim_start_matches('0');
    let leading = significant.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
    let length = i64::try_from(significant.len()).unwrap_or(i64::MAX / 8);
    let bits = length * 4 - i64::from(leading.leading_zeros()) + 28;
    leading == 0 || bits - fraction * 4 + exponent <= 1024
}

/// Underscores stand between digits, or between the base prefix and a digit.
fn underscores_fit(text: &str) -> bool {
    if !text.contains('_') {
        return true;
    }
    let (magnitude, _) = unsigned(text);
    let lower = magnitude.to_ascii_lowercase();
    let hexadecimal = lower.starts_with("0x");
    let prefixed = hexadecimal || lower.starts_with("0b") || lower.starts_with("0o");
    let body = if prefixed { lower.get(2..).unwrap_or("") } else { lower.as_str() };
    // The prefix counts as a digit; any other character only as "something else".
    let mut before = if prefixed { 'd' } else { '^' };
    for character in body.chars() {
        let kind = match character {
            '_' if before != 'd' => return false,
            '_' => '_',
            digit if digit.is_ascii_digit() || (hexadecimal && digit.is_ascii_hexdigit()) => 'd',
            _ if before == '_' => return false,
            _ => '!',
        };
        before = kind;
    }
    before != '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for good in [
            "0",
            "1",
            "-1",
            "+3",
            "1_000",
            "0x_ff",
            "0xFF",
            "017",
            "0o17",
            "0b101",
            "1.5",
            ".5",
            "5.",
            "1e9",
            "1E-3",
            "0x1p4",
            "0x.8p1",
            "1i",
            "1+2i",
            "-1.5-2e3i",
            "18446744073709551615",
            "-9223372036854775808",
            "0_7",
        ] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "",
            "-",
            "+",
            "1__0",
            "_1",
            "1_",
            "08",
            "0x",
            "0b2",
            "1e",
            "1e400",
            "18446744073709551616",
            "0x1.8",
            "i",
            "-9223372036854775809",
            "1.2.3",
            "0xg",
            "--1",
            "+18446744073709551615x",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
