//! Killed, damaged, cut short, full, read-only, foreign, newer, shared: never a wrong answer, never a crash.

use super::*;
use crate::store::backend::tests::{increment, keeps_its_promises};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const REGISTRY: &str = "https://registry.example/api/v2";
/// Tells a child process of this test binary what to do.
const CHILD: &str = "STORE_TEST_FOLDER";

/// A folder of one test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("clinical-trials-store-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    fn answers(&self) -> PathBuf {
        let name = self
            .files()
            .into_iter()
            .find(|name| name.starts_with("answers") && name.ends_with(".sqlite"));
        self.0.join(name.unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn store(folder: &Path) -> Embedded {
    store_of(folder, 64 << 20)
}

fn store_of(folder: &Path, bytes_max: u64) -> Embedded {
    let settings = EmbeddedSettings {
        folder: folder.to_owned(),
        bytes_max,
    };
    Embedded::new(&settings, REGISTRY)
}

/// An entry that only its own key can have: long, and wrong if any byte of it is.
fn entry(n: usize) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(n as u64);
    let len = 1000 + n % 7 * 4000;
    (0..len).map(|_| rng.random()).collect()
}

fn key(n: usize) -> String {
    format!("gene:TEST{n}")
}

/// What is there is right. Says how many are there.
async fn check(store: &Embedded, upto: usize) -> usize {
    let mut there = 0;
    for n in 0..upto {
        match store.load(key(n)).await {
            Ok(Some(found)) if found == entry(n) => there += 1,
            // The format above has a checksum: what is damaged within an entry is told there.
            Ok(Some(found)) => assert_eq!(found.len(), entry(n).len(), "another's entry"),
            Ok(None) | Err(_) => {}
        }
    }
    there
}

async fn fill(store: &Embedded, upto: usize) {
    for n in 0..upto {
        store.save(key(n), entry(n)).await.unwrap();
    }
    // The threads end, and what is in the log goes into the file.
    store.close().await;
}

/// This test again, in a process of its own.
fn again(test: &str, folder: &Path, limit: Option<&str>) -> Child {
    let program = std::env::current_exe().unwrap();
    let test = format!("store::embedded::tests::{test}");
    let mut command = match limit {
        None => Command::new(program),
        Some(limit) => {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &format!("trap '' XFSZ; {limit}; exec \"$0\" \"$@\"")])
                .arg(program);
            shell
        }
    };
    command
        .args(["--exact", &test])
        .env(CHILD, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn told_folder() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

fn long() -> bool {
    std::env::var_os("LONG_PROOFS").is_some()
}

#[tokio::test]
async fn the_embedded_store_keeps_a_backends_promises() {
    let folder = Folder::new("promises");
    keeps_its_promises(Arc::new(store(&folder.0))).await;
}

#[tokio::test]
async fn nothing_is_opened_before_it_is_needed_and_files_are_their_users_alone() {
    let folder = Folder::new("lazy");
    let inner = folder.0.join("made");
    let store = store(&inner);
    assert!(!inner.exists());
    store.save(key(1), entry(1)).await.unwrap();
    assert!(inner.exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        for file in fs::read_dir(&inner).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
}

#[tokio::test]
async fn what_was_kept_is_there_for_the_next_process_and_for_no_other_registry() {
    let folder = Folder::new("next");
    fill(&store(&folder.0), 20).await;
    assert_eq!(check(&store(&folder.0), 20).await, 20);
    let settings = EmbeddedSettings {
        folder: folder.0.clone(),
        bytes_max: 64 << 20,
    };
    let other = Embedded::new(&settings, "https://elsewhere.example");
    assert_eq!(check(&other, 20).await, 0);
}

#[tokio::test]
async fn it_keeps_to_its_bound_and_the_least_used_go() {
    let folder = Folder::new("bound");
    let bytes_max = 2 << 20;
    let store = store_of(&folder.0, bytes_max);
    for n in 0..400 {
        store.save(key(n), vec![7; 20_000]).await.unwrap();
        // Used again and again, so that it stays.
        assert!(store.load(key(0)).await.unwrap().is_some(), "after {n}");
    }
    let usage = store.usage().await.unwrap();
    assert!(usage.evictions > 200 && usage.bytes <= bytes_max, "{usage:?}");
    let on_disk: u64 = fs::read_dir(&folder.0)
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    // With its log, which is as long as what is written between two checkpoints.
    assert!(on_disk <= bytes_max + (5 << 20), "{on_disk}");
    store.save(key(1000), vec![1; 3 << 20]).await.unwrap();
    assert_eq!(
        store.load(key(1000)).await.unwrap(),
        None,
        "it would have driven out all others"
    );
}

#[tokio::test]
async fn a_process_killed_at_any_moment_of_writing_costs_the_last_entries_at_most() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        for n in 0.. {
            store.save(key(n), entry(n)).await.unwrap();
            fs::write(folder.join("saved"), n.to_string()).unwrap();
        }
    }
    let folder = Folder::new("killed");
    let mut rng = StdRng::seed_from_u64(9);
    let mut most = 0;
    for _ in 0..if long() { 200 } else { 12 } {
        let mut child = again(
            "a_process_killed_at_any_moment_of_writing_costs_the_last_entries_at_most",
            &folder.0,
            None,
        );
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..150))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = fs::read_to_string(folder.0.join("saved"))
            .ok()
            .and_then(|n| n.parse::<usize>().ok());
        let saved = saved.map_or(0, |n| n + 1);
        let there = check(&store(&folder.0), saved).await;
        assert!(there + 1 >= saved, "{there} of {saved}");
        most = most.max(there);
    }
    assert!(most > 0, "some were saved");
    assert!(
        !folder.files().iter().any(|name| name.contains("damaged")),
        "{:?}",
        folder.files()
    );
}

#[tokio::test]
async fn a_file_damaged_anywhere_brings_no_wrong_answer_and_no_crash() {
    let mut set_aside = 0;
    for seed in 0..if long() { 500 } else { 40 } {
        let folder = Folder::new("damaged");
        fill(&store(&folder.0), 30).await;
        wait_for_log_to_end(&folder).await;
        let path = folder.answers();
        let mut bytes = fs::read(&path).unwrap();
        let mut rng = StdRng::seed_from_u64(seed);
        for _ in 0..rng.random_range(1..200) {
            // As often in the pages that all depends on as in the rest.
            let upto = if rng.random() {
                4096.min(bytes.len())
            } else {
                bytes.len()
            };
            let at = rng.random_range(0..upto);
            bytes[at] = rng.random();
        }
        fs::write(&path, bytes).unwrap();
        let store = store(&folder.0);
        check(&store, 30).await;
        // However bad, it is in use again after a while.
        for n in 100..104 {
            let _ = store.save(key(n), entry(n)).await;
            let _ = store.keys().await;
        }
        store.save(key(200), entry(200)).await.unwrap();
        assert_eq!(store.load(key(200)).await.unwrap(), Some(entry(200)), "seed {seed}");
        set_aside += usize::from(folder.files().iter().any(|name| name.contains(".damaged-")));
    }
    assert!(set_aside > 5, "{set_aside}");
}

#[tokio::test]
async fn a_file_cut_short_brings_no_wrong_answer_and_no_crash() {
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..if long() { 200 } else { 20 } {
        let folder = Folder::new("cut");
        fill(&store(&folder.0), 30).await;
        wait_for_log_to_end(&folder).await;
        let path = folder.answers();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..rng.random_range(0..bytes.len())]).unwrap();
        let store = store(&folder.0);
        check(&store, 30).await;
        for n in 100..104 {
            let _ = store.save(key(n), entry(n)).await;
        }
        store.save(key(200), entry(200)).await.unwrap();
        assert_eq!(store.load(key(200)).await.unwrap(), Some(entry(200)));
    }
}

#[tokio::test]
async fn foreign_newer_and_older_files_are_set_aside_and_a_new_one_is_begun() {
    for (why, application_id, user_version) in [
        ("foreign", 0x1234, FORMAT),
        ("newer", ANSWERS.application_id, FORMAT + 1),
        ("older", ANSWERS.application_id, FORMAT - 1),
    ] {
        let folder = Folder::new(why);
        fill(&store(&folder.0), 3).await;
        wait_for_log_to_end(&folder).await;
        let other = Connection::open(folder.answers()).unwrap();
        other.pragma_update(None, "application_id", application_id).unwrap();
        other.pragma_update(None, "user_version", user_version).unwrap();
        drop(other);
        let store = store(&folder.0);
        assert_eq!(store.load(key(1)).await, Ok(None), "{why}");
        store.save(key(1), entry(1)).await.unwrap();
        assert_eq!(check(&store, 3).await, 1);
        assert!(
            folder.files().iter().any(|name| name.contains(&format!(".{why}-"))),
            "{:?}",
            folder.files()
        );
    }
}

#[tokio::test]
async fn two_that_were_set_aside_are_kept_and_no_more() {
    let folder = Folder::new("aside");
    for _ in 0..5 {
        fill(&store(&folder.0), 3).await;
        wait_for_log_to_end(&folder).await;
        fs::write(folder.answers(), vec![b'x'; 10_000]).unwrap();
        let _ = store(&folder.0).load(key(1)).await;
    }
    let aside = folder
        .files()
        .into_iter()
        .filter(|name| name.contains(".damaged-"))
        .count();
    assert_eq!(aside, 2, "{:?}", folder.files());
}

#[tokio::test]
async fn a_file_that_another_process_set_aside_is_not_written_any_more() {
    let folder = Folder::new("moved");
    let ours = store(&folder.0);
    ours.save(key(1), entry(1)).await.unwrap();
    let path = folder.answers();
    aside::set(&path, file::identity(&path), aside::Why::Damaged);
    let theirs = store(&folder.0);
    theirs.save(key(2), entry(2)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), async {
        while ours.load(key(2)).await != Ok(Some(entry(2))) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("it is noticed");
}

#[tokio::test]
async fn a_full_disk_is_told_as_one_and_what_is_there_can_be_read() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        let mut told = None;
        for n in 0..200 {
            if let Err(error) = store.save(key(n), entry(n)).await {
                told = Some(error);
                break;
            }
        }
        assert!(matches!(told, Some(StoreError::Full { .. })), "{told:?}");
        assert!(check(&store, 200).await > 5);
        std::process::exit(42);
    }
    let folder = Folder::new("full");
    let mut child = again(
        "a_full_disk_is_told_as_one_and_what_is_there_can_be_read",
        &folder.0,
        Some("ulimit -f 1000"),
    );
    assert_eq!(child.wait().unwrap().code(), Some(42));
}

#[tokio::test]
async fn where_nothing_can_be_written_what_is_there_is_read_and_the_rest_told() {
    let folder = Folder::new("read-only");
    // A file in the folder's place: nobody can make a folder there, not even the system's owner.
    let blocked = folder.0.join("blocked");
    fs::write(&blocked, "").unwrap();
    let store = store(&blocked.join("store"));
    assert!(matches!(
        store.save(key(1), entry(1)).await,
        Err(StoreError::ReadOnly { .. })
    ));
    assert!(matches!(store.load(key(1)).await, Err(StoreError::ReadOnly { .. })));
}

#[tokio::test]
async fn four_processes_count_together_and_lose_nothing() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        for n in 0..50 {
            increment(&store, "counter").await;
            while store.save(key(n), entry(n)).await.is_err() {}
        }
        std::process::exit(42);
    }
    let folder = Folder::new("four");
    let children: Vec<Child> = (0..4)
        .map(|_| again("four_processes_count_together_and_lose_nothing", &folder.0, None))
        .collect();
    let waiting = tokio::task::spawn_blocking(|| {
        for mut child in children {
            assert_eq!(child.wait().unwrap().code(), Some(42));
        }
    });
    waiting.await.unwrap();
    let store = store(&folder.0);
    assert_eq!(store.read("counter".into()).await.unwrap(), Some(b"200".to_vec()));
    assert_eq!(check(&store, 50).await, 50);
}

/// Until the threads of a closed store have ended and its log is gone: what is damaged then is the file itself.
async fn wait_for_log_to_end(folder: &Folder) {
    let gone = async {
        while folder
            .files()
            .iter()
            .any(|name| name.starts_with("answers") && name.ends_with("-wal"))
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("the file is closed");
}
