//! Where spans go and how, from the standard `OTEL_*` variables.
//!
//! All of them are read here, through a lookup that is handed in, and handed on to the SDK as values. The SDK would read
//! most of them from the process by itself, but replaces what it can't use by a default, silently; a server refuses it.
//! Left to the SDK are the limits of a span, `OTEL_SPAN_*`. The meanings are those of the OpenTelemetry specification,
//! "SDK environment variables" and "OTLP exporter configuration". An empty variable counts as unset there, and here.

use std::fmt;
use std::time::Duration;

/// What is exported, if anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// None: no exporter at all.
    pub export: Option<Export>,
}

/// How spans are exported.
#[derive(Clone, PartialEq)]
pub struct Export {
    /// The whole URL that batches are posted to, `http://localhost:4318/v1/traces`.
    pub endpoint: String,
    /// Sent with each batch; they carry tokens, so they are never shown.
    pub headers: Vec<(String, String)>,
    /// How long a batch may take.
    pub timeout: Duration,
    /// What the traces call this process.
    pub service_name: String,
    /// What else they say of it.
    pub attributes: Vec<(String, String)>,
    /// Which traces are kept.
    pub sampling: Sampling,
    /// Finished spans that wait at most; what comes on top is dropped.
    pub queue_spans_max: usize,
    /// Spans in one request at most.
    pub batch_spans_max: usize,
    /// How long a span waits at most for others to share its request.
    pub batch_delay: Duration,
}

/// Which traces are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Whether the caller's decision, where there is a caller, goes before our own.
    pub follows_parent: bool,
    /// The share of traces kept by our own decision, 0 to 1.
    pub share: f64,
}

impl Default for Export {
    /// The specification's defaults, and a local collector.
    fn default() -> Self {
        Self {
            endpoint: "http://localhost:4318/v1/traces".to_owned(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            service_name: env!("CARGO_PKG_NAME").to_owned(),
            attributes: Vec::new(),
            sampling: Sampling {
                follows_parent: true,
                share: 1.0,
            },
            queue_spans_max: 2048,
            batch_spans_max: 512,
            batch_delay: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("endpoint", &self.endpoint)
            .field(
                "headers",
                &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("timeout", &self.timeout)
            .field("service_name", &self.service_name)
            .field("attributes", &self.attributes)
            .field("sampling", &self.sampling)
            .field("queue_spans_max", &self.queue_spans_max)
            .field("batch_spans_max", &self.batch_spans_max)
            .field("batch_delay", &self.batch_delay)
            .finish()
    }
}

impl Export {
    /// Whether the collector listens on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let Ok(url) = reqwest::Url::parse(&self.endpoint) else {
            return false;
        };
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl Settings {
    /// Reads the variables, by a lookup that answers as the environment would.
    ///
    /// # Errors
    /// Where a variable that would be used can't be: the first such, with what is allowed.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let variables = Variables(&lookup);
        let Some(endpoint) = variables.endpoint()? else {
            return Ok(Self::default());
        };
        variables.refuse_the_unsupported()?;
        let defaults = Export::default();
        let attributes = variables.pairs("OTEL_RESOURCE_ATTRIBUTES")?;
        let named = attributes.iter().find(|(name, _)| name == super::names::SERVICE_NAME);
        let service_name = variables
            .get("OTEL_SERVICE_NAME")
            .or_else(|| named.map(|(_, value)| value.clone()));
        let queue_spans_max = variables.count("OTEL_BSP_MAX_QUEUE_SIZE", defaults.queue_spans_max)?;
        Ok(Self {
            export: Some(Export {
                endpoint,
                headers: variables.headers()?,
                timeout: variables.milliseconds(
                    variables.first(["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"]),
                    defaults.timeout,
                )?,
                service_name: service_name.unwrap_or(defaults.service_name),
                attributes,
                sampling: variables.sampling(defaults.sampling)?,
                queue_spans_max,
                // By the specification a batch is never larger than the queue it is taken from.
                batch_spans_max: variables
                    .count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", defaults.batch_spans_max)?
                    .min(queue_spans_max),
                batch_delay: variables.milliseconds("OTEL_BSP_SCHEDULE_DELAY", defaults.batch_delay)?,
            }),
        })
    }
}

/// A variable that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// Which.
    pub variable: &'static str,
    /// What it says; none where that may hold a secret.
    pub value: Option<String>,
    /// What it may say.
    pub allowed: &'static str,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            variable,
            value,
            allowed,
        } = self;
        match value {
            Some(value) => write!(f, "{variable}: {value:?} can't be used; allowed is {allowed}"),
            None => write!(f, "{variable}: its value can't be used; allowed is {allowed}"),
        }
    }
}

impl std::error::Error for SettingsError {}

/// The environment, as the specification reads it.
struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Variables<'_> {
    fn get(&self, variable: &str) -> Option<String> {
        (self.0)(variable)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The first of two that is set: what is said of traces goes before what is said of all signals.
    fn first(&self, [own, general]: [&'static str; 2]) -> &'static str {
        if self.get(own).is_some() { own } else { general }
    }

    /// Where to, if anywhere: the variable for traces is the whole URL, the general one a base.
    fn endpoint(&self) -> Result<Option<String>, SettingsError> {
        const ALLOWED: &str = "an http or https URL without credentials (those go into OTEL_EXPORTER_OTLP_HEADERS)";
        if self
            .get("OTEL_SDK_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            return Ok(None);
        }
        let variable = self.first(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
        let Some(value) = self.get(variable) else {
            return Ok(None);
        };
        match self.get("OTEL_TRACES_EXPORTER").as_deref() {
            None | Some("otlp") => {}
            Some("none") => return Ok(None),
            Some(other) => return refuse("OTEL_TRACES_EXPORTER", other, "otlp or none"),
        }
        let url = reqwest::Url::parse(&value)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        match url {
            Some(url) if url.username().is_empty() && url.password().is_none() => {
                let is_whole = variable == "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
                Ok(Some(if is_whole {
                    value
                } else {
                    format!("{}/v1/traces", value.trim_end_matches('/'))
                }))
            }
            // What is neither may hold a password all the same.
            _ if value.contains('@') => Err(SettingsError {
                variable,
                value: None,
                allowed: ALLOWED,
            }),
            _ => refuse(variable, &value, ALLOWED),
        }
    }

    fn refuse_the_unsupported(&self) -> Result<(), SettingsError> {
        let protocol = self.first(["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]);
        match self.get(protocol).as_deref() {
            None | Some("http/protobuf") => {}
            Some(other) => return refuse(protocol, other, "http/protobuf"),
        }
        let compression = self.first([
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "OTEL_EXPORTER_OTLP_COMPRESSION",
        ]);
        match self.get(compression).as_deref() {
            None | Some("none") => {}
            Some(other) => return refuse(compression, other, "none"),
        }
        let certificates = [
            [
                "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_CERTIFICATE",
            ],
            ["OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"],
            [
                "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
            ],
        ];
        for variable in certificates.map(|pair| self.first(pair)) {
            if let Some(value) = self.get(variable) {
                return refuse(variable, &value, "nothing: the machine's own certificates are used");
            }
        }
        Ok(())
    }

    fn headers(&self) -> Result<Vec<(String, String)>, SettingsError> {
        let variable = self.first(["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]);
        let headers = self.pairs(variable)?;
        let usable = headers.iter().all(|(name, value)| {
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
                && reqwest::header::HeaderValue::from_str(value).is_ok()
        });
        if usable {
            Ok(headers)
        } else {
            Err(SettingsError {
                variable,
                value: None,
                allowed: PAIRS,
            })
        }
    }

    /// `name=value,name=value`, values percent-encoded, as W3C Baggage writes them.
    fn pairs(&self, variable: &'static str) -> Result<Vec<(String, String)>, SettingsError> {
        let refused = || SettingsError {
            variable,
            value: None,
            allowed: PAIRS,
        };
        let text = self.get(variable).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').ok_or_else(refused)?;
                let value = percent_decoded(value.trim()).ok_or_else(refused)?;
                if name.trim().is_empty() {
                    Err(refused())
                } else {
                    Ok((name.trim().to_owned(), value))
                }
            })
            .collect()
    }

    fn sampling(&self, default: Sampling) -> Result<Sampling, SettingsError> {
        const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
        let Some(sampler) = self.get(SAMPLER) else {
            return Ok(default);
        };
        let (follows_parent, own) = match sampler.strip_prefix("parentbased_") {
            Some(own) => (true, own),
            None => (false, sampler.as_str()),
        };
        let share = match own {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => self.share()?,
            _ => {
                return refuse(
                    SAMPLER,
                    &sampler,
                    "always_on, always_off or traceidratio, alone or after parentbased_",
                );
            }
        };
        Ok(Sampling { follows_parent, share })
    }

    fn share(&self) -> Result<f64, SettingsError> {
        const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
        let Some(value) = self.get(ARGUMENT) else {
            return Ok(1.0);
        };
        match value.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
            _ => refuse(ARGUMENT, &value, "a number from 0 to 1"),
        }
    }

    fn milliseconds(&self, variable: &'static str, default: Duration) -> Result<Duration, SettingsError> {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        let Some(value) = self.get(variable) else {
            return Ok(default);
        };
        match value.parse() {
            Ok(milliseconds @ 1..=DAY) => Ok(Duration::from_millis(milliseconds)),
            _ => refuse(variable, &value, "a number of milliseconds from 1 to 86400000"),
        }
    }

    fn count(&self, variable: &'static str, default: usize) -> Result<usize, SettingsError> {
        let Some(value) = self.get(variable) else {
            return Ok(default);
        };
        match value.parse() {
            Ok(count @ 1..=1_000_000) => Ok(count),
            _ => refuse(variable, &value, "a number of spans from 1 to 1000000"),
        }
    }
}

const PAIRS: &str = "name=value, several separated by commas, values percent-encoded";

fn refuse<T>(variable: &'static str, value: &str, allowed: &'static str) -> Result<T, SettingsError> {
    Err(SettingsError {
        variable,
        value: Some(value.chars().take(80).collect()),
        allowed,
    })
}

/// None where what stands after a `%` is not a byte, or the bytes are not text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, encoded)) = rest.split_once('%') {
        bytes.extend_from_slice(plain.as_bytes());
        let digits = encoded
            .get(..2)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = encoded.get(2..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_variables(|asked| {
            variables
                .iter()
                .find(|(name, _)| *name == asked)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn export(more: &[(&str, &str)]) -> Export {
        let mut variables = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")];
        variables.extend(more);
        read(&variables).unwrap().export.unwrap()
    }

    fn refusal(more: &[(&str, &str)]) -> String {
        let mut variables = more.to_vec();
        variables.push(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"));
        let line = read(&variables).unwrap_err().to_string();
        assert!(!line.contains('\n') && line.len() < 240, "{line}");
        line
    }

    #[test]
    fn without_an_endpoint_nothing_is_exported_whatever_else_is_set() {
        assert_eq!(read(&[]).unwrap().export, None);
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]).unwrap().export, None);
        assert_eq!(read(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap().export, None);
    }

    #[test]
    fn an_endpoint_can_be_switched_off() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        assert_eq!(read(&[endpoint, ("OTEL_SDK_DISABLED", "TRUE")]).unwrap().export, None);
        assert_eq!(
            read(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]).unwrap().export,
            None
        );
        assert!(refusal(&[("OTEL_TRACES_EXPORTER", "zipkin")]).contains("otlp or none"));
    }

    #[test]
    fn the_general_endpoint_is_a_base_and_the_one_for_traces_is_whole() {
        assert_eq!(export(&[]).endpoint, "http://collector:4318/v1/traces");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example/in");
        assert_eq!(export(&[own]).endpoint, "https://traces.example/in");
        let slash = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/")];
        assert_eq!(
            read(&slash).unwrap().export.unwrap().endpoint,
            "http://collector:4318/otlp/v1/traces"
        );
    }

    #[test]
    fn what_is_not_supported_is_refused_in_one_line() {
        assert_eq!(
            refusal(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]),
            "OTEL_EXPORTER_OTLP_PROTOCOL: \"grpc\" can't be used; allowed is http/protobuf"
        );
        assert!(refusal(&[("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json")]).contains("http/json"));
        assert!(refusal(&[("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")]).contains("allowed is none"));
        assert!(refusal(&[("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem")]).contains("machine's own"));
        assert!(refusal(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4318")]).contains("http or https"));
    }

    #[test]
    fn secrets_are_neither_refused_aloud_nor_shown() {
        let line = refusal(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://me:hunter2@collector:4318")]);
        assert!(!line.contains("hunter2"), "{line}");
        let line = refusal(&[("OTEL_EXPORTER_OTLP_HEADERS", "authorization hunter2")]);
        assert!(!line.contains("hunter2"), "{line}");
        let shown = format!(
            "{:?}",
            export(&[("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hunter2")])
        );
        assert!(shown.contains("authorization") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn headers_and_attributes_are_pairs_with_percent_encoded_values() {
        let headers = export(&[(
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20a%3Db , x-tenant=7,",
        )])
        .headers;
        let expected = [("authorization", "Bearer a=b"), ("x-tenant", "7")];
        assert_eq!(
            headers,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        for broken in ["=x", "a=%4", "a=%zz", "a=%ff", "na me=x", "a=%0a"] {
            assert!(
                refusal(&[("OTEL_EXPORTER_OTLP_HEADERS", broken)]).contains("name=value"),
                "{broken}"
            );
        }
    }

    #[test]
    fn a_service_is_named_by_its_own_variable_then_by_the_attributes() {
        let attributes = (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=ward,deployment.environment.name=test",
        );
        assert_eq!(export(&[]).service_name, "clinical-trials-mcp");
        assert_eq!(export(&[attributes]).service_name, "ward");
        assert_eq!(
            export(&[attributes, ("OTEL_SERVICE_NAME", "board")]).service_name,
            "board"
        );
    }

    #[test]
    fn samplers_are_those_of_the_specification() {
        let sampling = |sampler: &str, argument: &str| {
            let sampling = export(&[("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument)]).sampling;
            (sampling.follows_parent, sampling.share)
        };
        assert_eq!(sampling("always_off", ""), (false, 0.0));
        assert_eq!(sampling("traceidratio", "0.25"), (false, 0.25));
        assert_eq!(sampling("parentbased_traceidratio", ""), (true, 1.0));
        assert!(refusal(&[("OTEL_TRACES_SAMPLER", "xray")]).contains("always_on"));
        let ratio = ("OTEL_TRACES_SAMPLER", "traceidratio");
        assert!(refusal(&[ratio, ("OTEL_TRACES_SAMPLER_ARG", "2")]).contains("from 0 to 1"));
        assert!(refusal(&[ratio, ("OTEL_TRACES_SAMPLER_ARG", "NaN")]).contains("from 0 to 1"));
    }

    #[test]
    fn a_batch_is_never_larger_than_its_queue() {
        let export = export(&[("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_BSP_SCHEDULE_DELAY", "250")]);
        assert_eq!((export.queue_spans_max, export.batch_spans_max), (100, 100));
        assert_eq!(export.batch_delay, Duration::from_millis(250));
        assert!(refusal(&[("OTEL_BSP_MAX_QUEUE_SIZE", "0")]).contains("from 1"));
        assert!(refusal(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]).contains("milliseconds"));
    }

    #[test]
    fn a_collector_on_this_machine_is_recognised() {
        for (endpoint, loopback) in [
            ("http://localhost:4318/v1/traces", true),
            ("http://127.0.0.1:4318/v1/traces", true),
            ("http://[::1]:4318/v1/traces", true),
            ("http://collector:4318/v1/traces", false),
        ] {
            assert_eq!(
                Export {
                    endpoint: endpoint.to_owned(),
                    ..Export::default()
                }
                .is_loopback(),
                loopback
            );
        }
    }
}
