//! A secret in clear text: wherever a reference belongs, a literal is refused, and nothing that the program says or writes shows it.
//!
//! The places are found by walking the field tables, so a new field that holds a secret is covered the day it enters its table.

use alertsmith::ast::Record;
use alertsmith::ast::field::{Field, Kind, Type};
use alertsmith::ast::spec::SpecFile;
use alertsmith::diagnostic::render::{self, Format, Options};
use alertsmith::pipeline;
use alertsmith::source::MemoryWorld;

use crate::dialects::generate::{Generator, Scalar, Seen, Thing, Value};
use crate::dialects::{kdl, yaml};
use crate::support::random::Random;

/// No word of the language and no part of a message.
const LITERAL: &str = "Xq7-hunter2-Zz9";

const FORMATS: [Format; 5] = [Format::Human, Format::Concise, Format::Json, Format::Sarif, Format::Github];

/// Checks and builds a spec that holds the literal: it must be refused, and the literal must not be shown. Gives the codes.
#[track_caller]
fn refused(path: &str, text: &str) -> Vec<&'static str> {
    assert!(text.contains(LITERAL), "the spec does not hold the literal\n{text}");
    let world = MemoryWorld::default().with(path, text);
    let (compilation, rendered) = pipeline::build(&world);
    assert!(rendered.is_none(), "files are written\n{text}");
    for format in FORMATS {
        for width in [40, 100] {
            let options = Options { width, ..Options::default() };
            let said = render::render(format, &compilation.diagnostics, &compilation.sources, &options);
            assert!(!said.contains(LITERAL), "{format:?} shows the secret:\n{said}");
        }
    }
    compilation.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect()
}

/// The ways from a table to its fields that hold secrets; a table inside itself is not entered again.
fn ways(
    kind: &'static Kind,
    way: &mut Vec<&'static Field>,
    around: &mut Vec<&'static str>,
    found: &mut Vec<Vec<&'static Field>>,
) {
    if around.contains(&kind.name) {
        return;
    }
    around.push(kind.name);
    for field in kind.fields {
        way.push(field);
        match field.ty {
            Type::Secret => found.push(way.clone()),
            Type::Block(inner) | Type::Named(inner) | Type::Ordered(inner) | Type::OneOrMany(inner) => {
                ways(inner.get(), way, around, found);
            }
            Type::Scalar(_)
            | Type::Scalars(_)
            | Type::Map(_)
            | Type::Matchers
            | Type::ScalarOrSecret(_)
            | Type::Off => {}
        }
        way.pop();
    }
    around.pop();
}

/// A thing with what it must have, and the literal at the end of the way.
fn with_literal(kind: &'static Kind, way: &[&'static Field], random: &mut Random) -> Thing {
    let mut thing = Generator::new(random, &mut Seen::default()).needed(kind);
    let Some((field, rest)) = way.split_first() else { return thing };
    thing.fields.retain(|(other, _)| other.name != field.name);
    let mut inner = |kind: alertsmith::ast::field::KindRef| with_literal(kind.get(), rest, random);
    let value = match field.ty {
        Type::Block(kind) => Value::Block(inner(kind)),
        Type::Named(kind) => Value::Named(vec![inner(kind)]),
        Type::Ordered(kind) => Value::Ordered(vec![inner(kind)]),
        Type::OneOrMany(kind) => Value::OneOrMany(vec![inner(kind)]),
        _ => Value::Scalar(Scalar { text: LITERAL.to_owned(), is_bool: false }),
    };
    thing.fields.push((field, value));
    thing
}

#[test]
fn a_literal_in_any_field_that_holds_a_secret_is_refused_and_never_shown() {
    let mut found = Vec::new();
    ways(SpecFile::kind(), &mut Vec::new(), &mut Vec::new(), &mut found);
    // Receivers, their HTTP clients, forwarders, mail servers, buckets.
    assert!(found.len() > 100, "only {} fields hold secrets", found.len());
    let mut random = Random::seeded("a_literal_in_any_field", 3);
    for way in found {
        let spec = with_literal(SpecFile::kind(), &way, &mut random);
        for (path, text) in
            [("alertsmith.kdl", kdl::print(&spec, &mut random)), ("alertsmith.yaml", yaml::print(&spec, &mut random))]
        {
            let codes = refused(path, &text);
            assert!(codes.contains(&"secret/literal"), "only {codes:?} in\n{text}");
        }
    }
}

/// What people write when they do not know how: none of it is shown, whatever else is wrong with it.
#[test]
fn a_literal_is_not_shown_however_it_is_written() {
    let kdl = [
        "routing-key=\"LITERAL\"",
        "routing-key=LITERAL",
        "routing-key=#\"LITERAL\"#",
        "routing-key=(password)LITERAL",
        "routing-key=\"LITERAL\" routing-key=(secret)key",
        "routing-key=(secret)key routing-key=\"LITERAL\"",
        "routing-kye=\"LITERAL\"",
        "routing_key=\"LITERAL\"",
        "routing-key=\"LITERAL\" severity=",
        "routing-key=\"LITERAL",
        "routing-key=\"LITERAL\" }",
        "{ routing-key \"LITERAL\" }",
        "{ routing-key \"LITERAL\" \"LITERAL\" }",
        "{ routing-key { value \"LITERAL\" } }",
        "{ routing-key value=\"LITERAL\" }",
        "{ routing-key \"\"\"\n LITERAL\n \"\"\" }",
        "{ http { authorization credentials=\"LITERAL\" colour=red } }",
        "{ http { authorization credential=\"LITERAL\" } }",
    ];
    let yaml = [
        "{ routing-key: LITERAL }",
        "{ routing-key: \"LITERAL\" }",
        "{ routing-key: !password LITERAL }",
        "{ routing-key: { value: LITERAL } }",
        "{ routing-key: { secret: { value: LITERAL } } }",
        "{ routing-key: [LITERAL] }",
        "{ routing-key: [{ secret: key }, LITERAL] }",
        "{ routing-key: LITERAL, routing-key: { secret: key } }",
        "{ routing-key: { secret: key }, routing-key: LITERAL }",
        "{ routing-kye: LITERAL }",
        "{ routing_key: LITERAL }",
        "{ routing-key: LITERAL",
        "{ routing-key: \"LITERAL }",
        "{ routing-key: LITERAL, severity: : }",
        "\n      routing-key: |\n        LITERAL\n        LITERAL",
    ];
    let rest = "project x\nsecret key { existing }\nrouting { default oncall }\n";
    for form in kdl {
        let form = form.replace("LITERAL", LITERAL);
        refused("alertsmith.kdl", &format!("{rest}channel oncall {{ pagerduty {form} }}\n"));
    }
    let rest = "project: { name: x }\nsecrets: { key: { existing: {} } }\nrouting: { default: oncall }\n";
    for form in yaml {
        let form = form.replace("LITERAL", LITERAL);
        refused("alertsmith.yaml", &format!("{rest}channels:\n  oncall:\n    pagerduty: {form}\n"));
    }
}

/// A mistake beside the literal, in the same line, must not bring it to light either.
#[test]
fn a_literal_is_not_shown_beside_another_mistake() {
    for line in [
        "chanel oncall { pagerduty routing-key=\"LITERAL\" }",
        "channel oncall { pagerdooty routing-key=\"LITERAL\" }",
        "channel oncall { pagerduty routing-key=\"LITERAL\" severity=a severity=b }",
        "channel oncall { pagerduty routing-key=\"LITERAL\" colour=red }",
        "channel oncall { pagerduty \"LITERAL\" }",
        "channel oncall { pagerduty routing-kye=\"LITERAL\" severity= }",
        "channel oncall { pagerduty severity=[ { ruoting_key \"LITERAL\" }",
        "cluster c role=central { alertmanager { smtp pasword=\"LITERAL\" smarthost=\"a } }",
        "channel oncall { pagerduty LITERAL routing-key=(secret)x }",
        "cluster c role=central { alertmanager { smtp smarthost=a from=b; smtp password=\"LITERAL\" } }",
        "channel oncall { pagerduty routing-key=\"LITERAL\"; slack api-url=\"LITERAL\" }; channel oncall { webhook url=1 }",
    ] {
        let line = line.replace("LITERAL", LITERAL);
        refused("alertsmith.kdl", &format!("project x\nrouting {{ default oncall }}\n{line}\n"));
    }
}
