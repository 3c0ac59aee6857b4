//! `diff OLD NEW` over raw files and trees.

use std::fs;

use super::run;

#[test]
fn compares_two_files_or_two_trees() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    for (path, text) in [
        ("old/a.yaml", "x: 1\n"),
        ("old/b.yaml", "same\n"),
        ("new/a.yaml", "x: 2\n"),
        ("new/b.yaml", "same\n"),
        ("new/c/d.yaml", ""),
    ] {
        fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
        fs::write(top.join(path), text).unwrap();
    }
    let files = run(top, &["diff", "old/a.yaml", "new/a.yaml", "-v"]);
    let patch = "diff --git a/a.yaml b/a.yaml\n--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-x: 1\n+x: 2\n";
    assert_eq!((files.code, files.err.as_str()), (0, ""));
    assert!(files.out.ends_with(patch), "{}", files.out);
    // Nothing is promised of files that nobody understands.
    assert!(
        files.out.starts_with("No behavioural change was found, but not everything could be decided\n"),
        "{files:?}"
    );
    let trees = run(top, &["diff", "old", "new", "--stat"]);
    assert!(trees.out.ends_with("\nText: 2 files changed, 1 added, 1 insertion(+), 1 deletion(-)\n"), "{}", trees.out);
    assert_eq!(run(top, &["diff", "old", "new", "--exit-code"]).code, 1);
    assert_eq!(run(top, &["diff", "old", "new", "--exit-code=text"]).code, 1);
    let same = run(top, &["diff", "old", "old", "--exit-code"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    let json: serde_json::Value =
        serde_json::from_str(&run(top, &["diff", "old", "new", "--format", "json"]).out).unwrap();
    assert_eq!(json["behaviour"]["verdict"], "unknown");
    assert_eq!(json["text"]["files"][0]["path"], "a.yaml");
    assert_eq!(json["text"]["files"][0]["patch"], patch);
    let github = run(top, &["diff", "old", "new", "--format", "github"]).out;
    assert!(github.ends_with("%0A2 files changed, 1 added, 1 insertion(+), 1 deletion(-)\n"), "{github}");
    let markdown = run(top, &["diff", "old", "new", "--format", "markdown"]).out;
    assert!(markdown.contains("- changed `a.yaml` (+1 −1)") && markdown.contains("```diff\n"), "{markdown}");
    for arguments in [["diff", "old", "new/a.yaml"], ["diff", "old", "nope"], ["diff", "nope", "new"]] {
        let said = run(top, &arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
    }
}
