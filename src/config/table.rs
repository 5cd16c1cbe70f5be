//! The table of settings: one row each, in the order in which `--help` shows them.

use super::{Kind, Role, Secrecy, Setting, Tools};
use crate::http::{Hosts, Origins, Token};
use crate::registry;
use std::io::Read as _;
use std::path::Path;

/// Every setting there is.
pub static SETTINGS: &[Setting] = &[
    now(
        "REGISTRY",
        Kind::Text {
            name: "WHERE",
            allowed: "live, sample, or the http:// or https:// base URL of a registry, such as http://127.0.0.1:9999/api/v2",
            set: |config, given| {
                given
                    .parse::<registry::Choice>()
                    .map(|choice| config.registry = choice)
                    .is_ok()
            },
        },
        Some("live"),
        "the registry that is asked: live (ClinicalTrials.gov), sample (embedded, fictional, needs no network), or a base URL",
    ),
    now(
        "QUESTION_TIMEOUT",
        Kind::Seconds {
            min: 1.0,
            max: 3600.0,
            set: |config, time| config.actors.question_timeout = time,
        },
        Some("40"),
        "from a question's arrival to its answer or error, waiting and retries included; a batch as a whole too",
    ),
    now(
        "REGISTRY_RATE_LIMIT",
        Kind::Whole {
            min: 0,
            max: 100_000,
            unit: "requests a minute",
            set: |config, number| {
                config.actors.requests_per_minute = u32::try_from(number).ok().filter(|rate| *rate > 0);
            },
        },
        Some("50"),
        "what the registry is asked at most, with bursts of 20; 0: no limit",
    ),
    now(
        "CANDIDATES_MAX",
        Kind::Whole {
            min: 1,
            max: 10_000,
            unit: "candidates",
            set: |config, number| config.actors.candidates_max = size(number),
        },
        Some("2000"),
        "candidates kept per gene; an answer says when there are more",
    ),
    now(
        "TOOLS",
        Kind::OneOf {
            words: &["all", "clinical"],
            set: |config, word| {
                config.tools = if word == "clinical" {
                    Tools::Clinical
                } else {
                    Tools::All
                }
            },
        },
        Some("all"),
        "clinical leaves out the operational tools, for clients with many servers",
    ),
    now(
        "CACHE_TTL",
        Kind::Seconds {
            min: 0.0,
            max: 31_536_000.0,
            set: |config, time| config.actors.fresh_for = time,
        },
        Some("3600"),
        "how long an answer counts as fresh",
    ),
    Setting {
        default_in_daemon: Some("512"),
        ..now(
            "CACHE_MEMORY_MAX",
            Kind::Whole {
                min: 1,
                max: 1 << 20,
                unit: "MiB",
                set: |config, number| config.actors.memory_bytes_max = size(number).saturating_mul(1 << 20),
            },
            Some("64"),
            "what is held in memory; beyond it the least used goes",
        )
    },
    now(
        "CACHE_WARMING",
        Kind::OneOf {
            words: &["auto", "on", "off"],
            set: |config, word| {
                config.actors.warming = match word {
                    "on" => true,
                    "off" => false,
                    _ => config.role == Role::Daemon,
                }
            },
        },
        Some("auto"),
        "whether common mutations are fetched before anyone asks; auto: on in the daemon, off on stdio and in a terminal",
    ),
    now(
        "HTTP_CONNECT_TIMEOUT",
        Kind::Seconds {
            min: 0.01,
            max: 3600.0,
            set: |config, time| config.http.connect_timeout = time,
        },
        Some("5"),
        "to connect to the registry",
    ),
    now(
        "HTTP_READ_TIMEOUT",
        Kind::Seconds {
            min: 0.01,
            max: 3600.0,
            set: |config, time| config.http.read_timeout = time,
        },
        Some("30"),
        "without a byte from the registry",
    ),
    now(
        "HTTP_MAX_CONNECTIONS",
        Kind::Whole {
            min: 1,
            max: 10_000,
            unit: "requests",
            set: |config, number| {
                config.http.requests_max = size(number);
                config.actors.requests_max = size(number);
            },
        },
        Some("100"),
        "requests in flight to the registry",
    ),
    now(
        "HTTP_MAX_KEEPALIVE_CONNECTIONS",
        Kind::Whole {
            min: 0,
            max: 10_000,
            unit: "connections",
            set: |config, number| config.http.idle_max = size(number),
        },
        Some("20"),
        "idle connections kept",
    ),
    now(
        "HTTPS_PROXY",
        Kind::Text {
            name: "URL",
            allowed: A_PROXY,
            set: |config, given| config.http.proxies.set_https(given),
        },
        None,
        "the proxy to a registry by https; this machine and the sample are asked without one",
    ),
    now(
        "HTTP_PROXY",
        Kind::Text {
            name: "URL",
            allowed: A_PROXY,
            set: |config, given| config.http.proxies.set_http(given),
        },
        None,
        "the proxy to a registry by http",
    ),
    now(
        "NO_PROXY",
        Kind::Text {
            name: "HOSTS",
            allowed: "hosts, domains and networks with commas between, such as .example.org,10.0.0.0/8, or *",
            set: |config, given| config.http.proxies.set_none(given),
        },
        None,
        "hosts that are asked without a proxy",
    ),
    now(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        Kind::Text {
            name: "URL",
            allowed: "an http:// or https:// URL of an OTLP receiver, such as http://127.0.0.1:4318",
            set: |_, given| is_url(given, &["http", "https"]),
        },
        None,
        "where traces go, by OTLP over HTTP; unset: nowhere. More of OpenTelemetry's variables are read: see the README",
    ),
    now(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        Kind::OneOf {
            words: &["http/protobuf"],
            set: |_, _| {},
        },
        Some("http/protobuf"),
        "the only one that is spoken",
    ),
    now(
        "RUST_LOG",
        Kind::Text {
            name: "FILTER",
            allowed: "a log filter, such as info or actors=debug,info",
            set: |config, given| {
                config.log_filter = given.to_owned();
                tracing_subscriber::EnvFilter::try_new(given).is_ok()
            },
        },
        Some("info"),
        "what is logged to stderr",
    ),
    now(
        "REGISTRY_VERSION_TTL",
        Kind::Seconds {
            min: 0.0,
            max: 86_400.0,
            set: |config, time| config.actors.version_trusted_for = time,
        },
        Some("60"),
        "for which the registry's version, once looked up, is trusted",
    ),
    now(
        "CACHE_DIR",
        Kind::Text {
            name: "FOLDER",
            allowed: "the path of a folder, or of one that can be made",
            set: |config, given| {
                config.embedded.folder = given.into();
                may_be_folder(given)
            },
        },
        None,
        "where the embedded store lies; unset: in the platform's folder for caches",
    ),
    now(
        "CACHE_DISK_MAX",
        Kind::Whole {
            min: 1,
            max: 1 << 20,
            unit: "MiB",
            set: |config, number| config.embedded.bytes_max = number.saturating_mul(1 << 20),
        },
        Some("512"),
        "what the embedded store takes on the disk; beyond it the least used goes",
    ),
    now(
        "REDIS_URL",
        Kind::Text {
            name: "URL",
            allowed: "a redis://, rediss://, redis-cluster:// or redis-sentinel:// URL",
            set: |config, given| {
                config.redis.url = given.to_owned();
                is_url(given, &["redis", "rediss", "redis-cluster", "redis-sentinel"])
            },
        },
        None,
        "a Redis or Valkey that several servers share, in place of the embedded store; unset: the embedded store",
    ),
    now(
        "REDIS_PASSWORD_FILE",
        Kind::Text {
            name: "FILE",
            allowed: "the path of a file that can be read",
            set: |config, given| {
                config.redis.password = secret(given);
                config.redis.password.is_some()
            },
        },
        None,
        "the file that holds its password; beats the one in REDIS_URL",
    ),
    now(
        "REDIS_MAX_CONNECTIONS",
        Kind::Whole {
            min: 2,
            max: 1000,
            unit: "connections",
            set: |config, number| config.redis.connections_max = size(number),
        },
        Some("10"),
        "connections to it at most",
    ),
    now(
        "REDIS_TIMEOUT",
        Kind::Seconds {
            min: 0.05,
            max: 600.0,
            set: |config, time| config.redis.timeout = time,
        },
        Some("5"),
        "to connect to it, and for a command that nobody waits for",
    ),
    Setting {
        secrecy: Secrecy::Secret,
        ..now(
            "MCP_AUTH_TOKEN",
            Kind::Text {
                name: "TOKEN",
                allowed: Token::ALLOWED,
                set: |config, given| {
                    config.daemon.token = Token::read(given);
                    config.daemon.token.is_some()
                },
            },
            None,
            "the bearer token of the daemon",
        )
    },
    now(
        "MCP_AUTH_TOKEN_FILE",
        Kind::Text {
            name: "FILE",
            allowed: "the path of a file that holds a token: at least 16 visible ASCII characters, without spaces",
            set: |config, given| {
                config.daemon.token = secret(given).as_deref().and_then(Token::read);
                config.daemon.token.is_some()
            },
        },
        None,
        "the file that holds the daemon's bearer token; beats MCP_AUTH_TOKEN",
    ),
    now(
        "ALLOWED_HOSTS",
        Kind::Text {
            name: "NAMES",
            allowed: "hosts separated by commas, such as trials.example.org,localhost:8000,[::1]",
            set: |config, given| match Hosts::read(given) {
                Some(hosts) => {
                    config.daemon.hosts = hosts;
                    true
                }
                None => false,
            },
        },
        None,
        "the names by which the daemon may be called, in Host; unset: loopback's",
    ),
    now(
        "ALLOWED_ORIGINS",
        Kind::Text {
            name: "ORIGINS",
            allowed: "origins or hosts separated by commas, such as https://app.example.org,localhost",
            set: |config, given| match Origins::read(given) {
                Some(origins) => {
                    config.daemon.origins = origins;
                    true
                }
                None => false,
            },
        },
        None,
        "the places whose web pages may call the daemon, in Origin; unset: loopback's",
    ),
];

const A_PROXY: &str = "the http:// or https:// URL of a proxy, such as http://proxy.example.org:3128";

const fn now(variable: &'static str, kind: Kind, default: Option<&'static str>, help: &'static str) -> Setting {
    Setting {
        variable,
        kind,
        default,
        default_in_daemon: None,
        help,
        secrecy: Secrecy::Open,
    }
}

/// A number that is far below what memory can hold, so that this never saturates on the machines this runs on.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn is_url(given: &str, schemes: &[&str]) -> bool {
    reqwest::Url::parse(given).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host())
}

/// The first line of a file, for as long as that may be a secret.
fn secret(path: &str) -> Option<String> {
    const BYTES_MAX: u64 = 4096;
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn may_be_folder(given: &str) -> bool {
    let path = Path::new(given);
    !given.is_empty() && !given.contains(char::is_control) && (!path.exists() || path.is_dir())
}
