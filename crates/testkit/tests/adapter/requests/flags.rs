//! Each capability of the specification: what is claimed is tried, and what is not claimed is not done.

use std::collections::BTreeSet;

use pausa_testkit::Result;
use pausa_testkit::schema::Schema;
use serde_json::{Value, json};

use super::{NAME, Scene, all};
use crate::{adapter, check, launching_of, line, program, same};

/// How a capability is known to be there, or not.
#[derive(Clone, Copy)]
enum Shown {
    /// By requests that have cases, or tests of their own.
    Requests(&'static [&'static str]),
    /// By this.
    Trial(fn(&mut Scene) -> Result<bool>),
    /// It says what there is: not empty.
    List,
    /// Not claimed, and there is nothing that could be asked for.
    Never,
}

const FLAGS: &[(&str, Shown)] = &[
    ("additionalModuleColumns", Shown::Never),
    ("breakpointModes", Shown::Trial(|scene| accepts_data_mode(scene, "mutation"))),
    ("completionTriggerCharacters", Shown::List),
    ("exceptionBreakpointFilters", Shown::List),
    // Of programs that one client after another may attach to: tested there.
    ("supportSuspendDebuggee", Shown::Never),
    ("supportTerminateDebuggee", Shown::Requests(&["disconnect"])),
    ("supportedChecksumAlgorithms", Shown::Trial(|scene| Ok(scene.frame()?["source"]["checksums"].is_array()))),
    ("supportsANSIStyling", Shown::Requests(&["initialize"])),
    ("supportsBreakpointLocationsRequest", Shown::Requests(&["breakpointLocations"])),
    ("supportsCancelRequest", Shown::Requests(&["cancel"])),
    ("supportsClipboardContext", Shown::Trial(|scene| evaluates_in(scene, "clipboard"))),
    ("supportsCompletionsRequest", Shown::Requests(&["completions"])),
    ("supportsConditionalBreakpoints", Shown::Trial(|scene| passes_by(scene, json!({ "condition": "False" })))),
    ("supportsConfigurationDoneRequest", Shown::Requests(&["configurationDone"])),
    (
        "supportsDataBreakpointBytes",
        Shown::Trial(|scene| {
            let asked = json!({ "name": "0x1000", "asAddress": true, "bytes": 8 });
            Ok(scene.editor.ask("dataBreakpointInfo", asked)?["body"]["dataId"].is_string())
        }),
    ),
    ("supportsDataBreakpoints", Shown::Requests(&["dataBreakpointInfo", "setDataBreakpoints"])),
    (
        "supportsDelayedStackTraceLoading",
        Shown::Trial(|scene| {
            let asked = json!({ "threadId": scene.thread, "startFrame": 0, "levels": 1 });
            let stack = scene.editor.done("stackTrace", asked)?;
            Ok(stack["stackFrames"].as_array().is_some_and(|frames| frames.len() == 1)
                && stack["totalFrames"].is_number())
        }),
    ),
    ("supportsDisassembleRequest", Shown::Requests(&["disassemble"])),
    ("supportsEvaluateForHovers", Shown::Trial(|scene| evaluates_in(scene, "hover"))),
    (
        "supportsExceptionFilterOptions",
        Shown::Trial(|scene| {
            let options = json!([{ "filterId": "raised", "condition": "KeyError" }]);
            goes_by_raise(scene, json!({ "filters": [], "filterOptions": options }))
        }),
    ),
    ("supportsExceptionInfoRequest", Shown::Requests(&["exceptionInfo"])),
    (
        "supportsExceptionOptions",
        Shown::Trial(|scene| {
            let path = json!([{ "names": ["Python Exceptions"] }, { "names": ["KeyError"] }]);
            let options = json!([{ "breakMode": "always", "path": path }]);
            goes_by_raise(scene, json!({ "filters": [], "exceptionOptions": options }))
        }),
    ),
    ("supportsFunctionBreakpoints", Shown::Requests(&["setFunctionBreakpoints"])),
    ("supportsGotoTargetsRequest", Shown::Requests(&["gotoTargets", "goto"])),
    ("supportsHitConditionalBreakpoints", Shown::Trial(|scene| passes_by(scene, json!({ "hitCondition": ">= 5" })))),
    ("supportsInstructionBreakpoints", Shown::Requests(&["setInstructionBreakpoints"])),
    ("supportsLoadedSourcesRequest", Shown::Requests(&["loadedSources"])),
    (
        "supportsLogPoints",
        Shown::Trial(|scene| {
            if !passes_by(scene, json!({ "logMessage": "number is {number}" }))? {
                return Ok(false);
            }
            scene.editor.written("number is 1\nnumber is 2").map(|()| true)
        }),
    ),
    ("supportsModulesRequest", Shown::Requests(&["modules"])),
    ("supportsReadMemoryRequest", Shown::Requests(&["readMemory"])),
    ("supportsRestartFrame", Shown::Requests(&["restartFrame"])),
    ("supportsRestartRequest", Shown::Requests(&["restart"])),
    ("supportsSetExpression", Shown::Requests(&["setExpression"])),
    ("supportsSetVariable", Shown::Requests(&["setVariable"])),
    (
        "supportsSingleThreadExecutionRequests",
        Shown::Trial(|scene| {
            let body = scene.editor.done("continue", json!({ "threadId": scene.thread, "singleThread": true }))?;
            Ok(body["allThreadsContinued"] == false)
        }),
    ),
    ("supportsStepBack", Shown::Requests(&["stepBack", "reverseContinue"])),
    ("supportsStepInTargetsRequest", Shown::Requests(&["stepInTargets"])),
    (
        "supportsSteppingGranularity",
        Shown::Trial(|scene| {
            let before = scene.frame()?;
            scene.editor.done("next", json!({ "threadId": scene.thread, "granularity": "instruction" }))?;
            scene.editor.event("stopped")?;
            let after = scene.frame()?;
            let moved = after["instructionPointerReference"] != before["instructionPointerReference"];
            Ok(moved && after["line"] == before["line"])
        }),
    ),
    ("supportsTerminateRequest", Shown::Requests(&["terminate"])),
    ("supportsTerminateThreadsRequest", Shown::Requests(&["terminateThreads"])),
    (
        "supportsValueFormattingOptions",
        Shown::Trial(|scene| {
            let asked = json!({ "expression": "255", "context": "watch", "format": { "hex": true } });
            Ok(scene.editor.done("evaluate", asked)?["result"] == "0xff")
        }),
    ),
    ("supportsWriteMemoryRequest", Shown::Requests(&["writeMemory"])),
];

fn evaluates_in(scene: &mut Scene, context: &str) -> Result<bool> {
    let frame = scene.frame()?["id"].clone();
    let asked = json!({ "expression": "numbers", "frameId": frame, "context": context });
    Ok(scene.editor.done("evaluate", asked)?["result"] == "[1, 2, 3]")
}

fn accepts_data_mode(scene: &mut Scene, mode: &str) -> Result<bool> {
    let asked = json!({ "variablesReference": scene.locals()?, "name": "numbers", "mode": mode });
    Ok(scene.editor.done("dataBreakpointInfo", asked)?["dataId"].is_string())
}

/// True if a breakpoint in the function with such rules stops at neither of its two calls, but the one behind them does.
fn passes_by(scene: &mut Scene, rules: Value) -> Result<bool> {
    let mut own = json!({ "line": line(NAME, "inside")? });
    if let (Some(own), Value::Object(rules)) = (own.as_object_mut(), rules) {
        own.extend(rules);
    }
    let breakpoints = json!([own, { "line": line(NAME, "raises")? }]);
    scene.editor.done("setBreakpoints", json!({ "source": scene.source(), "breakpoints": breakpoints }))?;
    scene.editor.done("continue", json!({ "threadId": scene.thread }))?;
    same(scene.editor.stop()?, (program(NAME), line(NAME, "raises")?.into()))?;
    Ok(true)
}

/// True if the program's IndexError stops nobody with these filters.
fn goes_by_raise(scene: &mut Scene, filters: Value) -> Result<bool> {
    scene.editor.done("setExceptionBreakpoints", filters)?;
    scene.editor.done("continue", json!({ "threadId": scene.thread }))?;
    Ok(scene.editor.stop_or_end()?.is_none())
}

#[test]
fn each_capability_is_as_claimed() -> Result<()> {
    let mut editor = adapter()?;
    let capabilities = editor.initialize()?;
    editor.begin("launch", launching_of(NAME, json!({}))?)?;
    let known: BTreeSet<&str> =
        all().iter().map(|case| case.command).chain(super::TESTED_ALONE.iter().copied()).collect();
    super::all_told(FLAGS.iter().map(|(flag, shown)| {
        let claimed = &capabilities[flag];
        let is_claimed = claimed == &json!(true) || claimed.as_array().is_some_and(|items| !items.is_empty());
        let found = match shown {
            Shown::Requests(requests) => check(requests.iter().all(|name| known.contains(name)), || "no case".into())
                .map(|()| !requests.iter().any(|name| super::TWO_WAY.contains(name))),
            Shown::Trial(trial) => Scene::at("stop").and_then(|mut scene| trial(&mut scene)),
            Shown::List => Ok(claimed.as_array().is_some_and(|items| !items.is_empty())),
            Shown::Never => Ok(false),
        };
        (*flag, found.and_then(|found| same(found, is_claimed)))
    }))?;
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn each_capability_of_the_specification_is_tried() -> Result<()> {
    let Some(schema) = Schema::find()? else {
        eprintln!("skipped: without the official schema there is no list of the capabilities");
        return Ok(());
    };
    let names: BTreeSet<String> = schema.fields("Capabilities")?.into_iter().collect();
    same(FLAGS.iter().map(|(flag, _)| (*flag).to_owned()).collect(), names)
}
