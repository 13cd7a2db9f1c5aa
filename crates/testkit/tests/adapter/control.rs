//! What makes a program stop: exception filters and the lines for breakpoints, on each Python.

use std::process::Command;

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use pausa_testkit::pythons::{self, Python};
use serde_json::{Value, json};

use crate::{check, line, pausa, program, same};

const NAME: &str = "raising.py";

/// An adapter whose programs run with the backend of this Python.
pub(crate) fn with_backend(python: &Python) -> Result<Command> {
    let mut command = pausa(&["dap"])?;
    command.env("PAUSA_BACKEND", python.backend.name());
    Ok(command)
}

/// The program, before its first line.
fn ready(python: &Python) -> Result<Editor> {
    let mut editor = Editor::start(with_backend(python)?)?;
    editor.initialize()?;
    editor.begin("launch", json!({ "program": program(NAME), "python": python.path }))?;
    Ok(editor)
}

/// Where a program with these filters stops, and in which mode, to its end.
fn stops(python: &Python, filters: Value) -> Result<Vec<(i64, String)>> {
    let mut editor = ready(python)?;
    let answer = editor.done("setExceptionBreakpoints", filters)?;
    let all = answer["breakpoints"].as_array().cloned().unwrap_or_default();
    check(all.iter().all(|breakpoint| breakpoint["verified"] == true), || answer.to_string())?;
    editor.done("configurationDone", Value::Null)?;
    let mut stops = Vec::new();
    loop {
        let Some(body) = editor.stop_or_end()? else { return Ok(stops) };
        let thread = &body["threadId"];
        same(body["reason"].as_str(), Some("exception"))?;
        let stack = editor.done("stackTrace", json!({ "threadId": thread }))?;
        let info = editor.done("exceptionInfo", json!({ "threadId": thread }))?;
        let mode = info["breakMode"].as_str().unwrap_or_default();
        let frames = stack["stackFrames"].as_array().ok_or("no frames")?;
        let users =
            frames.iter().find(|frame| frame["presentationHint"] != "subtle").ok_or("no frame of the user's")?;
        stops.push((users["line"].as_i64().unwrap_or(0), mode.to_owned()));
        editor.done("continue", json!({ "threadId": thread }))?;
    }
}

/// The stops that are expected, by marker and mode.
fn expected(stops: &[(&str, &str)]) -> Result<Vec<(i64, String)>> {
    stops.iter().map(|&(marker, mode)| Ok((i64::from(line(NAME, marker)?), mode.to_owned()))).collect()
}

/// Once for each exception, in the first of the user's frames that it is in; the ends of iterators are none.
#[test]
fn raised_stops_once_for_each_exception() -> Result<()> {
    let missing = ("missing", "always");
    for python in &pythons::find().with_all_backends() {
        let found = stops(python, json!({ "filters": ["raised", "uncaught"] }))?;
        let all = [missing, missing, ("library", "always"), ("last", "unhandled")];
        same((python.label(), found), (python.label(), expected(&all)?))?;
    }
    Ok(())
}

#[test]
fn filters_are_limited_to_types() -> Result<()> {
    let missing = ("missing", "always");
    let option = |filter: &str, condition: &str| json!({ "filterId": filter, "condition": condition });
    let cases = [
        (json!([option("raised", "LookupError")]), vec![missing, missing]),
        (json!([option("raised", "__main__.Missing, json.decoder.JSONDecodeError")]), {
            vec![missing, missing, ("library", "always")]
        }),
        (json!([option("raised", "!KeyError"), option("uncaught", "")]), {
            vec![("library", "always"), ("last", "unhandled")]
        }),
        (json!([option("raised", "OSError"), option("uncaught", "KeyError")]), vec![]),
        (json!([option("uncaught", "ValueError")]), vec![("last", "unhandled")]),
    ];
    for python in &pythons::find().with_all_backends() {
        for (options, wanted) in &cases {
            let found = stops(python, json!({ "filters": [], "filterOptions": options }))?;
            same((python.label(), options, found), (python.label(), options, expected(wanted)?))?;
        }
    }
    Ok(())
}

/// The other way to ask for the same: a path of names and a mode; what never stops is left out of all filters.
#[test]
fn options_by_path_are_filters_too() -> Result<()> {
    let root = json!({ "names": ["Python Exceptions"] });
    let option = |mode: &str, path: &[Value]| json!({ "breakMode": mode, "path": path });
    let (keys, values) = (json!({ "names": ["KeyError"] }), json!({ "names": ["ValueError"] }));
    let others = json!({ "names": ["LookupError"], "negate": true });
    let (missing, last) = (("missing", "always"), ("last", "unhandled"));
    let cases = [
        (json!([option("always", &[root.clone(), keys.clone()])]), vec![missing, missing]),
        (
            json!([option("always", &[others]), option("unhandled", std::slice::from_ref(&root))]),
            vec![("library", "always"), last],
        ),
        (json!([option("always", &[root]), option("never", &[values])]), vec![missing, missing]),
        (json!([{ "breakMode": "userUnhandled" }, option("never", &[keys])]), vec![("last", "userUnhandled")]),
    ];
    for python in &pythons::find().with_all_backends() {
        for (options, wanted) in &cases {
            let found = stops(python, json!({ "filters": [], "exceptionOptions": options }))?;
            same((python.label(), options, found), (python.label(), options, expected(wanted)?))?;
        }
    }
    Ok(())
}

#[test]
fn a_filter_that_cannot_be_is_refused() -> Result<()> {
    let python = crate::python()?;
    let mut editor = ready(python)?;
    let options = json!([{ "filterId": "raised", "condition": "e.code == 3" }]);
    let answer = editor.done("setExceptionBreakpoints", json!({ "filters": ["some"], "filterOptions": options }))?;
    for (at, word) in [(0, "no exception filter 'some'"), (1, "no name of an exception type")] {
        let breakpoint = &answer["breakpoints"][at];
        same(&breakpoint["verified"], &json!(false))?;
        check(breakpoint["message"].as_str().is_some_and(|text| text.contains(word)), || answer.to_string())?;
    }
    Ok(())
}

/// Each line that is offered takes a breakpoint and keeps it there; each that is not moves it.
#[test]
fn lines_that_are_offered_take_breakpoints() -> Result<()> {
    for python in &pythons::find().with_all_backends() {
        let mut editor = ready(python)?;
        let source = json!({ "path": program(NAME) });
        let range = json!({ "source": source, "line": 1, "endLine": 60 });
        let offered = editor.done("breakpointLocations", range)?["breakpoints"].clone();
        let mut offered: Vec<i64> =
            offered.as_array().into_iter().flatten().filter_map(|at| at["line"].as_i64()).collect();
        // A line has more than one place, from 3.11 on.
        offered.dedup();
        check(offered.len() > 20, || format!("{offered:?}"))?;
        let last = i64::from(line(NAME, "last")?);
        let lines: Vec<u32> = (1..=u32::try_from(last).unwrap_or(0)).collect();
        let set = editor.set_breakpoints(&program(NAME), &lines)?;
        let set = set.get("breakpoints").unwrap_or(&set);
        let stay = set.as_array().into_iter().flatten().zip(1..).filter(|(at, line)| at["line"] == *line);
        same((python.label(), stay.map(|(_, line)| line).collect::<Vec<i64>>()), (python.label(), offered))?;
        let none = editor.done("breakpointLocations", json!({ "source": source, "line": 2 }))?;
        same(&none["breakpoints"], &json!([]))?;
    }
    Ok(())
}
