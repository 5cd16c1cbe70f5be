//! What went wrong with a request: which fault it is, in whose words, and whether asking again can help.
//!
//! | what happened | fault | asking again |
//! | --- | --- | --- |
//! | 5xx, 429, 408 | status | soon, or after `Retry-After` |
//! | any other status but 2xx | status | never: the same question gets the same error |
//! | no certificates to trust, a proxy setting that is no URL | unreachable | never |
//! | no address for the host | unknown host | soon: names come back with the network |
//! | refused, unreachable, TLS | unreachable | soon |
//! | connecting, waiting or reading took too long | timed out | soon |
//! | the connection, the gzip data or the JSON ends early | dropped | soon |
//! | no HTTP, no JSON, HTML, no list of studies | unintelligible | soon: pages like that come from something in between |
//! | larger than the bound | too large | never |

use super::body::{NotReceived, NotUnpacked};
use super::page::NotAPage;
use actors::{Fault, RegistryError, Retry};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

/// The longest piece of the registry's own words that is passed on, in characters.
const WORDS_MAX: usize = 200;

/// A longer wait is told as this one. No caller waits an hour, and a clock must not overflow over it.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// How long the client waits: for a connection, and for each piece of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) connect: Duration,
    pub(super) read: Duration,
}

/// A client that can't be made: the system has no certificates to trust, or its proxy settings can't be used.
pub(super) fn unmade(error: &reqwest::Error) -> RegistryError {
    RegistryError {
        fault: Fault::Unreachable {
            cause: harmless(&root(error).to_string()),
        },
        retry: Retry::Never,
    }
}

/// A request that brought no response.
pub(super) fn unsent(error: &reqwest::Error, host: &str, patience: Patience) -> RegistryError {
    let fault = if error.is_connect() {
        if error.is_timeout() {
            Fault::TimedOut {
                after: patience.connect,
            }
        } else if error.is_dns() {
            Fault::UnknownHost { host: host.to_owned() }
        } else {
            Fault::Unreachable {
                cause: harmless(&root(error).to_string()),
            }
        }
    } else {
        interrupted(error, patience)
    };
    soon(fault)
}

/// A response whose body did not come whole.
pub(super) fn unreceived(error: &NotReceived, max: usize, patience: Patience) -> RegistryError {
    match error {
        NotReceived::TooLarge => too_large(max),
        NotReceived::Failed(error) => soon(interrupted(error, patience)),
    }
}

/// A body that could not be unpacked.
pub(super) fn unpacked(error: NotUnpacked, max: usize) -> RegistryError {
    match error {
        NotUnpacked::TooLarge => too_large(max),
        NotUnpacked::CutOff => soon(Fault::Dropped),
        NotUnpacked::Garbled => unintelligible("data that are not gzip as announced"),
        NotUnpacked::Foreign(name) => unintelligible(&format!("data packed as {}", harmless(&name))),
    }
}

/// An unpacked body that is no page, or no record.
pub(super) fn unread(error: NotAPage, body: &[u8]) -> RegistryError {
    let start = String::from_utf8_lossy(body.get(..body.len().min(1024)).unwrap_or_default());
    match error {
        NotAPage::CutOff => soon(Fault::Dropped),
        NotAPage::WrongShape => unintelligible("JSON without a list of studies"),
        NotAPage::NotARecord => unintelligible("JSON without a study's record"),
        NotAPage::NotAVersion => unintelligible("JSON without the version of its data"),
        NotAPage::NotJson if start.trim().is_empty() => unintelligible("an empty body"),
        NotAPage::NotJson if is_html(&start) => unintelligible("an HTML page"),
        NotAPage::NotJson => unintelligible("no JSON"),
    }
}

/// A response whose status says that it brings no page. `words` is the beginning of its body.
pub(super) fn refused(status: StatusCode, headers: &HeaderMap, words: &str, now: SystemTime) -> RegistryError {
    let words = if is_html(words) {
        "an HTML page".to_owned()
    } else {
        harmless(words)
    };
    let passing =
        status.is_server_error() || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    RegistryError {
        fault: Fault::Status {
            code: status.as_u16(),
            words,
        },
        retry: match retry_after(headers, now) {
            _ if !passing => Retry::Never,
            Some(wait) => Retry::After(wait),
            None => Retry::Soon,
        },
    }
}

/// `error.type` by the conventions of OpenTelemetry: a status code, or one of few words.
pub(super) fn error_type(fault: &Fault) -> Cow<'static, str> {
    Cow::Borrowed(match fault {
        Fault::Status { code, .. } => return Cow::Owned(code.to_string()),
        Fault::Unreachable { .. } => "unreachable",
        Fault::UnknownHost { .. } => "unknown_host",
        Fault::Dropped => "dropped",
        Fault::TimedOut { .. } => "timeout",
        Fault::Unintelligible { .. } => "unintelligible",
        Fault::TooLarge { .. } => "too_large",
        _ => "_OTHER",
    })
}

/// How long `Retry-After` asks to wait, given in seconds or as a date. A date is counted from the response's own
/// `Date` where it has one, so that a clock that is wrong here or there does no harm.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let wait = text(RETRY_AFTER)?;
    let wait = match wait.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let then = httpdate::parse_http_date(wait).ok()?;
            let now = text(DATE)
                .and_then(|date| httpdate::parse_http_date(date).ok())
                .unwrap_or(now);
            then.duration_since(now).unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// A connection that stood and then failed.
fn interrupted(error: &reqwest::Error, patience: Patience) -> Fault {
    if error.is_timeout() {
        return Fault::TimedOut { after: patience.read };
    }
    let is_http = |e: &(dyn Error + 'static)| !e.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
    if chain(error).all(is_http) {
        Fault::Dropped
    } else {
        Fault::Unintelligible {
            what: "no HTTP".to_owned(),
        }
    }
}

fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The innermost error, which says what the system said.
fn root<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let root = chain(error).last().unwrap_or(error);
    // An I/O error shows its inner error as its source only one level deep.
    match root.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => inner,
        None => root,
    }
}

/// Text from outside that can stand in a message: one line, no control or invisible formatting characters, no more
/// than [`WORDS_MAX`] characters.
fn harmless(text: &str) -> String {
    let visible = text.chars().map(|c| match c {
        c if c.is_control() => ' ',
        // Zero-width and bidirectional marks, which can make a message read as another.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
        c => c,
    });
    let visible: String = visible.take(16 * WORDS_MAX).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WORDS_MAX) {
        None => line,
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default().trim_end()),
    }
}

fn is_html(text: &str) -> bool {
    let start: String = text
        .trim_start()
        .chars()
        .take(512)
        .collect::<String>()
        .to_ascii_lowercase();
    start.starts_with("<!doctype html") || (start.starts_with('<') && start.contains("<html"))
}

fn soon(fault: Fault) -> RegistryError {
    RegistryError {
        fault,
        retry: Retry::Soon,
    }
}

fn too_large(max: usize) -> RegistryError {
    RegistryError {
        fault: Fault::TooLarge { max },
        retry: Retry::Never,
    }
}

fn unintelligible(what: &str) -> RegistryError {
    soon(Fault::Unintelligible { what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Tue, 24 Nov 2026 09:00:00 GMT";

    fn status(code: u16, headers: &[(reqwest::header::HeaderName, &str)], words: &str) -> RegistryError {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect();
        let now = httpdate::parse_http_date(NOW).unwrap();
        refused(StatusCode::from_u16(code).unwrap(), &headers, words, now)
    }

    fn words(text: &str) -> String {
        match status(400, &[], text).fault {
            Fault::Status { words, .. } => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_what_may_pass_is_worth_asking_again() {
        for code in [500, 502, 503, 504, 429, 408] {
            assert_eq!(status(code, &[], "").retry, Retry::Soon, "{code}");
        }
        for code in [301, 302, 304, 400, 401, 403, 404, 410, 414] {
            assert_eq!(status(code, &[(RETRY_AFTER, "2")], "").retry, Retry::Never, "{code}");
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let wait = |headers: &[_]| status(503, headers, "").retry;
        let after = |seconds| Retry::After(Duration::from_secs(seconds));
        assert_eq!(wait(&[(RETRY_AFTER, "7")]), after(7));
        assert_eq!(wait(&[(RETRY_AFTER, "Tue, 24 Nov 2026 09:00:30 GMT")]), after(30));
        let by_its_own_clock = [
            (RETRY_AFTER, "Fri, 02 Jan 2026 10:00:05 GMT"),
            (DATE, "Fri, 02 Jan 2026 10:00:00 GMT"),
        ];
        assert_eq!(wait(&by_its_own_clock), after(5));
        assert_eq!(
            wait(&[(RETRY_AFTER, "Fri, 02 Jan 2026 10:00:05 GMT")]),
            after(0),
            "a date gone by"
        );
        assert_eq!(wait(&[(RETRY_AFTER, "18446744073709551615")]), after(86_400));
        assert_eq!(wait(&[(RETRY_AFTER, "soon")]), Retry::Soon);
        assert_eq!(wait(&[(RETRY_AFTER, "-3")]), Retry::Soon);
    }

    #[test]
    fn the_registrys_words_are_cut_and_made_harmless() {
        assert_eq!(words("`foo` is unknown parameter\n"), "`foo` is unknown parameter");
        assert_eq!(words("a\r\n\u{1b}[31mb\u{202e}c\0"), "a [31mb c");
        assert_eq!(words("<!DOCTYPE html><title>Blocked</title>"), "an HTML page");
        assert_eq!(words("  <html>Forbidden</html>"), "an HTML page");
        assert_eq!(words(&"ä".repeat(WORDS_MAX)).chars().count(), WORDS_MAX);
        let long = words(&"ä".repeat(100_000));
        assert_eq!(long.chars().count(), WORDS_MAX + 1);
        assert!(long.ends_with('…'));
    }
}
