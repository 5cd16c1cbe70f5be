//! What happens to files: killed processes, damaged bytes, lost ends, other programs, other versions.

use super::*;
use std::collections::BTreeSet;
use std::time::SystemTime;

#[tokio::test]
async fn a_process_killed_at_any_moment_of_writing_costs_nothing_that_was_saved() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        for n in 0.. {
            store.save(key(n), entry(n)).await.unwrap();
            store.tell(n.to_string()).await.unwrap();
            fs::write(folder.join("saved"), n.to_string()).unwrap();
        }
    }
    let folder = Folder::new("killed");
    let mut rng = StdRng::seed_from_u64(9);
    let mut most = 0;
    for round in 0..if is_long() { 200 } else { 20 } {
        let test = "harm::a_process_killed_at_any_moment_of_writing_costs_nothing_that_was_saved";
        let said = folder.0.join("saved");
        let _ = fs::remove_file(&said);
        let mut process = Process::begin(again(test, &folder.0, None));
        // While it begins, or while it writes.
        if round % 4 > 0 {
            let writes = async {
                while !said.exists() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            timeout(Duration::from_secs(60), writes).await.expect("it writes");
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..100))).await;
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        let saved = fs::read_to_string(&said).ok();
        // One that was cut off while it was written says less.
        let saved = saved.and_then(|n| n.parse::<usize>().ok()).map_or(0, |n| n + 1);
        let store = store(&folder.0);
        assert_eq!(check(&store, saved).await, saved);
        let found = store.news(Some(NewsMark("none".into()))).await.unwrap().1;
        assert!(found.len() >= saved.min(1000), "{} of {saved}", found.len());
        most = most.max(saved);
        end(store).await;
    }
    assert!(most > 0, "some were saved");
    assert_eq!(folder.set_aside("damaged"), 0, "{:?}", folder.files());
}

#[tokio::test]
async fn answers_damaged_anywhere_bring_no_wrong_answer_and_no_crash() {
    let mut set_aside = 0;
    for seed in 0..if is_long() { 2000 } else { 50 } {
        let folder = Folder::new("damaged");
        fill(store(&folder.0), 20).await;
        damage(&folder.file("answers"), seed);
        is_in_use_again(&folder, seed).await;
        set_aside += folder.set_aside("damaged");
    }
    assert!(set_aside > 5, "{set_aside}");
}

#[tokio::test]
async fn answers_cut_short_anywhere_bring_no_wrong_answer_and_no_crash() {
    let mut rng = StdRng::seed_from_u64(3);
    for seed in 0..if is_long() { 500 } else { 20 } {
        let folder = Folder::new("cut");
        fill(store(&folder.0), 20).await;
        cut(&folder.file("answers"), &mut rng);
        is_in_use_again(&folder, seed).await;
    }
}

#[tokio::test]
async fn a_log_that_is_damaged_or_cut_short_costs_the_last_entries_at_most() {
    let mut rng = StdRng::seed_from_u64(4);
    for seed in 0..if is_long() { 500 } else { 20 } {
        let folder = Folder::new("log");
        fill(store(&folder.0), 10).await;
        // As a process leaves it that is killed.
        let killed = store(&folder.0);
        for n in 10..20 {
            killed.save(key(n), entry(n)).await.unwrap();
        }
        let copy = Folder::new("log-copy");
        for name in folder.files() {
            fs::copy(folder.0.join(&name), copy.0.join(&name)).unwrap();
        }
        let log = aside::with_suffix(&copy.file("answers"), "-wal");
        assert!(log.exists());
        if seed % 2 == 0 {
            damage(&log, seed);
        } else {
            cut(&log, &mut rng);
        }
        assert!(check(&store(&copy.0), 10).await >= 10, "what had left the log is there");
        is_in_use_again(&copy, seed).await;
    }
}

#[tokio::test]
async fn agreements_damaged_anywhere_are_never_others_than_were_made() {
    let cell = |n: usize| format!("cell {n}");
    let content = |n: usize| format!("agreed on {n}").into_bytes();
    for seed in 0..if is_long() { 2000 } else { 50 } {
        let folder = Folder::new("agreements");
        let ours = store(&folder.0);
        for n in 0..20 {
            let long = Duration::from_secs(600);
            assert!(ours.swap(cell(n), None, Some(content(n)), long).await.unwrap());
            ours.tell(format!("news {n}")).await.unwrap();
        }
        let counts: Vec<_> = (0..50).map(|n| (format!("mutation {n}"), 1000 + n)).collect();
        ours.count(7, counts.clone()).await.unwrap();
        end(ours).await;
        damage(&folder.file("agreements"), seed);

        let ours = store(&folder.0);
        for n in 0..20 {
            if let Ok(Some(found)) = ours.read(cell(n)).await {
                assert_eq!(found, content(n), "seed {seed}");
            }
        }
        for (period, what, times) in ours.counts(0).await.unwrap_or_default() {
            assert!(period == 7 && counts.contains(&(what, times)), "seed {seed}");
        }
        let told: BTreeSet<String> = (0..20).map(|n| format!("news {n}")).collect();
        if let Ok((_, news)) = ours.news(Some(NewsMark("none".into()))).await {
            assert!(news.iter().all(|news| told.contains(news)), "seed {seed}: {news:?}");
        }
        // However bad, there are agreements again.
        let new = Some(b"new".to_vec());
        for name in ["new", "newer"] {
            let _ = ours.count(8, counts.clone()).await;
            let _ = ours.tell("new".into()).await;
            let _ = ours.swap(name.into(), None, new.clone(), Duration::from_secs(60)).await;
        }
        let is_taken = ours
            .swap("newest".into(), None, new.clone(), Duration::from_secs(60))
            .await;
        assert_eq!(is_taken, Ok(true), "seed {seed}");
        assert_eq!(ours.read("newest".into()).await, Ok(new), "seed {seed}");
    }
}

#[tokio::test]
async fn foreign_newer_and_older_files_are_set_aside_as_they_are_and_a_new_one_is_begun() {
    for (why, application_id, user_version) in [
        ("foreign", 0x1234, FORMAT),
        ("newer", ANSWERS.application_id, FORMAT + 1),
        ("older", ANSWERS.application_id, FORMAT - 1),
    ] {
        let folder = Folder::new(why);
        fill(store(&folder.0), 3).await;
        let other = Connection::open(folder.file("answers")).unwrap();
        other.pragma_update(None, "journal_mode", "DELETE").unwrap();
        other.pragma_update(None, "application_id", application_id).unwrap();
        other.pragma_update(None, "user_version", user_version).unwrap();
        drop(other);
        let before = fs::read(folder.file("answers")).unwrap();
        let store = store(&folder.0);
        assert_eq!(store.load(key(1)).await, Ok(None), "{why}");
        store.save(key(1), entry(1)).await.unwrap();
        assert_eq!(check(&store, 3).await, 1);
        let aside = folder
            .files()
            .into_iter()
            .find(|name| name.contains(&format!(".{why}-")));
        assert_eq!(fs::read(folder.0.join(aside.unwrap())).unwrap(), before);
    }
}

#[tokio::test]
async fn two_versions_of_the_format_are_used_at_once_and_neither_disturbs_the_other() {
    static NEXT_ANSWERS: Book = Book {
        name: "answers",
        format: FORMAT + 1,
        application_id: 0x6374_6d61,
        schema: "CREATE TABLE quite_another (thing TEXT)",
    };
    let folder = Folder::new("formats");
    let ours = store(&folder.0);
    let next = Embedded::with_books(&settings(&folder.0, BYTES_MAX), REGISTRY, &NEXT_ANSWERS, &AGREEMENTS);
    let put = |n: i64| {
        next.by(Which::Writer, For::Good, move |answers| {
            answers
                .execute("INSERT INTO quite_another (thing) VALUES (?1)", [n])
                .map(drop)
        })
    };
    for n in 0..10 {
        ours.save(key(n), entry(n)).await.unwrap();
        put(1).await.unwrap();
    }
    assert_eq!(check(&ours, 10).await, 10);
    // What both agree on is of a format that both know.
    let one = Some(b"1".to_vec());
    assert!(
        ours.swap("lease".into(), None, one.clone(), Duration::from_secs(60))
            .await
            .unwrap()
    );
    assert_eq!(next.read("lease".into()).await.unwrap(), one);
    end(ours).await;
    end(next).await;
    assert_eq!(
        folder.files().iter().filter(|name| name.ends_with(".sqlite")).count(),
        3
    );

    // When nobody has written the one for long, the other drops it; and nothing else.
    fs::write(folder.0.join("notes.sqlite"), "somebody's").unwrap();
    for name in folder.files() {
        let file = fs::File::options().write(true).open(folder.0.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(8 * 24 * 3600))
            .unwrap();
    }
    let ours = store(&folder.0);
    assert_eq!(check(&ours, 10).await, 10);
    let names = folder.files();
    assert!(!names.iter().any(|name| name.starts_with("answers-v2")), "{names:?}");
    assert!(names.contains(&"notes.sqlite".to_owned()), "{names:?}");
}

#[tokio::test]
async fn two_that_were_set_aside_are_kept_and_no_more() {
    let folder = Folder::new("aside");
    for _ in 0..5 {
        fill(store(&folder.0), 3).await;
        fs::write(folder.file("answers"), vec![b'x'; 10_000]).unwrap();
        let store = store(&folder.0);
        assert_eq!(store.load(key(1)).await, Ok(None));
        end(store).await;
    }
    assert_eq!(folder.set_aside("damaged"), 2, "{:?}", folder.files());
}

#[tokio::test]
async fn a_file_that_another_process_set_aside_is_not_written_any_more() {
    let folder = Folder::new("moved");
    let ours = store(&folder.0);
    ours.save(key(1), entry(1)).await.unwrap();
    let one = Some(b"1".to_vec());
    assert!(
        ours.swap("lease".into(), None, one.clone(), Duration::from_secs(60))
            .await
            .unwrap()
    );
    for book in ["answers", "agreements"] {
        let path = folder.file(book);
        let alone = place::Alone::at(&path).unwrap();
        assert!(aside::set(
            &path,
            place::identity(&path),
            aside::Why::Damaged,
            "",
            &alone
        ));
    }
    let theirs = store(&folder.0);
    theirs.save(key(2), entry(2)).await.unwrap();
    assert!(
        theirs
            .swap("lease".into(), None, one.clone(), Duration::from_secs(60))
            .await
            .unwrap()
    );
    assert!(
        !ours
            .swap("lease".into(), None, one, Duration::from_secs(60))
            .await
            .unwrap()
    );
    assert_eq!(ours.load(key(2)).await, Ok(Some(entry(2))));
    ours.save(key(3), entry(3)).await.unwrap();
    assert_eq!(theirs.load(key(3)).await, Ok(Some(entry(3))));
    // And who closes it does not take the other's log along.
    end(ours).await;
    theirs.save(key(4), entry(4)).await.unwrap();
    assert_eq!(check(&store(&folder.0), 5).await, 3);
}

/// After whatever was done to it: nothing wrong is taken from it, and it is soon in use again.
async fn is_in_use_again(folder: &Folder, seed: u64) {
    let store = store(&folder.0);
    check(&store, 20).await;
    for n in 100..103 {
        let _ = store.save(key(n), entry(n)).await;
        let _ = store.keys().await;
        let _ = store.usage().await;
        let _ = store.remove(vec![key(n), key(n - 100)]).await;
    }
    assert_eq!(store.save(key(200), entry(200)).await, Ok(()), "seed {seed}");
    assert_eq!(store.load(key(200)).await, Ok(Some(entry(200))), "seed {seed}");
    check(&store, 20).await;
    end(store).await;
}

fn damage(path: &Path, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut bytes = fs::read(path).unwrap();
    let only_one = rng.random_bool(0.3);
    for _ in 0..if only_one { 1 } else { rng.random_range(1..200) } {
        // As often in the pages that all depends on as in the rest.
        let upto = if rng.random() {
            4096.min(bytes.len())
        } else {
            bytes.len()
        };
        let at = rng.random_range(0..upto);
        bytes[at] = rng.random();
    }
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, rng: &mut StdRng) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..rng.random_range(0..bytes.len())]).unwrap();
}
