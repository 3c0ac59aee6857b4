//! Numbers and the words that look like one.

/// Why a word that starts like a number is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// `.5`: no digit before the point.
    LeadingPoint,
    /// `5.`: no digit behind the point.
    TrailingPoint,
    /// `1e`, `1e5e5`: the exponent is not a whole number.
    Exponent,
    /// `0x`, `0b2`: no digit of that base where one must be.
    Base(&'static str),
    /// `1,`: a comma follows a good number.
    Comma,
    /// `5m`, `10.0.0.1`, `50%`: something else that needs quotes.
    Unit,
}

/// Whether a word must be read as a number: it starts with a digit, a sign and a digit, or has a digit behind a leading
/// point.
pub(super) fn looks_like(word: &str) -> bool {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|first: char| first.is_ascii_digit())
}

/// Checks a word that [`looks_like`] a number.
pub(super) fn check(word: &str) -> Result<(), Fault> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    for (prefix, digits, name) in
        [("0x", "0123456789abcdefABCDEF", "hexadecimal"), ("0o", "01234567", "octal"), ("0b", "01", "binary")]
    {
        if let Some(rest) = unsigned.strip_prefix(prefix) {
            let good = rest.starts_with(|first| digits.contains(first))
                && rest.chars().all(|digit| digit == '_' || digits.contains(digit));
            return if good { Ok(()) } else { Err(Fault::Base(name)) };
        }
    }
    match decimal(unsigned) {
        Err(Fault::Unit) if unsigned.strip_suffix(',').is_some_and(|number| decimal(number).is_ok()) => {
            Err(Fault::Comma)
        }
        outcome => outcome,
    }
}

/// `integer ('.' integer)? (('e' | 'E') sign? integer)?`
fn decimal(word: &str) -> Result<(), Fault> {
    if word.starts_with('.') {
        let fraction = word.strip_prefix('.').unwrap_or(word);
        return Err(if integer(fraction).is_some_and(str::is_empty) { Fault::LeadingPoint } else { Fault::Unit });
    }
    let mut rest = integer(word).ok_or(Fault::Unit)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = match integer(fraction) {
            Some(rest) => rest,
            None if fraction.is_empty() || fraction.starts_with(['e', 'E']) => return Err(Fault::TrailingPoint),
            None => return Err(Fault::Unit),
        };
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        rest = integer(exponent).ok_or(Fault::Exponent)?;
        if rest.starts_with(['e', 'E', '.']) {
            return Err(Fault::Exponent);
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault::Unit) }
}

/// What follows the digits (and underscores between and behind them) that `word` must start with.
fn integer(word: &str) -> Option<&str> {
    word.starts_with(|first: char| first.is_ascii_digit())
        .then(|| word.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '_'))
}

#[cfg(test)]
mod tests {
    use super::{Fault, check, looks_like};

    #[test]
    fn tells_numbers_from_things_with_a_unit() {
        for good in ["0", "-1", "+1_000", "1.5", "1.0e-10", "1E+1_0", "0x1F_", "-0o17", "0b1_0", "012"] {
            assert!(looks_like(good));
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, fault) in [
            ("5m", Fault::Unit),
            ("10.0.0.1", Fault::Unit),
            ("50%", Fault::Unit),
            ("1._7", Fault::Unit),
            (".5", Fault::LeadingPoint),
            ("-.5", Fault::LeadingPoint),
            ("1.", Fault::TrailingPoint),
            ("1.e7", Fault::TrailingPoint),
            ("1e", Fault::Exponent),
            ("1E10e10", Fault::Exponent),
            ("0x", Fault::Base("hexadecimal")),
            ("0b2", Fault::Base("binary")),
            ("1,", Fault::Comma),
        ] {
            assert!(looks_like(bad));
            assert_eq!(check(bad), Err(fault), "{bad}");
        }
        for word in ["a1", "-", "--1", "-a", ".", ".a", "+.a", "_1"] {
            assert!(!looks_like(word), "{word}");
        }
    }
}
