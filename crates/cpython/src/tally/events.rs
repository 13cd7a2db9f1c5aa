//! The events that this interpreter has. Read once by `tally`.
//!
//! Invariant: a kind's place is that of its name in [`NAMES`], so that callbacks know it without a look-up.

use crate::named::Named;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// All names of `sys.monitoring.events` in 3.12 to 3.15 that can be set, in the order of reports. `BRANCH` is taken only
/// where it is not split into two (3.14).
pub const NAMES: [&str; 19] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "C_RETURN",
    "C_RAISE",
    "PY_THROW",
    "PY_UNWIND",
    "RAISE",
    "RERAISE",
    "EXCEPTION_HANDLED",
];

/// An event of this interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its place in [`NAMES`].
    pub place: usize,
    /// Its name.
    pub name: &'static str,
    /// Its bit.
    pub bit: u32,
}

/// The events to count.
pub struct Kinds {
    all: Vec<Kind>,
    /// What is to be set for them.
    bits: u32,
}

impl Kinds {
    /// Reads the bits of the events named, or of all.
    pub fn read(monitoring: &Bound<'_, PyAny>, only: &[String]) -> PyResult<Self> {
        let events = monitoring.named("events")?;
        let mut kinds = Vec::new();
        for (place, name) in NAMES.into_iter().enumerate() {
            if let Ok(bit) = events.getattr(name) {
                kinds.push(Kind { place, name, bit: bit.extract()? });
            }
        }
        if kinds.iter().any(|kind| kind.name == "BRANCH_LEFT") {
            kinds.retain(|kind| kind.name != "BRANCH");
        }
        if let Some(unknown) = only.iter().find(|name| kinds.iter().all(|kind| kind.name != **name)) {
            let known: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
            return Err(PyValueError::new_err(format!("no event {unknown}; there are {}", known.join(", "))));
        }
        if !only.is_empty() {
            kinds.retain(|kind| only.iter().any(|name| name == kind.name));
        }
        let call: u32 = events.named("CALL")?.extract()?;
        // What is told of C functions comes with the calls (PEP 669) and is not set by itself.
        let set = |kind: &Kind| if kind.name.starts_with("C_") { call } else { kind.bit };
        let bits = kinds.iter().fold(0, |bits, kind| bits | set(kind));
        Ok(Self { all: kinds, bits })
    }

    /// All of them.
    pub fn all(&self) -> &[Kind] {
        &self.all
    }

    /// The set to ask the interpreter for.
    pub fn bits(&self) -> u32 {
        self.bits
    }
}
