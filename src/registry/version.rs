//! `GET /version`: which version of its data the registry has.

use super::page::NotAPage;
use actors::RegistryVersion;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionWire {
    data_timestamp: String,
}

/// Reads the answer. Whatever names no version is no answer.
pub(super) fn read(body: &[u8]) -> Result<RegistryVersion, NotAPage> {
    let wire: VersionWire = serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => NotAPage::NotAVersion,
        serde_json::error::Category::Eof if !body.trim_ascii().is_empty() => NotAPage::CutOff,
        _ => NotAPage::NotJson,
    })?;
    RegistryVersion::read(&wire.data_timestamp).ok_or(NotAPage::NotAVersion)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_stamp_of_the_data_is_the_version_and_nothing_else_is() {
        let read = |body: &str| read(body.as_bytes());
        let version = read(r#"{"apiVersion": "2.0.5", "dataTimestamp": "2026-08-14T09:00:05"}"#).unwrap();
        assert_eq!(version.as_str(), "2026-08-14T09:00:05");
        for (body, why) in [
            ("", NotAPage::NotJson),
            ("<html>", NotAPage::NotJson),
            (r#"{"dataTimestamp": "2026-08"#, NotAPage::CutOff),
            (r#"{"apiVersion": "2.0.5"}"#, NotAPage::NotAVersion),
            (r#"{"dataTimestamp": ""}"#, NotAPage::NotAVersion),
            (r#"{"dataTimestamp": "two words"}"#, NotAPage::NotAVersion),
        ] {
            assert_eq!(read(body), Err(why), "{body}");
        }
    }
}
