//! What is asked for and done at a stop, as docs/java.md has it: how long until the answer, or until the thread stops again.
//!
//! Called by `measure`. Invariant: nothing is measured but pausa, as no other debugger has these; each value is one turn.

use std::collections::BTreeMap;
use std::fs;

use crate::Result;
use crate::contenders::{AtStop, Breakpoint, Case, Contender, Move, Setup};
use crate::lab::Lab;
use crate::results::{Column, Group};
use crate::statistics::spread;

const PROGRAM: &str = "stops.py";
/// The module that is reloaded: `value` of the next turn takes the place of the one before.
const EDITED: &str = "edited.py";
/// Turns of each.
const TURNS: usize = 25;

/// Keys of the rows, and what each does.
const ROWS: [(&str, AtStop); 8] = [
    ("stop_instances", AtStop::Instances),
    ("stop_referrers", AtStop::Referrers),
    ("stop_size", AtStop::Size),
    ("stop_locks", AtStop::Locks),
    ("stop_reload", AtStop::Reload(EDITED)),
    ("stop_restart_frame", AtStop::RestartFrame),
    ("stop_force_return", AtStop::ForceReturn),
    ("stop_throw", AtStop::Throw),
];

/// Milliseconds for each row that is wanted.
pub fn measure(lab: &Lab, wanted: &dyn Fn(&str) -> bool) -> BTreeMap<&'static str, Group> {
    let rows = ROWS.into_iter().filter(|(key, _)| wanted(key));
    let measured = rows.map(|(key, what)| {
        let mut column = Column::default();
        column.failed = turns(lab, what, &mut column.values).err();
        let note = spread(column.values.clone()).map(|spread| format!("median {:.3} ms", spread.median));
        (key, Group { columns: BTreeMap::from([(Contender::Pausa, column)]), note })
    });
    measured.collect()
}

fn turns(lab: &Lab, what: AtStop, values: &mut Vec<f64>) -> Result<()> {
    let program = lab.workload(PROGRAM);
    let breakpoint = Breakpoint { file: program.clone(), line: lab.line(PROGRAM, "stop")?, ..Default::default() };
    let setup = Setup { breakpoints: vec![breakpoint], ..Default::default() };
    let files = vec![(EDITED.into(), module(0))];
    let mut debuggee = Contender::Pausa.begin(lab, &Case { program, arguments: Vec::new(), setup, files })?;
    let folder = debuggee.folder().to_owned();
    debuggee.session.stopped()?;
    // The first turn, which is not counted, finds caches empty.
    for turn in 0..=TURNS {
        fs::write(folder.join(EDITED), module(turn + 1)).map_err(|error| format!("{EDITED}: {error}"))?;
        let took = debuggee.session.at_stop(what, &folder)?;
        if turn > 0 {
            values.push(took.as_secs_f64() * 1000.0);
        }
        debuggee.session.go(Move::Continue)?;
        debuggee.session.stopped()?;
    }
    Ok(())
}

fn module(turn: usize) -> String {
    format!("def value():\n    return {turn}\n")
}
