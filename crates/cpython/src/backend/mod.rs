//! How the interpreter is made to tell of events. One folder a mechanism; `debugger` drives it, `events` decides.
//!
//! Invariant: what is armed is a function of breakpoints, the step under way and pause requests, nothing else.

pub mod monitoring;
pub mod settrace;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::code::record::Record;
use crate::debugger::Debugger;
use crate::events::Events;
use monitoring::Monitoring;
use settrace::Settrace;

/// The mechanism that this process uses.
pub enum Backend {
    /// `sys.monitoring`.
    Monitoring(Monitoring),
    /// `sys.settrace`.
    Settrace(Settrace),
}

impl Backend {
    /// Takes hold of the interpreter by the mechanism asked for, or by the one that its version is best served with.
    ///
    /// # Errors
    /// If the interpreter does not have it, or somebody else has it: one line for the user.
    pub fn acquire(py: Python<'_>, wanted: Option<&str>) -> Result<Self, String> {
        match Self::choose(py, wanted)? {
            Choice::Monitoring => Monitoring::acquire(py).map(Self::Monitoring),
            Choice::Settrace => Settrace::acquire(py).map(Self::Settrace),
        }
    }

    /// Which mechanism it will be; nothing is changed yet.
    ///
    /// # Errors
    /// As [`Backend::acquire`].
    pub fn choose(py: Python<'_>, wanted: Option<&str>) -> Result<Choice, String> {
        let version = py.version_info();
        let (major, minor) = (version.major, version.minor);
        let has_monitoring = (major, minor) >= (3, 12);
        if (major, minor) < (3, 10) {
            return Err(format!("this is Python {major}.{minor}; pausa needs CPython 3.10 or later"));
        }
        let choice = match wanted {
            None if has_monitoring => Choice::Monitoring,
            None | Some("settrace") => Choice::Settrace,
            Some("monitoring") if has_monitoring => Choice::Monitoring,
            Some("monitoring") => {
                return Err(format!(
                    "Python {major}.{minor} has no sys.monitoring, which came with 3.12; leave out --backend to use sys.settrace"
                ));
            }
            Some(other) => return Err(format!("there is no backend '{other}'; there are monitoring and settrace")),
        };
        match (&choice, Monitoring::holder(py)) {
            (Choice::Monitoring, Some(holder)) => Err(format!(
                "sys.monitoring's debugger id is taken by '{holder}'; only one debugger can run in a process"
            )),
            _ => Ok(choice),
        }
    }

    /// Its name, as the user chooses it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Monitoring(_) => "monitoring",
            Self::Settrace(_) => "settrace",
        }
    }

    /// What a user should know of this mechanism in this program, if anything.
    pub fn notice(&self, py: Python<'_>) -> Option<String> {
        self.settrace().and_then(|_| Settrace::notice(py))
    }

    /// `sys.monitoring.DISABLE`, a borrowed reference that lives as long as this; none where there is no such thing.
    #[inline]
    pub fn disable(&self) -> Option<*mut ffi::PyObject> {
        match self {
            Self::Monitoring(monitoring) => Some(monitoring.disable()),
            Self::Settrace(_) => None,
        }
    }

    /// The tracer, if this is it.
    #[inline]
    pub fn settrace(&self) -> Option<&Settrace> {
        match self {
            Self::Monitoring(_) => None,
            Self::Settrace(settrace) => Some(settrace),
        }
    }

    /// True while each frame shows itself before it runs, whether anything is armed in it or not.
    pub fn shows_code(&self) -> bool {
        self.settrace().is_some_and(Settrace::shows_code)
    }

    /// Makes threads tell what is armed now, where that needs more than telling their code. `is_armed` is false while
    /// nothing at all is of interest.
    pub fn settle(&self, py: Python<'_>, debugger: &Debugger, is_armed: bool) {
        if let Self::Settrace(settrace) = self {
            settrace.settle(py, debugger, is_armed);
        }
    }

    /// True if a code object can be told to tell of exceptions that leave its frames; else all code has to (before 3.15, and
    /// by `sys.settrace`, which tells of every frame's end where it tells at all).
    pub fn tells_unwind_by_code(&self) -> bool {
        match self {
            Self::Monitoring(monitoring) => monitoring.has_local_unwind(),
            Self::Settrace(_) => true,
        }
    }

    /// Sets the events of one code object. With `again`, what was disabled in it is told again.
    pub fn set_local(&self, code: &Bound<'_, PyAny>, record: &Record, events: Events, again: bool) {
        record.events.set(events);
        match self {
            Self::Monitoring(monitoring) => monitoring.set_local(code, events, again),
            Self::Settrace(settrace) => settrace.note_events(events),
        }
    }

    /// Sets the events of all code.
    pub fn set_global(&self, py: Python<'_>, events: Events) {
        match self {
            Self::Monitoring(monitoring) => monitoring.set_global(py, events),
            Self::Settrace(settrace) => settrace.set_global(events),
        }
    }

    /// The events that are set for all code.
    pub fn global(&self) -> Events {
        match self {
            Self::Monitoring(monitoring) => monitoring.global(),
            Self::Settrace(settrace) => settrace.global(),
        }
    }

    /// How often all code was told to change its events: each time makes every function pay once.
    pub fn set_events_calls(&self) -> u64 {
        match self {
            Self::Monitoring(monitoring) => monitoring.set_events_calls(),
            Self::Settrace(_) => 0,
        }
    }

    /// Takes everything back. Events of code objects must be gone already: 3.12 and 3.13 keep them otherwise.
    pub fn release(&self, py: Python<'_>) {
        match self {
            Self::Monitoring(monitoring) => monitoring.release(py),
            Self::Settrace(settrace) => settrace.release(),
        }
    }
}

/// A mechanism, not taken yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `sys.monitoring`.
    Monitoring,
    /// `sys.settrace`.
    Settrace,
}
