//! Proxies: what leads to a registry elsewhere. This machine, and with it the sample registry, is never asked by one.

use super::choice;
use reqwest::{ClientBuilder, NoProxy, Url};
use std::fmt;

/// The proxies set, as every program knows them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For a registry by https.
    https: Option<Url>,
    /// For a registry by http.
    http: Option<Url>,
    /// Hosts that are asked without one.
    none: String,
}

impl Proxies {
    /// Sets the proxy to a registry by https; false where the text is no proxy.
    pub fn set_https(&mut self, text: &str) -> bool {
        self.https = url(text);
        self.https.is_some()
    }

    /// Sets the proxy to a registry by http; false where the text is no proxy.
    pub fn set_http(&mut self, text: &str) -> bool {
        self.http = url(text);
        self.http.is_some()
    }

    /// Sets the hosts that are asked without a proxy, with commas between; false where the text can't be a list of hosts.
    pub fn set_none(&mut self, hosts: &str) -> bool {
        text_is_clean(hosts) && {
            hosts.clone_into(&mut self.none);
            true
        }
    }

    /// Has a client use them on its way to this base URL. What else the system says of proxies is not looked at, so
    /// that the settings tell all there is.
    pub(super) fn lead_to(&self, base: &Url, client: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        let client = client.no_proxy();
        if choice::is_loopback(base) {
            return Ok(client);
        }
        let but = || NoProxy::from_string(&self.none);
        let mut proxies = Vec::new();
        if let Some(url) = &self.https {
            proxies.push(reqwest::Proxy::https(url.clone())?.no_proxy(but()));
        }
        if let Some(url) = &self.http {
            proxies.push(reqwest::Proxy::http(url.clone())?.no_proxy(but()));
        }
        Ok(proxies.into_iter().fold(client, ClientBuilder::proxy))
    }
}

/// A proxy may be written without its scheme, `proxy.example:3128`, as other programs take it.
fn url(text: &str) -> Option<Url> {
    let url = if text.contains("://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("http://{text}"))
    };
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn text_is_clean(hosts: &str) -> bool {
    hosts.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// Without a user name and password, which a proxy's URL may hold.
impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |url: &Option<Url>| url.as_ref().and_then(|url| url.host_str().map(str::to_owned));
        f.debug_struct("Proxies")
            .field("https", &host(&self.https))
            .field("http", &host(&self.http))
            .field("none", &self.none)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What a client with these proxies first says to the proxy when it asks this address; none where it didn't come.
    async fn asked(hosts_without: &str, address: &str) -> Option<String> {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut proxies = Proxies::default();
        assert!(proxies.set_http(&format!("http://{}", proxy.local_addr().unwrap())));
        assert!(proxies.set_none(hosts_without));
        let address = Url::parse(address).unwrap();
        let client = proxies
            .lead_to(&address, reqwest::Client::builder())
            .unwrap()
            .build()
            .unwrap();
        let asking = tokio::spawn(client.get(address).send());
        let heard = async {
            let (mut line, _) = proxy.accept().await.unwrap();
            let mut words = vec![0; 1024];
            let length = line.read(&mut words).await.unwrap();
            line.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            String::from_utf8_lossy(&words[..length]).into_owned()
        };
        tokio::select! {
            heard = heard => Some(heard),
            _ = asking => None,
        }
    }

    #[tokio::test]
    async fn a_registry_elsewhere_is_asked_by_the_proxy_and_this_machine_never() {
        let heard = asked("", "http://registry.invalid/api/v2").await.expect("by the proxy");
        assert!(heard.starts_with("GET http://registry.invalid/api/v2 "), "{heard}");
        assert_eq!(asked("registry.invalid", "http://registry.invalid/api/v2").await, None);
        assert_eq!(asked("", "http://127.0.0.1:9/api/v2").await, None);
    }

    #[test]
    fn a_proxy_is_a_url_with_or_without_its_scheme_and_its_password_is_never_shown() {
        let mut proxies = Proxies::default();
        for proxy in [
            "http://me:hunter2@proxy.example:3128",
            "proxy.example:3128",
            "https://proxy.example",
        ] {
            assert!(proxies.set_https(proxy) && proxies.set_http(proxy), "{proxy}");
            assert!(!format!("{proxies:?}").contains("hunter2"));
        }
        for nonsense in ["", "socks5://proxy", "http://"] {
            assert!(!proxies.set_https(nonsense), "{nonsense}");
        }
    }
}
