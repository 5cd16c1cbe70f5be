//! How long it takes. Bounds are wide, for machines with other work; what was measured is printed.

use super::*;
use tokio::time::Instant;

#[tokio::test]
async fn to_begin_with_a_full_store_takes_no_longer_than_with_an_empty_one() {
    let full = Folder::new("begin-full");
    let ours = store_of(&full.0, 512 << 20);
    for n in 0..if is_long() { 5000 } else { 500 } {
        ours.save(key(n), vec![7; 20_000]).await.unwrap();
    }
    let large: Vec<u8> = (0..250_000_u32).flat_map(u32::to_le_bytes).collect();
    ours.save("gene:LARGE".into(), large.clone()).await.unwrap();
    end(ours).await;
    let empty = Folder::new("begin-empty");
    fill(store(&empty.0), 0).await;
    let mut figures = Vec::new();
    for folder in [&full, &empty] {
        let mut times = Vec::new();
        for _ in 0..11 {
            let began = Instant::now();
            let ours = store_of(&folder.0, 512 << 20);
            let new = began.elapsed();
            let found = ours.load("gene:LARGE".into()).await.unwrap();
            let first = began.elapsed();
            assert!(found.is_none_or(|found| found == large));
            let began = Instant::now();
            let _ = ours.load("gene:LARGE".into()).await.unwrap();
            times.push((first, new, began.elapsed()));
            end(ours).await;
        }
        times.sort_unstable();
        figures.push(times[times.len() / 2]);
    }
    eprintln!(
        "first load, new, second load: full {:?}, empty {:?}",
        figures[0], figures[1]
    );
    assert!(
        figures[0].1 < Duration::from_millis(5),
        "nothing is read before it is needed"
    );
    assert!(figures[0].0 < figures[1].0 + Duration::from_millis(100));
}

#[tokio::test]
async fn neither_reading_nor_agreeing_waits_for_what_is_written() {
    let folder = Folder::new("wait");
    let ours = store_of(&folder.0, 512 << 20);
    ours.save(key(1), entry(1)).await.unwrap();
    ours.swap("cell".into(), None, Some(vec![0]), Duration::from_secs(60))
        .await
        .unwrap();
    let mut last = vec![0];
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..if is_long() { 20 } else { 4 } {
        // Nobody waits for it.
        drop(ours.save(format!("gene:LARGE{n}"), vec![n; 20 << 20]));
        for m in 0..20 {
            let began = Instant::now();
            assert_eq!(ours.load(key(1)).await, Ok(Some(entry(1))));
            times[0].push(began.elapsed());
            let began = Instant::now();
            let next = vec![n, m];
            assert!(
                ours.swap("cell".into(), Some(last), Some(next.clone()), Duration::from_secs(60))
                    .await
                    .unwrap()
            );
            last = next;
            times[1].push(began.elapsed());
        }
    }
    end(ours).await;
    for (what, times) in ["load", "swap"].iter().zip(&mut times) {
        times.sort_unstable();
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        eprintln!("{what} while 20 MiB are written: median {median:?}, longest {longest:?}");
        assert!(median < Duration::from_millis(50), "{median:?}");
    }
}
