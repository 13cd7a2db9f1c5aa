//! Whether an exception that is raised now will be caught by a frame of its thread. Called by the backend.
//!
//! ```text
//!     main()            no handler                     walked from the raise outwards: the first handler that may
//!       load(path)      try … except OSError           catch it ends the walk; without one it is uncaught, and the
//!         parse(line)   raise ValueError  <── here     thread stops here, before anything has been unwound
//! ```
//!
//! Invariant: a call through C between two frames (`hasattr`, `sorted`, `next`) may swallow the exception, so the walk
//! ends there undecided; the raise event in the frame beyond asks again.

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;

use super::sites::{Deed, Kind, Sites};
use super::stack::Cursor;
use crate::code::opcodes::Opcodes;
use crate::layout::Layout;

/// What will become of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No frame will catch it.
    Uncaught,
    /// This frame catches it.
    CaughtIn(FrameKey),
    /// It cannot be known before the exception comes to this frame.
    OpenUntil(FrameKey),
}

/// What the walk needs to know of the interpreter.
#[derive(Clone, Copy)]
pub struct Interpreter<'a> {
    pub sites: Sites,
    pub opcodes: &'a Opcodes,
    pub layout: Option<&'a Layout>,
}

/// The fate of an exception that enters `innermost` or goes on there, by the instruction at `offset` (the frame's own word
/// for where it is may be the place of the raise that RERAISE puts back). A stack whose outermost frame is not the user's was called by the
/// interpreter itself (`zipimport` at start, `threading` at the end), which handles what comes out of it.
///
/// # Safety
/// The GIL is held, the exception is alive, and the frames are on this thread's stack.
pub unsafe fn fate(
    interpreter: Interpreter<'_>,
    innermost: impl Cursor,
    offset: usize,
    exception: *mut ffi::PyObject,
    is_users: impl Fn(*mut ffi::PyObject) -> bool,
) -> Fate {
    // SAFETY: a cursor's code object is alive as long as the cursor.
    let sites = |code| unsafe { interpreter.sites.of(interpreter.layout, interpreter.opcodes, code) };
    let mut frame = innermost;
    let mut is_innermost = true;
    loop {
        let Some(place) = frame.place() else { return Fate::OpenUntil(frame.key()) };
        let Some(own) = sites(place.code) else { return Fate::OpenUntil(frame.key()) };
        if matches!(own.kind, Kind::Runpy | Kind::ThreadStart) {
            // What these raise themselves is theirs; what comes to them from the program has found no handler.
            return if is_innermost { Fate::CaughtIn(frame.key()) } else { Fate::Uncaught };
        }
        let offset = if is_innermost { offset } else { place.offset };
        // SAFETY: by the contract; what the place points to lives as long as the cursor.
        match unsafe { own.deed(interpreter.opcodes, place.code, offset, place.namespaces, exception) } {
            Deed::Passes => {}
            Deed::Catches => return Fate::CaughtIn(frame.key()),
            Deed::Asks => return Fate::OpenUntil(frame.key()),
        }
        let Some((back, through_c)) = frame.back() else {
            return if is_users(place.code) { Fate::Uncaught } else { Fate::CaughtIn(frame.key()) };
        };
        if through_c {
            let next = back.place().and_then(|place| sites(place.code)).map(|sites| sites.kind);
            // An import statement and the `exec` below it are calls through C that pass every exception on.
            let passes = own.kind == Kind::Import || next.is_some_and(|kind| kind != Kind::Plain);
            if !passes {
                return Fate::OpenUntil(back.key());
            }
        }
        (frame, is_innermost) = (back, false);
    }
}
