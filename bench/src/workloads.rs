//! The table of what is measured: programs, what is set in them, what pausa must reach.
//!
//! Read by `measure`, `counts` and `page`. Invariant: a key stands for one row of the page and never changes its meaning.

use crate::Result;
use crate::contenders::{Breakpoint, Case, Contender, Move, Setup, Watched};
use crate::lab::Lab;

use Contender::{
    ByHand, Debugpy, NothingLine, NothingRaise, NothingSettrace, NothingStart, Pausa, PausaIdle, PausaSettrace, Pdb,
    Plain,
};

/// All debuggers.
const DEBUGGERS: &[Contender] = &[Plain, Pausa, PausaSettrace, Debugpy, Pdb];
/// All debuggers and the condition as the program's author would write it.
const BY_HAND: &[Contender] = &[Plain, ByHand, Pausa, PausaSettrace, Debugpy, Pdb];
/// All there are.
const ALL: &[Contender] =
    &[Plain, Pausa, PausaIdle, PausaSettrace, Debugpy, Pdb, NothingSettrace, NothingStart, NothingLine];
/// All debuggers and the least that being told of exceptions costs.
const TOLD: &[Contender] = &[Plain, NothingRaise, Pausa, PausaSettrace, Debugpy, Pdb];
/// pausa alone.
const OWN: &[Contender] = &[Plain, Pausa, PausaSettrace];
/// Where nothing is set but what the talk set.
const IDLE: &[Contender] = &[Plain, PausaIdle, NothingSettrace, NothingStart, NothingLine];

/// Benchmarks of pyperformance with a function that is hot and has a line that is hardly ever reached.
pub const EIGHT: [&str; 8] = ["richards", "deltablue", "chaos", "raytrace", "hexiom", "nqueens", "generators", "float"];
/// More of them, if time is plenty.
pub const MORE: [&str; 5] = ["fannkuch", "scimark", "pyflate", "go", "meteor_contest"];
/// Pure-Python benchmarks in which no such line is: nothing is set in them.
pub const UNSET: [&str; 6] =
    ["nbody", "spectral_norm", "coroutines", "async_generators", "unpack_sequence", "comprehensions"];

/// What a row's figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A multiple of what the program takes alone.
    Ratio,
    /// What one iteration costs more than alone.
    Nanoseconds,
}

/// What pausa must reach: at most this much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Must {
    /// On 3.14 and later.
    pub now: f64,
    /// Before.
    pub before: f64,
    /// Beyond what the expression costs as an `if` in the source.
    pub beyond_by_hand: bool,
}

impl Must {
    const fn always(value: f64) -> Self {
        Self { now: value, before: value, beyond_by_hand: false }
    }

    /// A comparison of an integer with a constant.
    const fn plainest() -> Self {
        Self { now: 20.0, before: 25.0, beyond_by_hand: false }
    }

    /// On 3.`minor`.
    pub fn on(self, minor: u32) -> f64 {
        if minor >= 14 { self.now } else { self.before }
    }
}

/// Noise that a ratio of 1.00 has on a quiet machine.
const NOTHING: Must = Must::always(1.02);

/// A row that is measured in rounds.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in results and on the command line.
    pub key: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// What its figures are.
    pub unit: Unit,
    /// What pausa must reach.
    pub must: Must,
    /// Who runs it.
    pub contenders: &'static [Contender],
    /// What the issue calls steps: how each round goes on from its stop.
    pub step: Option<Move>,
    /// The clock on the wall counts, as others than the program work for it.
    pub wall: bool,
    /// Events of pausa an iteration, in steady state.
    pub events: i64,
    program: &'static str,
    work: Option<&'static str>,
    set: Set,
}

/// What is set in a workload.
#[derive(Clone, Copy, Debug)]
enum Set {
    Nothing,
    /// A breakpoint at the line of this marker.
    At(&'static str),
    /// Two of them.
    Both(&'static str, &'static str),
    /// One with a condition.
    If(&'static str, &'static str),
    /// One that waits for more hits than will come.
    After(&'static str),
    /// One that prints a name.
    Log(&'static str, &'static str),
    /// Stops where this type is raised.
    Raised(&'static str),
    /// A condition in a function of so many lines more.
    Long(usize),
    /// A function breakpoint with a condition.
    Function(&'static str, &'static str),
    /// Stops where this changes.
    Watch(&'static str),
    /// Stops where this variable of a function's call changes.
    WatchLocal(&'static str, &'static str),
    /// Stops where this is read.
    Read(&'static str),
}

const fn row(key: &'static str, title: &'static str, work: &'static str, set: Set) -> Workload {
    Workload {
        key,
        title,
        unit: Unit::Ratio,
        must: NOTHING,
        contenders: DEBUGGERS,
        step: None,
        wall: false,
        events: 0,
        program: "loops.py",
        work: Some(work),
        set,
    }
}

const fn condition(key: &'static str, title: &'static str, work: &'static str, set: Set, must: Must) -> Workload {
    let contenders = BY_HAND;
    Workload { unit: Unit::Nanoseconds, must, contenders, events: 1, ..row(key, title, work, set) }
}

/// What debugpy and pdb do not have.
const fn own(key: &'static str, title: &'static str, work: &'static str, set: Set, most: f64, events: i64) -> Workload {
    Workload {
        unit: Unit::Nanoseconds,
        must: Must::always(most),
        contenders: OWN,
        events,
        ..row(key, title, work, set)
    }
}

/// All rows that are measured in rounds, in the order of the page.
pub const ROWS: &[Workload] = &[
    row("idle_calls", "nothing; calls", "calls", Set::Nothing),
    row("idle_generators", "nothing; generators", "generators", Set::Nothing),
    row("idle_awaits", "nothing; awaits", "awaits", Set::Nothing),
    row("elsewhere_calls", "a breakpoint in another function; calls", "calls", Set::At("elsewhere")),
    row("elsewhere_generators", "a breakpoint in another function; generators", "generators", Set::At("elsewhere")),
    row("elsewhere_awaits", "a breakpoint in another function; awaits", "awaits", Set::At("elsewhere")),
    Workload {
        contenders: ALL,
        ..row("never_loop", "a breakpoint on a never-reached line of the hot loop's function", "loop", Set::At("never"))
    },
    Workload {
        program: "threaded.py",
        work: None,
        must: Must::always(1.05),
        ..row("never_threads", "the same, four threads and a queue", "", Set::At("never"))
    },
    Workload {
        program: "tasks.py",
        work: None,
        must: Must::always(1.05),
        // Before 3.13 the end of each task is an exception that is raised.
        events: 1,
        ..row("never_tasks", "the same, tasks of asyncio", "", Set::At("never"))
    },
    condition("if_equal", "condition never true, `i == -1`", "loop", Set::If("hot", "i == -1"), Must::plainest()),
    condition(
        "if_attribute",
        "`account.balance > limit`",
        "attribute",
        Set::If("attribute", "account.balance > limit"),
        Must::always(35.0),
    ),
    condition(
        "if_both",
        "`i == 2_000_000_000 and s is None`",
        "loop",
        Set::If("hot", "i == 2_000_000_000 and s is None"),
        Must::always(35.0),
    ),
    condition(
        "if_call",
        "a call, `abs(i) < 0`",
        "loop",
        Set::If("hot", "abs(i) < 0"),
        Must { beyond_by_hand: true, ..Must::always(75.0) },
    ),
    condition(
        "if_comprehension",
        "a comprehension, `[x for x in (i,) if x < 0]`",
        "loop",
        Set::If("hot", "[x for x in (i,) if x < 0]"),
        Must { beyond_by_hand: true, ..Must::always(75.0) },
    ),
    Workload {
        contenders: DEBUGGERS,
        ..condition("hit_count", "a hit count that is not reached", "loop", Set::After("hot"), Must::always(20.0))
    },
    Workload {
        contenders: DEBUGGERS,
        wall: true,
        ..condition(
            "log",
            "a logpoint, until the client has its text",
            "loop",
            Set::Log("hot", "i"),
            Must::always(1500.0),
        )
    },
    Workload {
        step: Some(Move::Next),
        ..row("step_over", "`next` over a call that runs long", "step_over", Set::At("over"))
    },
    Workload { step: Some(Move::Return), ..row("step_out", "`return` from a hot loop", "step_out", Set::At("out")) },
    Workload {
        step: Some(Move::Continue),
        ..row("run_to_line", "a run to a line past a hot loop", "run_to_line", Set::Both("past", "past_end"))
    },
    Workload {
        must: Must::always(1.1),
        contenders: TOLD,
        events: 2,
        ..row("raise_1", "handled exceptions, raised across 1 frame", "raises_1", Set::Nothing)
    },
    Workload {
        must: Must::always(1.1),
        contenders: TOLD,
        events: 51,
        ..row("raise_50", "handled exceptions, raised across 50 frames", "raises_50", Set::Nothing)
    },
    Workload {
        must: Must::always(1.5),
        contenders: TOLD,
        events: 2,
        ..row("raised_1", "filter `raised` for another type, 1 frame", "raises_1", Set::Raised("ZeroDivisionError"))
    },
    Workload {
        must: Must::always(1.5),
        contenders: TOLD,
        events: 51,
        ..row("raised_50", "filter `raised` for another type, 50 frames", "raises_50", Set::Raised("ZeroDivisionError"))
    },
    own("function_entry", "`b called if x == -1`, a call", "calls", Set::Function("called", "x == -1"), 40.0, 1),
    own(
        "function_exit",
        "`b called return if x == -1`, a call",
        "calls",
        Set::Function("called return", "x == -1"),
        150.0,
        1,
    ),
    own(
        "function_raise",
        "`b called raise if x == -1`, a call that returns",
        "calls",
        Set::Function("called raise", "x == -1"),
        2.0,
        0,
    ),
    own("watch_global", "a global is watched, a store to another one", "stores_global", Set::Watch("LIMIT"), 30.0, 0),
    own(
        "watch_attribute",
        "an attribute is watched, a store to another one of the object",
        "stores_attribute",
        Set::Watch("WATCHED.balance"),
        50.0,
        0,
    ),
    own(
        "watch_sibling",
        "an attribute is watched, the same stored in another object",
        "stores_sibling",
        Set::Watch("WATCHED.balance"),
        2.0,
        0,
    ),
    own(
        "read_sibling",
        "an attribute is watched for reads, the same read from another object",
        "reads_sibling",
        Set::Read("WATCHED.balance"),
        60.0,
        1,
    ),
    Workload {
        program: "watched.py",
        ..own(
            "watch_local",
            "a local is watched, two lines of its call",
            "in_call",
            Set::WatchLocal("kept", "in_call"),
            80.0,
            2,
        )
    },
    Workload {
        program: "watched.py",
        ..own(
            "watch_callee",
            "a local is watched, two lines of a function that is called",
            "in_callee",
            Set::WatchLocal("kept", "in_callee"),
            2.0,
            0,
        )
    },
    condition("long_10", "`i == -1` in a function of 10 lines more", "", Set::Long(10), Must::plainest()),
    condition("long_4000", "`i == -1` in a function of 4,000 lines more", "", Set::Long(4000), Must::plainest()),
];

impl Workload {
    /// The program with all that is set, for a contender.
    pub fn case(&self, lab: &Lab, contender: Contender) -> Result<Case> {
        if let Set::Long(lines) = self.set {
            return Ok(long(lines, contender));
        }
        let (program, line) = (lab.workload(self.program), |marker| lab.line(self.program, marker));
        let at =
            |marker| Ok::<_, String>(Breakpoint { file: program.clone(), line: line(marker)?, ..Default::default() });
        let mut setup = Setup::default();
        match self.set {
            Set::Nothing | Set::Long(_) => {}
            Set::At(marker) => setup.breakpoints.push(at(marker)?),
            Set::Both(one, other) => setup.breakpoints.extend([at(one)?, at(other)?]),
            Set::If(marker, condition) => {
                setup.breakpoints.push(Breakpoint { condition: Some(condition.to_owned()), ..at(marker)? });
            }
            Set::After(marker) => {
                setup.breakpoints.push(Breakpoint { after: Some(1_000_000_000_000), ..at(marker)? });
            }
            Set::Log(marker, name) => setup.breakpoints.push(Breakpoint { log: Some(name), ..at(marker)? }),
            Set::Raised(name) => setup.raised = Some(name),
            Set::Function(name, condition) => setup.function = Some((name, condition)),
            Set::Watch(expression) => setup.watched = Some(Watched { expression, function: None, reads: false }),
            Set::WatchLocal(expression, function) => {
                setup.watched = Some(Watched { expression, function: Some(function), reads: false });
            }
            Set::Read(expression) => setup.watched = Some(Watched { expression, function: None, reads: true }),
        }
        let arguments = self.work.iter().map(|work| match contender {
            Contender::ByHand => format!("{}_by_hand", self.key.trim_start_matches("if_")),
            _ => (*work).to_owned(),
        });
        Ok(Case { arguments: arguments.collect(), program, setup, files: Vec::new() })
    }

    /// True if every iteration prints.
    pub fn logs(&self) -> bool {
        matches!(self.set, Set::Log(..))
    }
}

/// A loop in a function that has many lines more, which are not reached.
fn long(lines: usize, contender: Contender) -> Case {
    let here = env!("CARGO_MANIFEST_DIR");
    let by_hand =
        if contender == Contender::ByHand { "        if i == -1:\n            raise AssertionError\n" } else { "" };
    let more = "        s += 1\n".repeat(lines);
    let program = format!(
        "import sys\nsys.path.insert(0, {:?})\nfrom rounds import serve\n\n\ndef long(n):\n    s = 0\n    for i in range(n):\n\
         {by_hand}        s += i\n    if n < 0:\n{more}\n\nserve(long)\n",
        format!("{here}/workloads")
    );
    let breakpoint =
        Breakpoint { file: "long.py".into(), line: 9, condition: Some("i == -1".to_owned()), ..Default::default() };
    Case {
        program: "long.py".into(),
        arguments: Vec::new(),
        setup: Setup { breakpoints: vec![breakpoint], ..Default::default() },
        files: vec![("long.py".into(), program)],
    }
}

/// Who runs a benchmark of pyperformance.
pub fn benchmark_contenders(name: &str) -> &'static [Contender] {
    if UNSET.contains(&name) { IDLE } else { ALL }
}
