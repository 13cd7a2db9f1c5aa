//! How the interpreter is made to tell of events. One folder a mechanism; `debugger` drives it, `events` decides.
//!
//! Invariant: what is armed is a function of breakpoints, the step under way and pause requests, nothing else.

pub mod monitoring;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::code::record::Record;
use crate::events::Events;
use monitoring::Monitoring;

/// The mechanism that this process uses.
pub enum Backend {
    /// `sys.monitoring`.
    Monitoring(Monitoring),
}

impl Backend {
    /// Its name, as the user chooses it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Monitoring(_) => "monitoring",
        }
    }

    /// `sys.monitoring.DISABLE`, a borrowed reference that lives as long as this; none where there is no such thing.
    #[inline]
    pub fn disable(&self) -> Option<*mut ffi::PyObject> {
        match self {
            Self::Monitoring(monitoring) => Some(monitoring.disable()),
        }
    }

    /// Sets the events of one code object. With `again`, what was disabled in it is told again.
    pub fn set_local(&self, code: &Bound<'_, PyAny>, record: &Record, events: Events, again: bool) {
        record.events.set(events);
        match self {
            Self::Monitoring(monitoring) => monitoring.set_local(code, events, again),
        }
    }

    /// Sets the events of all code.
    pub fn set_global(&self, py: Python<'_>, events: Events) {
        match self {
            Self::Monitoring(monitoring) => monitoring.set_global(py, events),
        }
    }

    /// The events that are set for all code.
    pub fn global(&self) -> Events {
        match self {
            Self::Monitoring(monitoring) => monitoring.global(),
        }
    }

    /// How often all code was told to change its events: each time makes every function pay once.
    pub fn set_events_calls(&self) -> u64 {
        match self {
            Self::Monitoring(monitoring) => monitoring.set_events_calls(),
        }
    }

    /// Takes everything back. Events of code objects must be gone already: 3.12 and 3.13 keep them otherwise.
    pub fn release(&self, py: Python<'_>) {
        match self {
            Self::Monitoring(monitoring) => monitoring.release(py),
        }
    }
}
