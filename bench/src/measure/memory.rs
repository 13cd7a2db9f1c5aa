//! Memory while many code objects are made and freed.
//!
//! Called by `measure`; `start` asks for the size of a process. Invariant: a file that the code objects name has a
//! breakpoint, so that a debugger has to look at each.

use super::STOPPING;
use crate::Result;
use crate::contenders::{Breakpoint, Case, Contender, DEADLINE, Setup};
use crate::lab::Lab;
use crate::results::{Column, Group};

/// So many are made before memory is looked at for the first time.
const WARM: i64 = 1000;

/// MB by which the program grows over `number` code objects that are made, run and freed.
pub fn measure(lab: &Lab, number: i64) -> Group {
    let grown = STOPPING.iter().map(|&contender| match growth(lab, contender, number) {
        Ok(megabytes) => (contender, Column { values: vec![megabytes], ..Column::default() }),
        Err(why) => (contender, Column::failed(why)),
    });
    Group { columns: grown.collect(), note: Some(format!("{number} code objects")) }
}

fn growth(lab: &Lab, contender: Contender, number: i64) -> Result<f64> {
    let breakpoint =
        Breakpoint { file: "made.py".into(), line: 2, condition: Some("n < 0".to_owned()), ..Default::default() };
    let case = Case {
        program: lab.workload("loops.py"),
        arguments: vec!["makes_code".to_owned()],
        setup: Setup { breakpoints: vec![breakpoint], ..Default::default() },
        files: vec![("made.py".into(), "def made(n):\n    return n + 1\n".to_owned())],
    };
    let mut debuggee = contender.begin(lab, &case)?;
    let pid = debuggee.channel.ready(DEADLINE)?;
    let mut sizes = [0.0; 2];
    for (size, number) in sizes.iter_mut().zip([WARM, number]) {
        debuggee.channel.send(number)?;
        debuggee.channel.receive(DEADLINE)?;
        *size = resident(pid)?;
    }
    let [before, after] = sizes;
    Ok(after - before)
}

/// A process's resident memory in MB.
pub fn resident(pid: i32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .map_err(|error| format!("the memory of the program is not known: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().map_err(|_| "no VmRSS".to_owned())?;
    Ok(kilobytes / 1024.0)
}
