//! `dataBreakpointInfo` and `setDataBreakpoints` as an editor uses them: from its variables pane and by expressions.

use serde_json::{Value, json};

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;

use crate::{adapter, check, launching_of, line, program};

const PROGRAM: &str = "watching.py";

/// The program, stopped at its marker `start`, and the frame it is in.
fn started() -> Result<(Editor, i64)> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of(PROGRAM, json!({}))?)?;
    editor.set_breakpoints(&program(PROGRAM), &[line(PROGRAM, "start")?])?;
    editor.done("configurationDone", Value::Null)?;
    let frame = frame(&mut editor)?;
    Ok((editor, frame))
}

/// The innermost frame of the next stop.
fn frame(editor: &mut Editor) -> Result<i64> {
    let thread = editor.event("stopped")?["threadId"].clone();
    let stack = editor.done("stackTrace", json!({ "threadId": thread }))?;
    stack["stackFrames"][0]["id"].as_i64().ok_or_else(|| "no frame".to_owned())
}

/// The id for what an expression names.
fn data_id(editor: &mut Editor, frame: i64, name: &str, mode: &str) -> Result<String> {
    let info = editor.done("dataBreakpointInfo", json!({ "name": name, "frameId": frame, "mode": mode }))?;
    check(info["accessTypes"].as_array().is_some_and(|types| types.contains(&json!("write"))), || info.to_string())?;
    info["dataId"].as_str().map(str::to_owned).ok_or_else(|| info.to_string())
}

/// The next stop must be for these data breakpoints, at this marker, with this description.
fn stops(editor: &mut Editor, ids: &[&Value], marker: &str, description: &str) -> Result<()> {
    let stopped = editor.event("stopped")?;
    let expected = (json!("data breakpoint"), json!(ids), json!(description));
    let told = (stopped["reason"].clone(), stopped["hitBreakpointIds"].clone(), stopped["description"].clone());
    check(told == expected, || format!("{told:?} instead of {expected:?}"))?;
    let stack = editor.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
    let at = &stack["stackFrames"][0]["line"];
    check(*at == json!(line(PROGRAM, marker)?), || format!("at line {at} instead of @{marker}"))
}

fn go_on(editor: &mut Editor) -> Result<()> {
    editor.done("continue", json!({ "threadId": 1 })).map(drop)
}

#[test]
fn changes_stop_at_the_line_that_made_them() -> Result<()> {
    let (mut editor, frame) = started()?;
    let balance = data_id(&mut editor, frame, "account.balance", "rebinding")?;
    let log = data_id(&mut editor, frame, "account.log", "mutation")?;
    let total = data_id(&mut editor, frame, "total", "rebinding")?;
    check(total == "global:__main__:total", || total.clone())?;
    let wanted = json!({ "breakpoints": [
        { "dataId": balance, "accessType": "write" },
        { "dataId": log },
        { "dataId": total, "condition": "__new__ > 5" },
    ] });
    let answer = editor.done("setDataBreakpoints", wanted)?;
    let set = answer["breakpoints"].as_array().cloned().unwrap_or_default();
    check(set.len() == 3 && set.iter().all(|set| set["verified"] == true), || answer.to_string())?;
    let id = |at: usize| &answer["breakpoints"][at]["id"];
    go_on(&mut editor)?;
    stops(&mut editor, &[id(0)], "deposit", "account.balance: 0 -> 5")?;
    go_on(&mut editor)?;
    stops(&mut editor, &[id(1)], "log", "account.log[0]: not set -> 5 (0 -> 1 items)")?;
    go_on(&mut editor)?;
    stops(&mut editor, &[id(2)], "again", "total: 5 -> 6")?;
    let cleared = editor.done("setDataBreakpoints", json!({ "breakpoints": [] }))?;
    check(cleared["breakpoints"] == json!([]), || cleared.to_string())?;
    go_on(&mut editor)?;
    editor.event("terminated").map(drop)
}

#[test]
fn the_variables_pane_watches_what_it_shows() -> Result<()> {
    let (mut editor, frame) = started()?;
    let scopes = editor.done("scopes", json!({ "frameId": frame }))?;
    let globals = scopes["scopes"].as_array().and_then(|scopes| scopes.last().cloned()).unwrap_or_default();
    let globals = globals["variablesReference"].clone();
    let variables = editor.done("variables", json!({ "variablesReference": globals }))?;
    let prices = variables["variables"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "prices"));
    let prices = prices.ok_or("no prices")?["variablesReference"].clone();
    let info = editor.done("dataBreakpointInfo", json!({ "variablesReference": prices, "name": "'tea'" }))?;
    let tea = info["dataId"].clone();
    let info = editor.done("dataBreakpointInfo", json!({ "variablesReference": globals, "name": "total" }))?;
    let total = info["dataId"].clone();
    check(info["canPersist"] == true, || info.to_string())?;
    let wanted = json!({ "breakpoints": [{ "dataId": tea }, { "dataId": total, "hitCondition": "2" }] });
    let answer = editor.done("setDataBreakpoints", wanted)?;
    go_on(&mut editor)?;
    stops(&mut editor, &[&answer["breakpoints"][0]["id"]], "price", "prices['tea']: 2 -> 4")?;
    go_on(&mut editor)?;
    stops(&mut editor, &[&answer["breakpoints"][1]["id"]], "again", "total: 5 -> 6")?;
    go_on(&mut editor)?;
    editor.event("terminated").map(drop)
}

#[test]
fn a_local_is_gone_with_its_call() -> Result<()> {
    let (mut editor, _) = started()?;
    editor.set_breakpoints(&program(PROGRAM), &[line(PROGRAM, "change")?])?;
    go_on(&mut editor)?;
    let frame = frame(&mut editor)?;
    let local = data_id(&mut editor, frame, "local", "rebinding")?;
    let answer = editor.done("setDataBreakpoints", json!({ "breakpoints": [{ "dataId": local }] }))?;
    let id = answer["breakpoints"][0]["id"].clone();
    go_on(&mut editor)?;
    stops(&mut editor, &[&id], "change", "local: 5 -> 6")?;
    go_on(&mut editor)?;
    let changed = editor.event("breakpoint")?;
    check(changed["breakpoint"]["verified"] == false && changed["breakpoint"]["id"] == id, || changed.to_string())?;
    stops(&mut editor, &[&id], "return", "local goes out of scope, as this call of deposit ends")?;
    let again = editor.done("setDataBreakpoints", json!({ "breakpoints": [{ "dataId": local }] }))?;
    check(again["breakpoints"][0]["verified"] == false, || again.to_string())?;
    go_on(&mut editor)?;
    editor.event("terminated").map(drop)
}

#[test]
fn what_cannot_be_watched_has_a_reason_and_no_id() -> Result<()> {
    let (mut editor, frame) = started()?;
    for (name, mode, why) in [
        ("nowhere", "rebinding", "NameError"),
        ("account.nothing", "rebinding", "AttributeError"),
        ("total", "mutation", "for rebinding"),
        ("total", "deep", "there is no mode"),
        ("1 +", "rebinding", "invalid syntax"),
    ] {
        let info = editor.done("dataBreakpointInfo", json!({ "name": name, "frameId": frame, "mode": mode }))?;
        let description = info["description"].as_str().unwrap_or_default();
        check(info["dataId"].is_null() && description.contains(why), || info.to_string())?;
    }
    let wanted = json!({ "breakpoints": [
        { "dataId": "watch:999" },
        { "dataId": "global:__main__:total", "condition": "1 +" },
        { "dataId": "global:nowhere:total" },
        { "dataId": "global:__main__:total", "hitCondition": "x" },
    ] });
    let answer = editor.done("setDataBreakpoints", wanted)?;
    let refused = |one: &Value| one["verified"] == false && one["reason"] == "failed" && one["message"].is_string();
    let all = answer["breakpoints"].as_array().cloned().unwrap_or_default();
    check(all.len() == 4 && all.iter().all(refused), || answer.to_string())
}
