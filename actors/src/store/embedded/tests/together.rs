//! Several processes at once on one store.

use super::*;
use crate::store::backend::tests::increment;

#[tokio::test]
async fn four_processes_count_together_and_lose_nothing() {
    const TIMES: usize = 50;
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        for n in 0..TIMES {
            increment(&store, "counter").await;
            while store.count(7, vec![("EGFR L858R".into(), 1)]).await.is_err() {}
            while store.save(key(n), entry(n)).await.is_err() {}
            assert_eq!(store.load(key(n)).await, Ok(Some(entry(n))));
        }
        std::process::exit(AS_IT_SHOULD_BE);
    }
    let folder = Folder::new("four");
    let test = "together::four_processes_count_together_and_lose_nothing";
    let processes: Vec<_> = (0..4).map(|_| Process::begin(again(test, &folder.0, None))).collect();
    for process in processes {
        process.ends_as_it_should().await;
    }
    let store = store(&folder.0);
    let counted = (4 * TIMES).to_string();
    assert_eq!(store.read("counter".into()).await.unwrap(), Some(counted.into_bytes()));
    let counts = store.counts(7).await.unwrap();
    assert_eq!(counts, [(7, "EGFR L858R".to_owned(), 4 * TIMES as u64)]);
    assert_eq!(check(&store, TIMES).await, TIMES);
    assert_eq!(folder.set_aside("damaged"), 0);
}

#[tokio::test]
async fn a_lease_is_never_held_by_two_processes() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        let us = Some(std::process::id().to_string().into_bytes());
        let held = folder.join("held");
        let mut times = 0;
        while times < 50 {
            let long = Duration::from_secs(60);
            if store.swap("lease".into(), None, us.clone(), long).await != Ok(true) {
                continue;
            }
            // There is one such file, for one holder.
            let holding = fs::File::create_new(&held).expect("another holds it");
            tokio::task::yield_now().await;
            drop(holding);
            fs::remove_file(&held).unwrap();
            while store.swap("lease".into(), us.clone(), None, long).await.is_err() {}
            times += 1;
        }
        std::process::exit(AS_IT_SHOULD_BE);
    }
    let folder = Folder::new("lease");
    let test = "together::a_lease_is_never_held_by_two_processes";
    let processes: Vec<_> = (0..4).map(|_| Process::begin(again(test, &folder.0, None))).collect();
    for process in processes {
        process.ends_as_it_should().await;
    }
}

#[tokio::test]
async fn processes_that_find_one_damaged_file_at_once_agree_on_one_new_file() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        // All begin when they are told, at the same moment.
        while !folder.join("go").exists() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for n in 0..20 {
            while store.save(key(n), entry(n)).await.is_err() {}
            increment(&store, "counter").await;
        }
        assert_eq!(check(&store, 20).await, 20);
        std::process::exit(AS_IT_SHOULD_BE);
    }
    for _ in 0..if is_long() { 50 } else { 5 } {
        let folder = Folder::new("at-once");
        let ours = store(&folder.0);
        increment(&ours, "old").await;
        end(ours).await;
        fill(store(&folder.0), 20).await;
        for book in ["answers", "agreements"] {
            fs::write(folder.file(book), vec![b'x'; 50_000]).unwrap();
        }
        let test = "together::processes_that_find_one_damaged_file_at_once_agree_on_one_new_file";
        let processes: Vec<_> = (0..4).map(|_| Process::begin(again(test, &folder.0, None))).collect();
        fs::write(folder.0.join("go"), "").unwrap();
        for process in processes {
            process.ends_as_it_should().await;
        }
        let store = store(&folder.0);
        assert_eq!(store.read("counter".into()).await.unwrap(), Some(b"80".to_vec()));
        assert_eq!(check(&store, 20).await, 20);
        assert_eq!(folder.set_aside("damaged"), 2, "{:?}", folder.files());
    }
}
