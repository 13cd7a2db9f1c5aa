//! Rounds in turn: each contender holds its own process of the same program, and all of them work one after the other,
//! a few hundredths of a second each, again and again.
//!
//! Called by `measure` for nearly all rows. Invariant: equal places of two columns were measured one right after the
//! other; a contender that is too slow for its share of time takes part in fewer turns, and the first ones.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::contenders::{Case, Contender, DEADLINE, Debuggee, Move};
use crate::lab::Lab;
use crate::results::{Column, Group};
use crate::workloads::Workload;

/// What a round should take, in seconds.
const ROUND: f64 = 0.02;
/// A round that takes longer is not repeated more often than needed.
const SLOW: f64 = 2.0;
/// Turns that a contender takes part in even if its time is over, unless a round is slow.
const FEWEST: usize = 5;
/// More turns than this tell nothing new.
const MOST: usize = 60;

/// How long a group may be measured.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    time: Duration,
}

impl Limits {
    /// About so long, starts and calibration included.
    pub fn of(time: Duration) -> Self {
        Self { time }
    }

    /// What is left of it.
    pub fn left(self, began: Instant) -> Duration {
        self.time.saturating_sub(began.elapsed())
    }
}

/// How the rounds of a group are done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// How each goes on from its stop, if it has one.
    pub step: Option<Move>,
    /// The clock on the wall counts.
    pub wall: bool,
    /// Every iteration prints.
    pub logs: bool,
    /// The number of iterations is sent with a minus.
    pub negative: bool,
}

impl Manner {
    /// As a row of the table wants it.
    pub fn of(workload: &Workload) -> Self {
        Self { step: workload.step, wall: workload.wall, logs: workload.logs(), negative: false }
    }
}

/// Measures a row of the table.
pub fn workload(lab: &Lab, workload: &Workload, limits: Limits) -> Result<Group> {
    let began = Instant::now();
    let cases = workload.contenders.iter().map(|&contender| Ok((contender, workload.case(lab, contender)?)));
    let mut runners = start(lab, cases.collect::<Result<Vec<_>>>()?);
    turns(&mut runners, Manner::of(workload), limits.left(began));
    Ok(group(runners))
}

/// A contender with its process.
pub struct Runner {
    contender: Contender,
    debuggee: Option<Debuggee>,
    number: u64,
    spent: f64,
    column: Column,
}

/// Starts all contenders, side by side: most of a start is waiting.
pub fn start(lab: &Lab, cases: Vec<(Contender, Case)>) -> Vec<Runner> {
    thread::scope(|scope| {
        let begin =
            |(contender, case): (Contender, Case)| (contender, scope.spawn(move || contender.start(lab, &case)));
        let started: Vec<_> = cases.into_iter().map(begin).collect();
        let finish = |(contender, starting): (Contender, thread::ScopedJoinHandle<'_, _>)| {
            runner(contender, starting.join().unwrap_or_else(|_| Err("its start panicked".to_owned())))
        };
        started.into_iter().map(finish).collect()
    })
}

/// Starts them one after the other, for who times the start.
pub fn start_in_turn(lab: &Lab, cases: Vec<(Contender, Case)>) -> Vec<Runner> {
    cases.into_iter().map(|(contender, case)| runner(contender, contender.start(lab, &case))).collect()
}

fn runner(contender: Contender, started: Result<Debuggee>) -> Runner {
    let (debuggee, column) = match started {
        Ok(debuggee) => (Some(debuggee), Column::default()),
        Err(why) => (None, Column::failed(why)),
    };
    Runner { contender, debuggee, number: 1, spent: 0.0, column }
}

/// The values of all contenders.
pub fn group(runners: Vec<Runner>) -> Group {
    let columns = runners.into_iter().map(|runner| (runner.contender, runner.column));
    Group { columns: columns.collect::<BTreeMap<_, _>>(), note: None }
}

/// What a contender's program is, while it runs.
pub fn debuggee(runner: &Runner) -> Option<(Contender, &Debuggee)> {
    Some((runner.contender, runner.debuggee.as_ref()?))
}

/// The values so far, to measure something else with the same programs.
pub fn take(runners: &mut [Runner]) -> Group {
    let columns = runners.iter_mut().map(|runner| {
        let failed = runner.column.failed.clone();
        runner.number = 1;
        runner.spent = 0.0;
        (runner.contender, std::mem::replace(&mut runner.column, Column { failed, ..Column::default() }))
    });
    Group { columns: columns.collect(), note: None }
}

/// Finds out how many iterations make a round for each, then lets all of them work in turn.
pub fn turns(runners: &mut [Runner], manner: Manner, time: Duration) {
    for runner in runners.iter_mut() {
        runner.guarded(|runner| runner.calibrate(manner));
    }
    let began = Instant::now();
    let share = time.as_secs_f64() / runners.len().max(1) as f64;
    for turn in 0..MOST {
        let mut worked = false;
        // There and back: whoever is first on the way there is last on the way back.
        let order: Vec<usize> =
            if turn % 2 == 0 { (0..runners.len()).collect() } else { (0..runners.len()).rev().collect() };
        for place in order {
            let Some(runner) = runners.get_mut(place) else { continue };
            let late = began.elapsed() > time || runner.spent > share;
            let enough = runner.column.values.len() >= if runner.is_slow() { 1 } else { FEWEST };
            if runner.debuggee.is_none() || (late && enough) || (runner.is_slow() && enough) {
                continue;
            }
            // Equal places are pairs: who missed a turn misses all later ones.
            if runner.column.values.len() == turn {
                runner.guarded(|runner| runner.turn(manner));
                worked |= runner.contender != Contender::Plain;
            }
        }
        if !worked {
            break;
        }
    }
}

impl Runner {
    /// A contender that fails is out, with its reason.
    fn guarded(&mut self, step: impl FnOnce(&mut Self) -> Result<()>) {
        if self.debuggee.is_some()
            && let Err(why) = step(self)
        {
            self.debuggee = None;
            self.column.failed = Some(why);
        }
    }

    fn is_slow(&self) -> bool {
        self.number == 1 && self.spent > SLOW
    }

    fn calibrate(&mut self, manner: Manner) -> Result<()> {
        loop {
            let (mut took, _) = self.round(manner)?;
            if took > ROUND / 2.0 && took < SLOW {
                // Once may be the machine's doing, and too small a number would time the way to the program and back.
                took = took.min(self.round(manner)?.0);
            }
            self.spent = took;
            if took > ROUND / 2.0 || self.number > 1 << 40 {
                return Ok(());
            }
            // A round too short to be timed tells only that there must be many more.
            self.number = (self.number as f64 * (ROUND / took.max(1e-9)).clamp(2.0, 30.0)) as u64;
        }
    }

    fn turn(&mut self, manner: Manner) -> Result<()> {
        let (took, lost) = self.round(manner)?;
        self.spent += took;
        self.column.lost += lost;
        self.column.values.push(took / self.number as f64);
        Ok(())
    }

    fn round(&mut self, manner: Manner) -> Result<(f64, u64)> {
        let debuggee = self.debuggee.as_mut().ok_or("it is gone")?;
        round(debuggee, manner, self.number)
    }
}

/// One round of so many iterations: seconds, and how many messages were lost.
pub fn round(debuggee: &mut Debuggee, manner: Manner, number: u64) -> Result<(f64, u64)> {
    let Debuggee { session, channel, .. } = debuggee;
    let signed = i64::try_from(number).unwrap_or(i64::MAX);
    let began = Instant::now();
    channel.send(if manner.negative { -signed } else { signed })?;
    if let (Some(step), true) = (manner.step, session.stops()) {
        session.stopped()?;
        session.go(step)?;
        session.stopped()?;
        session.go(Move::Continue)?;
    }
    let took = channel.receive(DEADLINE)?;
    if manner.logs && session.stops() {
        let lost = number.saturating_sub(session.messages(number)?);
        // Without those that are lost the wait for them would count.
        return Ok((if lost == 0 { began.elapsed().as_secs_f64() } else { took.wall }, lost));
    }
    Ok((if manner.wall { took.wall } else { took.processor }, 0))
}
