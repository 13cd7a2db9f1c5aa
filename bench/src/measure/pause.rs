//! A pause of eight busy threads: how long until all of them hold still.
//!
//! Called by `measure`. The threads count in a file that we watch. Invariant: what counts is the last change of the file,
//! whatever the debugger claims.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::contenders::{Case, Contender, DEADLINE, Debuggee, Move, Setup};
use crate::lab::Lab;
use crate::results::{Column, Group};

/// A counter of 8 bytes a thread.
const COUNTS: &str = "counts";
const SIZE: usize = 64;
/// How often the file is looked at: memory that others write has no event to wait for.
const LOOK: Duration = Duration::from_micros(200);
/// As long as this nothing may change.
const STILL: Duration = Duration::from_millis(200);

/// Milliseconds from the request to the last change, `number` times.
pub fn measure(lab: &Lab, number: usize) -> Group {
    let contenders = [Contender::Pausa, Contender::PausaSettrace, Contender::Debugpy, Contender::Pdb];
    let columns = contenders.into_iter().map(|contender| {
        let mut column = Column::default();
        column.failed = pauses(lab, contender, number, &mut column.values).err();
        (contender, column)
    });
    Group { columns: columns.collect(), note: None }
}

fn pauses(lab: &Lab, contender: Contender, number: usize, values: &mut Vec<f64>) -> Result<()> {
    let zeros = "\0".repeat(SIZE);
    let case = Case {
        program: lab.workload("busy.py"),
        arguments: Vec::new(),
        setup: Setup::default(),
        files: vec![(COUNTS.into(), zeros)],
    };
    let mut debuggee = contender.begin(lab, &case)?;
    debuggee.channel.ready(DEADLINE)?;
    for _ in 0..number {
        values.push(pause(&mut debuggee)?);
    }
    Ok(())
}

fn pause(debuggee: &mut Debuggee) -> Result<f64> {
    let file = debuggee.folder().join(COUNTS);
    await_change(&file)?;
    let began = Instant::now();
    debuggee.session.pause()?;
    debuggee.session.stopped()?;
    let (mut last, mut changed) = (counts(&file)?, Instant::now());
    while changed.elapsed() < STILL {
        if began.elapsed() > DEADLINE {
            return Err("some threads never hold still".to_owned());
        }
        thread::park_timeout(LOOK);
        let now = counts(&file)?;
        if now != last {
            (last, changed) = (now, Instant::now());
        }
    }
    debuggee.session.go(Move::Continue)?;
    Ok((changed - began).as_secs_f64() * 1000.0)
}

/// Waits until the threads run.
fn await_change(file: &Path) -> Result<()> {
    let (began, first) = (Instant::now(), counts(file)?);
    while counts(file)? == first {
        if began.elapsed() > DEADLINE {
            return Err("the threads do not run".to_owned());
        }
        thread::park_timeout(LOOK);
    }
    Ok(())
}

fn counts(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| format!("the threads' counts are gone: {error}"))
}
