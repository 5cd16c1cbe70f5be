//! Against real servers, on ports of their own; left out where there is none.

mod server;
mod weather;

use super::*;
use crate::store::backend::tests::keeps_its_promises;
use server::{PATIENCE, Server, free_port};

const REGISTRY: &str = "https://registry.example/api/v2";

fn settings(url: &str) -> RedisSettings {
    RedisSettings {
        url: url.to_owned(),
        password: None,
        connections_max: 10,
        timeout: Duration::from_secs(5),
    }
}

fn store(url: &str) -> Redis {
    Redis::new(&settings(url), REGISTRY)
}

/// A store that is connected.
async fn connected(redis: Redis) -> Redis {
    let begun = Instant::now();
    while let Err(error) = redis.read("none".into()).await {
        assert!(begun.elapsed() < PATIENCE, "{error}");
        sleep(Duration::from_millis(10)).await;
    }
    redis
}

#[tokio::test]
async fn redis_keeps_a_backends_promises() {
    let Some(server) = Server::start(&[]).await else { return };
    keeps_its_promises(Arc::new(connected(store(&server.url())).await)).await;
}

#[tokio::test]
async fn only_keys_under_our_prefix_are_touched_and_foreign_values_count_as_none() {
    let Some(server) = Server::start(&[]).await else { return };
    server.say(&["SET", "session:1", "theirs"]);
    server.say(&["LPUSH", "clinical_trials:gene:EGFR", "a list"]);
    let redis = connected(store(&server.url())).await;
    assert_eq!(redis.load("gene:EGFR".into()).await, Ok(None));
    redis.save("gene:KRAS".into(), b"ours".to_vec()).await.unwrap();
    redis.count(7, vec![("EGFR L858R".into(), 1)]).await.unwrap();
    redis.tell("news".into()).await.unwrap();
    let long = Duration::from_secs(60);
    redis
        .swap("budget".into(), None, Some(b"1".to_vec()), long)
        .await
        .unwrap();
    let mut keys = redis.keys().await.unwrap();
    keys.sort_unstable();
    assert_eq!(
        keys,
        ["gene:EGFR", "gene:KRAS"],
        "cells, counts and news are no entries"
    );
    redis.remove(keys).await.unwrap();
    let left = server.say(&["KEYS", "*"]);
    assert!(left.contains("session:1") && !left.contains("gene:"), "{left}");
    assert!(
        left.lines().all(|key| key == "session:1" || key.starts_with(PREFIX)),
        "{left}"
    );
    assert_eq!(server.say(&["GET", "session:1"]).trim(), "theirs");
    redis.save("gene:KRAS".into(), b"ours".to_vec()).await.unwrap();
    let runs_out: u64 = server
        .say(&["TTL", "clinical_trials:gene:KRAS"])
        .trim()
        .parse()
        .unwrap();
    assert!(runs_out > 3600, "{runs_out}");
}

#[tokio::test]
async fn a_wrong_password_is_told_as_one_and_never_shown() {
    let Some(server) = Server::start(&["--requirepass", "correct-horse"]).await else {
        return;
    };
    let wrong = store(&format!("redis://:battery-staple@127.0.0.1:{}", server.port));
    let begun = Instant::now();
    loop {
        match wrong.read("none".into()).await {
            Err(error @ StoreError::Denied { .. }) => {
                assert!(!format!("{error} {wrong:?}").contains("battery"), "{error}");
                break;
            }
            other => assert!(begun.elapsed() < PATIENCE, "{other:?}"),
        }
        sleep(Duration::from_millis(10)).await;
    }
    // The one in the file beats the one in the URL.
    let mut with_file = settings(&format!("redis://:battery-staple@127.0.0.1:{}", server.port));
    with_file.password = Some("correct-horse".into());
    connected(Redis::new(&with_file, REGISTRY)).await;
    server.say(&[
        "-a",
        "correct-horse",
        "ACL",
        "SETUSER",
        "ada",
        "on",
        ">lovelace",
        "~clinical_trials:*",
        "+@all",
    ]);
    let user = store(&format!("redis://ada:lovelace@127.0.0.1:{}", server.port));
    keeps_its_promises(Arc::new(connected(user).await)).await;
}

#[tokio::test]
async fn a_cluster_of_three_keeps_a_backends_promises() {
    let mut servers = Vec::new();
    for _ in 0..3 {
        let Some(server) = Server::start(&["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]).await else {
            return;
        };
        servers.push(server);
    }
    let places: Vec<String> = servers
        .iter()
        .map(|server| format!("127.0.0.1:{}", server.port))
        .collect();
    let mut joining = vec!["--cluster", "create"];
    joining.extend(places.iter().map(String::as_str));
    joining.push("--cluster-yes");
    servers[0].say(&joining);
    for server in &servers {
        server
            .until(&["CLUSTER", "INFO"], |said| said.contains("cluster_state:ok"))
            .await;
    }
    let url = format!("redis-cluster://{}?node={}&node={}", places[0], places[1], places[2]);
    let redis = connected(store(&url)).await;
    assert!(redis.is_cluster);
    let redis = Arc::new(redis);
    keeps_its_promises(Arc::clone(&redis) as Arc<dyn Backend>).await;
    for n in 0..50 {
        redis.save(format!("gene:SPREAD{n}"), vec![1]).await.unwrap();
    }
    let spread = redis.keys().await.unwrap();
    assert!(
        spread.iter().filter(|key| key.starts_with("gene:SPREAD")).count() == 50,
        "{spread:?}"
    );
    let held = servers
        .iter()
        .filter(|server| server.say(&["DBSIZE"]).trim() != "0")
        .count();
    assert_eq!(held, 3, "each holds some");
}

#[tokio::test]
async fn behind_a_sentinel_the_store_follows_a_failover() {
    let Some(mut primary) = Server::start(&[]).await else {
        return;
    };
    let of_primary = primary.port.to_string();
    let Some(replica) = Server::start(&["--replicaof", "127.0.0.1", &of_primary]).await else {
        return;
    };
    replica
        .until(&["INFO", "replication"], |said| said.contains("master_link_status:up"))
        .await;
    let port = free_port();
    let file = std::env::temp_dir().join(format!("clinical-trials-sentinel-{port}.conf"));
    let monitor = format!(
        "sentinel monitor trials 127.0.0.1 {of_primary} 1\nsentinel down-after-milliseconds trials 500\n\
         sentinel failover-timeout trials 2000\n"
    );
    std::fs::write(&file, monitor).unwrap();
    let path = file.to_string_lossy().into_owned();
    let Some(sentinel) = Server::start_at(port, "redis-sentinel", &[&path]).await else {
        return;
    };
    sentinel
        .until(&["SENTINEL", "REPLICAS", "trials"], |said| said.contains("slave"))
        .await;
    let url = format!("redis-sentinel://127.0.0.1:{port}?sentinelServiceName=trials");
    let redis = connected(store(&url)).await;
    redis.save("gene:EGFR".into(), b"kept".to_vec()).await.unwrap();
    replica
        .until(&["EXISTS", "clinical_trials:gene:EGFR"], |said| said.trim() == "1")
        .await;
    primary.kill();
    let begun = Instant::now();
    // Until the sentinel has made the replica the primary, and we have heard of it.
    while redis.save("gene:KRAS".into(), b"after".to_vec()).await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(redis.load("gene:EGFR".into()).await, Ok(Some(b"kept".to_vec())));
    assert_eq!(replica.say(&["GET", "clinical_trials:gene:KRAS"]).trim(), "after");
    let _ = std::fs::remove_file(file);
}
