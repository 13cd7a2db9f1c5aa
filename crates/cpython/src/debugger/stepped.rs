//! What the calls of a line have given that a step went over. Filled by `events::instruction`, shown at the next stop.
//!
//! After a call instruction its value is on top of the stack of the frame that steps, whoever was called, and the next
//! instruction of that frame is an event. Invariant: only the frame that steps is looked at; what is kept are references of our
//! own, a few, and they go when the program runs on; a step that sees too many instructions looks no more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;

use super::Debugger;
use crate::code::calls::{self, Call, Calls};
use crate::code::registry::{CodeKey, real_path};
use crate::frames;
use crate::values;

/// How many values are kept of one step.
const MOST: usize = 20;
/// After how many instructions of the frame's code a step looks no more: some ten milliseconds.
const PATIENCE: u32 = 100_000;

/// A value, and the call that gave it.
struct Given {
    offset: usize,
    value: Py<PyAny>,
}

/// See the module.
#[derive(Default)]
pub struct Stepped {
    /// The frame object that steps, by address; 0 for none.
    frame: Cell<usize>,
    calls: RefCell<Option<Rc<Calls>>>,
    /// The call that was begun last.
    open: Cell<Option<Call>>,
    /// Instructions that may still be looked at.
    left: Cell<u32>,
    found: RefCell<Vec<Given>>,
}

impl Stepped {
    /// True for the frame that steps.
    #[inline]
    pub fn is_own(&self, frame: usize) -> bool {
        self.frame.get() == frame
    }

    /// True while a frame steps over a line.
    #[inline]
    pub fn is_active(&self) -> bool {
        self.frame.get() != 0
    }

    /// Counts an instruction; true if it is one too many.
    #[inline]
    pub fn is_over(&self, frame: usize) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left == 0 && !self.is_own(frame)
    }

    /// The frame that steps is at an instruction.
    #[inline]
    pub fn come_to(&self, offset: usize, top: impl FnOnce(usize, Option<usize>) -> Option<*mut ffi::PyObject>) {
        let Some(calls) = self.calls.borrow().clone() else { return };
        if let Some(call) = self.open.take().filter(|call| call.after == offset)
            && let Some(value) = top(calls.variables, call.depth)
        {
            self.keep(call.offset, value);
        }
        self.open.set(calls.at(offset));
    }

    /// A function that the frame has called by the instruction at an offset returns. For a tracer that is not told of
    /// instructions: what C functions and classes give is not seen.
    pub fn take(&self, offset: usize, value: &Bound<'_, PyAny>) {
        let call = self.calls.borrow().as_ref().and_then(|calls| calls.around(offset));
        if let Some(call) = call {
            self.keep(call.offset, value.as_ptr());
        }
    }

    fn keep(&self, offset: usize, value: *mut ffi::PyObject) {
        let mut found = self.found.borrow_mut();
        // SAFETY: called at an event with the GIL held; the value is on a frame's stack, so alive.
        unsafe {
            if found.len() < MOST && value != ffi::Py_None() {
                found
                    .push(Given { offset, value: Bound::from_borrowed_ptr(Python::assume_attached(), value).unbind() });
            }
        }
    }

    fn begin(&self, frame: &Bound<'_, PyAny>, calls: Calls) {
        self.frame.set(frame.as_ptr().addr());
        self.open.set(None);
        self.left.set(PATIENCE);
        self.calls.replace(Some(Rc::new(calls)));
    }

    /// Looks no more; what was found.
    fn end(&self) -> Vec<Given> {
        self.frame.set(0);
        self.open.set(None);
        self.calls.replace(None);
        self.found.take()
    }
}

impl Debugger {
    /// A step over a line of this frame is about to begin.
    pub(super) fn look_at_calls(&self, frame: &Bound<'_, PyAny>) {
        let Some(code) = frames::code(frame).filter(|_| self.shows_returns.get()) else { return };
        let Some(calls) = Calls::of(&code, self.opcodes).filter(|calls| !calls.is_empty()) else { return };
        let Some(record) = self.records.get(code.as_ptr()).filter(|_| self.can_look(frame, &calls)) else { return };
        self.stepped.begin(frame, calls);
        match self.backend.settrace() {
            Some(_) if tells_instructions(frame.py()) => drop(frame.setattr("f_trace_opcodes", true)),
            Some(_) => {}
            None => {
                record.calling.set(true);
                self.reapply(&code, record);
            }
        }
    }

    /// True if the value on top of a frame's stack can be found.
    fn can_look(&self, frame: &Bound<'_, PyAny>, calls: &Calls) -> bool {
        match (self.backend.settrace(), &self.layout) {
            (Some(_), _) => true,
            (None, None) => false,
            // SAFETY: the GIL is held; a thread's innermost frame is on its stack.
            (None, Some(layout)) => unsafe {
                let current = layout.current().filter(|current| layout.object(*current) == frame.as_ptr());
                let is_known = |current| calls.holds(frame, layout.depth(current, calls.variables));
                current.is_some_and(is_known)
            },
        }
    }

    /// The step has become one through a long recursion.
    #[cold]
    pub fn look_at_no_more_calls(&self, code: &Bound<'_, PyAny>) {
        drop(self.stepped.end());
        if let Some(record) = self.records.get(code.as_ptr()) {
            record.calling.set(false);
            self.reapply(code, record);
        }
    }

    /// The step is over: names what its calls have given.
    pub(super) fn end_calls(&self, frame: &Bound<'_, PyAny>) {
        let was_looked_at = self.stepped.is_own(frame.as_ptr().addr());
        let found = self.stepped.end();
        if !was_looked_at {
            return;
        }
        if self.backend.settrace().is_some() && tells_instructions(frame.py()) {
            let _ = frame.setattr("f_trace_opcodes", false);
        }
        let Some(code) = frames::code(frame) else { return };
        let known = self.state().registry.file(CodeKey::of(&code)).map(str::to_owned);
        let file = known.unwrap_or_else(|| real_path(&frames::file_name(frame)));
        let named = found.into_iter().filter_map(|given| {
            let name = calls::name(&code, given.offset, &file, self.opcodes)?;
            let is_new = is_new(given.value.bind(frame.py()), &name);
            (!is_new).then_some((name, given.value))
        });
        let old = self.returned.replace(named.collect());
        drop(old);
    }
}

/// True if a tracer can be told of one frame's instructions. From 3.12 on asking for them asks all frames of its code or of its
/// thread, in each version in another way.
pub fn tells_instructions(py: Python<'_>) -> bool {
    crate::version::minor(py) < 12
}

/// True for what a call has only made: the instance of a class, a generator, a coroutine. That says nothing.
fn is_new(value: &Bound<'_, PyAny>, called: &str) -> bool {
    let kind = values::short_name(&value.get_type());
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    last(&kind) == last(called) || ["generator", "coroutine", "async_generator"].contains(&kind.as_str())
}
