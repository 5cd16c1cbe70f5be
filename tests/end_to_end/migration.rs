//! Every command that `docs/migration.md` shows: run against the sample registry, or its form checked.

use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_clinical-trials-mcp");
const DOCUMENT: &str = include_str!("../../docs/migration.md");
/// Programs of others that the document may show.
const FOREIGN: [&str; 2] = ["curl", "redis-cli"];

#[test]
fn every_command_that_the_document_shows_is_run_or_has_the_right_form() {
    let folder = std::env::temp_dir().join(format!("migration-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let listed = help(&[]);
    let mut ran = 0;
    for (mark, commands) in blocks() {
        for line in commands.lines() {
            form(line, &listed, mark.strip_prefix("run where listed: "));
            let runs = match mark.strip_prefix("run where listed: ") {
                Some(name) => lists(&listed, name),
                None => mark == "run",
            };
            if runs {
                run(line, &folder);
                ran += 1;
            }
        }
    }
    assert!(ran > 0, "no command was run");
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}

/// Each block of commands, with the mark above it.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = DOCUMENT.split("```sh\n");
    let mut before = parts.next().expect("a beginning");
    let mut blocks = Vec::new();
    for part in parts {
        let mark = before
            .trim_end()
            .rsplit("<!-- ")
            .next()
            .and_then(|mark| mark.strip_suffix(" -->"));
        let mark = mark.expect("a block of commands without a mark above it");
        let known = mark == "run" || mark == "form" || mark.starts_with("run where listed: ");
        assert!(known, "{mark} is no mark");
        let (commands, after) = part.split_once("```").expect("a block that ends");
        blocks.push((mark, commands));
        before = after;
    }
    blocks
}

fn form(line: &str, listed: &str, awaited: Option<&str>) {
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.first() != Some(&"clinical-trials-mcp") {
        assert!(
            words.first().is_some_and(|word| FOREIGN.contains(word)),
            "`{line}` is a command of nobody known"
        );
        return;
    }
    let command = words.get(1).filter(|word| !word.starts_with('-'));
    if command.is_some() && command.copied() == awaited && !lists(listed, command.expect("a command")) {
        return;
    }
    let flags = match command {
        Some(command) => {
            assert!(lists(listed, command), "`{line}`: --help does not list {command}");
            help(&[command])
        }
        None => listed.to_owned(),
    };
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        let known = flags
            .split(|sign: char| sign.is_whitespace() || sign == ',' || sign == '=')
            .any(|word| word == *flag);
        assert!(known, "`{line}`: --help does not know {flag}");
    }
}

fn lists(help: &str, command: &str) -> bool {
    help.lines()
        .any(|line| line.starts_with("  ") && line.split_whitespace().next() == Some(command))
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM)
        .args(arguments)
        .arg("--help")
        .output()
        .expect("the program");
    assert!(output.status.success(), "{arguments:?} --help");
    String::from_utf8(output.stdout).expect("text")
}

fn run(line: &str, folder: &Path) {
    let beside = Path::new(PROGRAM).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", beside.display());
    let output = Command::new("sh")
        .args(["-c", line])
        .env_clear()
        .env("PATH", path)
        .env("CACHE_DIR", folder)
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    assert!(
        output.status.success(),
        "`{line}`: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
