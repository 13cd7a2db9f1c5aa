//! A place that is watched: where its value is kept, how it is read, and who tells of changes.
//!
//! Made by `resolve` at a stop, read by `events`. Invariant: reading runs no code of the program, but for an expression,
//! which the user asked to have evaluated.

use pausa_engine::data_breakpoints::Kind;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyList, PyString};

use super::cells;
use super::holder::Holder;
use super::reading::{Reading, Shape};
use super::slots::Slot;
use crate::debugger::Debugger;
use crate::evaluate::{self, Compiled};
use crate::values;

/// See the module.
pub struct Place {
    /// What the user calls it.
    pub name: String,
    /// Which kind of change is meant.
    pub kind: Kind,
    /// Where it is.
    pub store: Store,
}

/// Where a value is kept.
pub enum Store {
    /// In a dict, under this key: a global, an attribute, an item.
    Entry(Holder, Py<PyAny>),
    /// All of a dict; true if its keys are attributes.
    Contents(Holder, bool),
    /// In a variable of a frame.
    Local(Slot),
    /// In a variable that functions share.
    Cell(Sharing),
    /// In a slot of an instance, behind a descriptor.
    Member(Py<PyAny>, Py<PyAny>),
    /// In a list, a deque or a bytearray, at this index.
    Item(Py<PyAny>, isize),
    /// All items of a list, a deque, a set or a bytearray, or all slots of an instance.
    Items(Py<PyAny>),
    /// Nowhere: computed.
    Expression(Computed),
}

/// A variable that functions share.
pub struct Sharing {
    /// Its cell.
    pub cell: Py<PyAny>,
    /// Its name, and the file of the functions that may share it.
    pub name: String,
    /// The real path of that file.
    pub file: String,
}

/// An expression, and the frame in which it means something.
pub struct Computed {
    /// The frame.
    pub frame: Py<PyAny>,
    /// The expression's text.
    pub text: String,
    /// The same compiled, if it can be.
    pub compiled: Option<Compiled>,
}

/// In which code a place has to be looked at, as nobody tells of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nowhere: the interpreter tells.
    Told,
    /// In the code of the frame.
    Frame,
    /// In the functions that share a variable.
    Sharers,
    /// In all of the user's code.
    Everywhere,
}

impl Place {
    /// In which code it has to be looked at.
    pub fn reach(&self, debugger: &Debugger) -> Reach {
        match &self.store {
            Store::Entry(..) | Store::Contents(..) if debugger.symbols.dict_watchers.is_some() => Reach::Told,
            Store::Local(_) => Reach::Frame,
            Store::Cell(_) => Reach::Sharers,
            _ => Reach::Everywhere,
        }
    }

    /// How it is watched and at which cost, for the user.
    pub fn note(&self, py: Python<'_>, debugger: &Debugger) -> String {
        let minor = crate::version::minor(py);
        match (&self.store, self.reach(debugger)) {
            (_, Reach::Told) => "the interpreter tells of each store, at no cost elsewhere".into(),
            (_, Reach::Frame) => "compared at each line of this call".into(),
            (Store::Cell(sharing), Reach::Sharers) => {
                format!("compared at each line of the functions that share {}", sharing.name)
            }
            (Store::Entry(..) | Store::Contents(..), _) => format!(
                "Python 3.{minor} tells of no stores: compared at each line of your code, which runs slower until this is cleared"
            ),
            (Store::Expression(_), _) => {
                "evaluated at each line of your code, which runs slower until this is cleared".into()
            }
            _ => "compared at each line of your code, which runs slower until this is cleared".into(),
        }
    }

    /// The frame that it belongs to, if it ends with one.
    pub fn frame(&self) -> Option<&Py<PyAny>> {
        match &self.store {
            Store::Local(slot) => Some(slot.frame()),
            Store::Expression(computed) => Some(&computed.frame),
            _ => None,
        }
    }

    /// The dict that it is in.
    pub fn holder(&self) -> Option<&Holder> {
        match &self.store {
            Store::Entry(holder, _) | Store::Contents(holder, _) => Some(holder),
            _ => None,
        }
    }

    /// True if the values it gives are made anew at each reading.
    pub fn is_computed(&self) -> bool {
        matches!(self.store, Store::Expression(_))
    }

    /// What its parts are.
    pub fn shape(&self, py: Python<'_>) -> Shape {
        match &self.store {
            Store::Contents(_, true) => Shape::Attributes,
            Store::Contents(_, false) => Shape::Dict,
            Store::Items(items) if values::is_set(items.bind(py)) => Shape::Set,
            Store::Items(items) if length(items.bind(py)).is_none() => Shape::Attributes,
            _ => Shape::List,
        }
    }

    /// What it holds now. None if it is gone with its owner.
    pub fn read(&self, py: Python<'_>, debugger: &Debugger) -> Option<Reading> {
        Some(match &self.store {
            Store::Entry(holder, key) => Reading::of(holder.get(py)?.get_item(key.bind(py)).ok().flatten()),
            Store::Contents(holder, _) => Reading::of_dict(&holder.get(py)?),
            Store::Local(slot) => Reading::of(slot.read(py)),
            Store::Cell(sharing) => Reading::of(cells::content(sharing.cell.bind(py))),
            Store::Member(object, descriptor) => {
                Reading::of(values::described_by(descriptor.bind(py), object.bind(py)))
            }
            Store::Item(container, index) => Reading::of(item(container.bind(py), *index)),
            Store::Items(container) => items(container.bind(py)),
            Store::Expression(computed) => computed.read(py, debugger),
        })
    }

    /// True if it certainly holds what it held, told without a reference taken.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline]
    pub unsafe fn is_at_once_same(&self, seen: &Reading) -> bool {
        let held = match seen {
            Reading::Value(value) => value.as_ptr() as usize,
            Reading::Unset => 0,
            _ => return false,
        };
        match &self.store {
            Store::Local(slot) => slot.address() == held,
            // SAFETY: by the contract; it is a cell that we hold.
            Store::Cell(sharing) => unsafe { cells::address(sharing.cell.as_ptr()) == held },
            // SAFETY: by the contract; what is held is held by us.
            Store::Item(container, index) => unsafe { address_in_list(container.as_ptr(), *index) == Some(held) },
            _ => false,
        }
    }
}

/// The address of a list's item, 0 if the index is past its end; None for what is no list.
///
/// # Safety
/// The object is alive and the GIL is held.
unsafe fn address_in_list(container: *mut ffi::PyObject, index: isize) -> Option<usize> {
    // SAFETY: by the contract; the item is within the list.
    unsafe {
        if ffi::PyList_Check(container) == 0 {
            return None;
        }
        let length = ffi::PyList_Size(container);
        let at = if index < 0 { index + length } else { index };
        let is_within = (0..length).contains(&at);
        Some(if is_within { ffi::PyList_GetItem(container, at).addr() } else { 0 })
    }
}

impl Computed {
    fn read(&self, py: Python<'_>, debugger: &Debugger) -> Reading {
        let frame = self.frame.bind(py);
        let value = match &self.compiled {
            Some(compiled) => evaluate::value(py, debugger.symbols, compiled, frame),
            None => evaluate::expression(py, frame, &self.text),
        };
        match value {
            Ok(value) => Reading::Value(value.unbind()),
            Err(raised) => Reading::Raised(raised.text),
        }
    }
}

/// An item by its index, which counts from the end if it is negative.
pub fn item<'py>(container: &Bound<'py, PyAny>, index: isize) -> Option<Bound<'py, PyAny>> {
    let length = length(container)?;
    let index = if index < 0 { length.checked_sub(index.unsigned_abs())? } else { index.unsigned_abs() };
    if index >= length {
        return None;
    }
    if let Ok(bytes) = container.cast::<PyByteArray>() {
        return bytes.to_vec().get(index)?.into_pyobject(container.py()).ok().map(Bound::into_any);
    }
    match container.cast::<PyList>() {
        Ok(list) => list.get_item(index).ok(),
        Err(_) => values::deque_item(container, index),
    }
}

/// How many items a container has that can be watched; None for others.
pub fn length(container: &Bound<'_, PyAny>) -> Option<usize> {
    if let Ok(bytes) = container.cast::<PyByteArray>() {
        return Some(bytes.len());
    }
    match container.cast::<PyList>() {
        Ok(list) => Some(list.len()),
        Err(_) => values::deque_length(container),
    }
}

/// True for what is watched item by item.
pub fn has_items(container: &Bound<'_, PyAny>) -> bool {
    length(container).is_some() || (values::is_set(container) && !is_frozen(container)) || has_slots(container)
}

fn is_frozen(set: &Bound<'_, PyAny>) -> bool {
    set.is_instance_of::<pyo3::types::PyFrozenSet>()
}

fn has_slots(object: &Bound<'_, PyAny>) -> bool {
    !values::slots(object).is_empty()
}

fn items(container: &Bound<'_, PyAny>) -> Reading {
    if let Ok(bytes) = container.cast::<PyByteArray>() {
        return Reading::Bytes(bytes.to_vec());
    }
    if let Some(items) = values::set_elements(container) {
        return Reading::Items(items);
    }
    match length(container) {
        Some(length) => {
            let at = |index: usize| item(container, isize::try_from(index).ok()?).map(Bound::unbind);
            Reading::Items((0..length).map_while(at).collect())
        }
        None => {
            let slots = values::slots(container).into_iter();
            let name = |name: &str| PyString::intern(container.py(), name).into_any().unbind();
            Reading::Entries(slots.map(|(slot, value)| (name(&slot), value.unbind())).collect())
        }
    }
}
