//! The collector's configuration, the containers, the code and the README speak of the same places.

use crate::files::read;
use clinical_trials_mcp::telemetry::Export;
use serde_json::Value;

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
