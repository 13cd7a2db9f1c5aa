//! All measurements on one Python, in an order that spreads a budget of time over them.
//!
//! Called by `main`. Invariant: a measurement that fails leaves its reason in the report and the others go on.

mod benchmarks;
mod large;
mod memory;
mod pause;
mod protocol;
pub mod rounds;
mod start;
mod stops;

use std::time::{Duration, Instant};

use crate::Result;
use crate::contenders::Contender;
use crate::lab::Lab;
use crate::results::{Group, Report};
use crate::workloads::{EIGHT, MORE, ROWS, UNSET};

/// The key of what has no workload of its own.
pub const FIRST_STOP: &str = "first_stop";
/// Resident memory at the first stop, in MB.
pub const FIRST_STOP_MEMORY: &str = "first_stop_memory";
/// Milliseconds from a pause to all threads at rest.
pub const PAUSE: &str = "pause";
/// Seconds to set many breakpoints.
pub const LARGE_SETTING: &str = "large_setting";
/// Running with them.
pub const LARGE_RUNNING: &str = "large_running";
/// Importing what they are in.
pub const LARGE_IMPORT: &str = "large_import";
/// MB by which memory grows over many code objects.
pub const CODE_OBJECTS: &str = "code_objects";
/// Milliseconds from an adapter's start to the first stop.
pub const ADAPTER_START: &str = "adapter_start";
/// Milliseconds for an answer at a stop.
pub const ADAPTER_ANSWER: &str = "adapter_answer";
/// Milliseconds for all panes of an editor.
pub const ADAPTER_PANES: &str = "adapter_panes";
/// Steps a second.
pub const ADAPTER_STEPS: &str = "adapter_steps";
/// Before the name of a benchmark of pyperformance.
pub const BENCHMARK: &str = "pyperformance_";

/// Benchmarks of pyperformance that are run even if the time is over.
const FEWEST_BENCHMARKS: usize = 3;

/// A share of time with which what is slow is repeated more often.
const A_GENEROUS_SHARE: Duration = Duration::from_secs(5);

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The time for one Python.
    pub budget: Duration,
    /// The least that shows whether all works.
    pub quick: bool,
    /// More benchmarks than the eight.
    pub suite: bool,
}

impl Extent {
    /// The benchmarks of pyperformance to run.
    fn benchmarks(&self) -> Vec<&'static str> {
        match (self.quick, self.suite) {
            (true, _) => EIGHT.into_iter().take(2).collect(),
            (false, false) => EIGHT.to_vec(),
            (false, true) => EIGHT.into_iter().chain(MORE).chain(UNSET).collect(),
        }
    }
}

/// Measures what `wanted` says on one Python.
pub fn all(lab: &Lab, extent: Extent, wanted: &dyn Fn(&str) -> bool) -> Report {
    let mut notes = Notes { report: about(lab), began: Instant::now() };
    let rows: Vec<_> = ROWS.iter().filter(|row| wanted(row.key)).collect();
    let benchmarks: Vec<_> =
        extent.benchmarks().into_iter().filter(|name| wanted(&format!("{BENCHMARK}{name}"))).collect();
    // A benchmark has more contenders, and longer iterations, than a small loop.
    let shares = u32::try_from(rows.len() + 3 * benchmarks.len() + 6).unwrap_or(u32::MAX);
    let share = extent.budget / shares;
    for row in rows {
        notes.take(row.key, rounds::workload(lab, row, rounds::Limits::of(share)));
    }
    if wanted(FIRST_STOP) {
        let (time, memory) = start::measure(lab, 2 * share);
        notes.take(FIRST_STOP, Ok(time));
        notes.take(FIRST_STOP_MEMORY, Ok(memory));
    }
    if wanted("adapter") {
        let measured = protocol::measure(lab);
        notes.take(ADAPTER_START, Ok(measured.start));
        notes.take(ADAPTER_ANSWER, Ok(measured.answer));
        notes.take(ADAPTER_PANES, Ok(measured.panes));
        notes.take(ADAPTER_STEPS, Ok(measured.steps));
    }
    if wanted(PAUSE) {
        notes.take(PAUSE, Ok(pause::measure(lab, if share < A_GENEROUS_SHARE { 3 } else { 10 })));
    }
    for (key, group) in stops::measure(lab, wanted) {
        notes.take(key, Ok(group));
    }
    if wanted(CODE_OBJECTS) {
        notes.take(CODE_OBJECTS, Ok(memory::measure(lab, if extent.quick { 10_000 } else { 100_000 })));
    }
    if wanted("large") {
        let measured = large::measure(lab, if extent.quick { 20 } else { 100 }, rounds::Limits::of(2 * share));
        notes.take(LARGE_SETTING, Ok(measured.setting));
        notes.take(LARGE_RUNNING, Ok(measured.running));
        notes.take(LARGE_IMPORT, Ok(measured.import));
    }
    for (done, name) in benchmarks.into_iter().enumerate() {
        if done >= FEWEST_BENCHMARKS && notes.began.elapsed() > extent.budget {
            println!("{}: no time for further benchmarks: give more with --budget", lab.version);
            break;
        }
        notes.take(&format!("{BENCHMARK}{name}"), benchmarks::measure(lab, name, rounds::Limits::of(3 * share)));
    }
    notes.report
}

/// The report that grows, and is shown while it does.
struct Notes {
    report: Report,
    began: Instant,
}

impl Notes {
    fn take(&mut self, key: &str, group: Result<Group>) {
        let group = group.unwrap_or_else(|why| Group { note: Some(why), ..Group::default() });
        let seconds = self.began.elapsed().as_secs();
        println!("{} {seconds:4} s  {}", self.report.python, crate::page::line(key, &group));
        self.report.measured.insert(key.to_owned(), group);
    }
}

/// What a report says of its run.
fn about(lab: &Lab) -> Report {
    let said = |program: &std::ffi::OsStr, words: &[&str]| {
        let output = std::process::Command::new(program).args(words).output().ok().filter(|o| o.status.success());
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let build = "import sys, time; print(time.strftime('%Y-%m-%d'), sys.version.split('[')[1].rstrip(']'), sep='|')";
    let text = said(lab.python.as_os_str(), &["-c", build]);
    let mut parts = text.split('|');
    let date = parts.next().unwrap_or_default().to_owned();
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Report {
        python: lab.version.clone(),
        build: parts.next().unwrap_or_default().to_owned(),
        date,
        machine: format!(
            "{}, {cores} cores, load {} at the beginning",
            model.unwrap_or("unknown processor"),
            load.split(' ').next().unwrap_or("unknown")
        ),
        commit: said("git".as_ref(), &["rev-parse", "--short", "HEAD"]),
        ..Report::default()
    }
}

/// Those of `contenders` that stop programs, with Python alone before them.
const STOPPING: [Contender; 5] =
    [Contender::Plain, Contender::Pausa, Contender::PausaSettrace, Contender::Debugpy, Contender::Pdb];
