//! What an editor asks for while the program runs changes nothing for the program.

use pausa_testkit::Result;
use serde_json::{Value, json};

use crate::{adapter, all_pythons, line, output, program, same};

/// VS Code asks for breakpoint locations as soon as the program runs. To answer, files are compiled aside, and the program's
/// threads may get the interpreter in between: what they compile has its breakpoints, and the warnings that they filter
/// stay filtered.
#[test]
fn code_that_appears_meanwhile_has_its_breakpoints() -> Result<()> {
    for python in all_pythons()? {
        let mut editor = adapter()?;
        editor.initialize()?;
        editor.begin("launch", json!({ "program": program("compiling.py"), "python": python.path }))?;
        let source = json!({ "path": program("compiled.py") });
        let line = line("compiled.py", "work")?;
        let breakpoints = json!([{ "line": line, "logMessage": "at {number}" }]);
        editor.done("setBreakpoints", json!({ "source": source, "breakpoints": breakpoints }))?;
        editor.done("configurationDone", Value::Null)?;
        for _ in 0..300 {
            editor.send("breakpointLocations", json!({ "source": source, "line": line }));
        }
        editor.event("terminated")?;
        same(output(&editor, "stdout"), "lost 0\n".to_owned())?;
        let numbers: String = (0..300).map(|number| format!("at {number}\n")).collect();
        same(output(&editor, "console"), numbers)?;
    }
    Ok(())
}

/// The program's own locks are taken where a fork waits for the agent's thread: it does not wait for ever.
#[test]
fn a_fork_waits_not_long_for_an_answer_that_waits_for_the_program() -> Result<()> {
    for python in all_pythons()? {
        let mut editor = adapter()?;
        editor.initialize()?;
        let launch = json!({ "program": program("auditing.py"), "python": python.path, "subProcess": false });
        editor.begin("launch", launch)?;
        editor.done("configurationDone", Value::Null)?;
        editor.written("ready")?;
        let source = json!({ "path": program("compiled.py") });
        editor.done("breakpointLocations", json!({ "source": source, "line": line("compiled.py", "work")? }))?;
        editor.event("terminated")?;
        same(output(&editor, "stdout"), "7\n".to_owned())?;
    }
    Ok(())
}
