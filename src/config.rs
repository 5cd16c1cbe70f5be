//! Flags and environment into one checked [`Config`].
//!
//! Every setting is one row of one table, [`SETTINGS`]: its variable, what it is counted in, what is allowed, its
//! default and what it does. The flag of a variable is its name in lower case with hyphens, so neither can be forgotten;
//! a secret has no flag, because a command line can be read by everyone on the machine. A flag beats a variable beats
//! the default. What can't be used is refused in one line that names it, what was given and what is allowed; no secret
//! is ever in that line.

mod table;

pub use table::SETTINGS;

use crate::{http, registry, telemetry};
use actors::store::{EmbeddedSettings, RedisSettings};
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which registry is asked.
    pub registry: registry::Choice,
    /// Bounds of the client that asks it.
    pub http: registry::Settings,
    /// Bounds of the actors.
    pub actors: actors::Settings,
    /// Which tools are offered.
    pub tools: Tools,
    /// Who may call the daemon.
    pub daemon: http::Settings,
    /// What the process is for, where a default hangs on that.
    role: Role,
    /// What is traced, and where to.
    pub telemetry: telemetry::Settings,
    /// What is logged, by `RUST_LOG`'s rules.
    pub log_filter: String,
    /// The embedded store, if there is a folder for it.
    embedded: EmbeddedSettings,
    /// Redis, if there is a URL of it.
    redis: RedisSettings,
}

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One person, for as long as they are there: stdio, a terminal.
    Session,
    /// Everybody, until it is stopped.
    Daemon,
}

/// Which tools a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// All of them.
    All,
    /// Those that answer questions about trials.
    Clinical,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub variable: &'static str,
    /// How it is checked and where it goes.
    pub kind: Kind,
    /// What stands where nothing is given; none: unset.
    pub default: Option<&'static str>,
    /// The same in the daemon, where that is another.
    pub default_in_daemon: Option<&'static str>,
    /// What it does, for `--help`.
    pub help: &'static str,
    /// Whether a line on the screen may show it.
    pub secrecy: Secrecy,
}

/// Whether a value may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    /// It may; a password inside a URL is masked all the same.
    Open,
    /// Never, and it has no flag.
    Secret,
}

/// How a value is checked, and where in [`Config`] it goes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A number of seconds, with a fraction where one is wanted.
    Seconds {
        /// Least.
        min: f64,
        /// Most.
        max: f64,
        /// Where it goes.
        set: fn(&mut Config, Duration),
    },
    /// A whole number.
    Whole {
        /// Least.
        min: u64,
        /// Most.
        max: u64,
        /// What is counted.
        unit: &'static str,
        /// Where it goes.
        set: fn(&mut Config, u64),
    },
    /// One of these words.
    OneOf {
        /// The words.
        words: &'static [&'static str],
        /// Where it goes.
        set: fn(&mut Config, &str),
    },
    /// Text of some form.
    Text {
        /// What `--help` calls the value.
        name: &'static str,
        /// The form, in words.
        allowed: &'static str,
        /// Where it goes; false where the form is not met.
        set: fn(&mut Config, &str) -> bool,
    },
}

/// A setting that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSetting {
    /// The variable, or the flag with its hyphens.
    pub name: String,
    /// What was given, shortened, harmless, without secrets.
    pub given: String,
    /// What is allowed, in words.
    pub allowed: String,
}

impl Config {
    /// Reads every setting: `flag` and `variable` look one up by its name (`question-timeout`, `QUESTION_TIMEOUT`).
    ///
    /// An empty variable counts as unset, as shells and OpenTelemetry have it; an empty flag does not.
    ///
    /// # Errors
    /// The first [`BadSetting`] in the order of the table.
    pub fn read(
        role: Role,
        flag: impl Fn(&str) -> Option<String>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, BadSetting> {
        let mut config = Self::unset(role);
        for setting in SETTINGS {
            let by_flag = setting
                .flag()
                .and_then(|name| flag(&name).map(|given| (format!("--{name}"), given)));
            let by_variable = || variable(setting.variable).filter(|given| !given.is_empty());
            let (name, given) = match by_flag {
                Some(by_flag) => by_flag,
                None => match by_variable() {
                    Some(given) => {
                        let given = given
                            .into_string()
                            .map_err(|given| setting.refuse(setting.variable.to_owned(), &given.to_string_lossy()))?;
                        (setting.variable.to_owned(), given)
                    }
                    None => {
                        if let Some(default) = setting.default_for(role) {
                            setting.apply(&mut config, default);
                        }
                        continue;
                    }
                },
            };
            if !setting.apply(&mut config, &given) {
                return Err(setting.refuse(name, &given));
            }
        }
        // OpenTelemetry has many more variables than flags; its own reader checks them all.
        let telemetry = |name: &str| {
            let by_flag = SETTINGS
                .iter()
                .find(|setting| setting.variable == name)
                .and_then(Setting::flag);
            by_flag
                .and_then(|name| flag(&name))
                .or_else(|| variable(name)?.into_string().ok())
        };
        config.telemetry = telemetry::Settings::from_variables(telemetry)?;
        if config.embedded.folder.as_os_str().is_empty() {
            config.embedded.folder = cache_folder(&variable).unwrap_or_default();
        }
        let store = &mut config.actors.store;
        store.embedded = (!config.embedded.folder.as_os_str().is_empty()).then(|| config.embedded.clone());
        store.redis = (!config.redis.url.is_empty()).then(|| config.redis.clone());
        Ok(config)
    }

    /// What the defaults of the table are laid over.
    fn unset(role: Role) -> Self {
        Self {
            registry: registry::Choice::Live,
            http: registry::Settings::default(),
            actors: actors::Settings::default(),
            tools: Tools::All,
            daemon: http::Settings::default(),
            role,
            telemetry: telemetry::Settings::default(),
            log_filter: telemetry::LOG_FILTER.to_owned(),
            embedded: EmbeddedSettings {
                folder: PathBuf::new(),
                bytes_max: 0,
            },
            redis: RedisSettings {
                url: String::new(),
                password: None,
                connections_max: 0,
                timeout: Duration::ZERO,
            },
        }
    }
}

impl Setting {
    /// Its flag without the hyphens before it; none for a secret.
    #[must_use]
    pub fn flag(&self) -> Option<String> {
        (self.secrecy == Secrecy::Open).then(|| self.variable.to_ascii_lowercase().replace('_', "-"))
    }

    /// What stands where nothing is given.
    #[must_use]
    pub fn default_for(&self, role: Role) -> Option<&'static str> {
        match role {
            Role::Session => self.default,
            Role::Daemon => self.default_in_daemon.or(self.default),
        }
    }

    /// What `--help` calls its value.
    #[must_use]
    pub fn value_name(&self) -> String {
        match self.kind {
            Kind::Seconds { .. } => "SECONDS".to_owned(),
            Kind::Whole { unit, .. } => unit.to_ascii_uppercase().replace(' ', "_"),
            Kind::OneOf { words, .. } => words.join("|"),
            Kind::Text { name, .. } => name.to_owned(),
        }
    }

    /// What is allowed, in words.
    #[must_use]
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Seconds { min, max, .. } => format!("a number of seconds from {min} to {max}"),
            Kind::Whole { min, max, unit, .. } => format!("a whole number of {unit} from {min} to {max}"),
            Kind::OneOf { words, .. } => words.join(", "),
            Kind::Text { allowed, .. } => allowed.to_owned(),
        }
    }

    /// Puts a value where it belongs; false where it can't be used.
    fn apply(&self, config: &mut Config, given: &str) -> bool {
        match self.kind {
            Kind::Seconds { min, max, set } => match given.trim().parse::<f64>() {
                Ok(seconds) if (min..=max).contains(&seconds) => set(config, Duration::from_secs_f64(seconds)),
                _ => return false,
            },
            Kind::Whole { min, max, set, .. } => match given.trim().parse::<u64>() {
                Ok(number) if (min..=max).contains(&number) => set(config, number),
                _ => return false,
            },
            Kind::OneOf { words, set } => {
                let word = given.trim().to_ascii_lowercase();
                if !words.contains(&word.as_str()) {
                    return false;
                }
                set(config, &word);
            }
            Kind::Text { set, .. } => return set(config, given.trim()),
        }
        true
    }

    fn refuse(&self, name: String, given: &str) -> BadSetting {
        BadSetting {
            name,
            given: match self.secrecy {
                Secrecy::Secret => NOT_SHOWN.to_owned(),
                Secrecy::Open => shown(given),
            },
            allowed: self.allowed(),
        }
    }
}

impl BadSetting {
    /// A setting that is no row of the table, by its flag.
    pub(crate) fn new(name: &str, given: &str, allowed: &str) -> Self {
        Self {
            name: name.to_owned(),
            given: shown(given),
            allowed: allowed.to_owned(),
        }
    }
}

/// The platform's folder for what can be fetched again, and ours in it. None where the user has no home: the store is
/// then left out.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Caches"))
    } else {
        folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    caches.map(|caches| caches.join(env!("CARGO_PKG_NAME")))
}

const NOT_SHOWN: &str = "what it is (not shown)";

/// A value as a line on the screen may show it: in quotes, short, without control characters, without the credentials
/// of a URL.
///
/// Whatever stands before an `@` may be credentials, also in what is no URL; so may a query.
fn shown(given: &str) -> String {
    const SHOWN_MAX: usize = 80;
    let (scheme, rest) = given
        .split_once("://")
        .map_or(("", given), |(scheme, rest)| (scheme, rest));
    let masked = match rest.rsplit_once('@') {
        Some((_, place)) if scheme.is_empty() => format!("***@{place}"),
        Some((_, place)) => format!("{scheme}://***@{place}"),
        None => given.to_owned(),
    };
    let masked = match masked.split_once('?') {
        Some((before, _)) if masked.contains("://") => format!("{before}?***"),
        _ => masked,
    };
    let mut short: String = masked.chars().take(SHOWN_MAX).collect();
    if short.len() < masked.len() {
        short.push('…');
    }
    format!("{short:?}")
}

impl From<telemetry::SettingsError> for BadSetting {
    fn from(error: telemetry::SettingsError) -> Self {
        Self {
            name: error.variable.to_owned(),
            given: error.value.as_deref().map_or_else(|| NOT_SHOWN.to_owned(), shown),
            allowed: error.allowed.to_owned(),
        }
    }
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} can't be {}: allowed is {}", self.name, self.given, self.allowed)
    }
}

impl std::error::Error for BadSetting {}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(flags: &[(&str, &str)], variables: &[(&str, &str)]) -> Result<Config, BadSetting> {
        let find = |pairs: &[(&str, &str)], name: &str| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::read(
            Role::Session,
            |name| find(flags, name),
            |name| find(variables, name).map(OsString::from),
        )
    }

    fn refusal(variable: &str, value: &str) -> String {
        from(&[], &[(variable, value)]).expect_err("refused").to_string()
    }

    #[test]
    fn with_nothing_set_every_default_is_in_its_own_range_and_the_contract_s_own() {
        for setting in SETTINGS {
            if let Some(default) = setting.default {
                assert!(
                    setting.apply(&mut Config::unset(Role::Session), default),
                    "{}",
                    setting.variable
                );
            }
        }
        let config = from(&[], &[]).expect("defaults");
        assert_eq!(config.registry, registry::Choice::Live);
        assert_eq!(config.http.connect_timeout, Duration::from_secs(5));
        assert_eq!(config.http.read_timeout, Duration::from_secs(30));
        assert_eq!((config.http.requests_max, config.http.idle_max), (100, 20));
        assert_eq!(config.actors.question_timeout, Duration::from_secs(40));
        assert_eq!(config.actors.fresh_for, Duration::from_secs(3600));
        assert_eq!(config.actors.memory_bytes_max, 64 << 20);
        assert_eq!(config.actors.candidates_max, 2000);
        assert_eq!(config.actors.requests_per_minute, Some(50));
        assert!(!config.actors.warming);
        assert_eq!(config.tools, Tools::All);
    }

    #[test]
    fn the_daemon_holds_more_and_warms_unless_told_otherwise() {
        let daemon = |variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            Config::read(Role::Daemon, |_| None, variable).expect("usable").actors
        };
        let by_default = daemon(&[]);
        assert_eq!((by_default.memory_bytes_max, by_default.warming), (512 << 20, true));
        let told = daemon(&[("CACHE_MEMORY_MAX", "64"), ("CACHE_WARMING", "off")]);
        assert_eq!((told.memory_bytes_max, told.warming), (64 << 20, false));
        assert!(daemon(&[("CACHE_WARMING", "auto")]).warming);
        for setting in SETTINGS {
            if let Some(default) = setting.default_in_daemon {
                assert!(
                    setting.apply(&mut Config::unset(Role::Daemon), default),
                    "{}",
                    setting.variable
                );
            }
        }
    }

    #[test]
    fn a_flag_beats_a_variable_beats_the_default() {
        let variable = from(&[], &[("QUESTION_TIMEOUT", "7")]).expect("a variable");
        assert_eq!(variable.actors.question_timeout, Duration::from_secs(7));
        let both = from(&[("question-timeout", "1.5")], &[("QUESTION_TIMEOUT", "7")]).expect("both");
        assert_eq!(both.actors.question_timeout, Duration::from_millis(1500));
    }

    #[test]
    fn an_empty_variable_is_unset_and_an_empty_flag_is_refused() {
        assert!(from(&[], &[("REDIS_URL", "")]).is_ok());
        let error = from(&[("question-timeout", "")], &[]).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "--question-timeout can't be \"\": allowed is a number of seconds from 1 to 3600"
        );
    }

    #[test]
    fn a_bad_value_of_every_setting_is_refused_in_one_line_that_names_it() {
        for setting in SETTINGS {
            let bad = "no\nsuch value \u{7}";
            let Err(error) = from(&[], &[(setting.variable, bad)]) else {
                // Free text, in which nothing is bad.
                assert!(
                    matches!(setting.kind, Kind::Text { .. }),
                    "{} takes anything",
                    setting.variable
                );
                continue;
            };
            let line = error.to_string();
            assert!(line.starts_with(setting.variable), "{line}");
            assert!(line.ends_with(&setting.allowed()), "{line}");
            assert!(!line.contains('\n') && !line.contains('\u{7}'), "{line}");
        }
    }

    #[test]
    fn numbers_beyond_their_range_or_without_an_end_are_refused() {
        assert!(refusal("QUESTION_TIMEOUT", "0").contains("from 1 to 3600"));
        assert!(refusal("QUESTION_TIMEOUT", "NaN").contains("from 1 to 3600"));
        assert!(refusal("QUESTION_TIMEOUT", "inf").contains("from 1 to 3600"));
        assert!(refusal("REDIS_MAX_CONNECTIONS", "1").contains("from 2 to"));
        assert!(refusal("CANDIDATES_MAX", "-1").contains("from 1 to"));
        assert!(refusal("REGISTRY_RATE_LIMIT", "99999999999999999999").contains("from 0 to"));
    }

    #[test]
    fn no_rate_limit_is_zero() {
        let config = from(&[], &[("REGISTRY_RATE_LIMIT", "0")]).expect("zero");
        assert_eq!(config.actors.requests_per_minute, None);
    }

    #[test]
    fn secrets_are_never_shown() {
        for (variable, value) in [
            ("REDIS_URL", "redis://me:hunter2@"),
            ("REDIS_URL", "redis:/:hunter2@host"),
            ("REDIS_URL", "http://host/?password=hunter2"),
            ("MCP_AUTH_TOKEN", "hunter2"),
            ("REGISTRY", "ftp://me:hunter2@host/"),
        ] {
            let line = refusal(variable, value);
            assert!(!line.contains("hunter2"), "{line}");
        }
    }

    #[test]
    fn secrets_have_no_flag_and_all_others_have() {
        let without: Vec<_> = SETTINGS
            .iter()
            .filter(|s| s.flag().is_none())
            .map(|s| s.variable)
            .collect();
        assert_eq!(without, ["MCP_AUTH_TOKEN"]);
    }

    #[test]
    fn without_a_home_there_is_no_store_on_disk_and_redis_is_only_where_it_is_named() {
        let store = from(&[], &[]).expect("usable").actors.store;
        assert!(store.embedded.is_none() && store.redis.is_none());
        let at_home = from(&[], &[("HOME", "/users/ada"), ("LOCALAPPDATA", "C:\\Users\\ada")]);
        let folder = at_home.expect("usable").actors.store.embedded.expect("a store").folder;
        assert!(folder.ends_with("clinical-trials-mcp"), "{}", folder.display());
        let named = [
            ("REDIS_URL", "rediss://:hunter2@cache:6380/0"),
            ("CACHE_DISK_MAX", "100"),
        ];
        let config = from(&[("cache-dir", "/nowhere/yet")], &named).expect("usable");
        let embedded = config.actors.store.embedded.clone().expect("a store");
        assert_eq!(
            (embedded.folder, embedded.bytes_max),
            ("/nowhere/yet".into(), 100 << 20)
        );
        let redis = config.actors.store.redis.clone().expect("named");
        assert_eq!((redis.connections_max, redis.timeout), (10, Duration::from_secs(5)));
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(refusal("REDIS_URL", "memcached://cache").contains("redis-sentinel://"));
    }

    #[test]
    fn proxies_have_flags_and_a_password_in_one_is_not_shown() {
        let by_flag = from(&[("https-proxy", "proxy.example:3128")], &[]).expect("usable");
        let by_variable = from(&[], &[("HTTPS_PROXY", "proxy.example:3128")]).expect("usable");
        assert_eq!(by_flag.http.proxies, by_variable.http.proxies);
        assert_ne!(by_flag.http.proxies, registry::Proxies::default());
        let line = refusal("HTTP_PROXY", "socks5://me:hunter2@proxy");
        assert!(line.starts_with("HTTP_PROXY can't be \"socks5://***@proxy\""), "{line}");
        assert!(from(&[], &[("NO_PROXY", "localhost, .example.org,10.0.0.0/8")]).is_ok());
    }

    #[test]
    fn otlp_over_grpc_is_refused() {
        let line = refusal("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        assert_eq!(
            line,
            "OTEL_EXPORTER_OTLP_PROTOCOL can't be \"grpc\": allowed is http/protobuf"
        );
    }

    #[test]
    fn warming_is_off_on_stdio_unless_it_is_switched_on() {
        assert!(!from(&[], &[("CACHE_WARMING", "auto")]).expect("auto").actors.warming);
        assert!(from(&[], &[("CACHE_WARMING", "ON")]).expect("on").actors.warming);
    }
}
