//! What the `__exit__` of a `with` will do with an exception, where that can be read: it lies on the frame's stack.
//!
//! Called by `fate` and for itself, as a generator behind a `with` may be in one too. Known are functions that return nothing
//! but None, `contextlib.suppress`, `contextmanager` and `asynccontextmanager` by the handlers of their generators, `ExitStack`
//! and `AsyncExitStack` by what was pushed, and the interpreter's own types. Invariant: nothing of the program runs; of all others nothing is claimed.

use std::cell::Cell;

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::fate::Interpreter;
use super::matching;
use super::sites::{CodeSites, Deed, Kind};
use super::stack::{Cursor, Place};
use super::through::{own_name, type_name};
use crate::tasks::suspended;
use crate::values;

/// How many generators behind each other are looked into.
const NESTING: usize = 20;

/// A stack of managers counts as so many: it may hold others, and itself, many times.
const OF_STACK: usize = 5;

/// An exception that comes to the `with` of frames.
#[derive(Clone, Copy)]
pub struct Leaving<'a> {
    pub interpreter: Interpreter<'a>,
    pub exception: *mut ffi::PyObject,
    /// Set if what keeps it runs tests.
    pub is_of_test: &'a Cell<bool>,
}

impl Leaving<'_> {
    /// What a frame's handlers do with the exception, those of its `with` included.
    ///
    /// # Safety
    /// The GIL is held; the exception and the frame are alive, and this is what is known of its code.
    pub unsafe fn deed(&self, frame: &impl Cursor, own: &CodeSites, place: Place) -> Deed {
        // SAFETY: by the contract.
        unsafe { self.nested(frame, own, place, 0) }
    }

    /// # Safety
    /// As [`Leaving::deed`].
    unsafe fn nested(&self, frame: &impl Cursor, own: &CodeSites, place: Place, nesting: usize) -> Deed {
        let opcodes = self.interpreter.opcodes;
        let exits = |depth: usize| {
            // SAFETY: by the contract.
            unsafe { self.exit(frame, own, place, depth, nesting) }.unwrap_or(Deed::Asks)
        };
        // SAFETY: by the contract.
        unsafe { own.deed(opcodes, place.code, place.offset, || frame.namespaces(), self.exception, exits) }
    }

    /// What the `__exit__` does that is on top of a stack of this depth; None if that cannot be told.
    ///
    /// # Safety
    /// As [`Leaving::deed`].
    unsafe fn exit(
        &self,
        frame: &impl Cursor,
        own: &CodeSites,
        place: Place,
        depth: usize,
        nesting: usize,
    ) -> Option<Deed> {
        // SAFETY: by the contract; the slots of a `with` hold its end as long as the frame is in it.
        let (exit, manager) = unsafe {
            let py = Python::assume_attached();
            let variables = own.calls(self.interpreter.opcodes, place.code)?.variables;
            // Since 3.14 a function and what it is given, if it is not bound to that.
            let below = if crate::version::minor(py) > 13 { 2 } else { 1 };
            let exit = Bound::from_borrowed_ptr_or_opt(py, frame.slot(variables, depth.checked_sub(below)?))?;
            let manager = Bound::from_borrowed_ptr_or_opt(py, frame.slot(variables, depth.checked_sub(1)?));
            (exit, manager.filter(|_| below == 2))
        };
        // SAFETY: by the contract.
        unsafe { self.call(frame, exit, manager, nesting) }
    }

    /// What the call of a function does that is given the exception; None if that cannot be told. One that is not bound
    /// has `manager` as its first argument, if any.
    ///
    /// # Safety
    /// As [`Leaving::deed`].
    unsafe fn call<'py>(
        &self,
        frame: &impl Cursor,
        exit: Bound<'py, PyAny>,
        manager: Option<Bound<'py, PyAny>>,
        nesting: usize,
    ) -> Option<Deed> {
        let py = exit.py();
        // SAFETY: the type of a live object.
        let kind = |object: &Bound<'py, PyAny>| unsafe { own_name(ffi::Py_TYPE(object.as_ptr())) };
        let (exit, manager) = match kind(&exit) {
            b"method" => {
                (exit.getattr(intern!(py, "__func__")).ok()?, Some(exit.getattr(intern!(py, "__self__")).ok()?))
            }
            _ => (exit, manager),
        };
        match kind(&exit) {
            b"function" => {}
            b"builtin_function_or_method" => {
                return is_interpreters(&exit.getattr(intern!(py, "__self__")).ok()?).then_some(Deed::Passes);
            }
            b"method_descriptor" => return is_interpreters(&manager?).then_some(Deed::Passes),
            _ => return None,
        }
        let code = exit.getattr(intern!(py, "__code__")).ok()?;
        // SAFETY: a live code object.
        let sites = unsafe { self.sites(code.as_ptr()) }?;
        if sites.returns_none(&code, self.interpreter.opcodes) {
            return Some(Deed::Passes);
        }
        let file: String = code.getattr(intern!(py, "co_filename")).ok()?.extract().ok()?;
        if !file.ends_with("/contextlib.py") || nesting >= NESTING {
            return None;
        }
        let manager = manager?;
        // SAFETY: as above.
        match unsafe { type_name(ffi::Py_TYPE(manager.as_ptr())) } {
            b"suppress" => self.suppressed(&manager),
            // SAFETY: by the contract.
            b"ExitStack" | b"AsyncExitStack" => unsafe { self.stacked(frame, &manager, nesting + OF_STACK) },
            b"_GeneratorContextManager" | b"_AsyncGeneratorContextManager" => {
                let suspended = suspended::frame(&values::instance_attribute(&manager, "gen")?)?;
                let behind = frame.at(&suspended)?;
                let place = behind.place()?;
                // SAFETY: the generator keeps its frame and code alive.
                let (sites, deed) = unsafe {
                    let sites = self.sites(place.code)?;
                    (sites, self.nested(&behind, sites, place, nesting + 1))
                };
                self.is_of_test.set(self.is_of_test.get() || (deed == Deed::Catches && sites.kind == Kind::TestPart));
                Some(deed)
            }
            _ => None,
        }
    }

    /// `contextlib.ExitStack`: what was pushed last is asked first.
    ///
    /// # Safety
    /// As [`Leaving::deed`].
    unsafe fn stacked(&self, frame: &impl Cursor, stack: &Bound<'_, PyAny>, nesting: usize) -> Option<Deed> {
        let callbacks = values::instance_attribute(stack, "_exit_callbacks")?;
        for index in (0..values::deque_length(&callbacks)?).rev() {
            // If it is called without `await`, and the function.
            let callback = values::item(&values::deque_item(&callbacks, index)?, 1)?;
            // SAFETY: by the contract; the stack keeps what is in it alive.
            match unsafe { self.call(frame, callback, None, nesting) }? {
                Deed::Passes => {}
                other => return Some(other),
            }
        }
        Some(Deed::Passes)
    }

    /// `contextlib.suppress`. Since 3.12 it takes exceptions out of groups.
    fn suppressed(&self, manager: &Bound<'_, PyAny>) -> Option<Deed> {
        let types = values::instance_attribute(manager, "_exceptions")?;
        // The program may have put anything there.
        if types.cast_exact::<PyTuple>().ok()?.is_empty() {
            return Some(Deed::Passes);
        }
        // SAFETY: all are alive, and the GIL is held.
        let (is_any, is_group) = unsafe {
            let is_any = matching::is_of(types.as_ptr(), self.exception)?;
            (is_any, type_name(ffi::Py_TYPE(self.exception)).ends_with(b"ExceptionGroup"))
        };
        match (is_any, is_group) {
            (true, _) => Some(Deed::Catches),
            (false, true) => None,
            (false, false) => Some(Deed::Passes),
        }
    }

    /// # Safety
    /// A live code object; the GIL is held.
    unsafe fn sites<'a>(&self, code: *mut ffi::PyObject) -> Option<&'a CodeSites> {
        // SAFETY: by the contract.
        unsafe { self.interpreter.sites.of(self.interpreter.layout, self.interpreter.opcodes, code) }
    }
}

/// True for locks, files and whatever else of the interpreter's own has an end: none of them keeps an exception.
fn is_interpreters(manager: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the type of a live object.
    let name = unsafe { own_name(ffi::Py_TYPE(manager.as_ptr())) };
    [&b"_thread."[..], b"_io.", b"memoryview", b"sqlite3."].iter().any(|stem| name.starts_with(stem))
}
