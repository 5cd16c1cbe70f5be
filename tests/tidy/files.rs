//! The files of the project, as version control sees them.

use std::path::PathBuf;
use std::process::Command;

/// A file, by its path from the root of the project.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is part of the program: the sources of a room, not what tests or measures it.
    pub(crate) fn is_source(&self) -> bool {
        self.is_rust()
            && ["src/", "actors/src/", "trials/src/"]
                .iter()
                .any(|room| self.path.starts_with(room))
    }

    /// The text without the unit tests at its end.
    pub(crate) fn program(&self) -> &str {
        self.text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default()
    }

    /// The line, from 1, in which a byte of the text stands.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }
}

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One file, if it is there.
pub(crate) fn read(path: &str) -> Option<File> {
    Some(File {
        path: path.to_owned(),
        text: std::fs::read_to_string(root().join(path)).ok()?,
    })
}

/// Every text file that is tracked, or would be after `git add --all`.
pub(crate) fn all() -> Vec<File> {
    let files: Vec<File> = paths().iter().filter_map(|path| read(path)).collect();
    assert!(
        files.iter().any(|file| file.path == "Cargo.toml"),
        "the project lists none of its files"
    );
    files
}

/// The same with those that are no text, by their paths.
pub(crate) fn paths() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files of the project");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).expect("paths are text");
    let here = paths.split('\0').filter(|path| root().join(path).is_file());
    here.map(str::to_owned).collect()
}

/// Fails with one line for each finding.
pub(crate) fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
