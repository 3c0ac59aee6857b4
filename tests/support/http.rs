//! A few lines of HTTP for talking to real servers on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The body of a 2xx answer of `127.0.0.1:port`, or what went wrong.
pub fn request(port: u16, method: &str, path: &str, body: &str) -> Result<String, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(text)?;
    stream.set_read_timeout(Some(Duration::from_mins(2))).map_err(text)?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).map_err(text)?;
    stream.write_all(body.as_bytes()).map_err(text)?;
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).map_err(text)?;
    let mut chunked = false;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).map_err(text)?;
        if line.trim().is_empty() {
            break;
        }
        chunked |= line.to_ascii_lowercase().starts_with("transfer-encoding: chunked");
    }
    let mut bytes = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).map_err(text)?;
            let size = usize::from_str_radix(size.trim(), 16).map_err(|error| error.to_string())?;
            let start = bytes.len();
            bytes.resize(start + size + 2, 0);
            reader.read_exact(&mut bytes[start..]).map_err(text)?;
            bytes.truncate(start + size);
            if size == 0 {
                break;
            }
        }
    } else {
        reader.read_to_end(&mut bytes).map_err(text)?;
    }
    let body = String::from_utf8_lossy(&bytes).into_owned();
    if status.split(' ').nth(1).is_some_and(|code| code.starts_with('2')) {
        Ok(body)
    } else {
        Err(format!("{status}{body}"))
    }
}

/// A port of loopback that is free right now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
