//! The page on commands, made from the definition that the program parses by.

use std::fmt::Write as _;

use alertsmith::cli::args::Args;
use clap::builder::{Arg, Command, PossibleValue};
use clap::{ArgAction, CommandFactory};

use super::assert_parts;

#[test]
fn commands_are_those_of_the_program() {
    let mut program = Args::command();
    program.build();
    let common: Vec<String> =
        program.get_arguments().filter(|arg| shown(arg)).map(|arg| arg.get_id().to_string()).collect();
    let mut text = String::new();
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_name();
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").replace("\n       ", "\n");
        let _ = write!(text, "### {name}\n\n{}.\n\n```text\n{usage}\n```\n\n", command.get_about().unwrap());
        text += &table(command, &|arg| !common.contains(&arg.get_id().to_string()));
    }
    let common_table = table(&program, &|_| true);
    assert_parts("docs/cli.md", &[("commands", text), ("common", common_table)]);
}

fn shown(arg: &Arg) -> bool {
    !["help", "version"].contains(&arg.get_id().as_str())
}

/// The arguments and options of a command.
fn table(command: &Command, wanted: &dyn Fn(&Arg) -> bool) -> String {
    let mut rows = String::new();
    for arg in command.get_arguments().filter(|arg| shown(arg) && wanted(arg)) {
        let mut means = arg.get_long_help().or(arg.get_help()).unwrap().to_string();
        let values = if takes_value(arg) { arg.get_possible_values() } else { Vec::new() };
        for (index, value) in values.iter().filter(|value| !value.is_hide_set()).enumerate() {
            means += if index == 0 { ": " } else { ", " };
            let _ = write!(means, "`{}`", value.get_name());
            means += &explained(value);
        }
        if let [default] = arg.get_default_values()
            && takes_value(arg)
        {
            let _ = write!(means, "; `{}` if not given", default.to_string_lossy());
        }
        let _ = writeln!(rows, "| `{}` | {} |", spelled(arg), means.replace('\n', " ").replace('|', "\\|"));
    }
    if rows.is_empty() { rows } else { format!("| argument or option | means |\n| --- | --- |\n{rows}\n") }
}

fn explained(value: &PossibleValue) -> String {
    value.get_help().map(|help| format!(" ({})", lower(help.to_string().trim_end_matches('.')))).unwrap_or_default()
}

/// The first letter in lower case, unless it begins an abbreviation.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

/// An argument as it is written: `-o, --output <DIR>`.
fn spelled(arg: &Arg) -> String {
    if arg.is_positional() {
        return arg.to_string();
    }
    let long = arg.get_long().map(|long| format!("--{long}")).unwrap_or_default();
    let mut spelled = arg.get_short().map(|short| format!("-{short}, {long}")).unwrap_or(long);
    if takes_value(arg) {
        let name = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
        let optional = arg.get_num_args().is_some_and(|count| count.min_values() == 0);
        let [before, after] = if optional { ["[=<", ">]"] } else { [" <", ">"] };
        spelled.extend([before, &name, after]);
    }
    spelled
}
