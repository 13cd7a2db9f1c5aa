//! Plain containers as text, by their storage. Called by `render`.
//!
//! Invariant: safe against containers that change while the `repr` of an item runs: sizes are checked at each step, and
//! every item is held while it is written.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyList, PySet, PyTuple};

use super::builtins::Builtins;
use super::facts::{entries, short_class_name, slot_of};
use super::render::Renderer;

/// Entries of a dict are taken in such portions.
const PORTION: usize = 64;

/// The number of items of a builtin container or of a subclass, without asking it.
pub fn length(value: &Bound<'_, PyAny>) -> Option<usize> {
    if let Ok(list) = value.cast::<PyList>() {
        return Some(list.len());
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return Some(tuple.len());
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        // SAFETY: it is a dict.
        return usize::try_from(unsafe { ffi::PyDict_Size(dict.as_ptr()) }).ok();
    }
    if is_set(value) {
        // SAFETY: it is a set.
        return usize::try_from(unsafe { ffi::PySet_Size(value.as_ptr()) }).ok();
    }
    super::objects::deque_length(value)
}

/// True for sets, frozen sets and their subclasses.
pub fn is_set(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>()
}

/// The item of a list or tuple, or of a subclass.
pub fn item<'py>(value: &Bound<'py, PyAny>, index: usize) -> Option<Bound<'py, PyAny>> {
    if let Ok(list) = value.cast::<PyList>() {
        return list.get_item(index).ok();
    }
    value.cast::<PyTuple>().ok()?.get_item(index).ok()
}

/// Iterates a set or a subclass by its storage.
pub fn set_items<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    type Iter = unsafe extern "C" fn(*mut ffi::PyObject) -> *mut ffi::PyObject;
    let slot = Builtins::get(value.py()).set_iter;
    if slot == 0 || !is_set(value) {
        return None;
    }
    // SAFETY: this is `set`'s own `tp_iter`, which frozen sets share; it takes any set and returns a new reference.
    unsafe {
        let iter = std::mem::transmute::<usize, Iter>(slot);
        Bound::from_owned_ptr_or_err(value.py(), iter(value.as_ptr())).ok()
    }
}

/// The elements of a set or a subclass, by its storage.
pub fn set_elements(value: &Bound<'_, PyAny>) -> Option<Vec<Py<PyAny>>> {
    let items = set_items(value)?;
    let mut found = Vec::new();
    while let Ok(Some(item)) = next(&items) {
        found.push(item.unbind());
    }
    Some(found)
}

/// The next item of an iterator of the interpreter's own.
pub fn next<'py>(iterator: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    // SAFETY: only called with iterators; a null without an exception is their end.
    let item = unsafe { Bound::from_owned_ptr_or_opt(iterator.py(), ffi::PyIter_Next(iterator.as_ptr())) };
    match item {
        Some(item) => Ok(Some(item)),
        None => PyErr::take(iterator.py()).map_or(Ok(None), Err),
    }
}

impl Renderer<'_> {
    /// Writes `[…]`.
    pub(super) fn list(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.within(value, ("[", "]"), |this| this.items(value))
    }

    /// Writes `(…)`.
    pub(super) fn tuple(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.within(value, ("(", ")"), |this| {
            this.items(value)?;
            if length(value) == Some(1) {
                this.out.push(",");
            }
            Ok(())
        })
    }

    fn items(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut index = 0;
        while let Some(item) = item(value, index) {
            if !self.next_item(index) {
                break;
            }
            self.value(&item)?;
            index += 1;
        }
        Ok(())
    }

    /// Writes `{…: …}`.
    pub(super) fn dict(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.entries(value, ("{", "}"), ["", ": ", ""])
    }

    /// Writes `[(…, …)]`, as an `OrderedDict` has it before 3.12.
    pub(super) fn pairs(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.entries(value, ("[", "]"), ["(", ", ", ")"])
    }

    /// Writes a dict's entries, each with what stands before, in and after it.
    fn entries(&mut self, value: &Bound<'_, PyAny>, around: (&str, &str), entry: [&str; 3]) -> PyResult<()> {
        let Ok(dict) = value.cast::<PyDict>() else { return Ok(()) };
        let [before, between, after] = entry;
        self.within(value, around, |this| {
            let mut index = 0;
            loop {
                // Taken in portions, as writing an entry may run code that changes the dict.
                let portion = entries(dict, index, PORTION);
                let last = portion.len() < PORTION;
                for (key, value) in portion {
                    if !this.next_item(index) {
                        return Ok(());
                    }
                    this.out.push(before);
                    this.value(&key)?;
                    this.out.push(between);
                    this.value(&value)?;
                    this.out.push(after);
                    index += 1;
                }
                if last {
                    return Ok(());
                }
            }
        })
    }

    /// Writes `{…}`, `set()` or `frozenset({…})`.
    pub(super) fn set(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let kind = value.get_type();
        let plain = kind.is(value.py().get_type::<PySet>());
        if length(value) == Some(0) {
            self.out.push(&format!("{}()", short_class_name(&kind)));
            return Ok(());
        }
        let opening = if plain { "{".to_owned() } else { format!("{}({{", short_class_name(&kind)) };
        self.within(value, (&opening, if plain { "}" } else { "})" }), |this| match set_items(value) {
            Some(items) => this.iterated(&items),
            None => Ok(()),
        })
    }

    /// Writes `dict_keys([…])` and its like.
    pub(super) fn view(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        type Iter = unsafe extern "C" fn(*mut ffi::PyObject) -> *mut ffi::PyObject;
        let opening = format!("{}([", short_class_name(&value.get_type()));
        let slot = slot_of(&value.get_type(), ffi::Py_tp_iter);
        self.within(value, (&opening, "])"), |this| {
            if slot.is_null() {
                return Ok(());
            }
            // SAFETY: the slot of this number is a `getiterfunc`; views cannot be subclassed, so it is the interpreter's.
            let items = unsafe {
                let iter = std::mem::transmute::<*mut std::ffi::c_void, Iter>(slot);
                Bound::from_owned_ptr_or_err(value.py(), iter(value.as_ptr()))?
            };
            this.iterated(&items)
        })
    }

    /// Writes what an iterator of the interpreter's own gives.
    pub(super) fn iterated(&mut self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut index = 0;
        while let Some(item) = next(items)? {
            if !self.next_item(index) {
                break;
            }
            self.value(&item)?;
            index += 1;
        }
        Ok(())
    }
}
