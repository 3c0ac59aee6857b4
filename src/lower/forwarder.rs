//! The forwarder.

/// The path at which a topic is posted: every byte but letters, digits, `-`, `_` and `.` becomes `~` and its two hexadecimal
/// digits, so that no reader of the URL decodes, joins or shortens anything.
pub fn location(topic: &str) -> String {
    let only_dots = topic.bytes().all(|byte| byte == b'.');
    let encode = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte == b'.' && !only_dots;
        if plain { char::from(byte).to_string() } else { format!("~{byte:02x}") }
    };
    format!("/alerts/{}", topic.bytes().map(encode).collect::<String>())
}
