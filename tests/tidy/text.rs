//! What every file keeps to, as far as a machine can tell.

use crate::files::{all, none, paths, read, root};
use std::process::Command;

/// What no file may hold, written so that this one doesn't.
const UNFINISHED: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("#[ig", "nore"),
];

/// Paths of a machine, hosts of package registries, and other traces of a workplace.
const WORKPLACE: [&str; 6] = [
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("crates.", "io/api"),
    concat!("registry.", "npmjs"),
];

/// The longest file that still holds one idea.
const LINES_MAX: usize = 600;

#[test]
fn a_file_opens_with_what_it_is_for() {
    let files = all()
        .into_iter()
        .filter(|file| file.is_rust() && !file.text.starts_with("//! "));
    none(
        files
            .map(|file| format!("{} does not open with `//!`", file.path))
            .collect(),
    );
}

#[test]
fn a_file_holds_one_idea() {
    let long = all().into_iter().filter(|file| {
        let is_generated = file
            .text
            .lines()
            .take(5)
            .any(|line| line.to_lowercase().contains("generated"));
        file.is_source() && !is_generated && file.text.lines().count() > LINES_MAX
    });
    none(
        long.map(|file| format!("{} has {} lines", file.path, file.text.lines().count()))
            .collect(),
    );
}

#[test]
fn nothing_is_left_unfinished() {
    none(found(|path| path.ends_with(".rs"), &UNFINISHED));
}

#[test]
fn nothing_tells_of_the_machine_it_was_written_on() {
    none(found(|path| !path.ends_with(".lock"), &WORKPLACE));
}

#[test]
fn what_is_no_text_lies_with_the_code_that_reads_it() {
    let strays = paths()
        .into_iter()
        .filter(|path| !path.contains('/') && read(path).is_none());
    none(
        strays
            .map(|path| format!("{path} does not belong to the project"))
            .collect(),
    );
}

#[test]
fn stdout_belongs_to_the_protocol_and_to_the_terminals_own_writer() {
    let mut findings = Vec::new();
    for file in all()
        .into_iter()
        .filter(|file| file.is_source() && !file.path.starts_with("src/find"))
    {
        let program = file.program();
        for (at, _) in program
            .match_indices("print!(")
            .chain(program.match_indices("println!("))
        {
            // `eprintln!` goes to stderr; the lints speak of it.
            let start = program[..at]
                .rfind(|c: char| !c.is_alphanumeric() && c != '_')
                .map_or(0, |before| before + 1);
            if !program[start..].starts_with('e') {
                findings.push(format!("{}:{} writes to stdout", file.path, file.line(at)));
            }
        }
    }
    none(findings);
}

#[test]
fn the_changelog_has_room_for_what_comes_next() {
    let changelog = read("CHANGELOG.md").expect("CHANGELOG.md is there");
    assert!(changelog.text.contains("\n## [Unreleased]\n"));
}

#[test]
fn both_licences_are_there_in_full() {
    let mit = read("LICENSE-MIT").expect("LICENSE-MIT is there");
    assert!(mit.text.contains("Permission is hereby granted, free of charge"));
    let apache = read("LICENSE-APACHE").expect("LICENSE-APACHE is there");
    assert!(apache.text.contains("Version 2.0, January 2004") && apache.text.contains("END OF TERMS AND CONDITIONS"));
}

#[test]
fn the_readme_begins_a_line_with_each_of_the_two_commands_and_its_commands_work() {
    let Some(readme) = read("README.md") else {
        println!("left out: there is no README.md");
        return;
    };
    for command in [
        "cargo run --release -- find \"EGFR L858R\" --registry sample",
        "cargo test --workspace",
    ] {
        assert!(
            readme.text.lines().any(|line| line.starts_with(command)),
            "no line of the README begins with `{command}`"
        );
    }
    for line in readme.text.lines() {
        let Some(arguments) = line
            .strip_prefix("cargo run --release -- ")
            .or(line.strip_prefix("clinical-trials-mcp "))
        else {
            continue;
        };
        let arguments = words(arguments.split(['|', '#', '>']).next().unwrap_or_default());
        let mut binary = Command::new(env!("CARGO_BIN_EXE_clinical-trials-mcp"));
        // What asks the sample registry is asked; of the others, whether the command is known.
        if arguments.windows(2).any(|pair| pair == ["--registry", "sample"]) && arguments[0] == "find" {
            binary.args(&arguments);
        } else {
            binary.args([&arguments[0], "--help"]);
        }
        let run = binary.current_dir(root()).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(
            run.status.success() && !run.stdout.is_empty(),
            "`{line}` of the README fails: {said}"
        );
    }
}

fn found(concerns: impl Fn(&str) -> bool, patterns: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in all().into_iter().filter(|file| concerns(&file.path)) {
        for pattern in patterns {
            let places = file.text.match_indices(pattern);
            findings.extend(places.map(|(at, _)| format!("{}:{} holds `{pattern}`", file.path, file.line(at))));
        }
    }
    findings
}

/// The words of a command, as a shell would split it, double quotes honoured.
fn words(command: &str) -> Vec<String> {
    command
        .split('"')
        .enumerate()
        .flat_map(|(at, piece)| match at % 2 {
            0 => piece.split_whitespace().map(str::to_owned).collect(),
            _ => vec![piece.to_owned()],
        })
        .collect()
}
