//! Breakpoints at columns: where they can stand, where they do, and that all that breakpoints can do works there.

use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{BreakpointLocations, SetBreakpoints};
use pausa_dap::types::{Breakpoint, BreakpointLocationsArguments, SetBreakpointsArguments, Source, SourceBreakpoint};
use pausa_testkit::Result;
use pausa_testkit::pythons::Python;

use crate::debuggee::Debuggee;
use crate::{Stopped, check, everything, on_each_python, same};

fn start(python: &Python) -> Result<Debuggee> {
    Debuggee::start_as(everything(), AttachArguments::default(), python, "data", &["places"])
}

fn set(debuggee: &Debuggee, wanted: Vec<SourceBreakpoint>) -> Result<Vec<Breakpoint>> {
    let source = debuggee.source("places.py");
    let arguments = SetBreakpointsArguments { source, breakpoints: Some(wanted), ..Default::default() };
    Ok(debuggee.request::<SetBreakpoints>(arguments)?.breakpoints)
}

fn columns(debuggee: &Debuggee, source: Source, marker: &str) -> Result<Vec<Option<i64>>> {
    let line = debuggee.line(marker)?;
    let arguments = BreakpointLocationsArguments { source, line, ..Default::default() };
    let places = debuggee.request::<BreakpointLocations>(arguments)?.breakpoints;
    check(places.iter().all(|place| place.line == line), || format!("{places:?}"))?;
    Ok(places.iter().map(|place| place.column).collect())
}

fn tells_columns(python: &Python) -> bool {
    python.minor != "3.10"
}

#[test]
fn each_place_of_a_line_has_its_column() -> Result<()> {
    on_each_python(|python| {
        let debuggee = start(python)?;
        let found = |marker| columns(&debuggee, debuggee.source("places.py"), marker);
        if !tells_columns(python) {
            return same(found("sum")?, vec![None]);
        }
        same(found("sum")?, [5, 14, 25].map(Some).to_vec())?;
        same(found("lambda")?, [1, 14, 18, 29, 45].map(Some).to_vec())
    })
}

#[test]
fn a_column_is_moved_to_a_place_and_told() -> Result<()> {
    on_each_python(|python| {
        let debuggee = start(python)?;
        let line = debuggee.line("sum")?;
        let at = |line, column| SourceBreakpoint { line, column: Some(column), ..Default::default() };
        let found = set(&debuggee, vec![at(line, 27), at(line, 1), at(line, 14)])?;
        check(found.iter().all(|breakpoint| breakpoint.verified), || format!("{found:?}"))?;
        if !tells_columns(python) {
            let said = found[0].message.clone().unwrap_or_default();
            check(said.contains("3.10 does not tell columns"), || said.clone())?;
            return same(found[0].column, None);
        }
        let told = |breakpoint: &Breakpoint| (breakpoint.column, breakpoint.end_line, breakpoint.end_column);
        same(told(&found[0]), (Some(25), Some(line), Some(34)))?;
        same(told(&found[1]), (Some(5), Some(line), Some(34)))?;
        same(told(&found[2]), (Some(14), Some(line), Some(22)))
    })
}

/// Conditions, hit counts and log messages, each at another place of one line.
#[test]
fn breakpoints_at_columns_do_all_that_others_do() -> Result<()> {
    on_each_python(|python| {
        if !tells_columns(python) {
            return Ok(());
        }
        let debuggee = start(python)?;
        let line = debuggee.line("sum")?;
        let some = |text: &str| Some(text.to_owned());
        let wanted = vec![
            SourceBreakpoint { line, column: Some(5), condition: some("i == 1"), ..Default::default() },
            SourceBreakpoint { line, column: Some(14), hit_condition: some("3"), ..Default::default() },
            SourceBreakpoint { line, column: Some(25), log_message: some("{i}"), ..Default::default() },
            SourceBreakpoint { line: debuggee.line("lambda")?, column: Some(45), ..Default::default() },
        ];
        let ids: Vec<i64> = set(&debuggee, wanted)?.iter().filter_map(|breakpoint| breakpoint.id).collect();
        let mut stopped = Stopped::of(debuggee)?;
        same((stopped.stop.breakpoints.clone(), stopped.evaluate("i")?), (vec![ids[0]], "1".into()))?;
        check(stopped.go_on()?, || "no second stop".into())?;
        same((stopped.stop.breakpoints.clone(), stopped.evaluate("i")?), (vec![ids[1]], "2".into()))?;
        stopped.debuggee.resume(&stopped.stop)?;
        let (said, stop) = stopped.debuggee.said()?;
        // What was said before the second stop came with it.
        same(said, ["2", "3"].map(str::to_owned).to_vec())?;
        stopped.stop = stop.ok_or("no third stop")?;
        let frame = stopped.frames()?.remove(0);
        same((frame.name.as_str(), frame.column), ("<lambda>", 45))
    })
}
