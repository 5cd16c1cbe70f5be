//! A server on loopback that answers the bytes it is told to, in the way it is told to: for the faults that no honest
//! server shows.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One thing done with a connection after its request was read.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Write these bytes.
    Write(Vec<u8>),
    /// Do nothing for this long.
    Wait(Duration),
    /// Do nothing, and keep the connection open.
    Hang,
}

/// A running server; stops when dropped.
#[derive(Debug)]
pub(crate) struct FaultServer {
    base: String,
    requests: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl FaultServer {
    /// Answers the nth request by the nth script, those beyond the last by the last, and then closes the connection.
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/v2", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let accepting = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, scripts.clone(), Arc::clone(&seen)));
            }
        });
        Self {
            base,
            requests,
            accepting,
        }
    }

    /// Answers every request with a status, headers and a body.
    pub(crate) async fn answering(status: &str, headers: &str, body: &[u8]) -> Self {
        Self::start(vec![vec![Step::Write(response(status, headers, body))]]).await
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }

    /// The heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A response with its length announced. Each header line ends with `\r\n`.
pub(crate) fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

impl Step {
    /// Takes one step after the other; ends early where the other side is gone.
    pub(crate) async fn take_all(steps: &[Self], connection: &mut TcpStream) {
        for step in steps {
            match step {
                Self::Write(bytes) => {
                    if connection.write_all(bytes).await.is_err() {
                        return;
                    }
                }
                Self::Wait(time) => tokio::time::sleep(*time).await,
                Self::Hang => std::future::pending().await,
            }
        }
        let _ = connection.shutdown().await;
    }
}

/// The head of a request; none where the other side leaves before its end.
pub(crate) async fn read_head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    // A TLS handshake begins with 0x16 and never gets to an empty line: it is answered as it stands.
    while !head.ends_with(b"\r\n\r\n") && head != [0x16] {
        head.push(connection.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

async fn serve(mut connection: TcpStream, scripts: Vec<Vec<Step>>, seen: Arc<Mutex<Vec<String>>>) {
    let Some(head) = read_head(&mut connection).await else {
        return;
    };
    let nth = {
        let mut seen = seen.lock().unwrap();
        seen.push(head);
        seen.len() - 1
    };
    if let Some(steps) = scripts.get(nth).or(scripts.last()) {
        Step::take_all(steps, &mut connection).await;
    }
}
