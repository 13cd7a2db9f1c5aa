//! Requests with arguments that nobody wrote: the right names with wrong values, in any nesting. Each is answered, every
//! answer is one of the specification, and the session goes on.

use pausa_dap::requests::COMMANDS;
use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::{adapter, check, program, stopped_at};

/// Names of arguments.
const NAMES: &[&str] = &[
    "access",
    "accessType",
    "allowPartial",
    "arguments",
    "breakpoints",
    "column",
    "condition",
    "context",
    "count",
    "data",
    "dataId",
    "endColumn",
    "endLine",
    "exceptionOptions",
    "expression",
    "filter",
    "filterId",
    "filterOptions",
    "filters",
    "format",
    "frameId",
    "granularity",
    "hex",
    "hitCondition",
    "id",
    "instructionCount",
    "instructionOffset",
    "instructionReference",
    "levels",
    "line",
    "lines",
    "locationReference",
    "logMessage",
    "memoryReference",
    "moduleCount",
    "name",
    "names",
    "offset",
    "path",
    "progressId",
    "requestId",
    "singleThread",
    "source",
    "sourceReference",
    "start",
    "startFrame",
    "startModule",
    "targetId",
    "text",
    "threadId",
    "threadIds",
    "value",
    "variablesReference",
];

/// What ends the session, as it should.
const ENDING: &[&str] = &["disconnect", "terminate", "restart"];
/// Those before which there is no program.
const BEGINNING: &[&str] = &["launch", "attach"];

/// What makes the program run on.
const RESUMING: &[&str] = &["continue", "next", "stepIn", "stepOut", "goto", "restartFrame"];

const REQUESTS: usize = 400;

fn value() -> impl Strategy<Value = Value> {
    let path = program("hello.py");
    let numbers = select(vec![-1, 0, 1, 2, 7, 1000, i64::from(i32::MAX), i64::MAX, i64::MIN]);
    let texts =
        select(vec!["", "0", "result", "raised", "uncaught", "1 +", "{result}", "% 2", "\u{1f40d}\u{0}", "a b", "*"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers.prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        texts.prop_map(Value::from),
        Just(Value::from("x".repeat(5000))),
        Just(Value::from(path)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            hash_map(select(NAMES), inner, 0..6)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

fn arguments() -> impl Strategy<Value = Value> {
    let fields = hash_map(select(NAMES), value(), 0..8)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>());
    prop_oneof![9 => fields, 1 => value()]
}

/// Sends what comes, the same in each run, and waits for each answer; how many were successes.
fn ask_anything(editor: &mut Editor, but: &[&str]) -> Result<usize> {
    let commands: Vec<&str> = COMMANDS.iter().copied().filter(|command| !but.contains(command)).collect();
    let request = (prop_oneof![20 => select(commands), 1 => Just("no such request")], arguments());
    let mut runner = TestRunner::deterministic();
    let mut succeeded = 0;
    for _ in 0..REQUESTS {
        let (command, arguments) = request.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let sent = format!("{command} {arguments}");
        let answer = editor.ask(command, arguments).map_err(|why| format!("{why}\nafter {sent:.2000}"))?;
        succeeded += usize::from(answer["success"] == true);
    }
    Ok(succeeded)
}

#[test]
fn anything_is_answered_before_there_is_a_program() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    ask_anything(&mut editor, &[ENDING, BEGINNING].concat())?;
    editor.done("disconnect", Value::Null)?;
    editor.closed()
}

#[test]
fn anything_is_answered_at_a_stop_and_while_the_program_runs_to_its_end() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    let succeeded = ask_anything(&mut editor, &[ENDING, RESUMING].concat())?;
    check(succeeded > REQUESTS / 10, || format!("only {succeeded} of {REQUESTS} were of use"))?;
    ask_anything(&mut editor, ENDING)?;
    editor.done("disconnect", json!({ "terminateDebuggee": true }))?;
    editor.closed()
}
