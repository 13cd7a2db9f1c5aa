//! Whose calls a function breakpoint stops at: those for one object, or for instances of one class. Made by `debugger`,
//! asked by `hits` and `endings` for each call.
//!
//! Invariant: the object is held weakly where its class allows it, so that it dies when the program lets it go, and another
//! one at its address is never taken for it. Asking runs no code of the program.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::code::registry::CodeKey;
use crate::frames;
use crate::layout::{Cell, Layout};
use crate::named::Named;
use crate::values;

/// `CO_VARARGS` of Include/cpython/code.h.
const VARARGS: u32 = 0x4;

/// See the module.
pub enum Receiver {
    /// This object.
    Object(Held),
    /// Instances of this class, and of those that derive from it unless only its own are meant; or such a class itself.
    Class {
        /// The class.
        class: Held,
        /// Only its own.
        only: bool,
    },
    /// Instances of the class that defines the method, not of those that inherit it.
    Definer,
}

/// An object of the program.
pub enum Held {
    /// By a weak reference.
    Weakly(Py<PyAny>),
    /// Its class allows no weak references.
    Owned(Py<PyAny>),
}

impl Held {
    /// Holds an object.
    pub fn of(object: &Bound<'_, PyAny>) -> Self {
        // SAFETY: a live object; a new reference to a plain weak reference without callback, or TypeError, which is ours.
        let weak = unsafe { ffi::PyWeakref_NewRef(object.as_ptr(), std::ptr::null_mut()) };
        // SAFETY: as above.
        match unsafe { Bound::from_owned_ptr_or_err(object.py(), weak) } {
            Ok(weak) => Self::Weakly(weak.unbind()),
            Err(_) => Self::Owned(object.clone().unbind()),
        }
    }

    /// The object, if it is still there.
    fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match self {
            Self::Weakly(weak) => weak.bind(py).call0().ok().filter(|object| !object.is_none()),
            Self::Owned(object) => Some(object.bind(py).clone()),
        }
    }

    /// True if it keeps the object alive.
    pub fn owns(&self) -> bool {
        matches!(self, Self::Owned(_))
    }
}

impl Receiver {
    /// True if the call that runs in the innermost frame of this thread is meant.
    pub fn admits(&self, py: Python<'_>, layout: Option<&Layout>, frame: &Bound<'_, PyAny>) -> bool {
        let Some(first) = first_argument(py, layout, frame) else { return false };
        match self {
            Self::Object(held) => held.get(py).is_some_and(|object| object.is(&first)),
            Self::Class { class, only } => class.get(py).is_some_and(|class| is_of(&first, &class, *only)),
            Self::Definer => defines(&first, frame),
        }
    }
}

/// True for an instance of a class, and for a class that derives from it.
fn is_of(value: &Bound<'_, PyAny>, class: &Bound<'_, PyAny>, only: bool) -> bool {
    let Ok(class) = class.cast::<PyType>() else { return false };
    let derives = |kind: &Bound<'_, PyType>| match only {
        true => kind.is(class),
        // SAFETY: both are type objects.
        false => unsafe { ffi::PyType_IsSubtype(kind.as_type_ptr(), class.as_type_ptr()) != 0 },
    };
    derives(&value.get_type()) || value.cast::<PyType>().is_ok_and(derives)
}

/// True if the class of a value, or the value as a class, has the frame's function among its own attributes.
fn defines(value: &Bound<'_, PyAny>, frame: &Bound<'_, PyAny>) -> bool {
    let Some(code) = frames::code(frame) else { return false };
    let name = code.named("co_name").and_then(|name| name.extract::<String>()).unwrap_or_default();
    let own = |class: &Bound<'_, PyType>| {
        let found = values::own_attribute(class, &name).as_ref().and_then(values::code_behind);
        found.is_some_and(|found| CodeKey::of(&found) == CodeKey::of(&code))
    };
    match value.cast::<PyType>() {
        Ok(class) => own(class),
        Err(_) => own(&value.get_type()),
    }
}

/// The first positional argument of a frame's function, as it is now.
fn first_argument<'py>(
    py: Python<'py>,
    layout: Option<&Layout>,
    frame: &Bound<'py, PyAny>,
) -> Option<Bound<'py, PyAny>> {
    let code = frames::code(frame)?;
    let number = |name: &str| code.named(name).and_then(|number| number.extract::<u32>()).ok();
    let is_spread = number("co_argcount")? == 0;
    if is_spread && (number("co_flags")? & VARARGS == 0 || number("co_kwonlyargcount")? != 0) {
        return None;
    }
    // SAFETY: the GIL is held and the frame is the innermost one; a function with an argument has a first variable.
    let native = layout.and_then(|layout| unsafe {
        let value = layout.variable(layout.current()?, 0)?;
        let value = match layout.cell(value) {
            Cell::Content(content) => content?,
            Cell::NoCell => value,
        };
        Some(Bound::from_borrowed_ptr(py, value.as_ptr()))
    });
    // 3.10 keeps an argument that inner functions use among the cells.
    let by_name = || {
        let name = code.named("co_varnames").ok()?.get_item(0).ok()?;
        frame.named("f_locals").ok()?.get_item(name).ok()
    };
    let first = native.or_else(by_name)?;
    match is_spread {
        true => first.cast_into_exact::<PyTuple>().ok()?.get_item(0).ok(),
        false => Some(first),
    }
}
