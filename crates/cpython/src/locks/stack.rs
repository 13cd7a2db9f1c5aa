//! What a frame's stack says of locks: which `with` blocks it is in, and for what the call waits that it is in.
//!
//! Called for each frame of each thread. Invariant: of a frame whose stack cannot be read nothing is claimed.

use pyo3::prelude::*;

use super::known::{Act, Known};
use crate::code::opcodes::{ABSENT, Opcodes};
use crate::code::stack_depth;
use crate::debugger::Debugger;
use crate::frames;
use crate::named::Named;

/// The stack of a frame that is at an instruction.
pub struct Stack {
    values: Vec<usize>,
    opcode: u8,
    argument: usize,
    /// The frame is entering a `with`.
    enters: bool,
    minor: u8,
}

impl Stack {
    /// Reads a frame's stack.
    pub fn of(debugger: &Debugger, frame: &Bound<'_, PyAny>) -> Option<Self> {
        let (layout, opcodes) = (debugger.layout.as_ref()?, debugger.opcodes);
        let code = frames::code(frame)?;
        let minor = crate::version::minor(frame.py());
        let bytecode: Vec<u8> = code.named("co_code").ok()?.extract().ok()?;
        let at = instruction(&bytecode, usize::try_from(frames::instruction(frame)?).ok()? / 2, opcodes)?;
        let before = at.checked_sub(1).and_then(|before| instruction(&bytecode, before, opcodes));
        let depth = match minor {
            ..14 => *stack_depth::of(&code, opcodes)?.get(at)?,
            _ => None,
        };
        let (opcode, argument) = unit(&bytecode, at)?;
        let own = before.and_then(|before| unit(&bytecode, before)).map(|(opcode, _)| opcode);
        let calls_special = opcodes.load_special != ABSENT && own == Some(opcodes.load_special);
        let enters = calls_special || is(&opcodes.enters, opcode);
        // The instruction before it counts the arguments as gone, which are there still.
        let consumed = if minor == 11 && opcode == opcodes.all_calls[0] { usize::from(argument) } else { 0 };
        let size: usize = code.named("co_stacksize").ok()?.extract().ok()?;
        let variables = stack_depth::variables(&code)?;
        // SAFETY: the GIL is held; the frame is that of a thread, and what is given is of its code.
        let values = unsafe {
            let own = layout.frame_of(frame.as_ptr())?;
            layout.stack(own, variables, depth.map(|depth| depth + consumed), size)
        };
        Some(Self { values, opcode, argument: argument.into(), enters, minor })
    }

    /// The locks of the `with` blocks that the frame is in, the outermost first.
    pub fn held<'py>(&self, known: &Known<'py>) -> Vec<Bound<'py, PyAny>> {
        let mut found = known.with(Act::Leaves, &self.values);
        // What is being entered is not held yet; 3.12 and 3.13 put its end on the stack afterwards.
        if self.enters && !matches!(self.minor, 12 | 13) {
            found.pop();
        }
        found
    }

    /// What the call waits for that the frame is in, if that is a method of a lock, and whether it was given arguments.
    pub fn wait<'py>(&self, known: &Known<'py>, opcodes: &Opcodes) -> Option<(Bound<'py, PyAny>, bool)> {
        let last = |count: usize| self.values.get(self.values.len().checked_sub(count)?..);
        if is(&opcodes.enters, self.opcode) {
            // 3.12 and 3.13 have the manager itself on top, 3.10 and 3.11 the end of the block.
            let top = last(1)?;
            let own = top.first().and_then(|address| known.lock(*address)).cloned();
            return own.or_else(|| known.with(Act::Leaves, top).pop()).map(|own| (own, false));
        }
        let [call, function, method, names, with_names, _] = opcodes.all_calls;
        let slots = match self.opcode {
            ABSENT => return None,
            own if own == call || own == method || own == opcodes.precall => self.argument + 2,
            own if own == names || own == with_names => self.argument + 3,
            own if own == function => self.argument + 1,
            own if opcodes.is_call(own) => self.values.len().min(4),
            _ => return None,
        };
        let found = known.with(Act::Waits, last(slots.min(self.values.len()))?);
        found.into_iter().next().map(|own| (own, self.argument > 0))
    }
}

fn is(these: &[u8], opcode: u8) -> bool {
    opcode != ABSENT && these.contains(&opcode)
}

fn unit(bytecode: &[u8], at: usize) -> Option<(u8, u8)> {
    Some((*bytecode.get(2 * at)?, *bytecode.get(2 * at + 1)?))
}

/// The instruction that this one is, or that it is a cache entry of.
fn instruction(bytecode: &[u8], at: usize, opcodes: &Opcodes) -> Option<usize> {
    let has_caches = opcodes.resume != ABSENT;
    (0..=at).rev().find(|at| !has_caches || bytecode.get(2 * at) != Some(&ABSENT))
}
