//! `help`.
//!
//! Part of the table of commands, which is all that it shows. Invariant: it knows no command by itself.

use super::{Command, TABLES, Takes, find};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["h", "help"],
    usage: "[COMMAND]",
    takes: Takes::Command,
    resumes: false,
    help: "Lists the commands, or explains one.",
    run: help,
}];

fn help(session: &mut Session, arguments: &str) -> Outcome {
    match arguments.trim() {
        "" => session.say(overview()),
        name => match find(name) {
            Some(command) => session.say(explanation(command)),
            None => Err(format!("there is no command '{name}'").into()),
        },
    }
}

fn overview() -> Vec<String> {
    let mut lines = Vec::new();
    for (title, commands) in TABLES {
        if !title.is_empty() {
            lines.push((*title).to_owned());
        }
        for command in *commands {
            let (sentence, _) = command.help.split_once(". ").unwrap_or((command.help.trim_end_matches('.'), ""));
            lines.push(format!("  {:<18} {sentence}.", command.names.join(", ")));
        }
    }
    lines.push("Anything else is Python in the selected frame; `!` makes it so. `;;` separates commands.".into());
    lines.push("An empty line repeats the last one.".into());
    lines
}

fn explanation(command: &Command) -> Vec<String> {
    let usage = format!("{} {}", command.names.join(", "), command.usage);
    vec![usage.trim_end().to_owned(), format!("  {}", command.help)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overview_has_a_line_for_each_command() {
        let text = overview().join("\n");
        assert!(text.contains("  b, break           Sets a breakpoint, or lists all.\n"), "{text}");
        assert_eq!(explanation(find("q").unwrap())[0], "q, quit, exit, EOF");
        assert_eq!(explanation(find("j").unwrap())[0], "j, jump LINE");
    }
}
