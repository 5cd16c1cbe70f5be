//! Names, pages and tokens, each right and wrong in every way that was thought of.

use super::*;

fn callers(hosts: Option<&str>, origins: Option<&str>) -> Callers {
    Callers(Settings {
        token: Token::read("a-token-of-some-length"),
        hosts: hosts.map_or_else(Hosts::default, |given| Hosts::read(given).expect("hosts")),
        origins: origins.map_or_else(Origins::default, |given| Origins::read(given).expect("origins")),
    })
}

fn status(callers: &Callers, target: &str, headers: &[(&str, &str)]) -> u16 {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().expect("a name"),
                value.parse::<HeaderValue>().expect("a value"),
            )
        })
        .collect();
    match callers.refuse_name(&target.parse().expect("a target"), &headers) {
        Ok(()) => 200,
        Err((status, _)) => status.as_u16(),
    }
}

#[test]
fn loopback_is_let_in_by_whatever_name_and_nothing_else_is() {
    let callers = callers(None, None);
    for (host, wanted) in [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("127.9.9.9", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("[0:0:0:0:0:0:0:1]:8000", 200),
        ("[::ffff:127.0.0.1]", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("evil.example:8000", 403),
        ("localhost@evil.example", 403),
        ("evil.example@localhost", 403),
        ("[::2]:8000", 403),
        ("::1", 200),
        ("0.0.0.0:8000", 403),
        ("192.168.0.1", 403),
        ("localhost:", 403),
        ("localhost:99999", 403),
        ("localhost:80:80", 403),
        ("", 403),
        ("local host", 403),
        ("localhost, evil.example", 403),
        ("2130706433", 403),
    ] {
        assert_eq!(status(&callers, "/health", &[("host", host)]), wanted, "{host:?}");
    }
}

#[test]
fn a_request_names_its_host_once_and_the_same_in_an_absolute_target() {
    let callers = callers(None, None);
    assert_eq!(status(&callers, "/", &[]), 400);
    assert_eq!(
        status(&callers, "/", &[("host", "localhost"), ("host", "evil.example")]),
        400
    );
    let local = [("host", "localhost")];
    assert_eq!(status(&callers, "http://localhost:8000/health", &local), 200);
    assert_eq!(status(&callers, "http://evil.example/health", &local), 403);
    assert_eq!(status(&callers, "http://localhost/", &[("host", "evil.example")]), 403);
}

#[test]
fn a_list_of_hosts_takes_the_place_of_loopback() {
    let callers = callers(Some("Trials.example.org, gateway:8443,[2001:db8::1]"), None);
    for (host, wanted) in [
        ("trials.example.org", 200),
        ("TRIALS.example.org:9", 200),
        ("gateway:8443", 200),
        ("gateway", 403),
        ("gateway:80", 403),
        ("[2001:db8:0::1]:8000", 200),
        ("localhost", 403),
    ] {
        assert_eq!(status(&callers, "/", &[("host", host)]), wanted, "{host:?}");
    }
    for unreadable in ["", "a b", "a,,b", "user@host", "http://host", "[::1", "host:0x50"] {
        assert_eq!(Hosts::read(unreadable), None, "{unreadable:?}");
    }
}

#[test]
fn pages_of_this_machine_may_call_and_no_others() {
    let callers = callers(None, None);
    for (origin, wanted) in [
        ("http://localhost:6274", 200),
        ("HTTPS://LocalHost", 200),
        ("http://127.0.0.1", 200),
        ("http://[::1]:3000", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("", 403),
        ("localhost", 403),
        ("http://user@localhost", 403),
        ("http://localhost/path", 403),
        ("file://", 403),
    ] {
        let headers = [("host", "localhost"), ("origin", origin)];
        assert_eq!(status(&callers, "/mcp", &headers), wanted, "{origin:?}");
    }
    let two = [
        ("host", "localhost"),
        ("origin", "http://localhost"),
        ("origin", "https://evil.example"),
    ];
    assert_eq!(status(&callers, "/mcp", &two), 403);
}

#[test]
fn a_list_of_origins_means_the_port_of_the_scheme_unless_it_names_another() {
    let callers = callers(
        None,
        Some("https://app.example.org, http://app.example.org:8080, other.example.org"),
    );
    for (origin, wanted) in [
        ("https://app.example.org", 200),
        ("https://app.example.org:443", 200),
        ("https://app.example.org:8443", 403),
        ("http://app.example.org", 403),
        ("http://app.example.org:8080", 200),
        ("https://other.example.org:9", 200),
        ("http://localhost", 403),
    ] {
        let headers = [("host", "localhost"), ("origin", origin)];
        assert_eq!(status(&callers, "/mcp", &headers), wanted, "{origin:?}");
    }
}

#[test]
fn only_the_token_itself_opens() {
    let callers = callers(None, None);
    let opens = |given: &str| {
        let value = HeaderValue::from_str(given).expect("a value");
        callers.has_token(&HeaderMap::from_iter([(AUTHORIZATION, value)]))
    };
    assert!(opens("Bearer a-token-of-some-length"));
    assert!(opens("bearer  a-token-of-some-length "));
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a-token-of-some-lengti",
        "Bearer a-token-of-some-lengthh",
        "Bearer a-token-of-some",
        "Basic a-token-of-some-length",
        "a-token-of-some-length",
    ] {
        assert!(!opens(wrong), "{wrong:?}");
    }
    assert!(!callers.has_token(&HeaderMap::new()));
    assert!(!format!("{callers:?}").contains("a-token"), "{callers:?}");
}

#[test]
fn a_token_that_can_be_guessed_is_none() {
    for unusable in [
        "",
        "too-short",
        "with a space in the middle",
        "with\ttab-in-the-middle",
        "mit-ümlaut-irgendwo",
    ] {
        assert!(Token::read(unusable).is_none(), "{unusable:?}");
    }
}
