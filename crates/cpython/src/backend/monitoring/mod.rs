//! `sys.monitoring` (PEP 669), CPython 3.12 and later. Called by `debugger`.
//!
//! Invariant: our tool id is taken as long as this exists, `restart_events` is never called, and what we set is gone
//! after [`Monitoring::release`].

mod callable;
pub mod callbacks;
mod jump;

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::events::{EventKind, Events};
use crate::named::Named;

/// `sys.monitoring.DEBUGGER_ID`.
const TOOL: u8 = 0;

/// The name that `sys.monitoring.get_tool(0)` gives while we are there.
const TOOL_NAME: &str = "pausa";

/// Our hold on `sys.monitoring`.
pub struct Monitoring {
    /// The interpreter's numbers of the events, by [`EventKind::index`]: they differ between versions.
    bits: [u32; EventKind::ALL.len()],
    /// Every event can be set for one code object (3.15).
    has_local_unwind: bool,
    set_events: Py<PyAny>,
    set_local_events: Py<PyAny>,
    register_callback: Py<PyAny>,
    free_tool_id: Py<PyAny>,
    disable: Py<PyAny>,
    global: Cell<Events>,
    set_events_calls: AtomicU64,
}

// SAFETY: the cell is only touched with the GIL held, like everything here.
unsafe impl Sync for Monitoring {}

impl Monitoring {
    /// Takes the debugger's tool id and registers the callbacks; arms nothing.
    ///
    /// # Errors
    /// If another tool has the id, which [`Monitoring::holder`] would have told.
    pub fn acquire(py: Python<'_>) -> Result<Self, String> {
        Self::try_acquire(py).map_err(|error| format!("sys.monitoring does not answer: {error}"))
    }

    /// The tool that has the debugger's id, if one has.
    pub fn holder(py: Python<'_>) -> Option<String> {
        let holder =
            crate::modules::import(py, "sys").ok()?.named("monitoring").ok()?.call_named1("get_tool", (TOOL,)).ok()?;
        holder.extract().ok()
    }

    fn try_acquire(py: Python<'_>) -> PyResult<Self> {
        let monitoring = crate::modules::import(py, "sys")?.named("monitoring")?;
        monitoring.call_named1("use_tool_id", (TOOL, TOOL_NAME))?;
        let numbers = monitoring.named("events")?;
        let mut bits = [0; EventKind::ALL.len()];
        for (bit, kind) in bits.iter_mut().zip(EventKind::ALL) {
            *bit = numbers.named(kind.name())?.extract()?;
        }
        let this = Self {
            set_events: monitoring.named("set_events")?.unbind(),
            set_local_events: monitoring.named("set_local_events")?.unbind(),
            register_callback: monitoring.named("register_callback")?.unbind(),
            free_tool_id: monitoring.named("free_tool_id")?.unbind(),
            disable: monitoring.named("DISABLE")?.unbind(),
            bits,
            has_local_unwind: crate::version::minor(py) >= 15,
            global: Cell::default(),
            set_events_calls: AtomicU64::new(0),
        };
        for kind in EventKind::ALL {
            let callback = callbacks::function(py, kind)?;
            this.register_callback.call1(py, (TOOL, this.bit(kind), callback))?;
        }
        Ok(this)
    }

    /// True if a code object alone can be told to tell of exceptions that leave its frames.
    pub fn has_local_unwind(&self) -> bool {
        self.has_local_unwind
    }

    fn bit(&self, kind: EventKind) -> u32 {
        self.bits.get(kind.index()).copied().unwrap_or(0)
    }

    fn bits(&self, events: Events) -> u32 {
        events.iter().fold(0, |bits, kind| bits | self.bit(kind))
    }

    /// `DISABLE`, a borrowed reference that lives as long as this.
    pub fn disable(&self) -> *mut pyo3::ffi::PyObject {
        self.disable.as_ptr()
    }

    /// Sets the events of one code object. With `again`, lines that were disabled in it are enabled again.
    pub fn set_local(&self, code: &Bound<'_, PyAny>, events: Events, again: bool) {
        let py = code.py();
        if again {
            self.call_set_local(py, code, 0);
        }
        self.call_set_local(py, code, self.bits(events));
    }

    fn call_set_local(&self, py: Python<'_>, code: &Bound<'_, PyAny>, bits: u32) {
        // A code-like object of an extension cannot be instrumented; it has no lines to stop at either.
        let _ = self.set_local_events.call1(py, (TOOL, code, bits));
    }

    /// Sets the events of all code, if that changes anything.
    pub fn set_global(&self, py: Python<'_>, events: Events) {
        if self.global.replace(events) == events {
            return;
        }
        self.set_events_calls.fetch_add(1, Ordering::Relaxed);
        let _ = self.set_events.call1(py, (TOOL, self.bits(events)));
    }

    /// The events that are set for all code.
    pub fn global(&self) -> Events {
        self.global.get()
    }

    /// How often `set_events` was called.
    pub fn set_events_calls(&self) -> u64 {
        self.set_events_calls.load(Ordering::Relaxed)
    }

    /// Gives the tool id back. Local events must be gone already: 3.12 and 3.13 keep them otherwise.
    pub fn release(&self, py: Python<'_>) {
        self.set_global(py, Events::NONE);
        for kind in EventKind::ALL {
            let arguments = (TOOL, self.bit(kind), py.None());
            let _ =
                arguments.into_pyobject(py).map(|tuple: Bound<'_, PyTuple>| self.register_callback.call1(py, tuple));
        }
        let _ = self.free_tool_id.call1(py, (TOOL,));
    }
}
