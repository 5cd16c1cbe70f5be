//! Disks and folders that are full, or take nothing. Some need what only a system's owner may do; where it can't be had
//! they say that they were left out.

use super::*;

/// Whether a process can have mounts of its own here.
fn can_mount() -> bool {
    let is_so = Command::new("unshare")
        .args(["-m", "true"])
        .stderr(Stdio::inherit())
        .status()
        .is_ok_and(|status| status.success());
    if !is_so {
        eprintln!("left out: no mounts of a process's own here");
    }
    is_so
}

/// A test again, with mounts of its own that end with it.
fn again_with_mounts(test: &str, folder: &Path, mount: &str) -> Command {
    let mut command = again(test, folder, Some(mount));
    let mut unshared = Command::new("unshare");
    unshared.args(["-m", "sh"]).args(command.get_args()).env(CHILD, folder);
    command = unshared;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    command
}

#[tokio::test]
async fn a_full_disk_is_told_as_one_what_is_there_is_read_and_it_goes_on_when_there_is_room() {
    if let Some(folder) = told_folder() {
        let filler = folder.join("filler");
        fs::write(&filler, vec![0; 1 << 20]).unwrap();
        let ours = store(&folder);
        let mut told = None;
        let mut saved = 0;
        for n in 0..1000 {
            if let Err(error) = ours.save(key(n), entry(n)).await {
                told = Some(error);
                break;
            }
            saved = n + 1;
        }
        assert!(matches!(told, Some(StoreError::Full { .. })), "{told:?}");
        assert!(saved > 5);
        assert_eq!(check(&ours, saved).await, saved);
        // One that comes to the full disk.
        let theirs = store(&folder);
        assert_eq!(check(&theirs, saved).await, saved);
        assert!(matches!(
            theirs.save(key(0), vec![1; 3 << 20]).await,
            Err(StoreError::Full { .. })
        ));
        drop(theirs);
        fs::remove_file(filler).unwrap();
        ours.save(key(2000), entry(2000)).await.unwrap();
        assert_eq!(ours.load(key(2000)).await, Ok(Some(entry(2000))));
        assert_eq!(check(&ours, saved).await, saved);
        std::process::exit(AS_IT_SHOULD_BE);
    }
    if !can_mount() {
        return;
    }
    let folder = Folder::new("full");
    let test = "disks::a_full_disk_is_told_as_one_what_is_there_is_read_and_it_goes_on_when_there_is_room";
    let mount = format!("mount -t tmpfs -o size=4m none \"${CHILD}\"");
    Process::begin(again_with_mounts(test, &folder.0, &mount))
        .ends_as_it_should()
        .await;
}

#[tokio::test]
async fn a_file_that_may_grow_no_more_is_told_as_a_full_disk() {
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
        std::process::exit(AS_IT_SHOULD_BE);
    }
    let folder = Folder::new("limit");
    let test = "disks::a_file_that_may_grow_no_more_is_told_as_a_full_disk";
    let limited = again(test, &folder.0, Some("trap '' XFSZ; ulimit -f 1000"));
    Process::begin(limited).ends_as_it_should().await;
}

#[tokio::test]
async fn what_lies_in_a_folder_that_takes_nothing_is_read() {
    if let Some(folder) = told_folder() {
        let store = store(&folder);
        assert_eq!(check(&store, 20).await, 20);
        let told = store.save(key(0), entry(0)).await;
        assert!(matches!(told, Err(StoreError::ReadOnly { .. })), "{told:?}");
        let told = store
            .swap("lease".into(), None, Some(vec![1]), Duration::from_secs(1))
            .await;
        assert!(matches!(told, Err(StoreError::ReadOnly { .. })), "{told:?}");
        assert_eq!(check(&store, 20).await, 20);
        store.close().await;
        std::process::exit(AS_IT_SHOULD_BE);
    }
    if !can_mount() {
        return;
    }
    let test = "disks::what_lies_in_a_folder_that_takes_nothing_is_read";
    let mount = format!("mount --bind \"${CHILD}\" \"${CHILD}\"; mount -o remount,ro,bind \"${CHILD}\"");
    let folder = Folder::new("takes-nothing");
    let ours = store(&folder.0);
    fill(store(&folder.0), 20).await;
    Process::begin(again_with_mounts(test, &folder.0, &mount))
        .ends_as_it_should()
        .await;
    // And while another process, which sees it as it can be written, has it open.
    ours.save(key(30), entry(30)).await.unwrap();
    Process::begin(again_with_mounts(test, &folder.0, &mount))
        .ends_as_it_should()
        .await;
    assert_eq!(check(&ours, 31).await, 21);
}

#[tokio::test]
async fn where_no_folder_can_be_made_that_is_told() {
    let folder = Folder::new("blocked");
    // A file in the folder's place: nobody can make a folder there, not even the system's owner.
    let blocked = folder.0.join("blocked");
    fs::write(&blocked, "").unwrap();
    let store = store(&blocked.join("store"));
    let told = store.save(key(1), entry(1)).await;
    assert!(matches!(told, Err(StoreError::ReadOnly { .. })), "{told:?}");
    assert!(matches!(store.load(key(1)).await, Err(StoreError::ReadOnly { .. })));
    // And when it can be made after all.
    fs::remove_file(blocked).unwrap();
    let taken = async { while store.save(key(1), entry(1)).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(10), taken).await.unwrap();
    assert_eq!(store.load(key(1)).await, Ok(Some(entry(1))));
}

#[tokio::test]
async fn a_folder_that_is_removed_is_made_again() {
    let folder = Folder::new("removed");
    let store = store(&folder.0);
    store.save(key(1), entry(1)).await.unwrap();
    fs::remove_dir_all(&folder.0).unwrap();
    assert_eq!(store.load(key(1)).await, Ok(None));
    store.save(key(2), entry(2)).await.unwrap();
    assert_eq!(store.load(key(2)).await, Ok(Some(entry(2))));
}
