//! Counts events for `pausa events` and `pausa costs`: which fire, where, how often. Not the debugger, and never beside it.
//!
//! Called by `agent`. Invariant: counting needs no lock but the GIL, runs no code of the program, and keeps no code
//! object alive; code that is the same in file, name and first line is counted as one function.

mod callbacks;
mod events;
mod function;
mod glob;

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::OnceLock;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;
use rustc_hash::FxHashMap;

use crate::named::Named;
use crate::symbols::Symbols;
use events::Kinds;
use function::Function;
use glob::Glob;

pub use function::{CountedAt, CountedFunction};

/// `sys.monitoring.PROFILER_ID`: the debugger's id stays free for the program.
const TOOL: u8 = 2;

/// What to count.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names of events; all there are if empty.
    pub only: Vec<String>,
    /// A pattern that a file's path matches; any if there is none.
    pub files: Option<String>,
}

/// The counts of this process. Made once, never freed: a callback may be on its way while the program ends.
struct Tally {
    kinds: Kinds,
    files: Option<Glob>,
    directory: String,
    slot: ffi::Py_ssize_t,
    symbols: Symbols,
    disable: Py<PyAny>,
    functions: RefCell<Functions>,
}

// SAFETY: the cell is only touched with the GIL held.
unsafe impl Sync for Tally {}

#[derive(Default)]
struct Functions {
    all: Vec<Function>,
    by_place: FxHashMap<(String, String, u32), usize>,
}

static TALLY: OnceLock<Tally> = OnceLock::new();

/// Counts from now on, and gives the counts to `at_exit` when the program ends by itself.
///
/// # Errors
/// If the interpreter has no `sys.monitoring`, another tool counts, or `selection` names an event that there is not.
pub fn count_events(
    py: Python<'_>,
    selection: &Selection,
    at_exit: impl Fn(Vec<CountedFunction>) + Send + Sync + 'static,
) -> PyResult<()> {
    let monitoring = monitoring(py)?;
    let tally = tally(py, selection)?;
    let holder: Option<String> = monitoring.call_named1("get_tool", (TOOL,))?.extract()?;
    if let Some(holder) = holder {
        return Err(PyRuntimeError::new_err(format!("sys.monitoring's profiler id is taken by '{holder}'")));
    }
    monitoring.call_named1("use_tool_id", (TOOL, "pausa events"))?;
    for kind in tally.kinds.all() {
        monitoring.call_named1("register_callback", (TOOL, kind.bit, callbacks::function(py, kind.place)?))?;
    }
    let process = std::process::id();
    let report = PyCFunction::new_closure(py, Some(c"pausa_events_at_exit"), None, move |arguments, _| {
        // A forked child's counts are not this program's.
        if std::process::id() == process {
            let _ = stop(arguments.py());
            at_exit(tally.counted());
        }
    })?;
    crate::modules::import(py, "atexit")?.call_named1("register", (report,))?;
    monitoring.call_named1("set_events", (TOOL, tally.kinds.bits()))?;
    Ok(())
}

/// The callback that counts events of this name, for who measures what it costs.
///
/// # Errors
/// As [`count_events`].
pub fn counting_callback<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    monitoring(py)?;
    let tally = tally(py, &Selection::default())?;
    let kind = tally.kinds.all().iter().find(|kind| kind.name == name);
    let kind = kind.ok_or_else(|| PyValueError::new_err(format!("there is no event {name}")))?;
    callbacks::function(py, kind.place)
}

/// A callback that does nothing, for who measures what being told of an event costs at the least.
///
/// # Errors
/// If memory is out.
pub fn empty_callback(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    callbacks::empty(py)
}

fn monitoring(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    crate::modules::import(py, "sys")?.named("monitoring").map_err(|_| {
        let version = py.version_info();
        PyRuntimeError::new_err(format!(
            "Python {}.{} has no sys.monitoring, which came with 3.12",
            version.major, version.minor
        ))
    })
}

/// The counts of this process, which exist once.
fn tally(py: Python<'_>, selection: &Selection) -> PyResult<&'static Tally> {
    if let Some(tally) = TALLY.get() {
        return Ok(tally);
    }
    let monitoring = monitoring(py)?;
    let symbols = Symbols::find().map_err(PyRuntimeError::new_err)?;
    // SAFETY: `free` accepts what `number_of` stores; the GIL is held.
    let slot = unsafe { (symbols.request_code_extra)(free) };
    if slot < 0 {
        return Err(PyErr::fetch(py));
    }
    let directory = std::env::current_dir().map(|path| path.display().to_string()).unwrap_or_default();
    let made = Tally {
        kinds: Kinds::read(&monitoring, &selection.only)?,
        files: selection.files.as_deref().map(Glob::new),
        directory,
        slot,
        symbols,
        disable: monitoring.named("DISABLE")?.unbind(),
        functions: RefCell::default(),
    };
    Ok(TALLY.get_or_init(|| made))
}

/// Nothing is set any more, and the tool id is free.
fn stop(py: Python<'_>) -> PyResult<()> {
    let monitoring = monitoring(py)?;
    monitoring.call_named1("set_events", (TOOL, 0))?;
    monitoring.call_named1("free_tool_id", (TOOL,))?;
    Ok(())
}

/// What the slot holds is a number, with nothing to free.
unsafe extern "C" fn free(_number: *mut c_void) {}

/// In the slot of code that is not counted.
const IGNORED: usize = usize::MAX;

impl Tally {
    /// Counts an event; false if its code is not to be counted.
    #[inline]
    fn count(&self, py: Python<'_>, code: *mut ffi::PyObject, kind: usize, at: u32) -> bool {
        let number = self.number_of(py, code);
        // It cannot be borrowed already: nothing below runs code of the program.
        let Ok(mut functions) = self.functions.try_borrow_mut() else { return true };
        match functions.all.get_mut(number) {
            Some(function) => {
                function.count(kind, at);
                true
            }
            None => false,
        }
    }

    /// The number of a code object's function, from its slot; [`IGNORED`] if it is not to be counted.
    #[inline]
    fn number_of(&self, py: Python<'_>, code: *mut ffi::PyObject) -> usize {
        let mut slot: *mut c_void = std::ptr::null_mut();
        // SAFETY: `code` is an event's code object; the GIL is held.
        if unsafe { (self.symbols.get_code_extra)(code, self.slot, &raw mut slot) } != 0 {
            // SAFETY: the GIL is held; a code-like object of an extension has no slots.
            unsafe { ffi::PyErr_Clear() };
            return IGNORED;
        }
        // Zero is an empty slot.
        if let Some(number) = (slot as usize).checked_sub(1) {
            return if number == IGNORED - 1 { IGNORED } else { number };
        }
        let number = self.enter(py, code).unwrap_or(IGNORED);
        let stored = if number == IGNORED { IGNORED } else { number + 1 };
        // SAFETY: a live code object and our own slot, which holds numbers; should it fail, the next event tries again.
        if unsafe { (self.symbols.set_code_extra)(code, self.slot, stored as *mut c_void) } != 0 {
            // SAFETY: the GIL is held and the error is ours.
            unsafe { ffi::PyErr_Clear() };
        }
        number
    }

    /// Meets a code object for the first time.
    fn enter(&self, py: Python<'_>, code: *mut ffi::PyObject) -> Option<usize> {
        // SAFETY: an event's code object is alive for the call; a new reference is taken.
        let code = unsafe { Bound::from_borrowed_ptr_or_opt(py, code)? };
        let function = Function::read(&code).ok()?;
        if self.files.as_ref().is_some_and(|files| !self.matches(files, &function.file)) {
            return None;
        }
        let mut functions = self.functions.try_borrow_mut().ok()?;
        let Functions { all, by_place } = &mut *functions;
        let place = (function.file.clone(), function.name.clone(), function.line);
        Some(*by_place.entry(place).or_insert_with(|| {
            all.push(function);
            all.len() - 1
        }))
    }

    /// A pattern may mean the whole path, the path from the working directory on, or the file's name.
    fn matches(&self, files: &Glob, file: &str) -> bool {
        let inner = file.strip_prefix(&self.directory).and_then(|rest| rest.strip_prefix('/'));
        let name = file.rsplit('/').next();
        files.matches(file) || inner.is_some_and(|inner| files.matches(inner)) || name.is_some_and(|n| files.matches(n))
    }

    fn counted(&self) -> Vec<CountedFunction> {
        let Ok(functions) = self.functions.try_borrow() else { return Vec::new() };
        functions.all.iter().map(|function| function.counted(&self.kinds)).filter(|f| !f.places.is_empty()).collect()
    }
}
