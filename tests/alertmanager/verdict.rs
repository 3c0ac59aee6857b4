//! Random configurations and slips in good ones get the verdict of the release that judges them.

use super::corpus::{GENERATIONS, disagreements};
use super::generate::{Generator, Yaml};
use super::judge::verdicts;
use super::release;
use crate::support::corpus;
use crate::support::random::{Random, cases};
use crate::support::tools::tool;

/// How many random configurations each release judges; `ALERTSMITH_CASES` sets another number.
const CASES: usize = 400;

/// Compares the verdicts on many texts, and says how many are good.
fn compare(random_of: &str, make: impl Fn(&mut Generator<'_>, usize) -> Option<Yaml>) {
    let mut wrong = Vec::new();
    for generation in GENERATIONS {
        let Some(tool) = tool("amtool", generation) else { continue };
        let mut random = Random::seeded(random_of, 7);
        let mut generator = Generator { random: &mut random, version: release(generation) };
        let texts: Vec<String> =
            (0..cases(CASES)).filter_map(|at| make(&mut generator, at)).map(|yaml| yaml.text()).collect();
        let found = verdicts(&tool, &texts);
        let good = found.iter().filter(|verdict| verdict.is_none()).count();
        eprintln!("{random_of}: {} texts, {good} of them good, amtool {}", texts.len(), tool.version);
        assert!(texts.is_empty() || good * 6 > texts.len(), "only {good} of {} texts are good", texts.len());
        let cases = texts.iter().map(|text| (text.clone(), text.as_str()));
        wrong.extend(disagreements(&tool, generation, cases, &found));
    }
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn generated() {
    compare("alertmanager generated", |generator, at| {
        let mut config = generator.config();
        if at % 2 == 1 {
            generator.slip(&mut config);
        }
        Some(config)
    });
}

#[test]
fn slips_in_good_files() {
    let mut good: Vec<Yaml> = Vec::new();
    for kind in ["am-config-upstream", "am-config-golden", "am-config-real"] {
        for file in corpus::yaml_files(kind) {
            let text = std::fs::read_to_string(file).unwrap();
            if super::refusal(&text, release(GENERATIONS[0])).is_none() && text.len() < 20_000 {
                good.extend(corpus::yaml(&text).as_ref().map(Yaml::of));
            }
        }
    }
    compare("alertmanager slips", |generator, _| {
        if good.is_empty() {
            return None;
        }
        let mut config = good[generator.random.below(good.len())].clone();
        if let Yaml::Map(fields) = &mut config {
            fields.retain(|(key, _)| key != "templates");
        }
        generator.slip(&mut config);
        Some(config)
    });
}
