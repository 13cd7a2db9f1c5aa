//! What an editor's user waits for: the adapter's start, its answers at a stop, the panes, steps.
//!
//! Called by `measure`. Invariant: debuggers take turns, and each is gone before the next; each value is the median of what
//! one session saw.

use std::time::{Duration, Instant};

use crate::Result;
use crate::contenders::{Breakpoint, Case, Contender, Move, Session, Setup};
use crate::lab::Lab;
use crate::results::{Column, Group};
use crate::statistics::spread;

const PROGRAM: &str = "shown.py";
/// Sessions of each.
const TURNS: usize = 3;
/// Answers and panes a session.
const ASKED: usize = 25;
/// How long is stepped at least.
const STEPPING: Duration = Duration::from_millis(700);

/// By the adapter, as an editor has it.
const BY_ADAPTER: [Contender; 2] = [Contender::PausaAdapter, Contender::Debugpy];

/// Milliseconds, but for `steps`.
#[derive(Default)]
pub struct Measured {
    /// From the adapter's launch to the first stop (for Python alone: to its first line).
    pub start: Group,
    /// For a stack of the stopped thread.
    pub answer: Group,
    /// For threads, stack, scopes and variables, one after the other.
    pub panes: Group,
    /// `next` a second.
    pub steps: Group,
}

/// Measures on one Python.
pub fn measure(lab: &Lab) -> Measured {
    let mut measured = Measured::default();
    for _ in 0..TURNS {
        plain(lab, &mut measured.start);
        for contender in BY_ADAPTER {
            let mut values = Vec::new();
            let outcome = session(lab, contender, &mut values);
            let groups = [&mut measured.start, &mut measured.answer, &mut measured.panes, &mut measured.steps];
            for (at, group) in groups.into_iter().enumerate() {
                let column = group.columns.entry(contender).or_default();
                column.values.extend(values.get(at));
                column.failed = column.failed.take().or_else(|| outcome.as_ref().err().cloned());
            }
        }
    }
    measured
}

fn plain(lab: &Lab, start: &mut Group) {
    let column: &mut Column = start.columns.entry(Contender::Plain).or_default();
    match super::start::first_stop(lab, Contender::Plain) {
        Ok((milliseconds, _)) => column.values.push(milliseconds),
        Err(why) => column.failed = Some(why),
    }
}

/// One session: its values in the order of [`Measured`]'s fields, as far as it came.
fn session(lab: &Lab, contender: Contender, values: &mut Vec<f64>) -> Result<()> {
    let program = lab.workload(PROGRAM);
    let breakpoint = Breakpoint { file: program.clone(), line: lab.line(PROGRAM, "shown")?, ..Default::default() };
    let setup = Setup { breakpoints: vec![breakpoint], ..Default::default() };
    let case = Case { program, arguments: Vec::new(), setup, files: Vec::new() };
    let began = Instant::now();
    let mut debuggee = contender.begin(lab, &case)?;
    let session = &mut debuggee.session;
    session.stopped()?;
    values.push(milliseconds(began));
    // The first time of anything is its own: a user feels the others.
    session.panes()?;
    values.push(median(session, |session| session.answer())?);
    values.push(median(session, |session| session.panes())?);
    let (began, mut steps) = (Instant::now(), 0_u32);
    while began.elapsed() < STEPPING {
        session.go(Move::Next)?;
        session.stopped()?;
        steps += 1;
    }
    values.push(f64::from(steps) / began.elapsed().as_secs_f64());
    Ok(())
}

fn median(session: &mut Box<dyn Session>, ask: impl Fn(&mut Box<dyn Session>) -> Result<()>) -> Result<f64> {
    let mut values = Vec::new();
    for _ in 0..ASKED {
        let began = Instant::now();
        ask(session)?;
        values.push(milliseconds(began));
    }
    spread(values).map(|spread| spread.median).ok_or_else(|| "nothing was asked".to_owned())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
