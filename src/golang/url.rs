//! URLs as Go's `net/url` reads them, as far as it decides whether a text is one, and which scheme and host it has.

/// Why a text is no URL: a clause without a full stop. It never quotes the text, which may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UrlError {
    /// What is wrong.
    pub message: &'static str,
}

/// The parts of a URL that callers ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// In lower case, without the colon; empty in a relative reference.
    pub scheme: String,
    /// With its port, as written; empty where there is none.
    pub host: String,
}

/// How strictly colons and brackets of a host are read, which Go has tightened over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlRules {
    /// Go 1.26 and later: one colon, and an IPv6 address in brackets.
    Strict,
    /// Earlier: anything before the last colon.
    Lenient,
}

fn fail<T>(message: &'static str) -> Result<T, UrlError> {
    Err(UrlError { message })
}

impl Url {
    /// Reads a text as `url.Parse` does.
    pub fn parse(text: &str, rules: UrlRules) -> Result<Self, UrlError> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return fail("it holds a control character");
        }
        escapes(fragment, Part::Other)?;
        if text == "*" {
            return Ok(Self { scheme: String::new(), host: String::new() });
        }
        let (scheme, rest) = scheme(text)?;
        let scheme = scheme.to_ascii_lowercase();
        let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                return Ok(Self { scheme, host: String::new() });
            }
            if rest.split('/').next().is_some_and(|first| first.contains(':')) {
                return fail("its first part holds a colon, and no scheme stands before it");
            }
        }
        let authority = rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
        let Some(authority) = authority else {
            escapes(rest, Part::Other)?;
            return Ok(Self { scheme, host: String::new() });
        };
        let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
        let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        check_host(&scheme, host, rules)?;
        if let Some(user) = user {
            if !user.chars().all(|one| one.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(one)) {
                return fail("the part before `@` holds a character that must be escaped");
            }
            escapes(user, Part::Other)?;
        }
        escapes(path, Part::Other)?;
        Ok(Self { scheme, host: host.to_owned() })
    }
}

/// The scheme, and what follows its colon; an empty scheme and everything where there is none.
fn scheme(text: &str) -> Result<(&str, &str), UrlError> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return fail("it begins with a colon"),
            b':' => return Ok((text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""))),
            _ => break,
        }
    }
    Ok(("", text))
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Host,
    Zone,
    Other,
}

/// Checks percent escapes, and in a host the characters that need one.
fn escapes(text: &str, part: Part) -> Result<(), UrlError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let digit = |offset: usize| bytes.get(at + offset).and_then(|digit| char::from(*digit).to_digit(16));
            let (Some(high), Some(low)) = (digit(1), digit(2)) else {
                return fail("a percent sign does not begin an escape such as `%20`");
            };
            let value = u8::try_from(high * 16 + low).unwrap_or_default();
            let percent = value == b'%';
            if part == Part::Host && high < 8 && !percent {
                return fail("the host holds an escape that is not allowed there");
            }
            if part == Part::Zone && !percent && value != b' ' && !in_host(value) {
                return fail("the host's zone holds an escape that is not allowed there");
            }
            at += 3;
        } else {
            if part != Part::Other && byte < 0x80 && !in_host(byte) {
                return fail("the host holds a character that is not allowed there");
            }
            at += 1;
        }
    }
    Ok(())
}

/// Whether an ASCII byte may stand in a host as it is.
fn in_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!\"$&'()*+,:;<=>[]".contains(&byte)
}

fn check_port(port: &str) -> Result<(), UrlError> {
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok(()),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        _ => fail("the port is not a number"),
    }
}

fn check_host(scheme: &str, host: &str, rules: UrlRules) -> Result<(), UrlError> {
    let strict = rules == UrlRules::Strict;
    let bracket = if strict { host.rfind('[') } else { host.starts_with('[').then_some(0) };
    if let Some(at) = bracket {
        if at > 0 {
            return fail("a bracket stands in the middle of the host");
        }
        let Some(end) = host.rfind(']') else { return fail("the bracket of the host is never closed") };
        let (address, port) = (host.get(1..end).unwrap_or(""), host.get(end + 1..).unwrap_or(""));
        check_port(port)?;
        escapes(port, Part::Host)?;
        let zone = address.find("%25").unwrap_or(address.len());
        let (address, zone) = address.split_at(zone);
        escapes(address, Part::Host)?;
        escapes(zone, Part::Zone)?;
        if strict && address.parse::<std::net::Ipv6Addr>().is_err() {
            return fail("the brackets of the host hold no IPv6 address");
        }
        return Ok(());
    }
    let first = if strict && matches!(scheme, "http" | "https") { host.find(':') } else { host.rfind(':') };
    if let Some(at) = first {
        check_port(host.get(at..).unwrap_or(""))?;
    }
    escapes(host, Part::Host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), &'static str> {
        Url::parse(text, UrlRules::Strict).map(|url| (url.scheme, url.host)).map_err(|error| error.message)
    }

    #[test]
    fn parts() {
        let parts = |scheme: &str, host: &str| Ok((scheme.to_owned(), host.to_owned()));
        assert_eq!(read("HTTPS://user:p@ss@h.example:80/a%20b?q=%zz#f"), parts("https", "h.example:80"));
        assert_eq!(read("http://[fe80::1%25en0]:80/"), parts("http", "[fe80::1%25en0]:80"));
        assert_eq!(read("mailto:x y"), parts("mailto", ""));
        assert_eq!(read("/path"), parts("", ""));
        assert_eq!(read(""), parts("", ""));
        assert_eq!(read("://x"), Err("it begins with a colon"));
    }

    #[test]
    fn refused() {
        for text in [
            "http://a b/",
            "http://h:port/",
            "http://h/%",
            "http://h/%g0",
            "http://h\u{1}/",
            "http://u ser@h/",
            "http://[::1",
            "http://::1/",
            "http://%41/",
            "1:2",
            "http://h/#%",
            "http://{{ x }}/",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(Url::parse("http://::1/", UrlRules::Lenient).is_ok());
    }
}
