//! Walking stacks of frame objects, and which frames a user never sees. Called by `debugger` and `inspection`.
//!
//! Invariant: a frame is known by the address of its frame object, which whoever keeps the address keeps alive.

use pausa_engine::port::Line;
use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

use crate::code::registry::CodeKey;
use crate::named::Named;

/// The `co_filename` of code that `evaluate` compiles for us.
pub const OWN_FILE: &str = "<pausa>";

/// The innermost frame of this thread: the one that an event is about, as our builtins have none.
pub fn current(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    // SAFETY: the GIL is held; the result is borrowed from the thread's state, and a new reference is taken at once.
    unsafe { Bound::from_borrowed_ptr_or_opt(py, ffi::PyEval_GetFrame().cast()) }
}

/// The address of this thread's innermost frame, to compare with frames that are kept alive.
pub fn current_key(_py: Python<'_>) -> FrameKey {
    // SAFETY: as above; only the address is used.
    FrameKey(unsafe { ffi::PyEval_GetFrame() } as usize)
}

/// The key of a frame object.
pub fn key(frame: &Bound<'_, PyAny>) -> FrameKey {
    FrameKey(frame.as_ptr() as usize)
}

/// The frame that waits for this one.
pub fn back<'py>(frame: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    frame.getattr(intern!(frame.py(), "f_back")).ok().filter(|frame| !frame.is_none())
}

/// This frame and those that wait for it, innermost first.
pub fn stack<'py>(innermost: Bound<'py, PyAny>) -> impl Iterator<Item = Bound<'py, PyAny>> {
    std::iter::successors(Some(innermost), back)
}

/// A frame's code object.
pub fn code<'py>(frame: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    frame.getattr(intern!(frame.py(), "f_code")).ok()
}

/// A frame's code, by address.
pub fn code_key(frame: &Bound<'_, PyAny>) -> Option<CodeKey> {
    code(frame).map(|code| CodeKey::of(&code))
}

/// The line a frame is at; 0 if it has none.
pub fn line(frame: &Bound<'_, PyAny>) -> Line {
    frame.named("f_lineno").and_then(|line| line.extract()).unwrap_or(0)
}

/// The instruction a frame is at, in bytes; None before its first one.
pub fn instruction(frame: &Bound<'_, PyAny>) -> Option<u32> {
    frame.getattr(intern!(frame.py(), "f_lasti")).ok()?.extract().ok()
}

/// Moves a frame to a line. 3.10 and 3.11 want the frame to have a trace function of its own at that moment.
pub fn set_line(frame: &Bound<'_, PyAny>, line: Line) -> PyResult<()> {
    let needs_tracer = crate::version::minor(frame.py()) < 12 && frame.named("f_trace")?.is_none();
    if needs_tracer {
        frame.setattr("f_trace", frame.py().get_type::<PyAny>())?;
    }
    let moved = frame.setattr("f_lineno", line);
    if needs_tracer {
        frame.delattr("f_trace")?;
    }
    moved
}

/// `co_filename` of a frame's code.
pub fn file_name(frame: &Bound<'_, PyAny>) -> String {
    code(frame).and_then(|code| code.named("co_filename").ok()?.extract().ok()).unwrap_or_default()
}

/// True if a call through C led to this frame, false if Python code called it directly.
///
/// Between the two kinds the interpreter puts a frame of its own: `FRAME_OWNED_BY_CSTACK` in 3.12 and 3.13,
/// `FRAME_OWNED_BY_INTERPRETER` since (Include/internal/pycore_interpframe_structs.h), all of them 3 or more.
pub fn is_called_from_c(frame: &Bound<'_, PyAny>) -> bool {
    let owner = match crate::version::minor(frame.py()) {
        10 | 11 => return back(frame).is_none_or(|caller| !crate::call_site::is_direct(frame, &caller)),
        12 | 13 => 70,
        14 | 15 => 74,
        // An unknown layout: nothing can be said, and callers take C as the case in which they claim nothing.
        _ => return true,
    };
    // SAFETY: a PyFrameObject holds its interpreter frame at offset 24 and that its predecessor at offset 8, in all
    // versions named above; the frame is on a stack, so both are alive, and a predecessor is there or null.
    unsafe {
        let interpreter_frame = frame.as_ptr().byte_add(24).cast::<*const u8>().read();
        let previous = interpreter_frame.byte_add(8).cast::<*const u8>().read();
        previous.is_null() || previous.byte_add(owner).read() >= 3
    }
}

/// True for frames between Python's start and the program, and for our own.
pub fn is_hidden(file: &str, package: Option<&str>) -> bool {
    let start = ["<frozen runpy>", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>", OWN_FILE];
    start.contains(&file)
        || package.is_some_and(|package| file.strip_prefix(package).is_some_and(|rest| rest.starts_with('/')))
}
