//! A stand-in for the Kafka REST proxy: it keeps what it is sent, and answers as it is told.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::http::Message;

/// Stands for "read the request and never answer".
pub const SILENCE: u16 = 0;

#[derive(Debug)]
pub struct KafkaRest {
    pub port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// With the status that each was answered with.
    seen: Mutex<Vec<(Message, u16)>>,
    status: AtomicU16,
    stopped: AtomicBool,
}

impl KafkaRest {
    /// Starts one that answers with this status.
    pub fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { status: AtomicU16::new(status), ..Shared::default() });
        let own = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if own.stopped.load(Ordering::SeqCst) {
                    break;
                }
                kept.extend(own.answer(stream));
            }
        });
        Self { port, shared, thread: Some(thread) }
    }

    pub fn answer_with(&self, status: u16) {
        self.shared.status.store(status, Ordering::SeqCst);
    }

    pub fn seen(&self) -> Vec<Message> {
        self.shared.seen.lock().unwrap().iter().map(|(message, _)| message.clone()).collect()
    }

    /// What it has answered with 200.
    pub fn taken(&self) -> Vec<Message> {
        let seen = self.shared.seen.lock().unwrap();
        seen.iter().filter(|(_, status)| *status == 200).map(|(message, _)| message.clone()).collect()
    }

    /// How many requests it has refused.
    pub fn refused(&self) -> usize {
        self.shared.seen.lock().unwrap().iter().filter(|(_, status)| *status != 200).count()
    }

    /// Waits until it has been sent that many requests, and gives them.
    pub fn wait_for(&self, count: usize) -> Vec<Message> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline && self.seen().len() < count {
            std::thread::sleep(Duration::from_millis(20));
        }
        let seen = self.seen();
        assert!(seen.len() >= count, "{} of {count} requests arrived", seen.len());
        seen
    }
}

impl Shared {
    /// Takes one request; gives the connection back if it is to stay open without an answer.
    fn answer(&self, mut stream: TcpStream) -> Option<TcpStream> {
        let request = Message::read(&stream)?;
        let status = self.status.load(Ordering::SeqCst);
        self.seen.lock().unwrap().push((request, status));
        if status == SILENCE {
            return Some(stream);
        }
        let body = r#"{"offsets":[{"partition":0,"offset":1}]}"#;
        let _ = write!(stream, "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        None
    }
}

impl Drop for KafkaRest {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes it from waiting for the next connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
