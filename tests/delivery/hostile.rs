//! Names and texts that would break YAML, paths or shells if they were pasted.

use alertsmith::source::MemoryWorld;

use super::overlay;
use crate::support::built::{files, folder};
use crate::support::judges::{self, Generation};

const SPEC: &str = r##"
project "fl{e}et: \"x\" $y"
delivery { kustomize { labels team=ours }; argocd repo="https://git.fleet.example/m.git" path="out/x y: {" project="p: [" }
cluster "클러스터; {a} 'b' \"c\"" role=standalone {
    external-labels site="x\"y\\z: {a}"
    rule-selector release=stack
    prometheus
    alertmanager replicas=2 external-url="https://am.fleet.example/pre%20fix"
}
forwarder "gate $HOME; `x`" { upstream "http://kafka.fleet.example:8082"; caller (secret)"tok en/..'\"" }
channel all { kafka topic=abc via="gate $HOME; `x`" }
routing { default all }
secret "tok en/..'\"" { external-secret store=vault key="a: b\\\"#" property="p: [" }
group "g: {x} \"y\" '\\ $z" id="grp: {1} $(x)" {
    clusters "클러스터; {a} 'b' \"c\""
    target "h\"{}" address="10.0.0.1" { exporters node; labels rack="r: {" }
}
group global id=own { clusters "클러스터; {a} 'b' \"c\"" }
check "c$(touch pwned) '\"\\" language=bash version="1: {" {
    script "s.sh"
    param text default="$(touch pwned)\n`touch pwned` '\"\\"
    metric m help="he\\lp\nline \"q\"" { labels a }
}
policy "c$(touch pwned) '\"\\"
alert "Up: {x}" evaluate=prometheus { query "up == 0"; level critical for="5m"; summary "a: {b} # c" }
"##;

#[test]
fn names_that_break_other_syntaxes_are_only_names() {
    let files = files(&MemoryWorld::default().with("alertsmith.kdl", SPEC).with("s.sh", "#!/bin/bash\necho 'm 1'\n"));
    for path in files.keys() {
        let fine = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        assert!(path.chars().all(fine) && !path.contains(".."), "{path}");
    }
    // A group that is called like the folder of hosts without a group has its own.
    assert!(files.contains_key("checks/global/bundle.json") && files.contains_key("checks/group_global/bundle.json"));
    let cluster = "ud074-ub7ec-uc2a4-ud130-a-b-c";
    let Some(objects) = overlay(&files, cluster) else { return };
    assert!(objects.len() > 8);
    judges::accepted(folder(&files).path(), &[Generation::Newest]);
}
