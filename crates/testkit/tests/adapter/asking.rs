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
