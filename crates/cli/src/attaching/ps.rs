//! `pausa ps`: the Python processes of this machine. Called by `attaching`.
//!
//! Invariant: only looks. On a terminal a line is as long as the terminal is wide; else it is whole.

use std::io::{self, Write};

use clap::Args;
use nix::unistd::{Uid, User};
use pausa_attach::{Listed, Way};
use serde_json::json;

/// What follows `pausa ps`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print a JSON object for each process.
    #[arg(long)]
    json: bool,
}

/// Lists them.
pub fn run(arguments: &Arguments) -> Result<i32, String> {
    let listed = pausa_attach::pythons();
    let text = if arguments.json { as_json(&listed) } else { as_table(&listed) };
    // Who closes the pipe has seen enough.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(0)
}

/// How a process is entered, in words.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::RemoteScript => "by its interpreter's remote debugging interface",
        Way::Trace => "by ptrace",
    }
}

fn as_json(listed: &[Listed]) -> String {
    let object = |listed: &Listed| {
        json!({
            "pid": listed.process.pid(),
            "version": listed.version.map(|version| version.to_string()),
            "user": user(listed),
            "command": words(listed),
            "attachable": listed.way.is_ok(),
            "reason": listed.way.as_ref().err().map(ToString::to_string),
        })
    };
    listed.iter().map(|listed| format!("{}\n", object(listed))).collect()
}

fn as_table(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "No Python runs here.\n".into();
    }
    let mut text = format!("{:>7}  {:<8} {:<10} {:<4} {}\n", "PID", "PYTHON", "USER", "OK", "COMMAND");
    for listed in listed {
        let version = listed.version.map_or_else(|| "?".to_owned(), |version| version.to_string());
        let ok = if listed.way.is_ok() { "yes" } else { "no" };
        let (pid, user, command) = (listed.process.pid(), user(listed), words(listed).join(" "));
        // Control characters of a process that somebody else named are not for our terminal.
        let command: String = command.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        text.push_str(&format!("{pid:>7}  {version:<8} {user:<10} {ok:<4} {command}\n"));
        if let Err(hindrance) = &listed.way {
            text.push_str(&format!("{:>7}  {hindrance}\n", ""));
        }
    }
    text
}

fn user(listed: &Listed) -> String {
    let id = listed.process.user();
    User::from_uid(Uid::from_raw(id)).ok().flatten().map_or_else(|| id.to_string(), |user| user.name)
}

fn words(listed: &Listed) -> Vec<String> {
    listed.process.command_line().iter().map(|word| word.to_string_lossy().into_owned()).collect()
}
