//! debugpy's fields of `launch` and `attach`: what docs/editors.md says of each, tried.

use std::collections::BTreeMap;

use pausa_testkit::editor::Editor;
use pausa_testkit::{Result, binaries};
use serde_json::{Value, json};

use crate::{adapter, check, launching_of, output, program, python, same};

/// The table: field, in which request, what pausa makes of it.
fn table() -> Result<Vec<(String, String, String)>> {
    let path = binaries::root().join("docs/editors.md");
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let rows = text.split_once("### debugpy's fields").ok_or("no table of debugpy's fields")?.1;
    let rows = rows.lines().skip_while(|line| !line.starts_with("| `")).take_while(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        match cells[..] {
            [field, place, fate] => Ok((field.trim_matches('`').to_owned(), place.to_owned(), fate.to_owned())),
            _ => Err(format!("three cells: {row}")),
        }
    })
    .collect()
}

/// A value that asks for something.
fn asking(field: &str) -> Result<Value> {
    Ok(match field {
        "program" => json!(program("hello.py")),
        "args" => json!(["x"]),
        "cwd" => json!("/"),
        "env" => json!({ "PAUSA_TEST_VARIABLE": "set" }),
        "envFile" => json!("/no/such/file"),
        "python" => json!([python()?.path]),
        "pythonPath" => json!(python()?.path),
        "pythonArgs" => json!(["-X", "dev"]),
        "console" => json!("internalConsole"),
        "consoleName" | "consoleTitle" | "type" | "request" | "name" | "purpose" | "workspaceFolder" => json!("text"),
        "pathMappings" => json!([{ "localRoot": "/l", "remoteRoot": "/r" }]),
        "debugOptions" => json!(["RedirectOutput"]),
        "debugpyArgs" | "rules" => json!(["x"]),
        "guiEventLoop" => json!("qt"),
        "onTerminate" => json!("KeyboardInterrupt"),
        "clientOS" => json!("unix"),
        _ => json!(true),
    })
}

/// What the console holds after a launch with these fields, and the program's exit code; or the refusal.
fn launched(mut arguments: Value, field: &str, value: Value) -> Result<std::result::Result<(String, Value), String>> {
    let mut editor = adapter()?;
    match field {
        "subProcess" => editor.initialize_with_sessions()?,
        _ => editor.initialize()?,
    };
    arguments[field] = value;
    if field == "stopOnEntry" {
        editor.begin("launch", arguments)?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("stopped")?;
        editor.done("continue", json!({ "threadId": 1 }))?;
    } else {
        let answer = editor.send("launch", arguments);
        let initialized = editor.event_or_answer("initialized", answer)?;
        if let Some(refused) = initialized {
            return Ok(Err(refused["body"]["error"]["format"].as_str().unwrap_or_default().to_owned()));
        }
        editor.done("configurationDone", Value::Null)?;
    }
    editor.event("terminated")?;
    let exit = editor.event("exited")?["exitCode"].clone();
    Ok(Ok((output(&editor, "console"), exit)))
}

#[test]
fn each_field_of_launch_is_as_the_table_says() -> Result<()> {
    for (field, place, fate) in table()? {
        if place == "attach" {
            continue;
        }
        let base = match field.as_str() {
            "module" => json!({ "cwd": program(""), "python": python()?.path }),
            "code" => json!({ "python": python()?.path }),
            _ => launching_of("hello.py", json!({}))?,
        };
        let value = match field.as_str() {
            "module" => json!("hello"),
            "code" => json!("raise SystemExit(7)"),
            _ => asking(&field)?,
        };
        let outcome = launched(base, &field, value).map_err(|error| format!("{field}: {error}"))?;
        let named = format!("\"{field}\"");
        match (outcome, fate.split([':', ';']).next()) {
            (Ok((console, exit)), Some("said")) => {
                check(console.contains(&named), || format!("nothing is said of {field}: {console:?}"))?;
                same(exit, json!(7))?;
            }
            (Ok((console, exit)), Some("honoured" | "the editor's")) => {
                check(!console.contains(&named), || format!("{field}: {console}"))?;
                same((&field, exit), (&field, json!(7)))?;
            }
            (Err(why), Some("refused")) => check(why.contains(&named), || format!("{field}: {why}"))?,
            (outcome, fate) => return Err(format!("{field} is {fate:?} in the table, and was {outcome:?}")),
        }
    }
    Ok(())
}

#[test]
fn each_field_of_attach_is_as_the_table_says() -> Result<()> {
    // A port at which nobody listens: one that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let port = port.map_err(|error| error.to_string())?.port();
    let places: BTreeMap<&str, (Value, &str)> = BTreeMap::from([
        ("connect", (json!({ "connect": { "host": "127.0.0.1", "port": port } }), "127.0.0.1")),
        ("host", (json!({ "host": "127.0.0.1", "port": port }), "127.0.0.1")),
        ("port", (json!({ "port": port }), "127.0.0.1")),
        ("listen", (json!({ "listen": { "host": "no.such.host.invalid", "port": 1 } }), "no.such.host.invalid")),
        ("processId", (json!({ "processId": -1 }), "processId")),
    ]);
    for (field, place, fate) in table()? {
        if place == "launch" {
            continue;
        }
        let mut editor: Editor = adapter()?;
        editor.initialize()?;
        let (mut arguments, word) = places.get(&*field).cloned().unwrap_or_else(|| places["connect"].clone());
        if place != "attach" || !places.contains_key(&*field) {
            arguments[&field] = asking(&field)?;
        }
        let why = editor.refused("attach", arguments).map_err(|error| format!("{field}: {error}"))?;
        check(why.contains(word), || format!("{field}: {why}"))?;
        let console = output(&editor, "console");
        let is_said = console.contains(&format!("\"{field}\""));
        same((&field, is_said), (&field, fate.starts_with("said")))?;
    }
    Ok(())
}
