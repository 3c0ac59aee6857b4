//! The functions and variables a template may use, by product.
//!
//! Names, arguments and first versions are those of the Prometheus and Alertmanager releases the project targets; the
//! functions every Go template has come last and are shared. Go itself looks at names only when it parses; a wrong
//! number of arguments fails when the text is executed, which for an alert means that the error text is sent instead.

use super::facts::Type;

/// How many arguments a function takes; a piped value counts as the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arity {
    /// The fewest.
    pub least: usize,
    /// The most; nothing when there is no limit.
    pub most: Option<usize>,
}

/// One function.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name in templates.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// The first product version that has it; empty when every supported version does.
    pub since: &'static str,
    /// What it returns, as far as labels and fields depend on it.
    pub(super) returns: Type,
}

/// What a template text may name.
#[derive(Debug)]
pub struct FunctionSet {
    /// The product's functions, without Go's own.
    pub functions: &'static [Function],
    /// Variables that exist before the text begins.
    pub variables: &'static [&'static str],
    /// The type of dot at the start.
    pub(super) root: Type,
}

impl FunctionSet {
    /// Labels and annotations of Prometheus and Thanos alerting rules.
    pub fn alert() -> &'static Self {
        &ALERT
    }

    /// Receiver fields and template files of Alertmanager.
    pub fn notification() -> &'static Self {
        &NOTIFICATION
    }

    /// Texts that know nothing but Go's own functions.
    pub fn builtin() -> &'static Self {
        &PLAIN
    }

    /// The function called `name`, Go's own included.
    pub fn find(&self, name: &str) -> Option<&'static Function> {
        self.functions.iter().chain(BUILTIN).find(|function| function.name == name)
    }

    /// Whether there is a function called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The names of all functions, the product's first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.functions.iter().chain(BUILTIN).map(|function| function.name)
    }
}

const fn fixed(name: &'static str, count: usize, since: &'static str, returns: Type) -> Function {
    Function { name, arity: Arity { least: count, most: Some(count) }, since, returns }
}

const fn open(name: &'static str, least: usize, since: &'static str, returns: Type) -> Function {
    Function { name, arity: Arity { least, most: None }, since, returns }
}

static ALERT: FunctionSet = FunctionSet {
    functions: &[
        fixed("query", 1, "", Type::Samples),
        fixed("first", 1, "", Type::Sample),
        fixed("label", 2, "", Type::Scalar),
        fixed("value", 1, "", Type::Scalar),
        fixed("strvalue", 1, "", Type::Scalar),
        open("args", 0, "", Type::Unknown),
        fixed("reReplaceAll", 3, "", Type::Scalar),
        fixed("safeHtml", 1, "", Type::Scalar),
        fixed("match", 2, "", Type::Scalar),
        fixed("title", 1, "", Type::Scalar),
        fixed("toUpper", 1, "", Type::Scalar),
        fixed("toLower", 1, "", Type::Scalar),
        fixed("graphLink", 1, "", Type::Scalar),
        fixed("tableLink", 1, "", Type::Scalar),
        fixed("sortByLabel", 2, "", Type::Samples),
        fixed("stripPort", 1, "2.33.0", Type::Scalar),
        fixed("stripDomain", 1, "2.36.0", Type::Scalar),
        fixed("humanize", 1, "", Type::Scalar),
        fixed("humanize1024", 1, "", Type::Scalar),
        fixed("humanizeDuration", 1, "", Type::Scalar),
        fixed("humanizePercentage", 1, "2.11.0", Type::Scalar),
        fixed("humanizeTimestamp", 1, "", Type::Scalar),
        fixed("toTime", 1, "2.38.0", Type::Unknown),
        fixed("toDuration", 1, "3.6.0", Type::Unknown),
        fixed("now", 0, "3.6.0", Type::Scalar),
        fixed("pathPrefix", 0, "", Type::Scalar),
        fixed("externalURL", 0, "", Type::Scalar),
        fixed("parseDuration", 1, "2.32.0", Type::Scalar),
        fixed("urlQueryEscape", 1, "3.8.0", Type::Scalar),
        // Consoles replace it; alert templates know the name and fail when it runs.
        fixed("tmpl", 2, "", Type::Unknown),
    ],
    variables: &["$labels", "$externalLabels", "$externalURL", "$value"],
    root: Type::AlertRoot,
};

static PLAIN: FunctionSet = FunctionSet { functions: &[], variables: &[], root: Type::Unknown };

static NOTIFICATION: FunctionSet = FunctionSet {
    functions: &[
        fixed("toUpper", 1, "", Type::Scalar),
        fixed("toLower", 1, "", Type::Scalar),
        fixed("title", 1, "", Type::Scalar),
        fixed("trimSpace", 1, "0.26.0", Type::Scalar),
        fixed("join", 2, "", Type::Scalar),
        fixed("match", 2, "0.16.0", Type::Scalar),
        fixed("safeHtml", 1, "", Type::Scalar),
        fixed("safeUrl", 1, "0.30.0", Type::Scalar),
        fixed("urlUnescape", 1, "0.30.0", Type::Scalar),
        fixed("reReplaceAll", 3, "0.6.0", Type::Scalar),
        open("stringSlice", 0, "0.20.0", Type::Unknown),
        fixed("routeLabels", 1, "0.34.0", Type::Scalar),
        fixed("date", 2, "0.28.0", Type::Scalar),
        fixed("tz", 2, "0.28.0", Type::Unknown),
        fixed("now", 0, "0.33.0", Type::Unknown),
        fixed("since", 1, "0.28.0", Type::Unknown),
        fixed("humanizeDuration", 1, "0.28.0", Type::Scalar),
        fixed("toDate", 2, "0.34.0", Type::Unknown),
        fixed("mustToDate", 2, "0.34.0", Type::Unknown),
        fixed("toJson", 1, "0.30.0", Type::Scalar),
        fixed("base64encode", 1, "0.34.0", Type::Scalar),
        fixed("base64decode", 1, "0.34.0", Type::Scalar),
        open("list", 0, "0.32.0", Type::Unknown),
        open("append", 1, "0.32.0", Type::Unknown),
        open("dict", 0, "0.32.0", Type::Unknown),
    ],
    variables: &[],
    root: Type::NotificationRoot,
};

/// The functions of every Go template.
static BUILTIN: &[Function] = &[
    open("and", 1, "", Type::Unknown),
    open("or", 1, "", Type::Unknown),
    fixed("not", 1, "", Type::Scalar),
    fixed("len", 1, "", Type::Scalar),
    open("index", 1, "", Type::Unknown),
    Function { name: "slice", arity: Arity { least: 1, most: Some(4) }, since: "", returns: Type::Unknown },
    open("html", 0, "", Type::Scalar),
    open("js", 0, "", Type::Scalar),
    open("urlquery", 0, "", Type::Scalar),
    open("print", 0, "", Type::Scalar),
    open("println", 0, "", Type::Scalar),
    open("printf", 1, "", Type::Scalar),
    open("eq", 2, "", Type::Scalar),
    fixed("ne", 2, "", Type::Scalar),
    fixed("lt", 2, "", Type::Scalar),
    fixed("le", 2, "", Type::Scalar),
    fixed("gt", 2, "", Type::Scalar),
    fixed("ge", 2, "", Type::Scalar),
    open("call", 1, "", Type::Unknown),
];
