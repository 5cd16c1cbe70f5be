//! Every fault the registry can show, at the client: which fault it is told as, whether asking again can help, and how
//! long that took; and that none of them is told as an empty page.

use crate::support::fault_server::{FaultServer, Step, gzip, response};
use crate::support::spans::{Recorded, Spans};
use crate::support::stand_in::{self, StandIn};
use actors::registry::Set;
use actors::{Fault, Page, PageRequest, Registry, RegistryError, Retry};
use clinical_trials_mcp::registry::{Choice, Client, PAGE_BYTES_MAX, Settings};
use std::time::Duration;
use tokio::time::Instant;
use trials::mutation::{Signature, Subject};
use trials::query::Essie;

const EMPTY: &[u8] = br#"{"studies": []}"#;
const ONE: &[u8] =
    br#"{"studies": [{"protocolSection": {"identificationModule": {"nctId": "NCT99000001", "briefTitle": "Fictional"}}}]}"#;
const HTML: &[u8] = b"<!DOCTYPE html><html><title>Just a moment</title></html>";

/// Short enough for a test, long enough for a busy machine.
fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_secs(2),
        read_timeout: Duration::from_millis(400),
        ..Settings::default()
    }
}

async fn client(base: &str, settings: &Settings) -> Client {
    Client::open(&base.parse::<Choice>().unwrap(), settings).await.unwrap()
}

fn request(set: Set, size: u16) -> PageRequest {
    PageRequest {
        expression: Essie::candidates(Subject::Signature(Signature::MsiHigh)),
        set,
        size,
        token: None,
    }
}

/// One request to `base`, and how long its outcome took.
async fn ask(base: &str) -> (Result<Page, RegistryError>, Duration) {
    let client = client(base, &settings()).await;
    let start = Instant::now();
    let outcome = client.page(request(Set::Open, 10)).await;
    (outcome, start.elapsed())
}

async fn fault(server: &FaultServer) -> (Fault, Retry, Duration) {
    let (outcome, took) = ask(server.base_url()).await;
    let error = outcome.expect_err("a fault must not be told as a page");
    eprintln!("{:>5} ms  {:?}  {error}", took.as_millis(), error.retry);
    (error.fault, error.retry, took)
}

/// Checks a fault that is known at once.
async fn check(server: FaultServer, expected: Fault, retry: Retry) {
    let (fault, told, took) = fault(&server).await;
    assert_eq!((fault, told), (expected, retry));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

fn unintelligible(what: &str) -> Fault {
    Fault::Unintelligible { what: what.to_owned() }
}

fn status(code: u16, words: &str) -> Fault {
    Fault::Status {
        code,
        words: words.to_owned(),
    }
}

#[tokio::test]
async fn a_server_error_may_pass() {
    for (line, code) in [
        ("500 Internal Server Error", 500),
        ("502 Bad Gateway", 502),
        ("503 Service Unavailable", 503),
    ] {
        let server = FaultServer::answering(line, "Content-Type: text/plain\r\n", b"error").await;
        check(server, status(code, "error"), Retry::Soon).await;
    }
}

#[tokio::test]
async fn the_wait_that_the_registry_asks_for_is_told() {
    let wait = Retry::After(Duration::from_secs(2));
    let server = FaultServer::answering("429 Too Many Requests", "Retry-After: 2\r\n", b"slow down").await;
    check(server, status(429, "slow down"), wait).await;
    let date = "Retry-After: Tue, 24 Nov 2026 09:00:02 GMT\r\nDate: Tue, 24 Nov 2026 09:00:00 GMT\r\n";
    let server = FaultServer::answering("503 Service Unavailable", date, b"").await;
    check(server, status(503, ""), wait).await;
}

#[tokio::test]
async fn a_bad_request_is_told_in_the_registrys_own_words_and_never_retried() {
    for (line, code) in [("400 Bad Request", 400), ("403 Forbidden", 403), ("404 Not Found", 404)] {
        let server = FaultServer::answering(line, "Content-Type: text/plain\r\n", b"`foo` is unknown\nparameter").await;
        check(server, status(code, "`foo` is unknown parameter"), Retry::Never).await;
    }
    let packed = gzip(b"`foo` is unknown parameter");
    let server = FaultServer::answering("400 Bad Request", "Content-Encoding: gzip\r\n", &packed).await;
    check(server, status(400, "`foo` is unknown parameter"), Retry::Never).await;
    let server = FaultServer::answering("403 Forbidden", "Content-Type: text/html\r\n", HTML).await;
    check(server, status(403, "an HTML page"), Retry::Never).await;
}

#[tokio::test]
async fn a_redirect_is_followed_within_the_host_and_not_beyond() {
    let elsewhere = "Location: http://registry.invalid/api/v2/studies\r\n";
    let server = FaultServer::answering("302 Found", elsewhere, b"moved").await;
    check(server, status(302, "moved"), Retry::Never).await;
    let here = vec![Step::Write(response(
        "301 Moved Permanently",
        "Location: /api/v3/studies?x=1\r\n",
        b"",
    ))];
    let server = FaultServer::start(vec![here.clone(), vec![Step::Write(response("200 OK", "", ONE))]]).await;
    assert_eq!(ask(server.base_url()).await.0.unwrap().studies.len(), 1);
    check(FaultServer::start(vec![here]).await, status(301, ""), Retry::Never).await;
}

#[tokio::test]
async fn a_body_that_is_no_page_is_told_as_what_it_looks_like() {
    for (body, what) in [
        (HTML, "an HTML page"),
        (b"", "an empty body"),
        (b"OK", "no JSON"),
        (b"{\"studies\": [}{\"protocolSection\"", "no JSON"),
        (b"{}", "JSON without a list of studies"),
        (b"{\"studies\": {\"total\": 0}}", "JSON without a list of studies"),
        (b"[]", "JSON without a list of studies"),
    ] {
        check(
            FaultServer::answering("200 OK", "", body).await,
            unintelligible(what),
            Retry::Soon,
        )
        .await;
    }
    let foreign = FaultServer::answering("200 OK", "Content-Encoding: br\r\n", EMPTY).await;
    check(foreign, unintelligible("data packed as br"), Retry::Soon).await;
    let unpacked = FaultServer::answering("200 OK", "Content-Encoding: gzip\r\n", EMPTY).await;
    check(
        unpacked,
        unintelligible("data that are not gzip as announced"),
        Retry::Soon,
    )
    .await;
    let no_http = FaultServer::start(vec![vec![Step::Write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())]]).await;
    check(no_http, unintelligible("no HTTP"), Retry::Soon).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_as_dropped() {
    let drop = |bytes: Vec<u8>| FaultServer::start(vec![vec![Step::Write(bytes)]]);
    check(drop(Vec::new()).await, Fault::Dropped, Retry::Soon).await;
    check(
        drop(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()).await,
        Fault::Dropped,
        Retry::Soon,
    )
    .await;
    let mut half = response("200 OK", "", ONE);
    half.truncate(half.len() - 40);
    check(drop(half).await, Fault::Dropped, Retry::Soon).await;
    // Without a length, the end of the connection is the end of the answer: the JSON tells.
    let unannounced = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &ONE[..60]].concat();
    check(drop(unannounced).await, Fault::Dropped, Retry::Soon).await;
    let packed = gzip(ONE);
    let cut = FaultServer::answering("200 OK", "Content-Encoding: gzip\r\n", &packed[..packed.len() / 2]).await;
    check(cut, Fault::Dropped, Retry::Soon).await;
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    let too_large = || Fault::TooLarge { max: PAGE_BYTES_MAX };
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 68719476736\r\n\r\n{".to_vec();
    let server = FaultServer::start(vec![vec![Step::Write(announced), Step::Hang]]).await;
    check(server, too_large(), Retry::Never).await;
    let bomb = gzip(&vec![b' '; PAGE_BYTES_MAX + 1]);
    let server = FaultServer::answering("200 OK", "Content-Encoding: gzip\r\n", &bomb).await;
    let (fault, retry, took) = fault(&server).await;
    assert_eq!((fault, retry), (too_large(), Retry::Never));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn silence_is_told_after_the_read_timeout() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"studies\"".to_vec();
    for script in [vec![Step::Hang], vec![Step::Write(head), Step::Hang]] {
        let server = FaultServer::start(vec![script]).await;
        let (fault, retry, took) = fault(&server).await;
        let after = settings().read_timeout;
        assert_eq!((fault, retry), (Fault::TimedOut { after }, Retry::Soon));
        assert!((after..after + Duration::from_secs(1)).contains(&took), "{took:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_that_keeps_coming_is_awaited() {
    let mut steps = Vec::new();
    for piece in response("200 OK", "", ONE).chunks(30) {
        steps.extend([Step::Write(piece.to_vec()), Step::Wait(Duration::from_millis(120))]);
    }
    let server = FaultServer::start(vec![steps]).await;
    let (outcome, took) = ask(server.base_url()).await;
    assert_eq!(outcome.unwrap().studies.len(), 1);
    assert!(took > settings().read_timeout, "{took:?}");
}

#[tokio::test]
async fn a_refused_connection_and_an_unknown_host_are_told_apart() {
    let gone = FaultServer::start(vec![]).await.base_url().to_owned();
    tokio::task::yield_now().await;
    let (outcome, took) = ask(&gone).await;
    let error = outcome.unwrap_err();
    assert!(
        matches!(&error.fault, Fault::Unreachable { cause } if cause.contains("refused")),
        "{error:?}"
    );
    assert_eq!(error.retry, Retry::Soon);
    assert!(took < Duration::from_secs(1), "{took:?}");

    let (outcome, took) = ask("http://no-such-registry.invalid/api/v2").await;
    let host = "no-such-registry.invalid".to_owned();
    let expected = RegistryError {
        fault: Fault::UnknownHost { host },
        retry: Retry::Soon,
    };
    // A machine whose proxy is set never looks the name up itself.
    if std::env::var_os("HTTP_PROXY").is_none() && std::env::var_os("http_proxy").is_none() {
        assert_eq!(outcome.unwrap_err(), expected);
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

#[tokio::test]
async fn tls_that_is_not_spoken_is_told_as_unreachable() {
    let server = FaultServer::answering("200 OK", "", EMPTY).await;
    let (outcome, took) = ask(&server.base_url().replace("http://", "https://")).await;
    let error = outcome.unwrap_err();
    eprintln!("{:>5} ms  {error}", took.as_millis());
    assert!(matches!(error.fault, Fault::Unreachable { .. }), "{error:?}");
    assert_eq!(error.retry, Retry::Soon);
}

#[tokio::test]
async fn one_bad_record_is_counted_and_the_rest_stands() {
    let body = String::from_utf8_lossy(ONE).replace("[{", r#"[{"protocolSection": 7}, {"#);
    let server = FaultServer::answering("200 OK", "Content-Encoding: gzip\r\n", &gzip(body.as_bytes())).await;
    let page = ask(server.base_url()).await.0.unwrap();
    assert_eq!((page.studies.len(), page.unreadable), (1, 1));
}

#[tokio::test]
async fn a_page_without_studies_is_an_empty_page() {
    let page = ask(FaultServer::answering("200 OK", "", EMPTY).await.base_url())
        .await
        .0
        .unwrap();
    assert_eq!((page.studies.len(), page.unreadable, page.next), (0, 0, None));
}

#[tokio::test]
async fn the_client_recovers_with_the_registry() {
    let good = vec![Step::Write(response("200 OK", "", ONE))];
    let server = FaultServer::start(vec![vec![], vec![Step::Hang], good]).await;
    let client = client(server.base_url(), &settings()).await;
    assert_eq!(
        client.page(request(Set::Open, 10)).await.unwrap_err().fault,
        Fault::Dropped
    );
    assert!(matches!(
        client.page(request(Set::Open, 10)).await.unwrap_err().fault,
        Fault::TimedOut { .. }
    ));
    assert_eq!(client.page(request(Set::Open, 10)).await.unwrap().studies.len(), 1);
}

#[tokio::test]
async fn no_more_requests_are_in_flight_than_the_bound() {
    let slow = vec![
        Step::Wait(Duration::from_millis(150)),
        Step::Write(response("200 OK", "", EMPTY)),
    ];
    let server = FaultServer::start(vec![slow]).await;
    let settings = Settings {
        requests_max: 2,
        ..settings()
    };
    let client = client(server.base_url(), &settings).await;
    let start = Instant::now();
    let (a, b, c) = tokio::join!(
        client.page(request(Set::Open, 10)),
        client.page(request(Set::Open, 10)),
        client.page(request(Set::Closed, 10))
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_request_that_is_given_up_frees_its_place() {
    let good = vec![Step::Write(response("200 OK", "", ONE))];
    let server = FaultServer::start(vec![vec![Step::Hang], good]).await;
    let settings = Settings {
        requests_max: 1,
        read_timeout: Duration::from_secs(30),
        ..settings()
    };
    let client = client(server.base_url(), &settings).await;
    let impatient = tokio::time::timeout(Duration::from_millis(100), client.page(request(Set::Open, 10)));
    assert!(impatient.await.is_err());
    let start = Instant::now();
    assert!(client.page(request(Set::Open, 10)).await.is_ok());
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_request_says_who_asks_and_asks_for_no_more_than_is_read() {
    let server = FaultServer::answering("200 OK", "", EMPTY).await;
    let client = client(server.base_url(), &settings()).await;
    let next = PageRequest {
        token: Some("a b&c".to_owned()),
        ..request(Set::Closed, 1000)
    };
    client.page(request(Set::Open, 1000)).await.unwrap();
    client.page(next).await.unwrap();
    let [first, second] = &server.requests()[..] else {
        panic!("one call is one request")
    };
    let lower = first.to_ascii_lowercase();
    assert!(lower.starts_with("get /api/v2/studies?query.term="), "{first}");
    assert!(lower.contains("user-agent: clinical-trials-mcp/"), "{first}");
    assert!(lower.contains("accept-encoding: gzip\r\n"), "{first}");
    for asked in ["sort=%40relevance", "pageSize=1000", "fields=NCTId%7C"] {
        assert!(first.contains(asked), "{asked} in {first}");
    }
    assert!(
        first.contains("filter.overallStatus=RECRUITING%2CNOT_YET_RECRUITING%2CENROLLING_BY_INVITATION&"),
        "{first}"
    );
    for left_out in ["pageToken", "countTotal", "cookie", "referer", "traceparent"] {
        assert!(!first.contains(left_out), "{left_out} in {first}");
    }
    assert!(second.contains("pageToken=a+b%26c"), "{second}");
    assert!(second.contains("UNKNOWN") && second.contains("COMPLETED"), "{second}");
    assert!(!second.contains("RECRUITING%2CNOT_YET"), "{second}");
}

#[tokio::test]
async fn a_registry_elsewhere_is_asked_through_the_proxy_and_loopback_never() {
    let proxy = FaultServer::answering("200 OK", "", ONE).await;
    let mut settings = settings();
    assert!(settings.proxies.set_http(proxy.base_url().trim_end_matches("/api/v2")));
    let elsewhere = client("http://registry.invalid/api/v2", &settings).await;
    assert_eq!(elsewhere.page(request(Set::Open, 10)).await.unwrap().studies.len(), 1);
    let through = proxy.requests();
    assert!(
        through[0].starts_with("GET http://registry.invalid/api/v2/studies?"),
        "{through:?}"
    );
    let here = FaultServer::answering("200 OK", "", ONE).await;
    let loopback = client(here.base_url(), &settings).await;
    assert_eq!(loopback.page(request(Set::Open, 10)).await.unwrap().studies.len(), 1);
    assert_eq!((here.requests().len(), proxy.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_request_is_one_client_span_with_what_came_of_it() {
    let good = vec![Step::Write(response("200 OK", "", ONE))];
    let bad = vec![Step::Write(response("503 Service Unavailable", "", b"busy"))];
    let server = FaultServer::start(vec![good, bad, vec![]]).await;
    let client = client(server.base_url(), &settings()).await;
    let (spans, _listening) = Spans::listen();
    for _ in 0..3 {
        let _ = client.page(request(Set::Open, 10)).await;
    }
    let [answered, refused, dropped] = &spans.named("GET")[..] else {
        panic!("one request is one span")
    };
    let field = |span: &Recorded, name: &str| span.fields.get(name).cloned().unwrap_or_default();
    for span in [answered, refused, dropped] {
        assert_eq!(field(span, "otel.kind"), "client");
        assert_eq!(field(span, "otel.name"), "GET /studies");
        assert_eq!(field(span, "server.address"), "127.0.0.1");
        assert!(field(span, "url.full").starts_with(server.base_url()));
        assert!(field(span, "url.full").len() <= 512);
    }
    assert_eq!(field(answered, "http.response.status_code"), "200");
    assert_eq!(field(answered, "http.response.body.size"), ONE.len().to_string());
    assert_eq!(field(answered, "otel.status_code"), "");
    assert_eq!(field(refused, "http.response.status_code"), "503");
    assert_eq!(
        (field(refused, "error.type"), field(refused, "otel.status_code")),
        ("503".into(), "ERROR".into())
    );
    assert_eq!(
        (field(dropped, "error.type"), field(dropped, "otel.status_code")),
        ("dropped".into(), "ERROR".into())
    );
}

#[tokio::test]
async fn the_sample_registry_answers_by_the_same_client_and_is_not_rationed() {
    let client = Client::open(&Choice::Sample, &settings()).await.unwrap();
    assert!(!client.is_rationed());
    assert!(client.base_url().starts_with("http://127.0.0.1:"));
    let page = client.page(request(Set::Open, 1000)).await.unwrap();
    assert_eq!(page.unreadable, 0);
}

#[tokio::test]
async fn the_stand_ins_faults_are_told_and_pass() {
    let Some(registry) = StandIn::start() else { return };
    let client = client(registry.base_url(), &settings()).await;
    let ask = || client.page(request(Set::Open, 20));
    for (knobs, expected) in [
        (r#"{"statusRate": 1, "status": 503}"#, status(503, "error")),
        (r#"{"statusRate": 1, "status": 403}"#, status(403, "an HTML page")),
        (r#"{"dropRate": 1}"#, Fault::Dropped),
        (r#"{"truncateRate": 1}"#, Fault::Dropped),
        (r#"{"garbageRate": 1}"#, unintelligible("no JSON")),
        (
            r#"{"hangRate": 1}"#,
            Fault::TimedOut {
                after: settings().read_timeout,
            },
        ),
    ] {
        registry.configure(knobs).await;
        let start = Instant::now();
        let error = ask().await.expect_err(knobs);
        eprintln!("{:>5} ms  {knobs}: {error}", start.elapsed().as_millis());
        assert_eq!(error.fault, expected, "{knobs}");
        registry.reset().await;
        assert!(ask().await.is_ok(), "after {knobs}");
    }
    registry.configure(r#"{"ratePerMinute": 1, "retryAfter": 3}"#).await;
    let _ = ask().await;
    assert_eq!(ask().await.unwrap_err().retry, Retry::After(Duration::from_secs(3)));
}

#[tokio::test]
async fn real_records_are_read_page_by_page() {
    let Some(registry) = StandIn::start() else { return };
    let client = client(registry.base_url(), &settings()).await;
    for set in [Set::Open, Set::Closed] {
        let mut next = request(set, 100);
        let mut numbers = std::collections::BTreeSet::new();
        let mut count = 0;
        loop {
            let start = Instant::now();
            let page = client.page(next.clone()).await.unwrap();
            eprintln!(
                "{set:?}: {} records in {} ms",
                page.studies.len(),
                start.elapsed().as_millis()
            );
            assert_eq!(page.unreadable, 0);
            count += page.studies.len();
            for (study, _) in &page.studies {
                assert_eq!(study.status.is_open(), set == Set::Open, "{}", study.nct_id);
                numbers.insert(study.nct_id);
            }
            next.token = page.next;
            if next.token.is_none() {
                break;
            }
        }
        assert_eq!(numbers.len(), count, "a record came twice");
    }
    // The stand-in knows no MeSH terms; every other field asked for is one of the registry's.
    let unknown = registry.stats().await["unknownFields"].to_string();
    assert_eq!(
        unknown,
        r#"["LastKnownStatus","ConditionMeshTerm","ConditionAncestorTerm"]"#
    );
}

#[tokio::test]
async fn recorded_answers_are_read() {
    let Some(folder) = stand_in::folder() else {
        stand_in::left_out("there are no recorded answers beside the workspace");
        return;
    };
    for kind in ["whole", "trimmed"] {
        for file in std::fs::read_dir(folder.join("recordings").join(kind)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let recorded = std::fs::read(&path).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&recorded).unwrap();
            // A single record is read as a page of one.
            let (body, records) = match (&json["studies"], &json["protocolSection"]) {
                (serde_json::Value::Array(studies), _) => (recorded, studies.len()),
                (_, serde_json::Value::Object(_)) => (format!(r#"{{"studies": [{json}]}}"#).into_bytes(), 1),
                _ => continue,
            };
            let page = ask(FaultServer::answering("200 OK", "", &body).await.base_url())
                .await
                .0
                .unwrap();
            eprintln!("{name}: {} read, {} unreadable", page.studies.len(), page.unreadable);
            assert_eq!(page.studies.len() + page.unreadable, records, "{name}");
            assert_eq!(page.next.as_deref(), json["nextPageToken"].as_str(), "{name}");
        }
    }
}
