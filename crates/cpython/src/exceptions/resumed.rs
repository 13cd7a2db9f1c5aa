//! Who gets the exception that a task of asyncio ends with: the task that awaits it, or who runs the loop until it is done.
//! Called by `fate` where a coroutine was resumed by the loop.
//!
//! ```text
//!     asyncio.run(main())
//!       run_until_complete           raises what the task has come to ◄────┐
//!         … Handle._run                                                      │ task: its only callback stops the loop
//!           [C: the task's step]     keeps the exception in the task ──────────┘
//!             main()                 raise ValueError
//! ```
//!
//! Invariant: a task that has other callbacks, or more than one, is somebody else's affair, and nothing is claimed.

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::prelude::*;

use super::fate::{End, Interpreter};
use super::managers::Leaving;
use super::sites::{Deed, Kind};
use super::stack::Cursor;
use super::through::type_name;
use crate::tasks::{self, Waiter, suspended};

/// How many tasks may await each other.
const MOST: usize = 100;

/// Where the exception goes.
pub enum Next<C> {
    /// It comes out of this frame, which runs the loop.
    OutOf(C),
    /// It is thrown into tasks that await it, and its way ends in the frame of one of them.
    Ends(End, *mut ffi::PyObject),
}

/// Where an exception goes that leaves the outermost frame of a task's coroutine; None if that cannot be told. `turn` is the
/// frame of the loop that resumed it.
///
/// # Safety
/// The GIL is held; the exception is alive, and both frames are on this thread's stack.
pub unsafe fn next<C: Cursor>(leaving: Leaving<'_>, coroutine: &C, turn: &C) -> Option<Next<C>> {
    // SAFETY: by the contract; types are compared by their MROs.
    let py = unsafe {
        let is = |kind: *mut ffi::PyObject| ffi::PyErr_GivenExceptionMatches(leaving.exception, kind) != 0;
        let name = type_name(ffi::Py_TYPE(leaving.exception));
        if is(ffi::PyExc_SystemExit) || is(ffi::PyExc_KeyboardInterrupt) || name == b"CancelledError" {
            return None;
        }
        Python::assume_attached()
    };
    let mut task = tasks::current(py)?;
    if coroutine.at(&task.root()?)?.key() != coroutine.key() {
        return None;
    }
    for _ in 0..MOST {
        match tasks::waiter(&task)? {
            // SAFETY: by the contract.
            Waiter::Loop => return unsafe { loop_below(leaving.interpreter, turn) }.map(Next::OutOf),
            Waiter::Task(waiting) => {
                let chain = suspended::chain(waiting.coroutine()?);
                for frame in chain.frames.iter().rev() {
                    let frame = coroutine.at(frame)?;
                    let place = frame.place()?;
                    let interpreter = leaving.interpreter;
                    // SAFETY: the coroutine keeps its frame and code alive.
                    let deed = unsafe {
                        let own = interpreter.sites.of(interpreter.layout, interpreter.opcodes, place.code)?;
                        leaving.deed(&frame, own, place)
                    };
                    let end: fn(FrameKey) -> End = match deed {
                        Deed::Passes => continue,
                        Deed::Catches => End::CaughtIn,
                        Deed::Asks => End::OpenUntil,
                    };
                    return Some(Next::Ends(end(frame.key()), place.code));
                }
                task = waiting;
            }
        }
    }
    None
}

/// The frame that runs the loop until something is done.
///
/// # Safety
/// As [`next`].
unsafe fn loop_below<C: Cursor>(interpreter: Interpreter<'_>, turn: &C) -> Option<C> {
    let mut frame = turn.back()?.0;
    loop {
        let code = frame.place()?.code;
        // SAFETY: a cursor's code object is alive as long as the cursor.
        if unsafe { interpreter.sites.of(interpreter.layout, interpreter.opcodes, code) }?.kind == Kind::RunLoop {
            return Some(frame);
        }
        frame = frame.back()?.0;
    }
}
