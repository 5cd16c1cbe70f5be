//! Three rooms, one direction: src knows actors, actors know trials, and nobody looks back.

use crate::files::{all, none, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn trials_knows_the_standard_library_and_ways_to_search_text() {
    let allowed = ["aho-corasick", "memchr", "strsim"].map(str::to_owned);
    let known: BTreeSet<String> = declared("trials")
        .into_iter()
        .filter(|of| of.is_used)
        .map(|of| of.name)
        .collect();
    assert!(known.is_subset(&BTreeSet::from(allowed)), "trials knows {known:?}");
    let brought_in = brought_in("trials");
    for foreign in ["serde", "serde_json", "tokio", "futures", "tracing"] {
        assert!(!brought_in.contains(foreign), "trials is brought {foreign}");
    }
}

#[test]
fn actors_never_learn_what_the_edges_speak() {
    let foreign = |name: &str| {
        [
            "reqwest",
            "rmcp",
            "axum",
            "clap",
            "hyper",
            "tracing-subscriber",
            "prometheus-client",
        ]
        .contains(&name)
            || name.starts_with("opentelemetry")
            || name.starts_with("tracing-opentelemetry")
    };
    let found: Vec<String> = brought_in("actors").into_iter().filter(|name| foreign(name)).collect();
    assert!(found.is_empty(), "actors are brought {found:?}");
}

#[test]
fn the_arrow_points_from_src_over_actors_to_trials() {
    for (room, may_know) in [
        ("trials", &[][..]),
        ("actors", &["trials"]),
        ("clinical-trials-mcp", &["actors", "trials"]),
    ] {
        for dependency in declared(room).into_iter().filter(|dependency| dependency.is_room) {
            assert!(
                may_know.contains(&dependency.name.as_str()),
                "{room} knows {}",
                dependency.name
            );
        }
    }
}

#[test]
fn every_dependency_is_declared_once_in_the_root_manifest() {
    let mut findings = Vec::new();
    for manifest in all()
        .into_iter()
        .filter(|file| file.path.ends_with("Cargo.toml") && !file.path.starts_with("fuzz/"))
    {
        let mut declares = false;
        for line in manifest.text.lines().map(str::trim) {
            if line.starts_with('[') {
                declares = line.ends_with("dependencies]") && line != "[workspace.dependencies]";
            } else if declares && line.contains('=') && !line.starts_with('#') && !line.contains("workspace = true") {
                findings.push(format!("{}: `{line}` is not taken from the workspace", manifest.path));
            }
        }
    }
    none(findings);
}

#[test]
fn the_versions_in_use_are_committed() {
    let tracked = Command::new("git")
        .args(["ls-files", "--error-unmatch", "Cargo.lock"])
        .current_dir(root())
        .output();
    assert!(
        tracked.expect("git answers").status.success(),
        "Cargo.lock is not committed"
    );
}

struct Dependency {
    name: String,
    /// Another room of this project.
    is_room: bool,
    /// By the program itself, not only by its tests.
    is_used: bool,
}

/// What a room's manifest names, as cargo reads it.
fn declared(room: &str) -> Vec<Dependency> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages
        .iter()
        .find(|package| package["name"] == room)
        .expect("the room is a package");
    let dependencies = package["dependencies"].as_array().expect("dependencies");
    dependencies
        .iter()
        .map(|dependency| Dependency {
            name: dependency["name"].as_str().expect("a name").to_owned(),
            is_room: !dependency["path"].is_null(),
            is_used: dependency["kind"] != "dev",
        })
        .collect()
}

/// Every package that comes with a room, however far down.
fn brought_in(room: &str) -> BTreeSet<String> {
    let tree = cargo(&[
        "tree",
        "--package",
        room,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

fn cargo(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--locked")
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("cargo writes text")
}
