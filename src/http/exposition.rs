//! The figures for a scraper, in the format that it asks for.
//!
//! Prometheus asks for OpenMetrics first and takes the older text format too; what asks for nothing gets the older one.
//! The two differ in three things: the media type, the name of a counter's family, which in OpenMetrics lacks the
//! `_total` of its samples, and the line that ends it.
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>

use crate::calls::Calls;
use crate::metrics;
use actors::report::Report;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use std::fmt::Write as _;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The media type and the text that these headers ask for.
pub(super) fn of(report: &Report, calls: &Calls, headers: &HeaderMap) -> (&'static str, String) {
    let text = metrics::prometheus(report, calls);
    if prefers_open_metrics(headers) {
        (OPEN_METRICS, open_metrics(&text))
    } else {
        (metrics::CONTENT_TYPE, text)
    }
}

/// Whether OpenMetrics is named in `Accept`, and no less wanted than plain text is.
fn prefers_open_metrics(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut open_metrics, mut plain) = (0.0_f32, 0.0_f32);
    for range in accepted.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if media_type.eq_ignore_ascii_case("application/openmetrics-text") {
            open_metrics = open_metrics.max(weight);
        } else if media_type.eq_ignore_ascii_case("text/plain") {
            plain = plain.max(weight);
        }
    }
    open_metrics > 0.0 && open_metrics >= plain
}

/// Text format 0.0.4 as OpenMetrics.
fn open_metrics(text: &str) -> String {
    let mut open = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        match family(line) {
            Some((keyword, name, rest)) => {
                // All that ends so is a counter.
                let family = name.strip_suffix("_total").unwrap_or(name);
                let _ = writeln!(open, "# {keyword} {family} {rest}");
            }
            None => {
                open.push_str(line);
                open.push('\n');
            }
        }
    }
    open.push_str("# EOF\n");
    open
}

/// A line that speaks of a family: its keyword, the family's name, and the rest.
fn family(line: &str) -> Option<(&str, &str, &str)> {
    let (keyword, rest) = line.strip_prefix("# ")?.split_once(' ')?;
    let (name, rest) = rest.split_once(' ')?;
    ["HELP", "TYPE"].contains(&keyword).then_some((keyword, name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn media_type(accept: &'static str) -> &'static str {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        of(&crate::json::test_report(), &Calls::default(), &headers).0
    }

    #[test]
    fn open_metrics_is_given_to_who_asks_for_it() {
        for wanting in [
            "application/openmetrics-text",
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            "Application/OpenMetrics-Text; version=1.0.0, text/plain",
        ] {
            assert_eq!(media_type(wanting), OPEN_METRICS, "{wanting}");
        }
        for not_wanting in [
            "",
            "*/*",
            "text/html",
            "text/plain",
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;q=0.1, text/plain;q=0.9",
            "application/openmetrics-text;q=much",
        ] {
            assert_eq!(media_type(not_wanting), metrics::CONTENT_TYPE, "{not_wanting}");
        }
        let (without, _) = of(&crate::json::test_report(), &Calls::default(), &HeaderMap::new());
        assert_eq!(without, metrics::CONTENT_TYPE);
    }

    #[test]
    fn a_counters_family_has_no_total_and_its_samples_do() {
        let open = open_metrics(&metrics::prometheus(&crate::json::test_report(), &Calls::default()));
        assert!(
            open.contains("\n# TYPE clinical_trials_cache_hits counter\nclinical_trials_cache_hits_total 9\n"),
            "{open}"
        );
        assert!(
            open.contains("\n# TYPE clinical_trials_cache_bytes gauge\nclinical_trials_cache_bytes "),
            "{open}"
        );
        assert!(open.ends_with("\n# EOF\n") && open.matches("# EOF").count() == 1);
        assert!(!open.contains("\n\n"));
        for line in open.lines().filter(|line| line.starts_with("# ") && *line != "# EOF") {
            assert!(!line.contains("_total "), "{line}");
        }
    }
}
