//! Whether each store that is set could be used, tried one by one: for an operator who asks before the server does.
//!
//! What is tried is what the server does: a cell is written under our prefix, read, and removed again.

use super::backend::{Backend, StoreError, Tier, Usage};
use super::{StoreSettings, embedded, redis};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long one store is tried.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one try may take: what is sent before there is a connection may wait for one that never comes.
const TRY: Duration = Duration::from_secs(1);
/// How long between two tries of one that is not there, as it connects behind.
const PAUSE: Duration = Duration::from_millis(100);
/// How long what is written lasts, should nobody be there to remove it.
const KEPT: Duration = Duration::from_secs(60);

/// What came of trying one store.
#[derive(Clone, Debug)]
pub struct Checked {
    /// `redis` or `embedded`.
    pub name: &'static str,
    /// Entries and bytes it keeps; or what is wrong, and what an operator can do.
    pub outcome: Result<(u64, u64), (String, &'static str)>,
}

/// Tries each store of these settings, the first choice first. Leaves nothing behind.
pub async fn check(settings: &StoreSettings) -> Vec<Checked> {
    let mut checked = Vec::new();
    if let Some(of_redis) = &settings.redis {
        let redis = redis::Redis::new(of_redis, &settings.registry);
        // What is sent before there is a connection waits for it: silence then has a reason elsewhere.
        let silence = || {
            redis.why_not_connected().unwrap_or_else(|| StoreError::Unreachable {
                cause: "there was no connection in time".into(),
            })
        };
        checked.push(try_out(&redis, silence).await);
    }
    if let Some(of_embedded) = &settings.embedded {
        let embedded = embedded::Embedded::new(of_embedded, &settings.registry);
        let silence = || StoreError::Slow { after: PATIENCE };
        checked.push(try_out(&embedded, silence).await);
    }
    checked
}

async fn try_out(backend: &dyn Backend, silence: impl Fn() -> StoreError) -> Checked {
    let tier = backend.tier();
    let until = Instant::now() + PATIENCE;
    let outcome = loop {
        let last = match timeout(TRY, written_read_and_removed(backend)).await {
            Ok(Ok(usage)) => break Ok((usage.entries, usage.bytes)),
            Ok(Err(error)) => error,
            Err(_) => silence(),
        };
        // A connection is made behind; a file is there or isn't.
        let is_worth_trying = match last {
            StoreError::Unreachable { .. } => tier == Tier::Redis,
            StoreError::Slow { .. } => true,
            _ => false,
        };
        if !is_worth_trying || Instant::now() >= until {
            break Err(last);
        }
        sleep(PAUSE).await;
    };
    backend.close().await;
    Checked {
        name: tier.as_str(),
        outcome: outcome.map_err(|error| (error.to_string(), error.remedy(tier))),
    }
}

async fn written_read_and_removed(backend: &dyn Backend) -> Result<Usage, StoreError> {
    let cell = format!("doctor:{:016x}", rand::random::<u64>());
    let written = b"doctor".to_vec();
    let failed = |cause: &str| StoreError::Failed { cause: cause.into() };
    if !backend.swap(cell.clone(), None, Some(written.clone()), KEPT).await? {
        return Err(failed("what was written was not taken"));
    }
    let read = backend.read(cell.clone()).await?;
    backend.swap(cell, read.clone(), None, KEPT).await?;
    if read != Some(written) {
        return Err(failed("what was written was not there when it was read"));
    }
    backend.usage().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::EmbeddedSettings;

    fn embedded(folder: &std::path::Path) -> StoreSettings {
        StoreSettings {
            embedded: Some(EmbeddedSettings {
                folder: folder.to_owned(),
                bytes_max: 16 << 20,
            }),
            ..StoreSettings::default()
        }
    }

    #[tokio::test]
    async fn a_folder_that_takes_files_is_well_and_one_that_cannot_be_made_says_what_to_do() {
        let folder = std::env::temp_dir().join(format!("doctor-{:016x}", rand::random::<u64>()));
        let well = check(&embedded(&folder)).await;
        assert!(
            matches!(
                well.as_slice(),
                [Checked {
                    name: "embedded",
                    outcome: Ok((0, _))
                }]
            ),
            "{well:?}"
        );
        std::fs::remove_dir_all(&folder).unwrap();

        let ill = check(&embedded("/dev/null/cache".as_ref())).await;
        let [
            Checked {
                outcome: Err((_, remedy)),
                ..
            },
        ] = ill.as_slice()
        else {
            panic!("{ill:?}")
        };
        assert!(remedy.contains("CACHE_DIR"), "{remedy}");
    }
}
