//! The manifest as a file.

use alertsmith::output::{Manifest, Rendered, RenderedFile};
use alertsmith::provenance::{Provenance, Step};
use alertsmith::source::{Sources, Span};

#[test]
fn says_where_output_came_from_and_reads_itself_back() {
    let mut sources = Sources::default();
    let file = sources.add("규칙/a:b.kdl", "alert X {\n    for \"5m\"\n}\n");
    let mut provenance = Provenance::default();
    let whole = provenance.written(Span::new(file, 0..25));
    let inner = provenance.written(Span::new(file, 18..22));
    let nobody = provenance.add(Step::Defaulted("a default"));
    let mut rendered = Rendered::default();
    let map = vec![(0..9, whole), (5..7, inner), (7..9, nobody)];
    rendered
        .files
        .insert("x/\"rules\".yaml".to_owned(), RenderedFile { bytes: b"for: 5m\n\n".to_vec(), executable: false, map });
    rendered.files.insert("run.sh".to_owned(), RenderedFile { bytes: Vec::new(), executable: true, map: Vec::new() });

    let manifest = Manifest::of(&rendered, &provenance, &sources);
    let text = manifest.print();
    assert_eq!(
        text,
        r#"{
"version": 1,
"files": {
"run.sh": {"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","bytes":0,"executable":true,"map":[]},
"x/\"rules\".yaml": {"sha256":"dad41d8ea106340d15f5c72b4b886473e6d0e91001e3203279abe40fbde4a0b3","bytes":9,"map":[[0,9,"규칙/a:b.kdl:0-25"],[5,7,"규칙/a:b.kdl:18-22"]]}
}}
"#
    );
    assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest);
    let origin = |offset| manifest.origin("x/\"rules\".yaml", offset).map(|mapping| mapping.spec.clone());
    assert_eq!((origin(6), origin(8), origin(9)), (Some(18..22), Some(0..25), None));
}

#[test]
fn is_read_strictly() {
    let sha = "a".repeat(64);
    let with = |path: &str, map: &str| {
        let text = format!(r#"{{"version":1,"files":{{"{path}":{{"sha256":"{sha}","bytes":1,"map":[{map}]}}}}}}"#);
        Manifest::parse(text.as_bytes())
    };
    assert!(with("a/b", r#"[0,1,"x.kdl:1-2"]"#).is_ok());
    for path in ["../a", "/a", "a/./b", "", "manifest.json", "a/.alertsmith-tmp"] {
        assert!(with(path, "").is_err(), "{path}");
    }
    for map in [
        r#"[0,1,"x"]"#,
        r#"[0,1,"x:1"]"#,
        r#"[0,1,"x:2-1"]"#,
        r#"[2,1,"x:1-2"]"#,
        r"[0,1]",
        r#"[0,1,"x:1-2",3]"#,
        r#"[-1,1,"x:1-2"]"#,
    ] {
        assert!(with("a", map).is_err(), "{map}");
    }
    for text in ["", "{}", r#"{"version":1}"#, r#"{"version":1,"files":{},"more":1}"#, r#"{"version":"1","files":{}}"#]
    {
        assert!(Manifest::parse(text.as_bytes()).is_err(), "{text}");
    }
}
