//! The parts of Thanos, started with the arguments that their workloads have.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{object, overlay};
use crate::e2e::stack::{Running, start};
use crate::support::built::{example, kdl};
use crate::support::tools::{Generation, tool};

/// The arguments of a workload's first container.
fn arguments<'a>(objects: &'a [Value], kind: &str, name: &str) -> Vec<&'a str> {
    let container = &object(objects, kind, name)["spec"]["template"]["spec"]["containers"][0];
    container["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect()
}

/// Starts a part in a folder, where what its pod would mount lies too, and waits until it says that it is ready.
fn run(generation: Generation, folder: &Path, pod: &str, arguments: &[&str]) -> Option<Running> {
    let thanos = tool("thanos", generation)?;
    let at = |path: &str| folder.join(path).to_string_lossy().into_owned();
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    Some(start("/-/ready", &at(&format!("{pod}.log")), |port| {
        let mut command = thanos.command();
        for argument in arguments {
            let own =
                argument.replace("$(POD_NAME)", pod).replace("/var/thanos", &at("data")).replace("/etc/", &at("etc/"));
            let own = match own.split_once("=0.0.0.0:") {
                Some(("--http-address", _)) => format!("--http-address=127.0.0.1:{port}"),
                Some((flag, _)) => format!("{flag}=127.0.0.1:{}", free()),
                None => own,
            };
            command.arg(own);
        }
        command.stdin(Stdio::null());
        command
    }))
}

#[test]
fn every_part_starts_with_what_its_workload_says() {
    let files = example("fleet");
    let Some(objects) = overlay(&files, "cluster-01") else { return };
    let Some(staging) = overlay(&files, "staging") else { return };
    let hashrings =
        object(&objects, "ConfigMap", "thanos-receive-hashrings")["data"]["hashrings.json"].as_str().unwrap();
    let parts = [
        ("Deployment", "thanos-query", &objects),
        ("StatefulSet", "thanos-receive-soft-tenants", &objects),
        ("StatefulSet", "thanos-store", &objects),
        ("StatefulSet", "thanos-compactor", &objects),
        ("StatefulSet", "thanos-ruler", &staging),
    ];
    for generation in [Generation::Newest, Generation::Oldest] {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let bucket = folder.path().join("bucket");
        std::fs::create_dir(&bucket).unwrap();
        let configuration = json!({ "type": "FILESYSTEM", "config": { "directory": bucket } });
        write("etc/thanos/objstore/objstore.yml", &configuration.to_string());
        write("etc/thanos/hashrings/hashrings.json", hashrings);
        write("etc/thanos/rules/global.yaml", &files["thanos/staging/rules/global.yaml"]);
        for (kind, name, objects) in parts {
            let pod = format!("{name}-0");
            if run(generation, folder.path(), &pod, &arguments(objects, kind, name)).is_none() {
                return;
            }
        }
    }
}

#[test]
fn query_asks_every_part_that_is_there() {
    let endpoints = |parts: &str| -> Option<Vec<String>> {
        let files = kdl(&format!(
            "project fleet\ndelivery {{ kustomize }}\ncluster hq role=central namespace=watch {{ prometheus; thanos {{ {parts} }} }}\nsecret bucket {{ existing }}"
        ));
        let objects = overlay(&files, "hq")?;
        let all = arguments(&objects, "Deployment", "thanos-query");
        let endpoints = all.iter().filter_map(|argument| argument.strip_prefix("--endpoint="));
        Some(endpoints.map(str::to_owned).collect())
    };
    let of = |service: &str| format!("dnssrv+_grpc._tcp.{service}.watch.svc.cluster.local");
    let query = "query url=\"http://q\"";
    let Some(alone) = endpoints(query) else { return };
    assert_eq!(alone, [of("thanos-sidecar")]);
    let bucket = "object-store bucket=b endpoint=\"s3\" config=(secret)bucket";
    let all =
        endpoints(&format!("{query} {{ endpoint \"other:10901\" }}; ruler; store; {bucket}; receive url=\"http://r\""))
            .unwrap();
    let services = ["thanos-sidecar", "thanos-receive", "thanos-store", "thanos-ruler-operated"];
    let expected: Vec<String> = services.map(of).into_iter().chain(["other:10901".to_owned()]).collect();
    assert_eq!(all, expected);
}

#[test]
fn each_hashring_has_replicas_of_its_own_under_the_names_that_it_lists() {
    let files = kdl(r#"
project fleet
delivery { kustomize }
cluster hq role=central {
    thanos {
        receive url="http://r" replicas=2 {
            hashring everybody
            hashring paying replicas=3 { tenants acme "b c" }
        }
    }
}
"#);
    let Some(objects) = overlay(&files, "hq") else { return };
    let rings: Value = serde_json::from_str(&files["thanos/hq/hashrings.json"]).unwrap();
    let names: Vec<&str> = rings.as_array().unwrap().iter().map(|ring| ring["hashring"].as_str().unwrap()).collect();
    assert_eq!(names, ["paying", "everybody"], "the first one that fits is taken");
    assert_eq!(rings[0]["tenants"], json!(["acme", "b c"]));
    for (ring, replicas) in [(&rings[0], 3), (&rings[1], 2)] {
        let set = object(&objects, "StatefulSet", &format!("thanos-receive-{}", ring["hashring"].as_str().unwrap()));
        assert_eq!(set["spec"]["replicas"], replicas);
        let service = set["spec"]["serviceName"].as_str().unwrap();
        object(&objects, "Service", service);
        let expected: Vec<String> = (0..replicas)
            .map(|replica| {
                format!(
                    "{}-{replica}.{service}.monitoring.svc.cluster.local:10901",
                    set["metadata"]["name"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(ring["endpoints"], json!(expected));
    }
}
