//! Killed, damaged, cut short, full, read-only, foreign, newer, shared: never a wrong answer, never a crash.

mod disks;
mod harm;
mod speed;
mod together;

use super::*;
use crate::store::backend::tests::keeps_its_promises;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const REGISTRY: &str = "https://registry.example/api/v2";
const BYTES_MAX: u64 = 64 << 20;
/// Tells a child process of this test binary where to work.
const CHILD: &str = "STORE_TEST_FOLDER";
/// What a child process ends with that found everything as it should be.
const AS_IT_SHOULD_BE: i32 = 42;

/// A folder of one test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("clinical-trials-store-{name}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
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

    fn file(&self, book: &str) -> PathBuf {
        let is_it = |name: &String| name.starts_with(book) && name.ends_with(".sqlite");
        self.0.join(self.files().into_iter().find(is_it).unwrap())
    }

    fn set_aside(&self, why: &str) -> usize {
        let is_one =
            |name: &&String| name.contains(&format!(".{why}-")) && !name.ends_with("-wal") && !name.ends_with("-shm");
        self.files().iter().filter(is_one).count()
    }

    fn bytes(&self) -> u64 {
        let files = fs::read_dir(&self.0).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Threads of stores that were dropped may be about to close their files.
        while fs::remove_dir_all(&self.0).is_err() && self.0.exists() {}
    }
}

fn settings(folder: &Path, bytes_max: u64) -> EmbeddedSettings {
    EmbeddedSettings {
        folder: folder.to_owned(),
        bytes_max,
    }
}

fn store(folder: &Path) -> Embedded {
    store_of(folder, BYTES_MAX)
}

fn store_of(folder: &Path, bytes_max: u64) -> Embedded {
    Embedded::new(&settings(folder, bytes_max), REGISTRY)
}

fn key(n: usize) -> String {
    format!("gene:TEST{n}")
}

/// An entry that carries a checksum of itself and its key, as entries do.
fn entry(n: usize) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(n as u64);
    let len = 1000 + n % 7 * 4000;
    let content: Vec<u8> = (0..len).map(|_| rng.random()).collect();
    [&seal::seal(&[key(n).as_bytes(), &content]).to_le_bytes(), &content[..]].concat()
}

/// Whether an entry is taken for the one of its key, as decoding it would tell.
fn is_taken(n: usize, found: &[u8]) -> bool {
    let Some((sum, content)) = found.split_at_checked(8) else {
        return false;
    };
    seal::seal(&[key(n).as_bytes(), content]).to_le_bytes() == sum
}

/// Whatever is taken for an answer is the right one. Says how many are there.
async fn check(store: &Embedded, upto: usize) -> usize {
    let mut there = 0;
    for n in 0..upto {
        if let Ok(Some(found)) = store.load(key(n)).await
            && is_taken(n, &found)
        {
            assert!(found == entry(n), "another's answer for {n}");
            there += 1;
        }
    }
    there
}

/// Keeps so many entries, and puts the log into the file.
async fn fill(store: Embedded, upto: usize) {
    for n in 0..upto {
        store.save(key(n), entry(n)).await.unwrap();
    }
    end(store).await;
}

/// Ends the threads however long it takes.
async fn end(store: Embedded) {
    store.note_use(1);
    let hands = std::mem::take(&mut *store.hands.lock().unwrap());
    let hands = [hands.reader, hands.writer, hands.agreeing];
    join_all(hands.into_iter().flatten().map(Hand::end)).await;
}

/// A test again, in a process of its own; `before` is done by a shell that then becomes that process.
fn again(test: &str, folder: &Path, before: Option<&str>) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = match before {
        None => Command::new(program),
        Some(before) => {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &format!("set -e; {before}; exec \"$0\" \"$@\"")])
                .arg(program);
            shell
        }
    };
    command
        .args(["--nocapture", "--exact", &format!("store::embedded::tests::{test}")])
        .env(CHILD, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    command
}

/// Ends a process that is dropped, should its test fail before.
struct Process(Child);

impl Process {
    fn begin(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }

    async fn ends_as_it_should(mut self) {
        let waiting = tokio::task::spawn_blocking(move || self.0.wait().unwrap().code());
        assert_eq!(waiting.await.unwrap(), Some(AS_IT_SHOULD_BE));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where to work, in a child process.
fn told_folder() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

fn is_long() -> bool {
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
    store.tell("news".into()).await.unwrap();
    assert!(inner.exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        for file in fs::read_dir(&inner).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn what_was_kept_is_there_for_the_next_process_and_for_no_other_registry() {
    let folder = Folder::new("next");
    fill(store(&folder.0), 20).await;
    assert_eq!(check(&store(&folder.0), 20).await, 20);
    let other = Embedded::new(&settings(&folder.0, BYTES_MAX), "https://elsewhere.example");
    assert_eq!(check(&other, 20).await, 0);
}

#[tokio::test]
async fn a_store_that_was_closed_has_done_what_it_was_sent_and_does_no_more() {
    let folder = Folder::new("closed");
    let ours = store(&folder.0);
    // Nobody waits for it.
    drop(ours.save(key(1), entry(1)));
    ours.close().await;
    assert!(matches!(ours.load(key(1)).await, Err(StoreError::Unreachable { .. })));
    let is_there = || folder.files().iter().any(|name| name.ends_with("-wal"));
    let gone = async {
        while is_there() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), gone)
        .await
        .expect("the log is put into the file");
    assert_eq!(check(&store(&folder.0), 2).await, 1);
}

#[tokio::test]
async fn it_keeps_to_its_bound_and_the_least_used_go() {
    let folder = Folder::new("bound");
    let bytes_max = 8 << 20;
    let store = store_of(&folder.0, bytes_max);
    for n in 0..500 {
        if n % 50 == 0 {
            // Long ago, so that its use is worth a note.
            let long_ago = store.by(Which::Writer, For::Good, |answers| {
                let sql = "UPDATE entries SET used = CASE key WHEN 'gene:TEST0' THEN 1000000 ELSE id END";
                answers.execute(sql, []).map(drop)
            });
            long_ago.await.unwrap();
        }
        store.save(key(n), vec![7; 50_000]).await.unwrap();
        assert!(
            store.load(key(0)).await.unwrap().is_some(),
            "used again and again, after {n}"
        );
        assert!(folder.bytes() <= bytes_max, "{} after {n}", folder.bytes());
    }
    let usage = store.usage().await.unwrap();
    assert!(usage.evictions > 300 && usage.bytes <= bytes_max, "{usage:?}");
    assert_eq!(usage.entries + usage.evictions, 500);

    store.save(key(1000), vec![1; 3 << 20]).await.unwrap();
    let kept = store.load(key(1000)).await.unwrap();
    assert_eq!(kept, None, "it would have driven out most others");
    end(store).await;

    // Another process is told to keep to less.
    let store = store_of(&folder.0, bytes_max / 4);
    store.save(key(2000), entry(1)).await.unwrap();
    assert!(store.load(key(2000)).await.unwrap().is_some());
    end(store).await;
    assert!(folder.bytes() <= bytes_max / 4, "{}", folder.bytes());
}

#[tokio::test]
async fn news_are_heard_though_the_file_was_replaced() {
    let folder = Folder::new("news");
    let store = store(&folder.0);
    for n in 0..5 {
        store.tell(format!("before {n}")).await.unwrap();
    }
    let (mark, _) = store.news(None).await.unwrap();
    fs::remove_dir_all(&folder.0).unwrap();
    store.tell("after".into()).await.unwrap();
    let (mark, told) = store.news(Some(mark)).await.unwrap();
    assert_eq!(told, ["after"]);
    assert_eq!(store.news(Some(mark)).await.unwrap().1, [""; 0]);
}

#[tokio::test]
async fn an_agreement_made_before_the_clock_was_set_back_does_not_hold_for_ever() {
    let folder = Folder::new("clock");
    let store = store(&folder.0);
    let hour = 3_600_000;
    let swap = |at: i64| {
        store.by(Which::Agreeing, For::TheAsker, move |agreements| {
            agreements::swap(agreements, "lease", None, Some(b"us"), Duration::from_secs(1), at)
        })
    };
    assert!(swap(hour).await.unwrap());
    assert!(!swap(hour).await.unwrap());
    assert!(!swap(hour - 1000).await.unwrap(), "a little is no matter");
    assert!(swap(0).await.unwrap());
}

#[tokio::test]
async fn counting_is_bounded_and_old_periods_go() {
    let folder = Folder::new("counts");
    let store = store(&folder.0);
    let names = |from: usize| (from..from + 15_000).map(|n| (format!("mutation {n}"), 1)).collect();
    store.count(7, names(0)).await.unwrap();
    store.count(7, names(10_000)).await.unwrap();
    let counts = store.counts(7).await.unwrap();
    assert_eq!(counts.len(), 20_000);
    assert_eq!(counts.iter().map(|(_, _, times)| times).sum::<u64>(), 25_000);
    store.count(7 + 29, vec![("new".into(), u64::MAX)]).await.unwrap();
    store.count(7 + 29, vec![("new".into(), u64::MAX)]).await.unwrap();
    assert_eq!(store.counts(0).await.unwrap().len(), 1);
}
