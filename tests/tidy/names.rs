//! Names given to telemetry stand in the one table. The macros want literals, so the sources are read.

use crate::files::{File, all, none};
use clinical_trials_mcp::telemetry::names::{ATTRIBUTES, Name, SPANS, TARGETS};

const SPAN_MACROS: [&str; 5] = [
    "error_span!(",
    "warn_span!(",
    "info_span!(",
    "debug_span!(",
    "trace_span!(",
];
const EVENT_MACROS: [&str; 5] = ["error!(", "warn!(", "info!(", "debug!(", "trace!("];

#[test]
fn every_span_and_its_attributes_stand_in_the_table() {
    let mut findings = Vec::new();
    for (place, arguments) in invocations(&SPAN_MACROS) {
        let mut arguments = arguments.into_iter().filter(|argument| !is_setting(argument));
        match arguments.next().as_deref().and_then(literal) {
            Some(name) if stands_in(SPANS, &name) => {}
            name => findings.push(format!("{place}: the span {name:?} is not in the table")),
        }
        findings.extend(strangers(&place, arguments));
    }
    none(findings);
}

#[test]
fn every_field_of_a_log_line_stands_in_the_table() {
    none(
        invocations(&EVENT_MACROS)
            .into_iter()
            .flat_map(|(place, arguments)| strangers(&place, arguments))
            .collect(),
    );
}

#[test]
fn log_lines_and_spans_keep_the_target_of_their_module() {
    let speaking = invocations(&SPAN_MACROS).into_iter().chain(invocations(&EVENT_MACROS));
    let renamed = speaking.flat_map(|(place, arguments)| {
        let targets = arguments
            .into_iter()
            .filter_map(|argument| literal(argument.strip_prefix("target:")?));
        let strange = targets.filter(|target| !stands_in(TARGETS, target.split("::").next().unwrap_or_default()));
        strange
            .map(move |target| format!("{place}: the target {target:?} is not in the table"))
            .collect::<Vec<_>>()
    });
    none(renamed.collect());
}

#[test]
fn spans_are_opened_by_macros_that_name_them() {
    let attribute = concat!("#[", "instrument");
    let path = concat!("tracing::", "instrument]");
    let sources = all().into_iter().filter(File::is_source);
    let hidden = sources.filter(|file| file.program().contains(attribute) || file.program().contains(path));
    none(
        hidden
            .map(|file| format!("{} names a span after a function", file.path))
            .collect(),
    );
}

#[test]
fn what_is_recorded_later_stands_in_the_table() {
    let recorded = invocations(&[".record("]).into_iter().filter_map(|(place, arguments)| {
        let name = literal(arguments.first()?)?;
        (!stands_in(ATTRIBUTES, &name)).then(|| format!("{place}: the attribute {name:?} is not in the table"))
    });
    none(recorded.collect());
}

#[test]
fn the_reader_of_macros_reads_them() {
    let text =
        r#"parent: &call, "fetch", key = %self.key(a, "b,c"), hit, ?state, otel.kind = "client", "said {x}", a == b)"#;
    let arguments = arguments(text);
    assert_eq!(arguments[1], "\"fetch\"");
    let fields: Vec<_> = arguments[2..].iter().filter_map(|argument| field(argument)).collect();
    assert_eq!(fields, ["key", "hit", "state", "otel.kind"]);
}

/// Every use of the macros in the program: where, and its arguments.
fn invocations(macros: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for file in all().into_iter().filter(File::is_source) {
        let program = file.program();
        for name in macros {
            for (at, _) in program.match_indices(name) {
                let is_whole = name.starts_with('.')
                    || !program[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
                let line_start = program[..at].rfind('\n').map_or(0, |newline| newline + 1);
                let is_code = !program[line_start..at].trim_start().starts_with("//");
                if is_whole && is_code {
                    found.push((
                        format!("{}:{}", file.path, file.line(at)),
                        arguments(&program[at + name.len()..]),
                    ));
                }
            }
        }
    }
    found
}

/// The arguments of a macro, from after its opening bracket to the one that closes it.
fn arguments(text: &str) -> Vec<String> {
    let (mut arguments, mut argument) = (Vec::new(), String::new());
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for c in text.chars() {
        match c {
            _ if in_string => {
                in_string = c != '"' || escaped;
                escaped = c == '\\' && !escaped;
            }
            '"' => in_string = true,
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                arguments.push(std::mem::take(&mut argument).trim().to_owned());
                continue;
            }
            _ => {}
        }
        argument.push(c);
    }
    arguments.push(argument.trim().to_owned());
    arguments.retain(|argument| !argument.is_empty());
    arguments
}

/// `target: …` or `parent: …`, which are no fields.
fn is_setting(argument: &str) -> bool {
    ["target:", "parent:", "name:"]
        .iter()
        .any(|setting| argument.starts_with(setting))
}

/// The fields among the arguments that the table doesn't know.
fn strangers(place: &str, arguments: impl IntoIterator<Item = String>) -> Vec<String> {
    let fields = arguments
        .into_iter()
        .filter(|argument| !is_setting(argument))
        .filter_map(|argument| field(&argument));
    let strange = fields.filter(|name| name != "message" && !stands_in(ATTRIBUTES, name));
    strange
        .map(|name| format!("{place}: the attribute {name:?} is not in the table"))
        .collect()
}

/// The name of a field: `name = value`, `%name`, `?name` or `name`; none where the argument is the message or its values.
fn field(argument: &str) -> Option<String> {
    let name = match argument.split_once('=') {
        Some((name, value)) if !value.starts_with('=') => name.trim(),
        _ => argument.trim_start_matches(['%', '?']),
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');

    is_name.then(|| name.to_owned())
}

/// The text of a string literal at the start.
fn literal(text: &str) -> Option<String> {
    text.trim()
        .strip_prefix('"')?
        .split_once('"')
        .map(|(text, _)| text.to_owned())
}

fn stands_in(table: &[Name], name: &str) -> bool {
    table.iter().any(|entry| entry.name == name)
}
