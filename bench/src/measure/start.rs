//! The way to the first stop: its time, and the memory there.
//!
//! Called by `measure`. Invariant: contenders start one after the other, in turns, and each is gone before the next.

use std::time::{Duration, Instant};

use super::STOPPING;
use crate::Result;
use crate::contenders::{Breakpoint, Case, Contender, DEADLINE, Setup};
use crate::lab::Lab;
use crate::measure::memory::resident;
use crate::results::{Column, Group};

const PROGRAM: &str = "first.py";
/// Turns that are made in any case.
const FEWEST: usize = 3;
/// More tell nothing new.
const MOST: usize = 20;

/// Milliseconds from the launch to the first stop (for Python alone: to the same line), and the debuggee's MB there.
pub fn measure(lab: &Lab, time: Duration) -> (Group, Group) {
    let began = Instant::now();
    let (mut times, mut memory) = (Group::default(), Group::default());
    for turn in 0..MOST {
        if turn >= FEWEST && began.elapsed() > time {
            break;
        }
        for contender in STOPPING {
            let (time, size) =
                (times.columns.entry(contender).or_default(), memory.columns.entry(contender).or_default());
            if time.failed.is_some() {
                continue;
            }
            match first_stop(lab, contender) {
                Ok((milliseconds, megabytes)) => {
                    time.values.push(milliseconds);
                    size.values.push(megabytes);
                }
                Err(why) => {
                    *time = Column { failed: Some(why.clone()), ..std::mem::take(time) };
                    size.failed = Some(why);
                }
            }
        }
    }
    (times, memory)
}

/// Starts a program once: milliseconds and MB.
pub fn first_stop(lab: &Lab, contender: Contender) -> Result<(f64, f64)> {
    let program = lab.workload(PROGRAM);
    let breakpoint = Breakpoint { file: program.clone(), line: lab.line(PROGRAM, "first")?, ..Default::default() };
    let setup = Setup { breakpoints: vec![breakpoint], ..Default::default() };
    let case = Case { program, arguments: Vec::new(), setup, files: Vec::new() };
    let began = Instant::now();
    let mut debuggee = contender.begin(lab, &case)?;
    if debuggee.session.stops() {
        debuggee.session.stopped()?;
    } else {
        debuggee.channel.ready(DEADLINE)?;
    }
    let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
    let pid = debuggee.session.pid().ok_or("it does not say the program's process id")?;
    Ok((milliseconds, resident(pid)?))
}
