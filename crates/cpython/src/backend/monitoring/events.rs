//! The event bits, read from `sys.monitoring.events`: they differ between versions. Called by `Monitoring`.

use pyo3::prelude::*;

/// The events that pausa uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A call begins.
    Start,
    /// A generator or coroutine goes on.
    Resume,
    /// An exception is thrown into a generator or coroutine.
    Throw,
    /// A new line.
    Line,
    /// An unconditional jump: a loop's end.
    Jump,
    /// A function returns.
    Return,
    /// A generator or coroutine is suspended.
    Yield,
    /// An exception enters a frame.
    Raise,
    /// An exception goes on after `finally`, `with` or an `except` that did not match.
    Reraise,
}

impl EventKind {
    /// All of them, in the order of [`EventKind::index`].
    pub const ALL: [Self; 9] = [
        Self::Start,
        Self::Resume,
        Self::Throw,
        Self::Line,
        Self::Jump,
        Self::Return,
        Self::Yield,
        Self::Raise,
        Self::Reraise,
    ];

    /// Its name in `sys.monitoring.events`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "PY_START",
            Self::Resume => "PY_RESUME",
            Self::Throw => "PY_THROW",
            Self::Line => "LINE",
            Self::Jump => "JUMP",
            Self::Return => "PY_RETURN",
            Self::Yield => "PY_YIELD",
            Self::Raise => "RAISE",
            Self::Reraise => "RERAISE",
        }
    }

    /// Its place in [`EventKind::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The bits of this interpreter.
pub struct Events([u32; EventKind::ALL.len()]);

impl Events {
    pub fn read(monitoring: &Bound<'_, PyAny>) -> PyResult<Self> {
        let events = monitoring.getattr("events")?;
        let mut bits = [0; EventKind::ALL.len()];
        for (bit, kind) in bits.iter_mut().zip(EventKind::ALL) {
            *bit = events.getattr(kind.name())?.extract()?;
        }
        Ok(Self(bits))
    }

    pub fn bit(&self, kind: EventKind) -> u32 {
        self.0.get(kind.index()).copied().unwrap_or(0)
    }
}
