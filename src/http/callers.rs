//! Who may call: by the name they call us, by the page they come from, and by the token they bring.
//!
//! A web page can make its visitor's browser call any address that the browser reaches, this machine's loopback among
//! them, and by DNS rebinding even read the answers. Such a call gives itself away by its `Host` or its `Origin`, and a
//! foreign one is refused on every path. Who calls without a browser sends no `Origin`.

mod token;

pub use token::Token;

use super::Settings;
use super::listen::is_loopback;
use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use tower_http::cors::{AllowOrigin, Cors};
use tower_http::validate_request::{ValidateRequest, ValidateRequestHeader};

/// The names that a caller may use for us; loopback's unless set.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Hosts(Option<Vec<Place>>);

/// The places whose web pages may call us; loopback unless set.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Origins(Option<Vec<Page>>);

/// A host, and a port where only that one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    host: Host,
    port: Option<u16>,
}

/// A host by its name in lower case or by its address, in whatever way that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    Address(IpAddr),
}

/// Where a web page comes from, as its browser says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    /// None, in a list of those allowed: any.
    scheme: Option<String>,
    place: Place,
}

impl Hosts {
    /// Reads a list such as `trials.example.org,localhost:8000,[::1]`; none where one of them is no host.
    pub(crate) fn read(given: &str) -> Option<Self> {
        let places: Option<_> = given.split(',').map(|host| Place::read(host.trim())).collect();
        places.map(|places| Self(Some(places)))
    }

    fn allow(&self, called: &Place) -> bool {
        match &self.0 {
            None => called.host.is_loopback(),
            Some(allowed) => allowed.iter().any(|place| place.contains(called)),
        }
    }
}

impl Origins {
    /// Reads a list such as `https://app.example.org,trials.example.org,localhost`; a name alone stands for its pages by
    /// http and https on every port. None where one of them is neither.
    pub(crate) fn read(given: &str) -> Option<Self> {
        let pages: Option<_> = given.split(',').map(|page| Page::allowed(page.trim())).collect();
        pages.map(|pages| Self(Some(pages)))
    }

    fn allow(&self, origin: &HeaderValue) -> bool {
        // `null`, what a sandboxed page calls itself, is nobody's name.
        let Some(page) = origin.to_str().ok().and_then(Page::named) else {
            return false;
        };
        match &self.0 {
            None => page.place.host.is_loopback(),
            Some(allowed) => allowed.iter().any(|allowed| {
                allowed
                    .scheme
                    .as_ref()
                    .is_none_or(|scheme| page.scheme.as_ref() == Some(scheme))
                    && allowed.place.contains(&page.place)
            }),
        }
    }
}

impl Place {
    /// Reads `name`, `name:port`, `192.0.2.1:80` or `[::1]:80`; also `::1`, as people write it in a list.
    fn read(given: &str) -> Option<Self> {
        if let Ok(address) = given.parse::<Ipv6Addr>() {
            return Some(Self {
                host: Host::Address(IpAddr::V6(address).to_canonical()),
                port: None,
            });
        }
        let authority: Authority = given.parse().ok()?;
        // The library passes over a user before the host, and over a port that is none.
        let port = match given.strip_prefix(authority.host())? {
            "" => None,
            port => Some(port.strip_prefix(':')?.parse().ok()?),
        };
        Some(Self {
            host: Host::read(authority.host())?,
            port,
        })
    }

    fn contains(&self, other: &Self) -> bool {
        self.host == other.host && (self.port.is_none() || self.port == other.port)
    }
}

impl Host {
    fn read(given: &str) -> Option<Self> {
        if given.is_empty() {
            return None;
        }
        let address = match given.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inside) => Some(IpAddr::V6(inside.parse().ok()?)),
            None => given.parse().ok().map(IpAddr::V4),
        };
        Some(address.map_or_else(
            || Self::Name(given.to_ascii_lowercase()),
            |address| Self::Address(address.to_canonical()),
        ))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::Address(address) => is_loopback(*address),
        }
    }
}

impl Page {
    /// Reads what a browser sends: a scheme, a host, and a port where it isn't the scheme's own.
    fn named(given: &str) -> Option<Self> {
        let (scheme, place) = given.split_once("://")?;
        let (scheme, mut place) = (scheme.to_ascii_lowercase(), Place::read(place)?);
        place.port = place.port.or(match scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        });
        Some(Self {
            scheme: Some(scheme),
            place,
        })
    }

    /// Reads an entry of a list: an origin, or a host alone.
    fn allowed(given: &str) -> Option<Self> {
        if given.contains("://") {
            return Self::named(given);
        }
        Some(Self {
            scheme: None,
            place: Place::read(given)?,
        })
    }
}

/// Routes behind the checks of who calls. The checks stand around the router and are no layers of it: those would be boxed
/// for each route, and cloned and boxed anew for each request.
pub(super) type Guarded = ValidateRequestHeader<Cors<ValidateRequestHeader<Router, WithToken>>, ByName>;

/// The routes, for those callers alone who are let in.
pub(super) fn guarded(routes: Router, settings: Settings) -> Guarded {
    let callers = Arc::new(Callers(settings));
    let asked_for_token = ValidateRequestHeader::custom(routes, WithToken(Arc::clone(&callers)));
    ValidateRequestHeader::custom(callers.cross_origin(asked_for_token), ByName(callers))
}

/// Refuses a foreign `Host` or `Origin`, on every path.
#[derive(Clone, Debug)]
pub(super) struct ByName(Arc<Callers>);

/// Demands the token, if there is one, on every path but two.
#[derive(Clone, Debug)]
pub(super) struct WithToken(Arc<Callers>);

/// Who may call one daemon.
#[derive(Debug)]
struct Callers(Settings);

/// What a browser may send from a page of another origin: what MCP and traces need.
const HEADERS_ALLOWED: [HeaderName; 8] = [
    CONTENT_TYPE,
    AUTHORIZATION,
    HeaderName::from_static("mcp-protocol-version"),
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

impl Callers {
    /// Lets browsers show our answers to pages of the origins allowed: a page on this machine's other port is of another
    /// origin, and its browser asks first.
    fn cross_origin<S>(&self, answering: S) -> Cors<S> {
        let origins = self.0.origins.clone();
        Cors::new(answering)
            .allow_origin(AllowOrigin::predicate(move |origin, _| origins.allow(origin)))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(HEADERS_ALLOWED)
            .expose_headers([WWW_AUTHENTICATE, HeaderName::from_static("mcp-session-id")])
    }

    /// Why this caller is not let in by name.
    fn refuse_name(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let mut named = headers.get_all(HOST).iter();
        let (Some(host), None) = (named.next(), named.next()) else {
            return Err((StatusCode::BAD_REQUEST, "the request has not exactly one Host header\n"));
        };
        // A target in absolute form names the host too, and neither may be foreign.
        let host = host.to_str().ok().and_then(Place::read);
        let target = uri.authority().map(|authority| Place::read(authority.as_str()));
        let is_allowed = |place: Option<Place>| place.is_some_and(|place| self.0.hosts.allow(&place));
        if !is_allowed(host) || !target.is_none_or(is_allowed) {
            return Err((
                StatusCode::FORBIDDEN,
                "this server doesn't go by the name in Host: its operator can add it to ALLOWED_HOSTS\n",
            ));
        }
        if headers
            .get_all(ORIGIN)
            .iter()
            .any(|origin| !self.0.origins.allow(origin))
        {
            return Err((
                StatusCode::FORBIDDEN,
                "pages of this Origin may not call this server: its operator can add it to ALLOWED_ORIGINS\n",
            ));
        }
        Ok(())
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.0.token else { return true };
        let given = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let given = given.and_then(|given| given.split_at_checked("Bearer ".len()));
        given.is_some_and(|(scheme, given)| scheme.eq_ignore_ascii_case(b"Bearer ") && token.is(given.trim_ascii()))
    }
}

impl<B> ValidateRequest<B> for ByName {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut Request<B>) -> Result<(), Response> {
        let Self(callers) = self;
        callers
            .refuse_name(request.uri(), request.headers())
            .map_err(IntoResponse::into_response)
    }
}

/// The paths that whoever watches over the process may ask without a token.
const WITHOUT_TOKEN: [&str; 2] = ["/health", "/ready"];

impl<B> ValidateRequest<B> for WithToken {
    type ResponseBody = Body;

    fn validate(&mut self, request: &mut Request<B>) -> Result<(), Response> {
        let Self(callers) = self;
        if WITHOUT_TOKEN.contains(&request.uri().path()) || callers.has_token(request.headers()) {
            return Ok(());
        }
        let challenge = if request.headers().contains_key(AUTHORIZATION) {
            r#"Bearer realm="clinical-trials-mcp", error="invalid_token""#
        } else {
            r#"Bearer realm="clinical-trials-mcp""#
        };
        Err((
            StatusCode::UNAUTHORIZED,
            [(WWW_AUTHENTICATE, challenge)],
            "this server asks for its token: send it as Authorization: Bearer TOKEN\n",
        )
            .into_response())
    }
}

#[cfg(test)]
mod tests;
