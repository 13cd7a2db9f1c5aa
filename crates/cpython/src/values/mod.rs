//! Values of the program as text and as children, for panes and for the prompt. Called by `inspection` and `evaluate`.
//!
//! Invariant: `describe`, `type_name`, `counts` and `children` run no code of the program, whatever its classes define;
//! they read the interpreter's own structures through slots and static lookups. Only `repr` and `set_child` may run it,
//! because the user asked. All text is bounded while it is built.

mod builtins;
mod children;
mod containers;
mod facts;
mod numbers;
mod objects;
#[cfg(feature = "probe")]
pub mod probe;
mod render;
mod strings;

use pyo3::prelude::*;

pub use children::{Key, children, counts, set_child};
pub use facts::type_name;
pub(crate) use facts::{attribute_names, named_entries, static_attribute, text_of};

use crate::evaluate::Raised;
use render::{Leaves, Renderer};

/// How much of a value is shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Characters in all.
    pub chars: usize,
    /// Items of one container.
    pub items: usize,
    /// Containers within containers.
    pub depth: usize,
}

/// One line of a pane.
pub const PANE: Limits = Limits { chars: 200, items: 100, depth: 6 };

/// What was asked for at the prompt.
pub const PROMPT: Limits = Limits { chars: 10_000, items: 10_000, depth: 100 };

/// A value's text, made without running any code of the program: `…` stands where something was cut.
pub fn describe(value: &Bound<'_, PyAny>, limits: &Limits) -> String {
    let mut renderer = Renderer::new(limits, Leaves::Described);
    // No code of the program runs, so nothing can raise; what is written until then is good in any case.
    let _ = renderer.value(value);
    renderer.finish()
}

/// `repr` of a value, with a note of how much was cut. Containers are walked here, so that only as much of a large one
/// is looked at as is shown; everything else is asked for its `repr`.
pub fn repr(value: &Bound<'_, PyAny>, limits: &Limits) -> Result<String, Raised> {
    let mut renderer = Renderer::new(limits, Leaves::Asked);
    renderer.value(value).map_err(|error| Raised::of(value.py(), error))?;
    let whole = renderer.is_whole();
    let note = renderer.note(value);
    let text = renderer.finish();
    Ok(if whole { text } else { format!("{text} ({note})") })
}

/// True if `repr` of a value would be cut.
pub(crate) fn is_large(value: &Bound<'_, PyAny>, limits: &Limits) -> bool {
    let mut renderer = Renderer::new(limits, Leaves::Described);
    let _ = renderer.value(value);
    !renderer.is_whole()
}
