//! What the engine's decisions cost, without an interpreter: `cargo bench -p pausa-engine`.
//!
//! Invariant: what is timed is called as `cpython` calls it; nothing is checked here, the tests do that.

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pausa_engine::breakpoints::{BreakpointId, Breakpoints, Known, Place, Standing, Wanted};
use pausa_engine::code::{CodeFacts, CodeKind};
use pausa_engine::hits::{HitCondition, Hits};
use pausa_engine::port::{Line, ThreadId};
use pausa_engine::stepping::{FrameKey, LineEvent, Step, StepKind};
use pausa_engine::tasks::Lineage;
use pausa_engine::{exception_table, log_message};

const FILE: &str = "/package/module.py";
/// Functions of a module, each with a breakpoint.
const FUNCTIONS: Line = 50;
/// Lines of each.
const LINES: Line = 9;

fn wanted(line: Line) -> Wanted {
    let place = Place::Line(FILE.to_owned(), line);
    Wanted { place, condition: None, tasks: Default::default(), hit_condition: None, log_message: None, fault: None }
}

fn function(number: Line) -> CodeFacts {
    let first = number * LINES + 1;
    CodeFacts {
        file: FILE.to_owned(),
        qualname: format!("function_{number}"),
        kind: CodeKind::Function,
        lines: (first + 1..first + LINES).collect(),
        entry: Some(first + 1),
        start_line: first,
        span: (first, first + LINES - 1),
    }
}

/// Sets a breakpoint in each function and finds where it stands.
fn set(codes: &[CodeFacts]) -> (Breakpoints, Vec<BreakpointId>) {
    let mut breakpoints = Breakpoints::default();
    let ids = breakpoints.replace_in_file(FILE, (0..FUNCTIONS).map(|number| wanted(number * LINES + 5)).collect());
    let known = Known { codes, loaded: true, otherwise: Standing::Pending("the file to be imported".to_owned()) };
    for &id in &ids {
        breakpoints.resolve(id, &known);
    }
    (breakpoints, ids)
}

fn breakpoints(criterion: &mut Criterion) {
    let codes: Vec<CodeFacts> = (0..FUNCTIONS).map(function).collect();
    criterion.bench_function("set 50 breakpoints in a file of 50 functions", |bencher| {
        bencher.iter(|| set(black_box(&codes)));
    });
    let (breakpoints, _) = set(&codes);
    criterion.bench_function("the breakpoints of one function among 50", |bencher| {
        bencher.iter(|| codes.last().map(|code| breakpoints.sites(black_box(code), true)));
    });
}

fn hits(criterion: &mut Criterion) {
    let (hits, condition) = (Hits::default(), HitCondition::parse("== 1000000000000"));
    criterion.bench_function("a hit that is counted and not wanted", |bencher| {
        bencher.iter(|| condition.as_ref().map(|condition| condition.holds(black_box(&hits).count())));
    });
    criterion.bench_function("a log message taken apart", |bencher| {
        bencher.iter(|| log_message::parts(black_box("at {i}: {total} of {len(items)}")));
    });
}

fn stepping(criterion: &mut Criterion) {
    let waiting: HashMap<FrameKey, Line> = (0..50).map(|depth| (FrameKey(4096 + 64 * depth), 7)).collect();
    let step = Step::new(StepKind::Over, ThreadId(1), FrameKey(4032), 5, waiting);
    criterion.bench_function("a line of another frame during a step over, 50 frames deep", |bencher| {
        let event =
            LineEvent { thread: ThreadId(1), frame: FrameKey(64), line: 6, in_scope: true, lineage: Lineage::Own };
        bencher.iter(|| step.ends_at(black_box(&event)));
    });
}

fn exceptions(criterion: &mut Criterion) {
    // Twenty entries of two instructions each, every one of which goes to instruction 60.
    let table: Vec<u8> = (0..20).flat_map(|entry| [0x80 | (3 * entry), 2, 60, 0]).collect();
    criterion.bench_function("the handler of an instruction among 20 entries", |bencher| {
        bencher.iter(|| exception_table::handler(black_box(&table), black_box(2 * 58)));
    });
}

criterion_group!(benches, breakpoints, hits, stepping, exceptions);
criterion_main!(benches);
