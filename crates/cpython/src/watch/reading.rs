//! What a watched place holds at a moment, and whether that differs from what it held before.
//!
//! Made by `place`, compared by `events`. Invariant: owns what it compares by address, so that no address is used again
//! while it is compared; comparing runs no code of the program.

use pausa_engine::data_breakpoints::change;
use pyo3::class::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple,
};

use crate::values;

/// What the parts of a watched object are to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Items by their index, or no parts at all.
    List,
    /// Elements without an order.
    Set,
    /// Items by their key.
    Dict,
    /// Attributes.
    Attributes,
}

impl Shape {
    /// How a part is called: `d['k']`, `object.name`.
    pub fn part(self, name: &str, key: &Bound<'_, PyAny>) -> String {
        match (self, values::exact_text(key)) {
            (Self::Attributes, Some(attribute)) => format!("{name}.{attribute}"),
            _ => format!("{name}[{}]", values::describe(key, &values::PANE)),
        }
    }
}

/// A key and its value.
type Entry = (Py<PyAny>, Py<PyAny>);

/// See the module.
#[derive(Debug)]
pub enum Reading {
    /// No value: a name that is not set, an index past the end.
    Unset,
    /// A value.
    Value(Py<PyAny>),
    /// The items of a container that is watched for mutation.
    Items(Vec<Py<PyAny>>),
    /// Keys and values of what is watched for mutation: a dict, or attributes.
    Entries(Vec<Entry>),
    /// The bytes of a bytearray.
    Bytes(Vec<u8>),
    /// The expression raised this.
    Raised(String),
}

impl Reading {
    /// The value's text for a pane; None without one.
    pub fn text(&self, py: Python<'_>) -> Option<String> {
        match self {
            Self::Unset => None,
            Self::Value(value) => Some(values::describe(value.bind(py), &values::PANE)),
            Self::Items(items) => Some(format!("{} items", items.len())),
            Self::Entries(entries) => Some(format!("{} entries", entries.len())),
            Self::Bytes(bytes) => Some(format!("{} bytes", bytes.len())),
            Self::Raised(text) => Some(format!("raised {text}")),
        }
    }

    /// A value of an expression or place, if there is one.
    pub fn of(value: Option<Bound<'_, PyAny>>) -> Self {
        value.map_or(Self::Unset, |value| Self::Value(value.unbind()))
    }

    /// All entries of a dict.
    pub fn of_dict(dict: &Bound<'_, PyDict>) -> Self {
        let entries = values::entries(dict, 0, usize::MAX).into_iter();
        Self::Entries(entries.map(|(key, value)| (key.unbind(), value.unbind())).collect())
    }

    /// The value, if it is one.
    pub fn value(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        match self {
            Self::Value(value) => Some(value.clone_ref(py)),
            _ => None,
        }
    }

    /// True if nothing has changed. `computed` values are new objects each time, so containers of them are compared by
    /// what they hold.
    pub fn is_same(&self, other: &Self, py: Python<'_>, computed: bool) -> bool {
        match (self, other) {
            (Self::Unset, Self::Unset) => true,
            (Self::Value(old), Self::Value(new)) => {
                let (old, new) = (old.bind(py), new.bind(py));
                is_same(old, new) || (computed && is_same_container(old, new))
            }
            (Self::Items(old), Self::Items(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.is(new))
            }
            (Self::Entries(old), Self::Entries(new)) => {
                let same = |(old, new): (&Entry, &Entry)| old.0.is(&new.0) && is_same(old.1.bind(py), new.1.bind(py));
                old.len() == new.len() && old.iter().zip(new).all(same)
            }
            (Self::Bytes(old), Self::Bytes(new)) => old == new,
            (Self::Raised(old), Self::Raised(new)) => old == new,
            _ => false,
        }
    }

    /// How it has changed into another: `x: 1 -> 2`; None if it turns out that nothing has, but the order of a set.
    pub fn change_to(&self, new: &Self, py: Python<'_>, name: &str, shape: Shape) -> Option<String> {
        match (self, new) {
            (Self::Items(old), Self::Items(new)) if shape == Shape::Set => set_change(py, name, old, new),
            (Self::Items(old), Self::Items(new)) => Some(list_change(py, name, old, new)),
            (Self::Entries(old), Self::Entries(new)) => entries_change(py, name, shape, old, new),
            (Self::Bytes(old), Self::Bytes(new)) => Some(bytes_change(name, old, new)),
            _ => Some(change(name, self.text(py).as_deref(), new.text(py).as_deref())),
        }
    }
}

/// True if storing `new` where `old` was is no change to anybody: the same object, or an equal number or text.
pub fn is_same(old: &Bound<'_, PyAny>, new: &Bound<'_, PyAny>) -> bool {
    if old.is(new) {
        return true;
    }
    if !old.get_type().is(new.get_type()) {
        return false;
    }
    if let (Ok(old), Ok(new)) = (old.cast_exact::<PyFloat>(), new.cast_exact::<PyFloat>()) {
        // Not by ==: a NaN stays what it is, and -0.0 is not 0.0.
        return old.value().to_bits() == new.value().to_bits();
    }
    is_plain(old) && old.rich_compare(new, CompareOp::Eq).is_ok_and(|equal| equal.is_truthy().unwrap_or(false))
}

/// True for values of the interpreter's own types whose comparison runs no code of the program.
pub fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_none()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyBytes>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyComplex>()
        || value.cast_exact::<PyTuple>().is_ok_and(|items| items.iter().all(|item| is_plain(&item)))
}

/// True for containers of the same builtin type that look the same.
fn is_same_container(old: &Bound<'_, PyAny>, new: &Bound<'_, PyAny>) -> bool {
    let is_container = old.is_exact_instance_of::<PyList>()
        || old.is_exact_instance_of::<PyTuple>()
        || old.is_exact_instance_of::<PyDict>()
        || old.is_exact_instance_of::<PySet>()
        || old.is_exact_instance_of::<PyFrozenSet>()
        || old.is_exact_instance_of::<PyByteArray>();
    is_container
        && old.get_type().is(new.get_type())
        && values::describe(old, &values::PROMPT) == values::describe(new, &values::PROMPT)
}

/// The first item that differs, and how many items there are if that has changed.
fn list_change(py: Python<'_>, name: &str, old: &[Py<PyAny>], new: &[Py<PyAny>]) -> String {
    let at = old.iter().zip(new).position(|(old, new)| !old.is(new)).unwrap_or(old.len().min(new.len()));
    let text = |items: &[Py<PyAny>]| items.get(at).map(|item| values::describe(item.bind(py), &values::PANE));
    let item = change(&format!("{name}[{at}]"), text(old).as_deref(), text(new).as_deref());
    if old.len() == new.len() { item } else { format!("{item} ({} -> {} items)", old.len(), new.len()) }
}

fn bytes_change(name: &str, old: &[u8], new: &[u8]) -> String {
    let at = old.iter().zip(new).position(|(old, new)| old != new).unwrap_or(old.len().min(new.len()));
    let text = |bytes: &[u8]| bytes.get(at).map(u8::to_string);
    let item = change(&format!("{name}[{at}]"), text(old).as_deref(), text(new).as_deref());
    if old.len() == new.len() { item } else { format!("{item} ({} -> {} bytes)", old.len(), new.len()) }
}

/// The first entry that differs, and how many more do; None if only their order does.
fn entries_change(py: Python<'_>, name: &str, shape: Shape, old: &[Entry], new: &[Entry]) -> Option<String> {
    let text = |value: &Py<PyAny>| values::describe(value.bind(py), &values::PANE);
    let told = |key: &Py<PyAny>, old: Option<&Py<PyAny>>, new: Option<&Py<PyAny>>| {
        change(&shape.part(name, key.bind(py)), old.map(text).as_deref(), new.map(text).as_deref())
    };
    let before: std::collections::HashMap<usize, &Py<PyAny>> =
        old.iter().map(|(key, value)| (key.as_ptr() as usize, value)).collect();
    let differs = |(key, value): &&Entry| {
        before.get(&(key.as_ptr() as usize)).is_none_or(|old| !is_same(old.bind(py), value.bind(py)))
    };
    let after: std::collections::HashSet<usize> = new.iter().map(|(key, _)| key.as_ptr() as usize).collect();
    let stored = new.iter().filter(differs);
    let stored = stored.map(|(key, value)| (key, before.get(&(key.as_ptr() as usize)).copied(), Some(value)));
    let gone = old.iter().filter(|(key, _)| !after.contains(&(key.as_ptr() as usize)));
    let mut all = stored.chain(gone.map(|(key, value)| (key, Some(value), None)));
    let (key, old, new) = all.next()?;
    let first = told(key, old, new);
    Some(match all.count() {
        0 => first,
        more => format!("{first}, and {more} more"),
    })
}

/// What was added and removed. The order of a set is none: it may change with its size.
fn set_change(py: Python<'_>, name: &str, old: &[Py<PyAny>], new: &[Py<PyAny>]) -> Option<String> {
    let missing = |from: &[Py<PyAny>], in_other: &[Py<PyAny>]| {
        let there: std::collections::HashSet<usize> = in_other.iter().map(|item| item.as_ptr() as usize).collect();
        let gone = from.iter().filter(|item| !there.contains(&(item.as_ptr() as usize)));
        gone.map(|item| values::describe(item.bind(py), &values::PANE)).collect::<Vec<_>>()
    };
    let said = |what: &str, items: Vec<String>| match items.as_slice() {
        [] => None,
        [only] => Some(format!("{only} {what}")),
        [first, rest @ ..] => Some(format!("{first} and {} more {what}", rest.len())),
    };
    let parts: Vec<String> =
        [said("added", missing(new, old)), said("removed", missing(old, new))].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{name}: {}", parts.join(", ")))
}
