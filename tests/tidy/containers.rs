//! The collector's configuration, the containers, the unit, the code and the README speak of the same places.

use crate::files::read;
use clinical_trials_mcp::config::SETTINGS;
use clinical_trials_mcp::http::{CONNECTIONS_MAX, DRAIN_WITHIN, Listen};
use clinical_trials_mcp::telemetry::Export;
use serde_json::Value;
use std::process::Command;

#[test]
fn pipelines_name_declared_components_and_all_of_them() {
    let collector = yaml("otel-collector.yaml");
    let service = &collector["service"];
    for kind in ["receivers", "processors", "exporters"] {
        let pipelines = service["pipelines"].as_object().expect("pipelines");
        let used: Vec<&str> = pipelines
            .values()
            .flat_map(|pipeline| strings(&pipeline[kind]))
            .collect();
        assert_eq!(sorted(used), sorted(keys(&collector[kind])), "{kind} used and declared");
    }
    assert_eq!(
        sorted(strings(&service["extensions"])),
        sorted(keys(&collector["extensions"]))
    );
    let first = strings(&service["pipelines"]["traces"]["processors"])[0];
    assert_eq!(
        first, "memory_limiter",
        "what there is no room for is refused before anything else is done with it"
    );
}

#[test]
fn the_collector_listens_where_the_containers_publish_it() {
    let collector = yaml("otel-collector.yaml");
    let published = published("otel-collector");
    let protocols = &collector["receivers"]["otlp"]["protocols"];
    for endpoint in [
        &protocols["grpc"],
        &protocols["http"],
        &collector["extensions"]["health_check"],
    ] {
        let (host, port) = place(&endpoint["endpoint"]);
        assert_eq!(
            host, "0.0.0.0",
            "a container that listens on its own loopback is heard by nobody"
        );
        assert!(
            published.contains(&(port.clone(), port.clone())),
            "port {port} is not published: {published:?}"
        );
    }
}

#[test]
fn the_collector_exports_to_a_container_that_is_there() {
    let collector = yaml("otel-collector.yaml");
    let compose = yaml("compose.yaml");
    let exporters = collector["exporters"].as_object().expect("exporters");
    assert!(
        !exporters.contains_key("jaeger"),
        "current collectors have no such exporter"
    );
    for (name, exporter) in exporters {
        let (host, port) = place(&exporter["endpoint"]);
        assert!(
            compose["services"].get(&host).is_some(),
            "{name} exports to {host}, which is no container"
        );
        // Where Jaeger takes OTLP over gRPC.
        assert_eq!((host.as_str(), port.as_str()), ("jaeger", "4317"));
        assert_eq!(
            exporter["tls"]["insecure"], true,
            "Jaeger in its container speaks no TLS"
        );
    }
}

#[test]
fn containers_are_pinned_and_open_to_this_machine_alone() {
    let compose = yaml("compose.yaml");
    for (name, container) in compose["services"].as_object().expect("services") {
        let image = container["image"].as_str().expect("an image");
        let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
        assert!(
            tag.starts_with(|c: char| c.is_ascii_digit()),
            "{name}: {image} is not pinned"
        );
        for port in strings_or_none(&container["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port} is open to the network");
        }
        for other in strings_or_none(&container["depends_on"]) {
            assert!(
                compose["services"].get(other).is_some(),
                "{name} depends on {other}, which is no container"
            );
        }
    }
}

#[test]
fn the_collector_is_given_its_configuration() {
    let collector = &yaml("compose.yaml")["services"]["otel-collector"];
    let inside = strings(&collector["command"])[0]
        .strip_prefix("--config=")
        .expect("its configuration")
        .to_owned();
    assert_eq!(
        strings(&collector["volumes"]),
        [format!("./otel-collector.yaml:{inside}:ro")]
    );
}

#[test]
fn the_server_exports_to_the_collectors_http_port_by_default() {
    let (_, port) = place(&yaml("otel-collector.yaml")["receivers"]["otlp"]["protocols"]["http"]["endpoint"]);
    assert_eq!(Export::default().endpoint, format!("http://localhost:{port}/v1/traces"));
}

#[test]
fn the_readme_names_the_places_that_the_containers_open() {
    let Some(readme) = read("README.md") else {
        println!("left out: there is no README.md");
        return;
    };
    let (_, port) = place(&yaml("otel-collector.yaml")["receivers"]["otlp"]["protocols"]["http"]["endpoint"]);
    for (at, variable) in readme.text.match_indices("OTEL_EXPORTER_OTLP_ENDPOINT=") {
        let value = &readme.text[at + variable.len()..];
        let is_ours = [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")];
        assert!(
            is_ours.iter().any(|ours| value.starts_with(ours)),
            "README.md:{} exports elsewhere",
            readme.line(at)
        );
    }
    if readme.text.contains("Jaeger") {
        let (port, _) = &published("jaeger")[0];
        assert!(
            readme.text.contains(&format!("localhost:{port}")),
            "the README does not say where Jaeger is looked at"
        );
    }
}

#[test]
fn the_container_of_the_server_is_hardened_and_listens_where_it_is_published() {
    let compose = yaml("compose.yaml");
    let server = &compose["services"]["clinical-trials-mcp"];
    let recipe = instructions(server["build"]["dockerfile"].as_str().expect("a container file"));
    let last = |keyword: &str| {
        let found = recipe.iter().rev().find(|(known, _)| known == keyword);
        &found.unwrap_or_else(|| panic!("no {keyword}")).1
    };
    assert!(
        recipe.iter().filter(|(keyword, _)| keyword == "FROM").count() > 1,
        "built where it runs"
    );
    for (_, image) in recipe.iter().filter(|(keyword, _)| keyword == "FROM") {
        let image = image.split(' ').next().expect("an image");
        let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
        assert!(tag.starts_with(|c: char| c.is_ascii_digit()), "{image} is not pinned");
    }
    let user: u32 = last("USER")
        .split(':')
        .next()
        .and_then(|user| user.parse().ok())
        .expect("a number");
    assert_ne!(user, 0);
    // What it runs is a command that the program knows.
    let command: Vec<String> = serde_json::from_str(last("CMD")).expect("a list");
    let [daemon, listen, place] = &command[..] else {
        panic!("{command:?}")
    };
    assert_eq!((daemon.as_str(), listen.as_str()), ("daemon", "--listen"));
    assert!(Listen::read(place).is_ok(), "{place}");
    let port = place.rsplit_once(':').expect("a port").1;
    assert_eq!(last("EXPOSE"), port);
    assert!(last("HEALTHCHECK").contains(&format!("http://localhost:{port}/health")));
    assert_eq!(published("clinical-trials-mcp"), [(port.to_owned(), port.to_owned())]);
    assert_eq!(server["read_only"], true);
    assert_eq!(strings(&server["cap_drop"]), ["ALL"]);
    for secret in strings(&server["secrets"]) {
        assert!(compose["secrets"].get(secret).is_some(), "{secret} is not declared");
    }
    for variable in server["environment"].as_object().expect("variables").keys() {
        is_a_setting(variable);
    }
    let grace = server["stop_grace_period"]
        .as_str()
        .and_then(|grace| grace.strip_suffix('s'));
    assert!(grace.and_then(|grace| grace.parse().ok()) > Some(DRAIN_WITHIN.as_secs()));
}

#[test]
fn the_unit_runs_a_command_that_there_is_with_settings_that_there_are_and_few_rights() {
    let unit = unit();
    let value = |name: &str| {
        let found = unit.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.as_str()
    };
    let command: Vec<&str> = value("ExecStart").split(' ').collect();
    let [_, "daemon", "--listen", place] = command[..] else {
        panic!("{command:?}")
    };
    assert!(Listen::read(place).is_ok(), "{place}");
    let credentials: Vec<_> = unit
        .iter()
        .filter(|(name, _)| name.ends_with("LoadCredential"))
        .collect();
    for (_, variable) in unit.iter().filter(|(name, _)| name.ends_with("Environment")) {
        let (variable, value) = variable.split_once('=').expect("a value");
        is_a_setting(variable);
        if let Some(credential) = value.strip_prefix("%d/") {
            let is_loaded = credentials
                .iter()
                .any(|(_, loaded)| loaded.split(':').next() == Some(credential));
            assert!(is_loaded, "{credential} is not loaded");
        }
    }
    for (name, wanted) in [
        ("DynamicUser", "yes"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("MemoryDenyWriteExecute", "yes"),
    ] {
        assert_eq!(value(name), wanted, "{name}");
    }
    assert!(value("Environment").ends_with(&format!("/{}", value("CacheDirectory"))));
    let stop: Option<u64> = value("TimeoutStopSec")
        .strip_suffix('s')
        .and_then(|stop| stop.parse().ok());
    assert!(stop > Some(DRAIN_WITHIN.as_secs()));
    let files: Option<usize> = value("LimitNOFILE").parse().ok();
    assert!(files > Some(2 * CONNECTIONS_MAX));
}

#[test]
fn systemd_takes_the_unit() {
    // Verified under its own name, with a program that is there.
    let folder = std::env::temp_dir().join(format!("clinical-trials-unit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = read(UNIT).expect("the unit is there").text;
    let path = folder.join("clinical-trials-mcp.service");
    let text = text.replace(
        "/usr/local/bin/clinical-trials-mcp",
        env!("CARGO_BIN_EXE_clinical-trials-mcp"),
    );
    std::fs::write(&path, text).expect("written");
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&path)
        .output();
    std::fs::remove_dir_all(&folder).expect("removed");
    match verified {
        Ok(verified) => {
            let said = String::from_utf8_lossy(&verified.stderr);
            let about_it: Vec<&str> = said
                .lines()
                .filter(|line| line.contains("clinical-trials-mcp"))
                .collect();
            assert!(verified.status.success() && about_it.is_empty(), "{said}");
        }
        Err(_) => println!("left out: systemd-analyze is not installed"),
    }
}

const UNIT: &str = "deploy/clinical-trials-mcp.service";

/// The unit's assignments in their order; one that is offered in a comment has a `#` before its name.
fn unit() -> Vec<(String, String)> {
    let file = read(UNIT).expect("the unit is there");
    let assignment = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let is_name = name.trim_start_matches('#').chars().all(|c| c.is_ascii_alphanumeric());
        is_name.then(|| (name.to_owned(), value.to_owned()))
    };
    file.text.lines().filter_map(assignment).collect()
}

/// A container file's instructions in their order.
fn instructions(path: &str) -> Vec<(String, String)> {
    let file = read(path).unwrap_or_else(|| panic!("{path} is there"));
    let lines: Vec<&str> = file
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    let whole = lines.join("\n").replace("\\\n", " ");
    let instruction = |line: &str| {
        let (keyword, rest) = line.trim().split_once(' ')?;
        Some((keyword.to_owned(), rest.trim().to_owned()))
    };
    whole.lines().filter_map(instruction).collect()
}

fn is_a_setting(variable: &str) {
    let is_known = SETTINGS.iter().any(|setting| setting.variable == variable);
    assert!(is_known, "{variable} is no setting");
}

fn yaml(path: &str) -> Value {
    let file = read(path).unwrap_or_else(|| panic!("{path} is there"));
    serde_saphyr::from_str(&file.text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A container's ports, outside and inside.
fn published(container: &str) -> Vec<(String, String)> {
    let compose = yaml("compose.yaml");
    let ports = strings(&compose["services"][container]["ports"])
        .into_iter()
        .map(|port| {
            let mut parts = port.rsplit(':').map(str::to_owned);
            let inside = parts.next().expect("a port inside");
            (parts.next().expect("a port outside"), inside)
        });
    ports.collect()
}

/// `host:port`.
fn place(endpoint: &Value) -> (String, String) {
    let (host, port) = endpoint
        .as_str()
        .and_then(|endpoint| endpoint.rsplit_once(':'))
        .expect("host:port");
    (host.to_owned(), port.to_owned())
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|item| item.as_str().expect("a string"))
        .collect()
}

fn strings_or_none(list: &Value) -> Vec<&str> {
    if list.is_null() { Vec::new() } else { strings(list) }
}

fn keys(map: &Value) -> Vec<&str> {
    map.as_object().expect("a map").keys().map(String::as_str).collect()
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}
