//! `--counts`: how many events the interpreter delivers to pausa in each workload. Nothing is timed.
//!
//! Called by `main`, and so by CI. Invariant: a count is of a steady state, so it is the same on a busy machine.

use crate::Result;
use crate::contenders::{Contender, Debuggee};
use crate::lab::Lab;
use crate::measure::rounds::{self, Manner};
use crate::workloads::{ROWS, Workload};

/// Iterations of the rounds that are not counted: each line is told once.
const WARM: u64 = 10;
/// Iterations of the round that is counted.
const COUNTED: u64 = 200;
/// Events that a round may have of its own: its stops and steps, and lines that it reaches for the first time.
const FEW: i64 = 30;

/// Checks all rows on all Pythons that pausa can debug.
pub fn check(labs: &[Lab]) -> Result<()> {
    let mut faults = Vec::new();
    for lab in labs {
        if lab.minor < 12 {
            println!("{}: skipped: sys.monitoring came with 3.12", lab.version);
            continue;
        }
        for row in ROWS {
            match count(lab, row) {
                Ok(events) => {
                    let most = row.events * COUNTED.cast_signed() + FEW;
                    println!(
                        "{} {:24} {events:6} events in {COUNTED} iterations, at most {most}",
                        lab.version, row.key
                    );
                    if events > most {
                        faults.push(format!("{} on {}: {events} events, at most {most}", row.key, lab.version));
                    }
                }
                Err(Uncounted::Unable(why)) => println!("{} {:24} skipped: {why}", lab.version, row.key),
                Err(Uncounted::Failed(why)) => faults.push(format!("{} on {}: {why}", row.key, lab.version)),
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\nerror: ")) }
}

/// Why there is no count.
enum Uncounted {
    /// pausa cannot do it yet.
    Unable(String),
    Failed(String),
}

fn count(lab: &Lab, row: &Workload) -> std::result::Result<i64, Uncounted> {
    let case = row.case(lab, Contender::Pausa).map_err(Uncounted::Failed)?;
    let mut debuggee = Contender::Pausa
        .start(lab, &case)
        .map_err(|why| if case.setup.raised.is_some() { Uncounted::Unable(why) } else { Uncounted::Failed(why) })?;
    counted(&mut debuggee, Manner::of(row)).map_err(Uncounted::Failed)
}

fn counted(debuggee: &mut Debuggee, manner: Manner) -> Result<i64> {
    for _ in 0..2 {
        rounds::round(debuggee, manner, WARM)?;
    }
    let before: i64 = debuggee.session.delivered()?.values().sum();
    rounds::round(debuggee, manner, COUNTED)?;
    let after: i64 = debuggee.session.delivered()?.values().sum();
    Ok(after - before)
}
