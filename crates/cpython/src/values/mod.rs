//! Values of the program as text and as children, for panes and for the prompt. Called by `inspection` and `evaluate`.
//!
//! Invariant: `describe`, `type_name`, `counts` and `children` run no code of the program, whatever its classes define;
//! they read the interpreter's own structures through slots and static lookups. Only `repr` and `set_child` may run it,
//! because the user asked. All text is bounded while it is built.

mod builtins;
mod children;
mod computed;
mod containers;
mod definition;
mod facts;
mod numbers;
mod objects;
#[cfg(feature = "probe")]
pub mod probe;
mod render;
mod strings;

use pausa_engine::port::Format;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

pub use children::{Child, Key, children, counts, is_identifier, key_of, set_child};
pub(crate) use containers::{is_set, set_elements};
pub use containers::{item, next, set_items};
pub use definition::{Definition, code_behind, definition, role};
pub(crate) use facts::{
    attribute_names, bases as lineage_of, class_attribute, class_dict, instance_dict, is_data_descriptor, is_member,
    named_entries, slots, static_attribute, text_of,
};
pub use facts::{
    bases, described_by, entries, exact_text, instance_attribute, instance_attributes, is_dunder, is_static, lineage,
    own_attribute, own_attributes, short_class_name as short_name, type_name,
};
pub(crate) use objects::{deque_item, deque_length};
pub use objects::{field, imported};

/// Finds what values are judged by. Before the first event: it runs Python code, which may raise, and whoever hears of
/// that needs it.
pub(crate) fn prepare(py: pyo3::Python<'_>) {
    builtins::Builtins::get(py);
}

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
    /// Whole numbers are written in base 16.
    pub hex: bool,
}

impl Limits {
    /// The same for values in another form.
    pub fn in_form(self, format: Format) -> Self {
        Self { hex: format.hex, ..self }
    }
}

/// One line of a pane.
pub const PANE: Limits = Limits { chars: 200, items: 100, depth: 6, hex: false };

/// What was asked for at the prompt.
pub const PROMPT: Limits = Limits { chars: 10_000, items: 10_000, depth: 100, hex: false };

/// What is copied elsewhere: all of it, as far as that is text that anybody can use.
pub const FULL: Limits = Limits { chars: 50_000_000, items: 10_000_000, depth: 100, hex: false };

/// A value's text, made without running any code of the program: `…` stands where something was cut.
pub fn describe(value: &Bound<'_, PyAny>, limits: &Limits) -> String {
    let mut renderer = Renderer::new(limits, Leaves::Described);
    // No code of the program runs, so nothing can raise; what is written until then is good in any case.
    let _ = renderer.value(value);
    renderer.finish()
}

/// A value's text as [`describe`] makes it; None if something had to be cut.
fn describe_whole(value: &Bound<'_, PyAny>, limits: &Limits) -> Option<String> {
    let mut renderer = Renderer::new(limits, Leaves::Described);
    let written = renderer.value(value);
    (written.is_ok() && renderer.is_whole()).then(|| renderer.finish())
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

/// What `str` of an exception gives where that runs no code of the program, else the like.
pub fn exception_text(exception: &Bound<'_, PyAny>, limits: &Limits) -> String {
    let arguments = field(exception, "args").and_then(|arguments| arguments.cast_into_exact::<PyTuple>().ok());
    let Some(arguments) = arguments else { return String::new() };
    match (arguments.len(), arguments.get_item(0)) {
        (1, Ok(only)) => exact_text(&only).unwrap_or_else(|| describe(&only, limits)),
        (0, _) | (1, Err(_)) => String::new(),
        _ => describe(arguments.as_any(), limits),
    }
}

/// True if `repr` of a value would be cut.
pub(crate) fn is_large(value: &Bound<'_, PyAny>, limits: &Limits) -> bool {
    let mut renderer = Renderer::new(limits, Leaves::Described);
    let _ = renderer.value(value);
    !renderer.is_whole()
}
