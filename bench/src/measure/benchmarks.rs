//! Benchmarks of pyperformance, as they are, with a breakpoint where it would hurt most.
//!
//! Called by `measure`. A first run under a tracer finds the hottest function with a line that is hardly ever reached.
//! Invariant: where such a line is reached at all, the breakpoint has a condition that never holds.

use std::process::Command;
use std::time::Instant;

use serde::Deserialize;

use super::rounds::{self, Limits, Manner};
use crate::Result;
use crate::contenders::{Breakpoint, Case, Setup};
use crate::lab::Lab;
use crate::results::Group;
use crate::workloads::{UNSET, benchmark_contenders};

const PROGRAM: &str = "pyperformance_round.py";

/// Where the breakpoint is, as `workloads/standin/pyperf.py` found it.
#[derive(Debug, Deserialize)]
struct Place {
    function: String,
    line: u32,
    hits: u64,
    share: f64,
}

/// Measures one benchmark.
pub fn measure(lab: &Lab, name: &str, limits: Limits) -> Result<Group> {
    let script = lab.benchmark(name)?;
    let began = Instant::now();
    let place = if UNSET.contains(&name) { None } else { Some(survey(lab, &script)?) };
    let breakpoints = place.iter().map(|place| Breakpoint {
        file: script.clone(),
        line: place.line,
        condition: (place.hits > 0).then(|| "0 > 1".to_owned()),
        ..Default::default()
    });
    let case = Case {
        program: lab.workload(PROGRAM),
        arguments: vec![script.display().to_string()],
        setup: Setup { breakpoints: breakpoints.collect(), ..Default::default() },
        files: Vec::new(),
    };
    let contenders = benchmark_contenders(name);
    let mut runners = rounds::start(lab, contenders.iter().map(|&contender| (contender, case.clone())).collect());
    rounds::turns(&mut runners, Manner::default(), limits.left(began));
    let note = place.map(|Place { function, line, hits, share }| {
        let reached = if hits == 0 {
            "never reached".to_owned()
        } else {
            format!("reached {hits} times an iteration, with a condition that never holds")
        };
        format!("{name}: line {line} of `{function}` ({:.0} % of all line events), {reached}", share * 100.0)
    });
    Ok(Group { note, ..rounds::group(runners) })
}

fn survey(lab: &Lab, script: &std::path::Path) -> Result<Place> {
    let mut command = Command::new(&lab.python);
    command.arg(lab.workload(PROGRAM)).arg("survey").arg(script);
    let output = command.output().map_err(|error| format!("Python cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = text.lines().last().unwrap_or_default();
    serde_json::from_str::<Option<Place>>(answer)
        .map_err(|_| format!("the survey failed: {}", String::from_utf8_lossy(&output.stderr).trim()))?
        .ok_or_else(|| "no function of it has a line that is hardly ever reached".to_owned())
}
