//! What a finding advises is written in the dialect of the file that it lies in.

use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;

fn advice(path: &str, text: &str) -> Vec<String> {
    let (compilation, _) = pipeline::build(&MemoryWorld::default().with(path, text));
    compilation.diagnostics.into_iter().flat_map(|found| found.help).collect()
}

#[test]
fn advice_is_spelled_like_the_file() {
    let kdl =
        "project x\ncluster main role=standalone { prometheus }\nalert A {\n    query \"up\"\n    summary \"s\"\n}\n";
    let yaml = "project: { name: x }\nclusters: { main: { role: standalone, prometheus: {} } }\n\
                alerts: { A: { query: up, summary: s } }\n";
    assert_eq!(advice("alertsmith.kdl", kdl), ["Add a line such as `level warning 80 for=\"5m\"`."]);
    assert_eq!(
        advice("alertsmith.yaml", yaml),
        ["Add a level, such as `levels: { warning: { value: 80, for: 5m } }`."]
    );
}

#[test]
fn a_parameter_that_no_policy_could_set_is_refused() {
    for name in ["check", "group", "off", "reason"] {
        let text = format!(
            "project x\ncluster main role=standalone {{ prometheus }}\ncheck c language=bash version=\"1\" {{\n    \
             script \"s.sh\"\n    param {name}\n    metric m\n}}\n"
        );
        let world = MemoryWorld::default().with("alertsmith.kdl", text).with("s.sh", "#!/usr/bin/env bash\n");
        let (compilation, _) = pipeline::build(&world);
        let said: Vec<_> = compilation.diagnostics.iter().map(|found| found.headline.as_str()).collect();
        assert!(said.contains(&format!("no policy could set a parameter called `{name}`").as_str()), "{said:?}");
    }
}
