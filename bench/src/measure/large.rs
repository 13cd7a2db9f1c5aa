//! A large package with a breakpoint in each function: to set them, to run with them, to import it.
//!
//! Called by `measure`. Invariant: the breakpoints are on lines that are never reached.

use std::time::Instant;

use super::STOPPING;
use super::rounds::{self, Limits, Manner};
use crate::contenders::{Breakpoint, Case, Setup};
use crate::lab::Lab;
use crate::results::{Column, Group};

const FUNCTIONS: u32 = 50;
/// Lines of a function and the empty ones after it.
const LINES: u32 = 9;

/// The three figures.
pub struct Large {
    /// Seconds to set all breakpoints.
    pub setting: Group,
    /// Seconds to run through all functions.
    pub running: Group,
    /// Seconds to import all modules.
    pub import: Group,
}

/// Measures with so many modules.
pub fn measure(lab: &Lab, modules: u32, limits: Limits) -> Large {
    let began = Instant::now();
    let case = case(lab, modules);
    let mut runners = rounds::start_in_turn(lab, STOPPING.iter().map(|&contender| (contender, case.clone())).collect());
    let set = runners.iter().filter_map(rounds::debuggee).map(|(contender, debuggee)| {
        let values = vec![debuggee.session.setting().as_secs_f64()];
        (contender, Column { values, ..Column::default() })
    });
    let setting = Group { columns: set.collect(), note: Some(format!("{} breakpoints", modules * FUNCTIONS)) };
    let time = limits.left(began);
    rounds::turns(&mut runners, Manner::default(), time / 2);
    let running = rounds::take(&mut runners);
    rounds::turns(&mut runners, Manner { negative: true, ..Manner::default() }, time / 2);
    Large { setting, running, import: rounds::group(runners) }
}

fn case(lab: &Lab, modules: u32) -> Case {
    let text: String = (0..FUNCTIONS)
        .map(|number| {
            format!(
                "def function_{number}(n):\n    total = {number}\n    for i in range(n):\n        total += i\n    if total < 0:\n        \
                 total = 0\n    return total\n\n\n"
            )
        })
        .collect();
    let name = |number: u32| format!("large_package/module_{number}.py");
    let mut files = vec![("large_package/__init__.py".into(), String::new())];
    files.extend((0..modules).map(|number| (name(number).into(), text.clone())));
    let lines = (0..FUNCTIONS).map(|function| function * LINES + 6);
    let breakpoints = (0..modules).flat_map(|number| {
        lines.clone().map(move |line| Breakpoint { file: name(number).into(), line, ..Default::default() })
    });
    Case {
        program: lab.workload("large.py"),
        arguments: vec![modules.to_string()],
        setup: Setup { breakpoints: breakpoints.collect(), ..Default::default() },
        files,
    }
}
