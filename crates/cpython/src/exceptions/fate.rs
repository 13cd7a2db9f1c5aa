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

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use pausa_engine::exception_table;
use pausa_engine::stepping::FrameKey;

use super::handlers::{Deed, Site, deed};
use crate::code::facts::Bytecode;
use crate::code::opcodes::Opcodes;
use crate::frames;

/// What will become of an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No frame will catch it.
    Uncaught,
    /// This frame catches it, or it cannot be known before the exception comes to this frame.
    DecidedIn(FrameKey),
}

/// How many handlers may be nested in one frame before the walk gives up.
const NESTING: usize = 50;

/// The fate of an exception that enters `innermost` or goes on there, by the instruction at `offset` (the frame's own word
/// for where it is may be the place of the raise that RERAISE puts back). A stack whose outermost frame is not the user's was called by the
/// interpreter itself (`zipimport` at start, `threading` at the end), which handles what comes out of it.
pub fn fate(
    innermost: &Bound<'_, PyAny>,
    offset: usize,
    exception: &Bound<'_, PyAny>,
    opcodes: &Opcodes,
    is_users: impl Fn(&Bound<'_, PyAny>) -> bool,
) -> Fate {
    let mut frame = innermost.clone();
    loop {
        let file = frames::file_name(&frame);
        if is_thread_start(&frame, &file) || file == "<frozen runpy>" {
            // What these raise themselves is theirs; what comes to them from the program has found no handler.
            return if frame.is(innermost) { Fate::DecidedIn(frames::key(&frame)) } else { Fate::Uncaught };
        }
        let offset = frame.is(innermost).then_some(offset);
        if !leaves_frame(&frame, offset, exception, opcodes) {
            return Fate::DecidedIn(frames::key(&frame));
        }
        let Some(back) = frames::back(&frame) else {
            return if is_users(&frame) { Fate::Uncaught } else { Fate::DecidedIn(frames::key(&frame)) };
        };
        let next = frames::file_name(&back);
        // An import statement and the `exec` below it are calls through C that pass every exception on.
        let through_import =
            file.starts_with("<frozen importlib") || next.starts_with("<frozen importlib") || next == "<frozen runpy>";
        if !through_import && !is_thread_start(&back, &next) && frames::is_called_from_c(&frame) {
            return Fate::DecidedIn(frames::key(&back));
        }
        frame = back;
    }
}

/// `threading`'s outermost frames catch everything, to report it as uncaught.
fn is_thread_start(frame: &Bound<'_, PyAny>, file: &str) -> bool {
    let name = || frames::code(frame)?.getattr("co_name").ok()?.extract::<String>().ok();
    file.ends_with("/threading.py") && name().is_some_and(|name| name.starts_with("_bootstrap"))
}

/// True if nothing in this frame catches the exception.
fn leaves_frame(
    frame: &Bound<'_, PyAny>,
    offset: Option<usize>,
    exception: &Bound<'_, PyAny>,
    opcodes: &Opcodes,
) -> bool {
    let read = || -> PyResult<bool> {
        let code = frame.getattr("f_code")?;
        let table = code.getattr("co_exceptiontable")?.cast_into::<PyBytes>()?;
        let mut offset = match offset {
            Some(offset) => offset,
            None => frame.getattr("f_lasti")?.extract()?,
        };
        let Some(first) = exception_table::handler(table.as_bytes(), offset) else { return Ok(true) };
        let bytecode = Bytecode::without_lines(&code)?;
        let site = site(frame, &code, &bytecode)?;
        let mut target = Some(first);
        for _ in 0..NESTING {
            let Some(handler) = target else { return Ok(true) };
            match deed(&site, opcodes, handler, exception) {
                Deed::PassesOn => {}
                Deed::Catches | Deed::Asks => return Ok(false),
            }
            offset = handler;
            target = exception_table::handler(table.as_bytes(), offset);
        }
        Ok(false)
    };
    read().unwrap_or(false)
}

fn site<'a, 'py>(
    frame: &Bound<'py, PyAny>,
    code: &Bound<'py, PyAny>,
    bytecode: &'a Bytecode,
) -> PyResult<Site<'a, 'py>> {
    let is_function = code.getattr("co_flags")?.extract::<u32>()? & 1 != 0;
    let namespace = |name: &str| frame.getattr(name).ok().and_then(|found| found.cast_into::<PyDict>().ok());
    Ok(Site {
        bytecode,
        names: code.getattr("co_names")?.extract()?,
        globals: frame.getattr("f_globals")?.cast_into()?,
        builtins: namespace("f_builtins"),
        locals: if is_function { None } else { namespace("f_locals") },
    })
}
