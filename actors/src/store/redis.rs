//! Redis or Valkey, alone, as a cluster or behind sentinels: one connection that many commands share.
//!
//! # What it promises
//!
//! - Nothing is connected before it is needed, and then behind: a command that comes while there is no connection fails
//!   at once and says why there is none. A lost connection is made again by itself, ever more slowly up to a second.
//! - Only keys under [`PREFIX`] are read or written, each by commands on one key, so that a cluster may spread them.
//! - A value of another kind than ours counts as none.
//! - No password is in an error or a log line.
//!
//! | key | kind | what |
//! | --- | --- | --- |
//! | `clinical_trials:gene:EGFR` and the like | string | an entry; runs out when nobody has renewed it for [`ENTRY_KEPT`] |
//! | `clinical_trials:cell:<registry>:<name>` | string | a cell |
//! | `clinical_trials:counts:<registry>:<period>` | hash | counts of one period |
//! | `clinical_trials:news:<registry>` | stream | news |

mod faults;
#[cfg(test)]
mod tests;

use super::RedisSettings;
use super::backend::{Backend, NEWS_KEPT, NewsMark, PERIODS_KEPT, StoreError, Stored, Tier, Usage};
use crate::store::PERIOD;
use fred::clients::{Client, WithOptions};
use fred::interfaces::{ClientLike, EventInterface, HashesInterface, KeysInterface, LuaInterface, StreamsInterface};
use fred::types::config::{Config, ConnectionConfig, Options, PerformanceConfig, ReconnectPolicy, ServerConfig};
use fred::types::scripts::Script;
use fred::types::{Builder, Expiration, Value};
use futures::future::{BoxFuture, join_all};
use futures::{FutureExt, TryStreamExt};
use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// What every key of ours begins with.
const PREFIX: &str = "clinical_trials:";
/// What keys that are no entries go on with.
const NO_ENTRIES: [&str; 3] = ["cell:", "counts:", "news:"];
/// How long an entry is kept that nobody renews.
const ENTRY_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How often what is kept is counted.
const COUNTED_EVERY: Duration = Duration::from_secs(15);
/// Keys that one step of a scan looks at.
const SCAN_STEP: u32 = 500;
/// The pauses before connecting again: the first and the longest, in milliseconds.
const RECONNECT_MS: (u32, u32) = (50, 1000);
/// Compares and swaps one cell. An empty argument stands for an empty cell; what is in a cell begins with a byte of ours.
const SWAP: &str = "\
local held = redis.call('GET', KEYS[1]) or ''
if held ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1";
/// The byte that what is in a cell begins with, so that no cell that holds something is empty.
const FULL: u8 = b'=';

/// A connection to Redis or Valkey.
pub(super) struct Redis {
    /// None where the settings can't be used, and why.
    client: Result<Client, StoreError>,
    /// Which registry cells, counts and news are about.
    registry: String,
    /// Begun by the first command; ends with this.
    connecting: OnceLock<JoinHandle<()>>,
    link: Arc<watch::Sender<Link>>,
    /// What was counted last, and when.
    usage: Mutex<Option<(Instant, Usage)>>,
    swap: Script,
    is_cluster: bool,
}

/// How the connection is.
#[derive(Clone, Debug, Default)]
enum Link {
    /// It has not come about yet, nor failed to.
    #[default]
    Untried,
    Up,
    /// Why there is none.
    Down(StoreError),
}

impl Redis {
    /// A connection that is made when it is first needed.
    pub(super) fn new(settings: &RedisSettings, registry: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        registry.hash(&mut hasher);
        let client = client(settings);
        Self {
            is_cluster: client
                .as_ref()
                .is_ok_and(|client| matches!(client.client_config().server, ServerConfig::Clustered { .. })),
            client,
            registry: format!("{:016x}", hasher.finish()),
            connecting: OnceLock::new(),
            link: Arc::default(),
            usage: Mutex::default(),
            swap: Script::from_lua(SWAP),
        }
    }

    /// The connection, which fails at once while there is none.
    fn commands(&self) -> Result<WithOptions<Client>, StoreError> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        self.connecting
            .get_or_init(|| tokio::spawn(connect(client.clone(), Arc::clone(&self.link))));
        Ok(client.with_options(&Options {
            fail_fast: true,
            ..Options::default()
        }))
    }

    /// What went wrong with a command; where there is no connection, why.
    fn fault(&self, error: &fred::error::Error) -> StoreError {
        match &*self.link.borrow() {
            Link::Up => faults::of(error),
            Link::Down(why) if faults::is_of_the_connection(error) => why.clone(),
            _ => faults::of_connecting(error),
        }
    }

    /// Why there is no connection, where that is known.
    pub(super) fn why_not_connected(&self) -> Option<StoreError> {
        match &*self.link.borrow() {
            Link::Down(why) => Some(why.clone()),
            _ => None,
        }
    }

    fn cell(&self, name: &str) -> String {
        format!("{PREFIX}cell:{}:{name}", self.registry)
    }

    fn counts_of(&self, period: u64) -> String {
        format!("{PREFIX}counts:{}:{period}", self.registry)
    }

    fn news_stream(&self) -> String {
        format!("{PREFIX}news:{}", self.registry)
    }

    async fn entry_keys(&self) -> Result<Vec<String>, StoreError> {
        self.commands()?;
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let pattern = format!("{PREFIX}*");
        let scanning = async {
            if self.is_cluster {
                client
                    .scan_cluster_buffered(pattern, Some(SCAN_STEP), None)
                    .try_collect()
                    .await
            } else {
                client.scan_buffered(pattern, Some(SCAN_STEP), None).try_collect().await
            }
        };
        // A scan has no way of its own to fail at once where there is no connection.
        let mut link = self.link.subscribe();
        let found: Result<Vec<fred::types::Key>, fred::error::Error> = tokio::select! {
            found = scanning => found,
            Ok(down) = link.wait_for(|link| matches!(link, Link::Down(_))) => {
                let why = match &*down {
                    Link::Down(why) => why.clone(),
                    _ => StoreError::Slow { after: Duration::ZERO },
                };
                return Err(why);
            }
        };
        let found = found.map_err(|error| self.fault(&error))?;
        let entry = |key: &fred::types::Key| {
            let key = key.as_str()?.strip_prefix(PREFIX)?;
            let is_entry = !NO_ENTRIES.iter().any(|kind| key.starts_with(kind));
            is_entry.then(|| key.to_owned())
        };
        let mut keys: Vec<String> = found.iter().filter_map(entry).collect();
        // A scan may give a key twice.
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }
}

impl Backend for Redis {
    fn tier(&self) -> Tier {
        Tier::Redis
    }

    fn open(&self) -> BoxFuture<'_, ()> {
        async move {
            let mut link = self.link.subscribe();
            if self.commands().is_ok() {
                // The other end is ours and lives as long as this.
                let _ = link.wait_for(|link| !matches!(link, Link::Untried)).await;
            }
        }
        .boxed()
    }

    fn load(&self, key: String) -> Stored<'_, Option<Vec<u8>>> {
        async move {
            let value: Result<Value, _> = self.commands()?.get(format!("{PREFIX}{key}")).await;
            bytes(value).map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn save(&self, key: String, entry: Vec<u8>) -> Stored<'_, ()> {
        async move {
            let runs_out = Expiration::EX(i64::try_from(ENTRY_KEPT.as_secs()).unwrap_or(i64::MAX));
            let saved: Result<(), _> = self
                .commands()?
                .set(format!("{PREFIX}{key}"), entry.as_slice(), Some(runs_out), None, false)
                .await;
            saved.map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn remove(&self, keys: Vec<String>) -> Stored<'_, Vec<String>> {
        async move {
            let commands = self.commands()?;
            let removing = keys.into_iter().map(|key| {
                let commands = &commands;
                async move {
                    let gone: Result<u64, _> = commands.unlink(format!("{PREFIX}{key}")).await;
                    gone.map(|gone| (gone > 0).then_some(key))
                }
            });
            let removed: Result<Vec<Option<String>>, _> = join_all(removing).await.into_iter().collect();
            removed
                .map(|keys| keys.into_iter().flatten().collect())
                .map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn keys(&self) -> Stored<'_, Vec<String>> {
        self.entry_keys().boxed()
    }

    fn read(&self, cell: String) -> Stored<'_, Option<Vec<u8>>> {
        async move {
            let value: Result<Value, _> = self.commands()?.get(self.cell(&cell)).await;
            let held = bytes(value).map_err(|error| self.fault(&error))?;
            Ok(held.and_then(|held| held.strip_prefix(&[FULL]).map(<[u8]>::to_vec)))
        }
        .boxed()
    }

    fn swap(&self, cell: String, was: Option<Vec<u8>>, now: Option<Vec<u8>>, keep_for: Duration) -> Stored<'_, bool> {
        async move {
            let commands = self.commands()?;
            let content = |held: Option<Vec<u8>>| {
                let held = held.map_or_else(Vec::new, |held| [&[FULL], &held[..]].concat());
                Value::Bytes(held.into())
            };
            let millis = keep_for.as_millis().max(1).to_string();
            let arguments = vec![content(was), content(now), millis.into()];
            let key = self.cell(&cell);
            let swapped: Result<i64, _> = commands
                .evalsha(self.swap.sha1().clone(), vec![key.clone()], arguments.clone())
                .await;
            let swapped = match swapped {
                Err(error) if faults::is_unknown_script(&error) => commands.eval(SWAP, vec![key], arguments).await,
                swapped => swapped,
            };
            swapped
                .map(|swapped: i64| swapped == 1)
                .map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn count(&self, period: u64, counts: Vec<(String, u64)>) -> Stored<'_, ()> {
        async move {
            let commands = self.commands()?;
            let key = self.counts_of(period);
            let adding = counts.into_iter().map(|(what, times)| {
                let (commands, key) = (&commands, key.clone());
                let times = i64::try_from(times).unwrap_or(i64::MAX);
                async move { commands.hincrby::<i64, _, _>(key, what, times).await.map(drop) }
            });
            let added: Result<(), _> = join_all(adding).await.into_iter().collect();
            added.map_err(|error| self.fault(&error))?;
            let kept = PERIOD.as_secs().saturating_mul(PERIODS_KEPT + 1);
            let kept: Result<i64, _> = commands
                .expire(key, i64::try_from(kept).unwrap_or(i64::MAX), None)
                .await;
            kept.map(drop).map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn counts(&self, from: u64) -> Stored<'_, Vec<(u64, String, u64)>> {
        async move {
            let commands = self.commands()?;
            let reading = (from..=from + PERIODS_KEPT).map(|period| {
                let (commands, key) = (&commands, self.counts_of(period));
                async move {
                    let counts: HashMap<String, u64> = commands.hgetall(key).await?;
                    Ok(counts.into_iter().map(move |(what, times)| (period, what, times)))
                }
            });
            let read: Result<Vec<_>, _> = join_all(reading).await.into_iter().collect();
            read.map(|periods| periods.into_iter().flatten().collect())
                .map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn tell(&self, news: String) -> Stored<'_, ()> {
        async move {
            let cap = ("MAXLEN", "~", i64::try_from(NEWS_KEPT).unwrap_or(i64::MAX), None);
            let told: Result<Value, _> = self
                .commands()?
                .xadd(self.news_stream(), false, cap, "*", ("news", news))
                .await;
            told.map(drop).map_err(|error| self.fault(&error))
        }
        .boxed()
    }

    fn news(&self, last: Option<NewsMark>) -> Stored<'_, (NewsMark, Vec<String>)> {
        async move {
            let commands = self.commands()?;
            let stream = self.news_stream();
            type Items = Vec<(String, HashMap<String, String>)>;
            let items: Result<Items, _> = match &last {
                Some(NewsMark(mark)) => {
                    let after = format!("({mark}");
                    commands.xrange_values(stream, after, "+", None).await
                }
                None => commands.xrevrange_values(stream, "+", "-", Some(1)).await,
            };
            let items = items.map_err(|error| self.fault(&error))?;
            let newest = items.last().map(|(mark, _)| NewsMark(mark.clone()));
            let mark = newest.or(last.clone()).unwrap_or_else(|| NewsMark("0-0".into()));
            let told = items.into_iter().filter_map(|(_, mut item)| item.remove("news"));
            Ok((mark, if last.is_some() { told.collect() } else { Vec::new() }))
        }
        .boxed()
    }

    fn usage(&self) -> Stored<'_, Usage> {
        async move {
            let now = Instant::now();
            let counted = *self.usage.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((at, usage)) = counted
                && now.saturating_duration_since(at) < COUNTED_EVERY
            {
                return Ok(usage);
            }
            let keys = self.entry_keys().await?;
            let commands = self.commands()?;
            let measuring = keys
                .iter()
                .map(|key| commands.strlen::<u64, _>(format!("{PREFIX}{key}")));
            // One of another kind, or gone meanwhile, has no length.
            let bytes = join_all(measuring).await.into_iter().flatten().sum();
            let usage = Usage {
                entries: keys.len() as u64,
                bytes,
                bytes_max: None,
                evictions: 0,
            };
            *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, usage));
            Ok(usage)
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async move {
            let Some(connecting) = self.connecting.get() else {
                return;
            };
            connecting.abort();
            if let Ok(client) = &self.client {
                // It is given up in any case; that Redis hears of it is a courtesy.
                let _ = tokio::time::timeout(Duration::from_millis(100), client.quit()).await;
            }
        }
        .boxed()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(connecting) = self.connecting.get() {
            connecting.abort();
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("is_cluster", &self.is_cluster)
            .finish_non_exhaustive()
    }
}

fn client(settings: &RedisSettings) -> Result<Client, StoreError> {
    // What fred says of a URL may have the URL in it, and that a password.
    let unusable = |_| StoreError::Failed {
        cause: "REDIS_URL can't be used".into(),
    };
    let mut config = Config::from_url(&settings.url).map_err(unusable)?;
    config.fail_fast = false;
    if let Some(password) = &settings.password {
        config.password = Some(password.clone());
    }
    let mut connection = ConnectionConfig {
        connection_timeout: settings.timeout,
        internal_command_timeout: settings.timeout,
        reconnect_on_auth_error: true,
        max_command_attempts: 1,
        ..ConnectionConfig::default()
    };
    // A connection on which nothing comes back is dead, whatever TCP says of it.
    connection.unresponsive.max_timeout = Some(settings.timeout);
    connection.unresponsive.interval = settings.timeout.min(Duration::from_secs(1));
    let performance = PerformanceConfig {
        default_command_timeout: settings.timeout,
        ..PerformanceConfig::default()
    };
    let (first, most) = RECONNECT_MS;
    Builder::from_config(config)
        .set_connection_config(connection)
        .set_performance_config(performance)
        .set_policy(ReconnectPolicy::new_exponential(0, first, most, 2))
        .build()
        .map_err(unusable)
}

/// Connects and stays connected, and notes why it isn't while it isn't.
async fn connect(client: Client, link: Arc<watch::Sender<Link>>) {
    let down = |error: &fred::error::Error| drop(link.send_replace(Link::Down(faults::of_connecting(error))));
    let mut errors = client.error_rx();
    let mut arrivals = client.reconnect_rx();
    loop {
        let mut connection = client.connect();
        let end = loop {
            tokio::select! {
                error = errors.recv() => if let Ok((error, _)) = error {
                    down(&error);
                },
                arrival = arrivals.recv() => if arrival.is_ok() {
                    drop(link.send_replace(Link::Up));
                },
                end = &mut connection => break end,
            }
        };
        // It gives up by itself only over what trying again at once would not mend.
        if let Ok(Err(error)) = end {
            down(&error);
        }
        sleep(Duration::from_millis(u64::from(RECONNECT_MS.1))).await;
    }
}

/// The bytes of a value; none where there is none, or one of another kind.
fn bytes(value: Result<Value, fred::error::Error>) -> Result<Option<Vec<u8>>, fred::error::Error> {
    match value {
        Ok(value) if value.is_null() => Ok(None),
        Ok(value) => Ok(value.into_owned_bytes()),
        Err(error) if faults::is_of_another_kind(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
