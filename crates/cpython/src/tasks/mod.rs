//! The program's tasks, asyncio's and trio's: which there are, where each stands, who waits for whom. Called by `inspection`, by steps
//! and by breakpoints that belong to a task.
//!
//! Invariant: read only, through descriptors of the interpreter's own types and exact dicts, so no code of the program
//! runs, whatever class a task, a loop or a coroutine has; nothing is recorded while the program runs.

mod asyncio;
mod awaiters;
mod current;
mod known;
mod numbers;
mod reason;
mod state;
pub mod suspended;
mod trio;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

pub use asyncio::Asyncio;
pub use awaiters::{Awaiting, Waiter, awaiters, waiter};
pub use current::current;
pub use known::{all, order};
pub use numbers::{TaskNumbers, referred, weak};
pub use reason::reason;
pub use state::State;

use crate::values;

/// A task of asyncio's (its own implementation in C, that in Python, or a class derived from one of them) or of trio's.
#[derive(Clone)]
pub struct Task<'py> {
    object: Bound<'py, PyAny>,
    /// None for trio's.
    asyncio: Option<Asyncio<'py>>,
}

/// An object as a task, if it is one.
pub fn task<'py>(object: &Bound<'py, PyAny>) -> Option<Task<'py>> {
    let asyncio = Asyncio::of(object.py()).and_then(|asyncio| asyncio.task(object));
    asyncio.or_else(|| trio::task(object))
}

impl<'py> Task<'py> {
    /// The object.
    pub fn object(&self) -> &Bound<'py, PyAny> {
        &self.object
    }

    /// True for the same task.
    pub fn is(&self, other: &Self) -> bool {
        self.object.is(&other.object)
    }

    /// Its name, which asyncio keeps as an exact `str`.
    pub fn name(&self) -> String {
        let py = self.object.py();
        let name = match &self.asyncio {
            Some(asyncio) if asyncio.is_native(&self.object) => asyncio.native_name(&self.object),
            Some(_) => self.field(intern!(py, "_name")),
            None => trio::name(&self.object),
        };
        name.and_then(|name| name.cast_exact::<PyString>().ok().map(|name| name.to_string_lossy().into_owned()))
            .unwrap_or_else(|| "a task".into())
    }

    /// True for a task of asyncio's.
    pub fn is_asyncio(&self) -> bool {
        self.asyncio.is_some()
    }

    /// What sorts tasks of one name, where they are known to have an order: the number that trio counts them by.
    pub fn rank(&self) -> u64 {
        match self.asyncio {
            Some(_) => 0,
            None => trio::rank(&self.object),
        }
    }

    /// Its coroutine.
    pub fn coroutine(&self) -> Option<Bound<'py, PyAny>> {
        match &self.asyncio {
            Some(_) => self.field(intern!(self.object.py(), "_coro")),
            None => trio::coroutine(&self.object),
        }
    }

    /// The frame of its coroutine, while that has not ended.
    pub fn root(&self) -> Option<Bound<'py, PyAny>> {
        suspended::frame(&self.coroutine()?)
    }

    /// The future that it waits for.
    pub fn waits_for(&self) -> Option<Bound<'py, PyAny>> {
        self.field(intern!(self.object.py(), "_fut_waiter"))
    }

    /// One of asyncio's own fields of the task; None also for one that is None.
    fn field(&self, name: &Bound<'py, PyString>) -> Option<Bound<'py, PyAny>> {
        self.asyncio.as_ref()?.field(&self.object, name)
    }

    /// Where it was created, innermost first: file, line and function of each frame. asyncio knows it in its debug mode.
    pub fn created_at(&self) -> Vec<(String, u32, String)> {
        let Some(summary) = self.field(intern!(self.object.py(), "_source_traceback")) else { return Vec::new() };
        let items = (0..).map_while(|index| values::item(&summary, index));
        let frame = |frame: Bound<'py, PyAny>| {
            let text = |name| values::instance_attribute(&frame, name).and_then(|text| values::exact_text(&text));
            let line = values::instance_attribute(&frame, "lineno")?.extract().ok()?;
            Some((text("filename")?, line, text("name")?))
        };
        let mut frames: Vec<_> = items.filter_map(frame).collect();
        frames.reverse();
        frames
    }
}
