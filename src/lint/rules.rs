//! Rule files and PrometheusRule objects as they are.
//!
//! What a loader refuses is found while reading. Files that load become the rule sets of a model that holds nothing else,
//! and the checks that judge rules in a spec judge that model; so one check serves a spec, the files that it takes in and
//! files without any spec.

use std::collections::BTreeSet;

use super::{File, Loader, Options};
use crate::ast::Spec;
use crate::check;
use crate::diagnostic::{Level, Sink};
use crate::model::Model;
use crate::provenance::Provenance;
use crate::resolve::rule_file::{self, Read, Setting};
use crate::resolve::{self, rule_sets};
use crate::source::{MemoryWorld, Sources};

/// The rule files of one run, to be checked together.
#[derive(Debug)]
pub struct Rules {
    provenance: Provenance,
    model: Model,
}

impl Rules {
    /// No rules yet.
    pub fn new(sources: &mut Sources) -> Self {
        let mut provenance = Provenance::default();
        // The model of a spec that says nothing; that it says nothing is no finding here.
        let mut unheard = Sink::default();
        let (spec, poisoned, world) = (Spec::default(), BTreeSet::new(), MemoryWorld::default());
        let model = resolve::resolve(&spec, &poisoned, &world, sources, &mut provenance, &mut unheard);
        Self { provenance, model }
    }

    /// Reports what Prometheus or a Thanos Ruler refuses, as errors, and what it passes over, as warnings.
    pub fn lint(&mut self, file: File<'_>, options: &Options, sink: &mut Sink) {
        let ruler = match options.loader {
            Loader::Guessed => rule_file::is_for_ruler(file.text),
            Loader::Prometheus => false,
            Loader::Thanos => true,
        };
        let setting = setting(ruler, options);
        let read = rule_file::rule_file(file.id, file.text, &setting, sink);
        self.add(file, &read, &setting);
    }

    /// The same for the PrometheusRules among Kubernetes objects.
    pub fn lint_objects(&mut self, file: File<'_>, options: &Options, sink: &mut Sink) {
        let setting = setting(options.loader == Loader::Thanos, options);
        let read = rule_file::objects(file.id, file.text, &setting, sink);
        self.add(file, &read, &setting);
    }

    /// Takes a file that loads into the model.
    fn add(&mut self, file: File<'_>, read: &Read, setting: &Setting) {
        if !read.loads {
            return;
        }
        let (poisoned, mut unheard) = (BTreeSet::new(), Sink::default());
        let mut context =
            resolve::Context { sink: &mut unheard, provenance: &mut self.provenance, poisoned: &poisoned };
        let set = rule_sets::alone(&mut context, file.id, file.text, read, setting);
        // In the order of the files.
        self.model.rule_sets.insert(format!("{:010}", file.id.0), set);
    }

    /// Reports what loads but is wrong.
    pub fn check(&self, sink: &mut Sink) {
        let mut own = Sink::default();
        check::run_on_rules(&self.model, &self.provenance, &mut own);
        for mut finding in own.finish() {
            finding.level = Level::Warning;
            sink.push(finding);
        }
    }
}

fn setting(ruler: bool, options: &Options) -> Setting {
    if ruler { Setting::ruler(options.thanos) } else { Setting::prometheus(options.prometheus.clone()) }
}
