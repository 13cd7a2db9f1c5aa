//! What `python/pausa/_costs.py` measured. Read by both tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pausa_hub::Costs;
use serde::{Deserialize, Serialize};

/// Costs on one interpreter, in nanoseconds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    /// `3.13.0`
    pub python: String,
    /// Functions of `sys.monitoring`.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// One event of a kind.
    pub events: BTreeMap<String, Event>,
}

/// A function of `sys.monitoring`, or two that undo each other.
#[derive(Debug, Serialize, Deserialize)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// The lines of the code object that it is for, if it is for one.
    pub lines: Option<u32>,
    /// What a call takes.
    #[serde(flatten)]
    pub spread: Spread,
}

/// What an event takes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Event {
    /// With our callback, which counts.
    pub native: Spread,
    /// With a Python function that does nothing.
    pub python: Spread,
}

/// A median and its quartiles.
#[derive(Debug, Serialize, Deserialize)]
pub struct Spread {
    /// The middle.
    pub median: f64,
    /// A quarter is below.
    pub low: f64,
    /// A quarter is above.
    pub high: f64,
}

/// Measures on an interpreter.
pub fn measure(python: PathBuf, costs: Costs) -> Result<Measured, String> {
    let text = pausa_hub::measure_costs(python, costs).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("what was measured cannot be read: {error}"))
}
