//! Bytecode: what is disassembled, steps by instructions, and breakpoints on them.

use pausa_dap::extensions::{Computed, StepExpression, StepExpressionArguments};
use pausa_dap::requests::{Disassemble, Next, SetInstructionBreakpoints};
use pausa_dap::types::{
    DisassembleArguments, DisassembledInstruction, DisassembledInstructionPresentationHint, InstructionBreakpoint,
    NextArguments, SetInstructionBreakpointsArguments, SteppingGranularity,
};
use pausa_testkit::Result;

use crate::{Stopped, check, on_each_python, refusal, same};

fn pointer(stopped: &Stopped) -> Result<String> {
    let frame = stopped.frames()?.remove(0);
    frame.instruction_pointer_reference.ok_or_else(|| "the frame is at no instruction".to_owned())
}

fn disassemble(stopped: &Stopped, from: &str, moved: i64, count: i64) -> Result<Vec<DisassembledInstruction>> {
    let arguments = DisassembleArguments {
        memory_reference: from.to_owned(),
        instruction_offset: Some(moved),
        instruction_count: count,
        ..Default::default()
    };
    Ok(stopped.ask::<Disassemble>(arguments)?.instructions)
}

/// As many as were asked for, in order, each with an address of its own; those outside of the code are marked.
#[test]
fn as_many_instructions_as_asked_for() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "places", "sum")?;
        let at = pointer(&stopped)?;
        let told = disassemble(&stopped, &at, -200, 400)?;
        same(told.len(), 400)?;
        let number = |instruction: &DisassembledInstruction| {
            let (sign, digits) = match instruction.address.strip_prefix('-') {
                Some(digits) => (-1, digits),
                None => (1, instruction.address.as_str()),
            };
            i64::from_str_radix(digits.trim_start_matches("0x"), 16).map(|number| sign * number)
        };
        let numbers = told.iter().map(number).collect::<std::result::Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
        check(numbers.is_sorted_by(|a, b| a < b), || format!("{numbers:?}"))?;
        let is_there = |told: &&DisassembledInstruction| told.presentation_hint.is_none();
        let there: Vec<_> = told.iter().filter(is_there).collect();
        check(there.len() > 20 && there.len() < 200, || format!("{}", there.len()))?;
        same(there[0].symbol.as_deref(), Some("<module>"))?;
        check(there.iter().all(|told| !told.instruction.is_empty()), || format!("{there:?}"))?;
        same(told[0].presentation_hint.clone(), Some(DisassembledInstructionPresentationHint::Invalid))?;
        same(&told[200].address, &at)?;
        same(told[200].line, Some(stopped.debuggee.line("sum")?))?;
        let gone = refusal(disassemble(&stopped, "0x7fff00000000", 0, 1))?;
        check(gone.contains("gone"), || gone.clone())
    })
}

/// A step by instruction goes to the next one, also from where a line's event has stopped.
#[test]
fn steps_go_by_instructions() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "places", "sum")?;
        let told = disassemble(&stopped, &pointer(&stopped)?, 0, 4)?;
        for instruction in &told {
            same(&pointer(&stopped)?, &instruction.address)?;
            let arguments = NextArguments {
                thread_id: stopped.stop.thread,
                granularity: Some(SteppingGranularity::Instruction),
                ..Default::default()
            };
            stopped.ask::<Next>(arguments)?;
            stopped.stop = stopped.debuggee.stop()?.ok_or("no stop")?;
        }
        Ok(())
    })
}

/// A step from expression to expression says what was computed, in its own words and to be opened.
#[test]
fn steps_go_by_expressions() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "places", "sum")?;
        let arguments = || StepExpressionArguments { thread_id: stopped.stop.thread };
        if python.minor == "3.10" {
            let why = refusal(stopped.ask::<StepExpression>(arguments()))?;
            return check(why.contains("3.10 does not tell columns"), || why.clone());
        }
        same(stopped.ask::<Computed>(())?.values, Vec::new())?;
        stopped.ask::<StepExpression>(arguments())?;
        stopped.stop = stopped.debuggee.stop()?.ok_or("no stop")?;
        let values = stopped.ask::<Computed>(())?.values;
        let told = values.first().ok_or("nothing was told")?;
        let line = stopped.debuggee.line("sum")?;
        same((told.line, told.end_line), (line, Some(line)))?;
        check(told.column < told.end_column, || format!("{told:?}"))?;
        let text = format!("{} = {}", told.expression, told.value);
        same(stopped.stop.text.clone(), Some(text))?;
        stopped.frame = stopped.frames()?.first().ok_or("no frame")?.id;
        same(stopped.evaluate(&told.expression)?, told.value.clone())
    })
}

#[test]
fn breakpoints_stand_on_instructions() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "places", "sum")?;
        let told = disassemble(&stopped, &pointer(&stopped)?, 0, 4)?;
        let at = |reference: &str, condition: &str| InstructionBreakpoint {
            instruction_reference: reference.to_owned(),
            condition: (!condition.is_empty()).then(|| condition.to_owned()),
            ..Default::default()
        };
        let breakpoints =
            vec![at(&told[2].address, ""), at(&told[3].address, "i == 2"), at("0x100000001", ""), at("x", "")];
        let arguments = SetInstructionBreakpointsArguments { breakpoints };
        let answer = stopped.ask::<SetInstructionBreakpoints>(arguments)?.breakpoints;
        same(answer.iter().map(|breakpoint| breakpoint.verified).collect::<Vec<_>>(), vec![true, true, false, false])?;
        same(answer[0].instruction_reference.as_ref(), Some(&told[2].address))?;
        same(answer[0].line, Some(stopped.debuggee.line("sum")?))?;
        let ids: Vec<_> = answer.iter().filter_map(|breakpoint| breakpoint.id).collect();
        stopped.debuggee.set_breakpoints("places.py", &[])?;
        for i in 0..4 {
            check(stopped.go_on()?, || "no stop".into())?;
            same((stopped.evaluate("i")?, pointer(&stopped)?), (i.to_string(), told[2].address.clone()))?;
            same(stopped.stop.breakpoints.clone(), vec![ids[0]])?;
            if i == 2 {
                check(stopped.go_on()?, || "no stop at the other".into())?;
                same((stopped.stop.breakpoints.clone(), pointer(&stopped)?), (vec![ids[1]], told[3].address.clone()))?;
            }
        }
        stopped.ask::<SetInstructionBreakpoints>(SetInstructionBreakpointsArguments::default())?;
        check(!stopped.go_on()?, || "a breakpoint that was taken away has stopped".into())
    })
}
