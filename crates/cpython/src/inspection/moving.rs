//! Moves a frame to another line: by the interpreter's own jump, on 3.10 by pausa. Called by `going` and `ending`.
//!
//! 3.10 looks at blocks only. Values of an expression that was under way it leaves on the stack, where they pile up until the
//! stack is too small, and before 3.10.5 it takes a comprehension for a loop and drops a variable for its iterator (gh-92311).
//! Its rules of what may be left and entered are kept. Invariant: what is refused changes nothing.

use pausa_engine::port::Line;
use pyo3::prelude::*;

use crate::code::blocks::{Block, BlockStacks};
use crate::code::facts::Bytecode;
use crate::code::stack_depth;
use crate::debugger::Debugger;
use crate::frames;

/// Where a frame of 3.10 goes on.
struct Move {
    offset: usize,
    /// How many values are on its stack there.
    depth: usize,
    /// How many entries for blocks it has there.
    entries: usize,
}

/// Moves this thread's innermost frame, which is at a line event; else says why not, as the interpreter does.
pub(super) fn move_to(debugger: &Debugger, frame: &Bound<'_, PyAny>, line: Line) -> Result<(), String> {
    let py = frame.py();
    let own = (crate::version::minor(py) == 10).then_some(debugger.layout).flatten();
    let Some(layout) = own else {
        // "assigning None to 1 unbound local" is no warning about the program.
        let moved = crate::quiet::without_warnings(py, || frames::set_line(frame, line));
        return moved.map_err(|error| {
            error.value(py).str().map_or_else(|_| error.to_string(), |text| text.to_string_lossy().into_owned())
        });
    };
    let unknown = || "the code of this frame cannot be read".to_owned();
    let code = frames::code(frame).ok_or_else(unknown)?;
    let at = frames::instruction(frame).ok_or("can only jump from a 'line' trace event")? as usize;
    let to = plan(debugger, &code, at, line).ok_or_else(unknown)??;
    // SAFETY: a live frame object, of this thread's innermost frame, which is at a line event.
    let own = unsafe { layout.frame_of(frame.as_ptr()) }.ok_or_else(unknown)?;
    // SAFETY: as above.
    let agrees = unsafe { layout.code(own) == code.as_ptr() && layout.offset(own) == Some(at) };
    // SAFETY: as above; the plan is one of this code, from where the frame is.
    let old = agrees.then(|| unsafe { layout.move_to(own, to.offset, to.depth, to.entries) }).flatten();
    let old = old.ok_or_else(unknown)?;
    // Last of all: code of the program may run by it.
    // SAFETY: the frame's references, which it has given up.
    drop(old.into_iter().map(|value| unsafe { Bound::from_owned_ptr_or_opt(py, value) }).collect::<Vec<_>>());
    Ok(())
}

/// The move to a line, or why there is none; None if the code cannot be read.
fn plan(debugger: &Debugger, code: &Bound<'_, PyAny>, at: usize, line: Line) -> Option<Result<Move, String>> {
    let bytecode = Bytecode::read(code).ok()?;
    let blocks = BlockStacks::of(&bytecode, debugger.opcodes);
    let depths = stack_depth::of(code, debugger.opcodes)?;
    let depth = |offset: usize| depths.get(offset / 2).copied().flatten();
    let (from, own_depth) = (blocks.at(at)?, depth(at)?);
    let mut why = "cannot find bytecode for specified line".to_owned();
    let mut best: Option<(usize, usize)> = None;
    for target in bytecode.beginnings(line) {
        let Some((to, wanted)) = blocks.at(target).zip(depth(target)) else {
            "code may be unreachable.".clone_into(&mut why);
            continue;
        };
        let is_within = to.len() <= from.len() && to.iter().zip(from).all(|(one, other)| one.is_like(*other));
        let is_between = blocks.depth_between_statements(target, &depths) == Some(wanted);
        if !is_within {
            incompatible(to).clone_into(&mut why);
        } else if !is_between || wanted > own_depth {
            match to.last() {
                Some(Block::Except(_)) => incompatible(to).clone_into(&mut why),
                _ => {
                    "can't jump into the middle of an expression: go to the line that it begins on".clone_into(&mut why)
                }
            }
        } else if best.is_none_or(|(_, length)| to.len() > length) {
            best = Some((target, to.len()));
        }
    }
    let Some((target, length)) = best else { return Some(Err(why)) };
    if from.get(length..)?.iter().any(|block| matches!(block, Block::Except(_))) {
        return Some(Err("can't jump out of an 'except' block".into()));
    }
    let entries = blocks.at(target)?.iter().filter(|block| block.has_entry()).count();
    Some(Ok(Move { offset: target, depth: depth(target)?, entries }))
}

/// Why a line with this under way cannot be entered, in the interpreter's words.
fn incompatible(to: &[Block]) -> &'static str {
    match to.last() {
        Some(Block::Except(_)) => "can't jump into an 'except' block as there's no exception",
        Some(Block::Try) => "can't jump into the body of a try statement",
        Some(Block::With) => "can't jump into the body of a with statement",
        Some(Block::Loop) => "can't jump into the body of a for loop",
        None => "code may be unreachable.",
    }
}
