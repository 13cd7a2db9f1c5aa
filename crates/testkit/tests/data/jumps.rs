//! Moving a thread: from any line to any other it goes, or says why not, and the program survives.

use pausa_dap::requests::{Goto, GotoTargets, SetBreakpoints};
use pausa_dap::types::{GotoArguments, GotoTargetsArguments, SetBreakpointsArguments, SourceBreakpoint};
use pausa_testkit::Result;

use crate::{Stopped, check, on_each_python, same};

/// Lines that a program of this Python goes by, as its breakpoints do.
fn set(stopped: &Stopped, line: Option<i64>) -> Result<bool> {
    let breakpoints = line.map(|line| SourceBreakpoint { line, ..Default::default() }).into_iter().collect();
    let arguments = SetBreakpointsArguments {
        source: stopped.debuggee.source("jumps.py"),
        breakpoints: Some(breakpoints),
        ..Default::default()
    };
    let told = stopped.ask::<SetBreakpoints>(arguments)?.breakpoints;
    Ok(told.iter().all(|told| told.verified && told.line == line))
}

/// Where the interpreter itself fails badly (into a loop's end, in a frame that waits, over comprehensions) included.
#[test]
fn every_jump_is_made_or_refused_and_none_ends_the_program() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "jumps", "walk")?;
        let line = |marker| stopped.debuggee.line(marker);
        let (first, body, last) = (line("words")?, line("walk")?, line("return")?);
        let (mut made, mut refused, mut last_try) = (0, 0, (0, 0));
        for from in first + 1..=last {
            if !set(&stopped, Some(from))
                .map_err(|error| format!("{error}, behind a jump from and to lines {last_try:?}"))?
                || from == body
            {
                continue;
            }
            for to in first - 1..=last + 1 {
                check(stopped.go_on()?, || format!("the program ended behind a jump from and to lines {last_try:?}"))?;
                last_try = (from, to);
                same(stopped.frames()?[0].line, from)?;
                let source = stopped.debuggee.source("jumps.py");
                let targets =
                    stopped.ask::<GotoTargets>(GotoTargetsArguments { source, line: to, column: None })?.targets;
                let Some(target) = targets.first() else { continue };
                let arguments = GotoArguments { thread_id: stopped.stop.thread, target_id: target.id };
                match stopped.ask::<Goto>(arguments) {
                    Ok(()) => {
                        made += 1;
                        stopped.stop = stopped.debuggee.stop()?.ok_or("the program ended by a jump")?;
                        same(stopped.frames()?[0].line, to)?;
                    }
                    Err(why) => {
                        refused += 1;
                        check(why.len() > 20, || why.clone())?;
                        same(stopped.frames()?[0].line, from)?;
                    }
                }
            }
        }
        println!("{made} jumps, {refused} refused");
        check(made > 300 && refused > 100, || format!("{made} jumps, {refused} refused"))?;
        set(&stopped, None)?;
        stopped.frame = stopped.frames()?.last().ok_or("no frame")?.id;
        stopped.evaluate_in("repl", "done.append(1)")?;
        check(!stopped.go_on()?, || "it goes on for ever".into())
    })
}
