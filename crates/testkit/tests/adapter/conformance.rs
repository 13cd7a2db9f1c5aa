//! The table of docs/protocol.md: each request and each capability of the specification, and what pausa does of it.
//!
//! Asked of pausa itself, so that the document cannot say more or less than is true. `PAUSA_BLESS=1` writes it. The names
//! of the capabilities come from the official schema; without it the test is passed over, with a word.

use std::fmt::Write;

use pausa_dap::ErrorBody;
use pausa_dap::requests::COMMANDS;
use pausa_testkit::editor::Editor;
use pausa_testkit::schema::Schema;
use pausa_testkit::{Result, binaries};
use serde_json::{Value, json};

use crate::{check, stopped_at};

const BEGIN: &str = "<!-- conformance: made by a test, do not edit -->\n";
const END: &str = "<!-- end of conformance -->\n";

/// Requests that a client gets and does not send.
const REVERSE: &[&str] = &["runInTerminal", "startDebugging"];
/// Requests that are answered by what other tests see of them: to ask them here would end what is asked.
const SEEN_ELSEWHERE: &[&str] =
    &["initialize", "launch", "attach", "configurationDone", "disconnect", "terminate", "restart"];

#[test]
fn the_document_says_what_is_done() -> Result<()> {
    let Some(schema) = Schema::find()? else {
        eprintln!("skipped: without the official schema there is no list of the capabilities");
        return Ok(());
    };
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    let capabilities = editor.capabilities().clone();
    let table = format!("{}\n{}", requests(&mut editor)?, flags(&schema, &capabilities)?);
    let path = binaries::root().join("docs/protocol.md");
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let whole = || {
        let (before, rest) = text.split_once(BEGIN)?;
        let (old, after) = rest.split_once(END)?;
        Some((before, old, after))
    };
    let (before, old, after) = whole().ok_or("docs/protocol.md has lost the lines around the table")?;
    if std::env::var_os("PAUSA_BLESS").is_some_and(|value| value == "1") {
        return std::fs::write(&path, [before, BEGIN, &table, END, after].concat()).map_err(|error| error.to_string());
    }
    check(old == table, || "docs/protocol.md is not what pausa does: run this test with PAUSA_BLESS=1".to_owned())
}

fn requests(editor: &mut Editor) -> Result<String> {
    let mut table = "| request | pausa |\n|---|---|\n".to_owned();
    let mut answered = 0;
    for command in COMMANDS {
        let does = if REVERSE.contains(command) {
            asked_of_clients(command)
        } else if SEEN_ELSEWHERE.contains(command) || is_known(editor, command)? {
            answered += 1;
            "yes"
        } else {
            "refused, with a reason"
        };
        // A `String` takes all that is written to it.
        let _ = writeln!(table, "| {command} | {does} |");
    }
    let _ = writeln!(table, "\n{answered} of {} requests are carried out, the others are answered.", COMMANDS.len());
    Ok(table)
}

fn asked_of_clients(command: &str) -> &'static str {
    match command {
        "runInTerminal" => "asked of the client, for programs in its terminal",
        "startDebugging" => "asked of the client, for children of the program",
        _ => "not asked of clients",
    }
}

fn is_known(editor: &mut Editor, command: &str) -> Result<bool> {
    // Arguments that are wrong for every request: one that is known says so, and nothing is carried out.
    let answer = editor.ask(command, json!(3))?;
    Ok(answer["body"]["error"]["id"] != ErrorBody::UNKNOWN)
}

fn flags(schema: &Schema, capabilities: &Value) -> Result<String> {
    let mut table = "| capability | pausa |\n|---|---|\n".to_owned();
    for name in schema.fields("Capabilities")? {
        let says = match &capabilities[&name] {
            Value::Bool(true) => "yes".to_owned(),
            Value::Array(items) => {
                let names = items.iter().map(|item| item["filter"].as_str().or(item.as_str()).unwrap_or("…"));
                names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            }
            _ => "–".to_owned(),
        };
        let _ = writeln!(table, "| {name} | {says} |");
    }
    Ok(table)
}
