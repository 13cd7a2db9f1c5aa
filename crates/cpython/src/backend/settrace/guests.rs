//! Tracers that the program has set itself: coverage, another debugger. Used by `Settrace`.
//!
//! Invariant: each is known by its thread, and owned as long as ours stands in its place.

use std::cell::RefCell;
use std::ffi::c_void;

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;

use super::natives::{ThreadState, TraceFunction};

/// See the module.
#[derive(Default)]
pub struct Guests(RefCell<FxHashMap<usize, Guest>>);

struct Guest {
    function: TraceFunction,
    object: Py<PyAny>,
}

impl Guests {
    /// Remembers the tracers of threads, given by function and object; a thread without one is forgotten.
    ///
    /// # Safety
    /// Functions are null or trace functions, objects borrowed references that go with them; the GIL is held.
    pub unsafe fn keep(&self, found: impl Iterator<Item = (ThreadState, (*mut c_void, *mut ffi::PyObject))>) {
        let mut old = Vec::new();
        for (thread, (function, object)) in found {
            // SAFETY: by contract; a function that is not null is what `PyEval_SetTrace` was given.
            let guest = unsafe {
                let function = std::mem::transmute::<*mut c_void, Option<TraceFunction>>(function);
                let object = Bound::from_borrowed_ptr_or_opt(Python::assume_attached(), object);
                function.zip(object).map(|(function, object)| Guest { function, object: object.unbind() })
            };
            let mut known = self.0.borrow_mut();
            old.push(match guest {
                Some(guest) => known.insert(thread as usize, guest),
                None => known.remove(&(thread as usize)),
            });
        }
        // Dropped here, where nothing is borrowed: the last reference to a tracer may run code of the program.
        drop(old);
    }

    /// The trace function of a thread's own tracer.
    #[inline]
    pub fn function(&self, thread: ThreadState) -> Option<TraceFunction> {
        self.0.borrow().get(&(thread as usize)).map(|guest| guest.function)
    }

    /// True if no thread has one.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Calls `visit` with each thread, function and object.
    pub fn for_each(&self, visit: impl Fn(ThreadState, TraceFunction, &Py<PyAny>)) {
        for (&thread, guest) in self.0.borrow().iter() {
            visit(thread as ThreadState, guest.function, &guest.object);
        }
    }

    /// Forgets all.
    pub fn clear(&self) {
        let old = self.0.take();
        drop(old);
    }
}
