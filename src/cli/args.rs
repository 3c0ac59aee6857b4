//! What can be asked on the command line.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::ast::Version;
use crate::diagnostic::render;
use crate::diff::{render as diff, report};
use crate::promql;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0    nothing to report (warnings are allowed)
  1    errors were found, or `build --check` found the output stale
  2    wrong usage, unreadable input, trouble with files
  101  a defect of alertsmith";

const PROMQL: &str = "\
Every line is answered by one line of JSON, in order: whether the expression is accepted, and where
it is not, the bytes that are wrong; its type; which labels its results always, maybe and never
carry; whether it always or never returns something; its comparisons. Ends with 1 if an expression
was refused.

  echo 'sum by (job) (up) > 3' | alertsmith promql --prometheus 2.53";

/// Compiles one monitoring spec into every file of a monitoring stack.
#[derive(Debug, Parser)]
#[command(name = "alertsmith", version, styles = STYLES, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// When to use colours; `auto` asks the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say only what was found
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// How many threads to use [default: one for each processor]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// If the stream is a terminal that has them.
    Auto,
    /// Also into files and pipes.
    Always,
    /// Not at all.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a small working spec; never overwrites
    Init(InitArgs),
    /// Read, resolve and check a spec; writes nothing
    Check(CheckArgs),
    /// Check a spec, then write the artifact tree
    Build(BuildArgs),
    /// Show who gets paged otherwise, and what else changes
    Diff(DiffArgs),
    /// Explain a code, an alert, a threshold, a target or an output line
    Explain(ExplainArgs),
    /// Run the tests of a spec: who is told about which alert
    Test(TestArgs),
    /// Show who receives an alert, by which routes, and why others do not take it
    Route(RouteArgs),
    /// Check rule files and Alertmanager configurations as they are, without a spec
    Lint(LintArgs),
    /// Answer for PromQL expressions, one a line on standard input
    Promql(PromqlArgs),
    /// Print the JSON schema of specs in YAML
    Schema,
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

/// The spec to read.
#[derive(Debug, Clone, clap::Args)]
pub struct SpecArgs {
    /// A spec folder or its root file [default: the nearest root file at or above the current folder, else ./monitoring]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
}

/// How findings are shown, and which count.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Findings")]
pub struct FindingsArgs {
    /// How findings are shown: `human` on standard error, the others on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: FindingsFormat,
    /// Report a warning that is off unless asked for
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub warn: Vec<String>,
    /// Treat a warning as an error: its code, or `warnings` for all of them
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// Do not report a warning
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub allow: Vec<String>,
}

/// The forms of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// Snippets with carets.
    Human,
    /// One line a finding.
    Concise,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations on a pull request.
    Github,
}

impl From<FindingsFormat> for render::Format {
    fn from(format: FindingsFormat) -> Self {
        match format {
            FindingsFormat::Human => Self::Human,
            FindingsFormat::Concise => Self::Concise,
            FindingsFormat::Json => Self::Json,
            FindingsFormat::Sarif => Self::Sarif,
            FindingsFormat::Github => Self::Github,
        }
    }
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder of the spec
    #[arg(value_name = "DIR", default_value = "monitoring")]
    pub folder: PathBuf,
    /// What else to write, below the current folder
    #[arg(long, value_name = "EXTRA", value_delimiter = ',')]
    pub with: Vec<Extra>,
}

/// What `init --with` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Extra {
    /// A GitHub workflow that checks every pull request.
    Github,
    /// A pre-commit configuration.
    PreCommit,
}

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "said by the group")]
    pub spec: SpecArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "said by the group")]
    pub findings: FindingsArgs,
}

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
pub struct BuildArgs {
    #[command(flatten)]
    #[expect(missing_docs, reason = "said by the group")]
    pub spec: SpecArgs,
    /// The output folder
    #[arg(short, long, value_name = "DIR", default_value = "dist")]
    pub output: PathBuf,
    /// Write nothing; fail if the output folder is not what the spec gives
    #[arg(long)]
    pub check: bool,
    /// Write also into a folder with files that no build made
    #[arg(long)]
    pub adopt: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "said by the group")]
    pub findings: FindingsArgs,
}

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// A spec folder or its root file; or, with two paths, the old file or tree and the new one
    #[arg(value_name = "PATH", num_args = 0..=2)]
    pub paths: Vec<PathBuf>,
    /// Compare with the spec as it was where the work tree's history left a git revision, like a pull request
    #[arg(long, value_name = "REV", conflicts_with = "against")]
    pub base: Option<String>,
    /// Compare with a built tree
    #[arg(long, value_name = "DIR")]
    pub against: Option<PathBuf>,
    /// The folder of the last build, which is compared with unless told otherwise
    #[arg(short, long, value_name = "DIR", default_value = "dist")]
    pub output: PathBuf,
    /// End with 1 if there is a change at this level
    #[arg(long, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    pub exit_code: Option<ChangeLevel>,
    /// End with 1 if a change is marked with this risk, or a graver one
    #[arg(long, value_name = "LEVEL")]
    pub deny_risk: Option<RiskLevel>,
    /// Show only how much changes
    #[arg(long)]
    pub stat: bool,
    /// How the change is shown, on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: DiffFormat,
}

/// What counts as a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ChangeLevel {
    /// Another alert fires, or somebody else hears of it.
    Behaviour,
    /// A field of a rule, receiver, route or manifest.
    Objects,
    /// Any byte.
    Text,
}

/// How grave a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RiskLevel {
    /// Worth knowing.
    Low,
    /// Worth a second look.
    Medium,
    /// Somebody may not be woken who should be.
    High,
}

impl From<RiskLevel> for report::Level {
    fn from(level: RiskLevel) -> Self {
        match level {
            RiskLevel::Low => Self::Low,
            RiskLevel::Medium => Self::Medium,
            RiskLevel::High => Self::High,
        }
    }
}

/// The forms of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people; `-v` unfolds fields and lines.
    Human,
    /// For a comment on a pull request.
    Markdown,
    /// One JSON object.
    Json,
    /// Annotations on a pull request.
    Github,
}

impl From<DiffFormat> for diff::Form {
    fn from(format: DiffFormat) -> Self {
        match format {
            DiffFormat::Human => Self::Human,
            DiffFormat::Markdown => Self::Markdown,
            DiffFormat::Json => Self::Json,
            DiffFormat::Github => Self::Github,
        }
    }
}

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// A code such as `route/shadowed`, `alert NAME [LABEL=VALUE…]`, `threshold ALERT`, `target NAME`, or a line of the output,
    /// `dist/FILE:LINE`
    #[arg(value_name = "TOPIC", required = true)]
    pub topic: Vec<String>,
    /// The group for which a threshold is explained
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// When the calendars of an alert's routes are asked: a date, a time and an offset, or `now`
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// How the explanation of an alert is shown
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
    /// The spec folder or its root file
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
}

/// Arguments of `lint`.
#[derive(Debug, clap::Args)]
pub struct LintArgs {
    /// Files and folders; `-` is standard input. What a file is, its content says
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The Prometheus that loads the rule files [default: 3.14, and a Thanos Ruler those that say something only it reads]
    #[arg(long, value_name = "VERSION")]
    pub prometheus: Option<promql::Version>,
    /// A Thanos Ruler loads the rule files; 0.42 if no release is given
    #[arg(long, value_name = "VERSION", conflicts_with = "prometheus", num_args = 0..=1, require_equals = true, default_missing_value = "0.42")]
    pub thanos: Option<Version>,
    /// The Alertmanager that loads the configurations
    #[arg(long, value_name = "VERSION", default_value = "0.34")]
    pub alertmanager: Version,
    /// Pass over named files that are of no kind to check, as in folders; otherwise they are read as rule files
    #[arg(long)]
    pub skip_others: bool,
    /// The feature flags of that Prometheus
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub enable_feature: Vec<Feature>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "said by the group")]
    pub findings: FindingsArgs,
}

/// The feature flags of Prometheus that matter to rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Feature {
    /// Functions under trial.
    PromqlExperimentalFunctions,
    /// `anchored` and `smoothed`.
    PromqlExtendedRangeSelectors,
    /// `fill`, `fill_left` and `fill_right`.
    PromqlBinopFillModifiers,
    /// Arithmetic in durations; always on since 3.14.
    PromqlDurationExpr,
    /// Metric names of new values go at the end only.
    PromqlDelayedNameRemoval,
    /// The `@` modifier, in releases before 2.33.
    PromqlAtModifier,
    /// Negative offsets, in releases before 2.33.
    PromqlNegativeOffset,
    /// A flag that changes nothing about queries; taken so that the flags of a Prometheus can be given as they are.
    #[value(
        hide = true,
        name = "promql-per-step-stats",
        aliases = [
            "agent", "auto-gomaxprocs", "auto-gomemlimit", "auto-reload-config", "concurrent-rule-eval",
            "created-timestamp-zero-ingestion", "delayed-compaction", "exemplar-storage", "expand-external-labels",
            "extra-scrape-metrics", "memory-snapshot-on-shutdown", "metadata-wal-records", "native-histograms",
            "new-service-discovery-manager", "no-default-scrape-port", "no-scrape-default-port", "old-ui",
            "otlp-deltatocumulative", "otlp-native-delta-ingestion", "otlp-write-receiver", "remote-write-receiver",
            "type-and-unit-labels", "use-start-timestamps", "use-uncached-io", "utf8-names",
        ]
    )]
    Other,
}

impl Feature {
    /// The flag as the language knows it, if it does.
    pub fn parsed(self) -> Option<promql::Feature> {
        match self {
            Self::PromqlExperimentalFunctions => Some(promql::Feature::ExperimentalFunctions),
            Self::PromqlExtendedRangeSelectors => Some(promql::Feature::ExtendedRangeSelectors),
            Self::PromqlBinopFillModifiers => Some(promql::Feature::BinopFillModifiers),
            Self::PromqlDurationExpr => Some(promql::Feature::DurationExpr),
            Self::PromqlDelayedNameRemoval => Some(promql::Feature::DelayedNameRemoval),
            Self::PromqlAtModifier => Some(promql::Feature::AtModifier),
            Self::PromqlNegativeOffset => Some(promql::Feature::NegativeOffset),
            Self::Other => None,
        }
    }
}

/// Arguments of `promql`.
#[derive(Debug, clap::Args)]
#[command(after_help = PROMQL)]
pub struct PromqlArgs {
    /// What a line of standard input is
    #[arg(long, value_name = "FORM", default_value = "lines")]
    pub input: PromqlInput,
    /// The Prometheus that will run the expressions
    #[arg(long, value_name = "VERSION", default_value = "3.14")]
    pub prometheus: promql::Version,
    /// Pass over named files that are of no kind to check, as in folders; otherwise they are read as rule files
    #[arg(long)]
    pub skip_others: bool,
    /// The feature flags of that Prometheus
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub enable_feature: Vec<Feature>,
}

/// What a line of the input of `promql` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PromqlInput {
    /// An expression.
    Lines,
    /// A JSON string, for expressions with line breaks.
    Json,
}

/// Arguments of `route`.
#[derive(Debug, clap::Args)]
pub struct RouteArgs {
    /// The labels of one alert
    #[arg(value_name = "LABEL=VALUE", conflicts_with = "labels_file")]
    pub labels: Vec<String>,
    /// The alerts of a file, `-` for standard input: on each line a JSON object of labels, answered on one line
    #[arg(long, value_name = "FILE")]
    pub labels_file: Option<PathBuf>,
    /// An instant such as `2026-03-01T09:00:00+01:00`, or `now`: says which routes are silent then
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Ask this alertmanager.yml, or `-` for standard input, instead of a spec
    #[arg(long, value_name = "FILE", conflicts_with = "spec")]
    pub config: Option<PathBuf>,
    /// The Alertmanager that loads that file
    #[arg(long, value_name = "VERSION", default_value = "0.34", requires = "config")]
    pub alertmanager: Version,
    /// The spec folder or its root file
    #[arg(long, value_name = "PATH")]
    pub spec: Option<PathBuf>,
    /// How the answer is shown; answers to a file are always JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: AnswerFormat,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// Deliveries and reasons.
    Human,
    /// One JSON object.
    Json,
}

/// Arguments of `test`.
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    #[expect(missing_docs, reason = "said by the group")]
    #[command(flatten)]
    pub spec: SpecArgs,
    /// How failures are shown: `human` on standard error, with a summary on standard output, the others on standard output
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: FindingsFormat,
}

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The command whose page is printed [default: the page of alertsmith itself]
    pub command: Option<String>,
}
