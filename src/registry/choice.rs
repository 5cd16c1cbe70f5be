//! Which registry is asked: the live one, the embedded sample, or any base URL that speaks the v2 API.

use reqwest::Url;
use std::fmt;
use std::str::FromStr;

/// Where ClinicalTrials.gov serves version 2 of its API.
const LIVE: &str = "https://clinicaltrials.gov/api/v2";

/// Which registry is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// ClinicalTrials.gov.
    Live,
    /// The embedded registry of sample studies, over loopback HTTP.
    Sample,
    /// Whatever speaks the v2 API under this base URL: http or https, without credentials, query and fragment.
    /// [`Choice::from_str`] checks that.
    At(Url),
}

/// The text names no registry. It is not repeated here: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotARegistry {
    /// Neither a keyword nor an http or https URL with a host.
    NoUrl,
    /// The URL has a user name or password in it, which would end up in logs and traces.
    Credentials,
    /// The URL has a query or a fragment, so no path can be put behind it.
    NoBase,
}

impl Choice {
    /// The base URL asked, where it is known before the sample registry is started.
    #[must_use]
    pub fn base_url(&self) -> Option<&str> {
        match self {
            Self::Live => Some(LIVE),
            Self::Sample => None,
            Self::At(url) => Some(url.as_str()),
        }
    }
}

impl FromStr for Choice {
    type Err = NotARegistry;

    fn from_str(text: &str) -> Result<Self, NotARegistry> {
        match text.trim() {
            "live" => Ok(Self::Live),
            "sample" => Ok(Self::Sample),
            url => base(url).map(Self::At),
        }
    }
}

/// Reads a base URL, without the slashes at its end.
pub(super) fn base(text: &str) -> Result<Url, NotARegistry> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| NotARegistry::NoUrl)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(NotARegistry::NoUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotARegistry::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(NotARegistry::NoBase);
    }
    Ok(url)
}

/// Whether the URL's host is this machine, which no proxy leads to.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// The keyword or the URL, as [`Choice::from_str`] reads it back.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::Sample => f.write_str("sample"),
            Self::At(url) => f.write_str(url.as_str()),
        }
    }
}

impl fmt::Display for NotARegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUrl => {
                "a registry is live, sample, or an http or https base URL such as http://127.0.0.1:9999/api/v2"
            }
            Self::Credentials => "a registry's URL must not hold a user name or password",
            Self::NoBase => "a registry's URL is a base such as http://127.0.0.1:9999/api/v2, without ? and #",
        })
    }
}

impl std::error::Error for NotARegistry {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keywords_and_base_urls_are_read_and_written_back() {
        for text in [
            "live",
            "sample",
            "http://127.0.0.1:9999/api/v2",
            "https://mirror.example/v2",
        ] {
            assert_eq!(text.parse::<Choice>().unwrap().to_string(), text);
        }
        let trailing: Choice = " http://127.0.0.1:9999/api/v2/ ".parse().unwrap();
        assert_eq!(trailing.base_url(), Some("http://127.0.0.1:9999/api/v2"));
    }

    #[test]
    fn what_is_no_registry_is_refused_without_repeating_it() {
        let refused = |text: &str| text.parse::<Choice>().unwrap_err();
        for text in [
            "",
            "Live",
            "clinicaltrials.gov",
            "ftp://example.org",
            "file:///etc/passwd",
            "http://",
        ] {
            assert_eq!(refused(text), NotARegistry::NoUrl, "{text}");
        }
        assert_eq!(refused("https://me:secret@example.org/v2"), NotARegistry::Credentials);
        assert_eq!(refused("https://me@example.org/v2"), NotARegistry::Credentials);
        assert_eq!(refused("https://example.org/v2?token=secret"), NotARegistry::NoBase);
        assert!(
            !refused("https://me:secret@example.org/v2")
                .to_string()
                .contains("secret")
        );
    }

    #[test]
    fn this_machine_is_known_by_name_and_by_address() {
        let loopback = |text: &str| is_loopback(&base(text).unwrap());
        for here in [
            "http://127.0.0.1:1/x",
            "http://localhost/x",
            "http://[::1]:8/x",
            "http://a.localhost",
        ] {
            assert!(loopback(here), "{here}");
        }
        for elsewhere in [
            "http://10.0.0.1/x",
            "https://clinicaltrials.gov/api/v2",
            "http://localhost.example/x",
        ] {
            assert!(!loopback(elsewhere), "{elsewhere}");
        }
    }
}
