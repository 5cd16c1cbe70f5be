//! Connections: taken up to a bound, each with the bounds of HTTP, and told to close when the end comes.
//!
//! hyper speaks HTTP/1.1 here, and not through `axum::serve`, which sets none of these bounds.

use super::callers::Guarded;
use super::{CONNECTIONS_MAX, HEAD_BYTES_MAX, HEAD_WITHIN, HEADERS_MAX, WRITE_WITHIN};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower_http::metrics::in_flight_requests::{InFlightRequests, InFlightRequestsCounter};

/// Those beyond the bound who are told so at once; whoever comes beyond these is hung up on.
const TOLD_AT_ONCE_MAX: usize = 64;
/// How long it may take to tell one of them.
const TOLD_WITHIN: Duration = Duration::from_secs(1);
/// The pause after the system has refused a connection, for want of files or memory: it refuses the next one too.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// How often it is looked whether something is under way: the counter can't be waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 1\r\n\
    Connection: close\r\nContent-Length: 65\r\n\r\nthere are too many connections: try again, or at other instances\n";

/// The connections of one daemon. All of them end when this is dropped.
#[derive(Debug)]
pub(super) struct Connections {
    routes: InFlightRequests<Guarded>,
    places: Arc<Semaphore>,
    told: Arc<Semaphore>,
    /// Requests that are not answered to the last byte.
    under_way: InFlightRequestsCounter,
    end: CancellationToken,
    _end: DropGuard,
}

impl Connections {
    /// At most so many at once, for these routes.
    pub(super) fn new(places: usize, routes: Guarded) -> Self {
        let end = CancellationToken::new();
        let (routes, under_way) = InFlightRequests::pair(routes);
        Self {
            routes,
            places: Arc::new(Semaphore::new(places)),
            told: Arc::new(Semaphore::new(TOLD_AT_ONCE_MAX)),
            under_way,
            _end: end.clone().drop_guard(),
            end,
        }
    }

    /// Takes whatever comes. Connections last until `until` says that the end has come; without it, for one request.
    pub(super) async fn take_all(&self, listener: &TcpListener, until: Option<&GracefulShutdown>) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => self.take(stream, until),
                // The one who called is gone already.
                Err(error) if is_of_one_caller(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    sleep(REFUSED_PAUSE).await;
                }
            }
        }
    }

    /// Resolves when no request has been under way for so long.
    pub(super) async fn idle_for(&self, length: Duration) {
        let mut since = Instant::now();
        while since.elapsed() < length {
            sleep(LOOK_AGAIN).await;
            if self.under_way.get() > 0 {
                since = Instant::now();
            }
        }
    }

    fn take(&self, stream: TcpStream, until: Option<&GracefulShutdown>) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            if let Ok(telling) = Arc::clone(&self.told).try_acquire_owned() {
                tokio::spawn(tell_full(stream, telling));
            }
            return;
        };
        // Without it an answer in two pieces waits 40 ms for the acknowledgement of the first.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_WITHIN));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .keep_alive(until.is_some())
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                TowerToHyperService::new(self.routes.clone()),
            );
        let end = self.end.clone();
        match until {
            Some(until) => tokio::spawn(converse(until.watch(connection), end, place)),
            None => tokio::spawn(converse(connection, end, place)),
        };
    }
}

/// One connection, for as long as it lasts.
async fn converse(
    connection: impl Future<Output = Result<(), hyper::Error>>,
    end: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    tokio::select! {
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke off");
            }
        }
        () = end.cancelled() => {}
    }
}

async fn tell_full(mut stream: TcpStream, _telling: OwnedSemaphorePermit) {
    // Hung up on with words unread, the caller's system would throw away ours.
    let telling = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    };
    let _ = timeout(TOLD_WITHIN, telling).await;
}

/// Whether a failed `accept` says something of one caller alone.
fn is_of_one_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Lets the process open as many files as its connections need, where the system would let it by itself: many grant
/// 1,024 until one asks.
#[cfg(unix)]
pub(super) fn allow_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const WANTED: u64 = 2 * CONNECTIONS_MAX as u64;
    let granted = getrlimit(Resource::Nofile);
    let wanted = granted.maximum.map_or(WANTED, |most| most.min(WANTED));
    if granted.current.is_some_and(|current| current < wanted) {
        let asked = Rlimit {
            current: Some(wanted),
            ..granted
        };
        if let Err(error) = setrlimit(Resource::Nofile, asked) {
            tracing::debug!(%error, "the limit of open files could not be raised");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::callers::guarded;
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use tokio::io::AsyncReadExt as _;
    use tokio::task::JoinHandle;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// Connections of their own, and where they are taken.
    async fn serve(places: usize, routes: Router) -> (std::net::SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(async move {
            let connections = Connections::new(places, guarded(routes, Settings::default()));
            let until = GracefulShutdown::new();
            match connections.take_all(&listener, Some(&until)).await {}
        });
        (address, serving)
    }

    fn greeting() -> Router {
        Router::new().route("/", get(|| async { "hello" }))
    }

    async fn all_of(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        // What was said before a reset is kept.
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    }

    async fn hello(stream: &mut TcpStream) {
        stream.write_all(REQUEST).await.expect("written");
        let mut text = String::new();
        while !text.ends_with("hello") {
            let mut some = [0; 256];
            let read = stream.read(&mut some).await.expect("read");
            assert_ne!(read, 0, "hung up after {text:?}");
            text.push_str(std::str::from_utf8(&some[..read]).expect("text"));
        }
    }

    #[tokio::test]
    async fn one_connection_too_many_is_told_and_the_next_free_place_is_taken() {
        let (address, serving) = serve(2, greeting()).await;
        let mut first = TcpStream::connect(address).await.expect("connected");
        let mut second = TcpStream::connect(address).await.expect("connected");
        hello(&mut first).await;
        hello(&mut second).await;
        let mut third = TcpStream::connect(address).await.expect("connected");
        third.write_all(REQUEST).await.expect("written");
        let told = all_of(third).await;
        assert!(
            told.starts_with("HTTP/1.1 503 ") && told.ends_with(" instances\n"),
            "{told}"
        );
        // Those who are in stay in, and a place that is free again is given away.
        hello(&mut second).await;
        drop(first);
        loop {
            let mut again = TcpStream::connect(address).await.expect("connected");
            again
                .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .await
                .expect("written");
            if all_of(again).await.ends_with("hello") {
                break;
            }
        }
        serving.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_is_not_whole_in_time_and_an_idle_connection_are_closed() {
        let (address, serving) = serve(8, greeting()).await;
        for begun in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
            let since = Instant::now();
            let mut stream = TcpStream::connect(address).await.expect("connected");
            stream.write_all(begun).await.expect("written");
            let told = all_of(stream).await;
            assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{told}");
            assert!(
                (HEAD_WITHIN..2 * HEAD_WITHIN).contains(&since.elapsed()),
                "{:?}",
                since.elapsed()
            );
        }
        let since = Instant::now();
        let mut stream = TcpStream::connect(address).await.expect("connected");
        hello(&mut stream).await;
        assert_eq!(all_of(stream).await, "");
        assert!(since.elapsed() >= HEAD_WITHIN, "{:?}", since.elapsed());
        serving.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_a_second_does_not_keep_a_head_open() {
        let (address, serving) = serve(8, greeting()).await;
        let since = Instant::now();
        let mut stream = TcpStream::connect(address).await.expect("connected");
        stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").await.expect("written");
        while stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
            assert!(
                since.elapsed() < 2 * HEAD_WITHIN,
                "still open after {:?}",
                since.elapsed()
            );
        }
        serving.abort();
    }

    #[tokio::test]
    async fn too_large_a_head_and_too_many_headers_are_told() {
        let (address, serving) = serve(8, greeting()).await;
        let long = format!("X-Long: {}\r\n", "x".repeat(4 * HEAD_BYTES_MAX));
        let many = "X-Many: 1\r\n".repeat(HEADERS_MAX + 1);
        for headers in [long, many] {
            let mut stream = TcpStream::connect(address).await.expect("connected");
            let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
            // It may be hung up on before it has said all.
            let _ = stream.write_all(head.as_bytes()).await;
            let told = all_of(stream).await;
            assert!(told.starts_with("HTTP/1.1 431 "), "{told:?}");
        }
        serving.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_nothing_is_hung_up_on_and_its_place_is_free() {
        // More than the buffers of both sides hold.
        let large = Router::new().route("/", get(|| async { vec![b'x'; 64 << 20] }));
        let (address, serving) = serve(1, large).await;
        let mut stuck = TcpStream::connect(address).await.expect("connected");
        stuck.write_all(REQUEST).await.expect("written");
        let since = Instant::now();
        loop {
            let mut next = TcpStream::connect(address).await.expect("connected");
            next.write_all(REQUEST).await.expect("written");
            let mut begun = [0; 12];
            next.read_exact(&mut begun).await.expect("an answer");
            if &begun == b"HTTP/1.1 200" {
                break;
            }
            sleep(Duration::from_secs(1)).await;
            assert!(
                since.elapsed() < 3 * WRITE_WITHIN,
                "still held after {:?}",
                since.elapsed()
            );
        }
        assert!(since.elapsed() >= WRITE_WITHIN, "{:?}", since.elapsed());
        drop(stuck);
        serving.abort();
    }

    #[test]
    fn the_answer_to_one_too_many_says_its_own_length() {
        let text = std::str::from_utf8(FULL).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(
            head.ends_with(&format!("Content-Length: {}", body.len())),
            "{} bytes",
            body.len()
        );
    }
}
