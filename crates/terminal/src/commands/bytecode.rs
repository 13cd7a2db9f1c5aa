//! `dis`, `stepi`, `nexti`.
//!
//! Part of the table of commands. Invariant: offsets are those of Python's own `dis`.

use pausa_dap::types::{DisassembledInstruction, StackFrame, SteppingGranularity};
use pausa_dap::{requests, types};

use super::{Command, Takes, count};
use crate::fault::Outcome;
use crate::session::{By, Session};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["dis"],
        usage: "[COUNT]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the bytecode of the selected frame's function, or COUNT instructions from the one that is next.",
        run: dis,
    },
    Command {
        names: &["si", "stepi"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs to the next instruction, also into functions that are called.",
        run: stepi,
    },
    Command {
        names: &["ni", "nexti"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs to the next instruction of this function.",
        run: nexti,
    },
];

/// How many instructions are asked for at once.
const PAGE: usize = 500;

fn dis(session: &mut Session, arguments: &str) -> Outcome {
    let frame = session.frame()?;
    let wanted = count(arguments, 0)?;
    let told = if wanted > 0 { instructions(session, &frame, 0, wanted)? } else { all(session, &frame)? };
    let mut last = None;
    let lines: Vec<String> = told.iter().map(|instruction| listed(instruction, &frame, &mut last)).collect();
    session.say(lines)
}

/// All instructions of a frame's code: pages from its beginning on, which lies as many before the frame's as can be.
fn all(session: &mut Session, frame: &StackFrame) -> Outcome<Vec<DisassembledInstruction>> {
    let mut found = Vec::new();
    let mut before = 0;
    loop {
        let mut page = instructions(session, frame, -before - PAGE as i64, PAGE)?;
        let complete = page.len() < PAGE;
        page.append(&mut found);
        found = page;
        before += PAGE as i64;
        if complete {
            break;
        }
    }
    let mut after = 0;
    loop {
        let page = instructions(session, frame, after, PAGE)?;
        let complete = page.len() < PAGE;
        found.extend(page);
        after += PAGE as i64;
        if complete {
            return Ok(found);
        }
    }
}

/// Some instructions, counted from the frame's; those beyond the code's ends are left out.
fn instructions(
    session: &mut Session,
    frame: &StackFrame,
    from: i64,
    count: usize,
) -> Outcome<Vec<DisassembledInstruction>> {
    let reference = frame.instruction_pointer_reference.clone();
    let arguments = types::DisassembleArguments {
        memory_reference: reference.ok_or("this frame is at no instruction")?,
        instruction_offset: Some(from),
        instruction_count: i64::try_from(count).unwrap_or(i64::MAX),
        ..Default::default()
    };
    let told = session.client()?.request::<requests::Disassemble>(arguments)?.instructions;
    Ok(told.into_iter().filter(|instruction| instruction.presentation_hint.is_none()).collect())
}

/// `->  12    24  CALL 1`: the line where a new one begins, where the instruction is, the instruction.
fn listed(instruction: &DisassembledInstruction, frame: &StackFrame, last: &mut Option<i64>) -> String {
    let is_current = frame.instruction_pointer_reference.as_ref() == Some(&instruction.address);
    let line = instruction.line.filter(|line| *last != Some(*line));
    *last = instruction.line.or(*last);
    let line = line.map(|line| line.to_string()).unwrap_or_default();
    let mark = if is_current { "->" } else { "" };
    format!("{mark:<2} {line:>5} {:>5}  {}", offset(instruction), instruction.instruction)
}

/// Where it is in its code: the lower half of its address.
fn offset(instruction: &DisassembledInstruction) -> i64 {
    let digits = instruction.address.trim_start_matches("0x");
    i64::from_str_radix(digits, 16).unwrap_or(0) & i64::from(u32::MAX)
}

fn stepi(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    let granularity = Some(SteppingGranularity::Instruction);
    session.goes_by(By::Instructions);
    session.resume::<requests::StepIn>(types::StepInArguments { thread_id, granularity, ..Default::default() })
}

fn nexti(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    let granularity = Some(SteppingGranularity::Instruction);
    session.goes_by(By::Instructions);
    session.resume::<requests::Next>(types::NextArguments { thread_id, granularity, ..Default::default() })
}

/// The instruction that a frame is at, as it is told after a step.
pub fn current(session: &mut Session, frame: &StackFrame) -> Option<String> {
    let told = instructions(session, frame, 0, 1).ok()?;
    let instruction = told.first()?;
    Some(format!("{:>8}  {}", offset(instruction), instruction.instruction))
}
