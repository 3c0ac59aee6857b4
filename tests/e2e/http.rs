//! As much HTTP/1.1 as the tests need, over plain sockets, so that they can also send what no client would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No test waits longer for a single answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request or an answer: its first line, its headers with names in lower case, its body.
#[derive(Debug, Clone)]
pub struct Message {
    pub first: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub fn status(&self) -> u16 {
        self.first.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    /// Reads a message whose body has a length; nothing if the connection ends before it does.
    pub fn read(stream: &TcpStream) -> Option<Self> {
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let mut headers = Vec::new();
        while let Some((name, value)) = line()?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut message = Self { first, headers, body: Vec::new() };
        let length = message.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        message.body = vec![0; length];
        reader.read_exact(&mut message.body).ok()?;
        Some(message)
    }
}

/// Sends these bytes and reads the answer.
pub fn send(port: u16, request: &[u8]) -> Message {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    // A server that refuses a large body may close before it has read it all.
    let _ = stream.write_all(request);
    Message::read(&stream).unwrap_or_else(|| panic!("no answer on port {port}"))
}

/// Posts a body with these further headers, each with its line break.
pub fn post(port: u16, path: &str, headers: &str, body: &[u8]) -> Message {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nContent-Type: application/json\r\nConnection: \
         close\r\n{headers}\r\n",
        body.len()
    );
    send(port, &[head.as_bytes(), body].concat())
}

/// Asks for a path.
pub fn get(port: u16, path: &str) -> Option<Message> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    Message::read(&stream)
}
