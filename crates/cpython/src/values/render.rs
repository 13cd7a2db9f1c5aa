//! Walks a value and writes its text. Called by `describe` and `repr`.
//!
//! Invariant: stops as soon as the budget is spent, so the time does not depend on the size of the value; with
//! `Leaves::Described` nothing raises and no code of the program runs.

use pausa_engine::budget::BudgetString;
use pyo3::exceptions::PyException;
use pyo3::ffi;
use pyo3::prelude::*;

use super::Limits;

use super::builtins::{Builtins, Kind};
use super::facts::{slot_of, text_of, type_name};

/// How what is neither a plain container nor a plain value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// By what the interpreter knows of it.
    Described,
    /// By its `repr`.
    Asked,
}

/// See the module.
pub struct Renderer<'l> {
    pub(super) out: BudgetString,
    pub(super) limits: &'l Limits,
    pub(super) leaves: Leaves,
    /// The addresses of the containers that are being written.
    open: Vec<usize>,
    /// The length of a `repr` that did not fit.
    long_repr: Option<usize>,
}

impl<'l> Renderer<'l> {
    /// An empty text.
    pub fn new(limits: &'l Limits, leaves: Leaves) -> Self {
        Self { out: BudgetString::new(limits.chars), limits, leaves, open: Vec::new(), long_repr: None }
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out.finish()
    }

    /// True if nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.out.is_whole()
    }

    /// What was cut, for people.
    pub fn note(&self, value: &Bound<'_, PyAny>) -> String {
        let name = type_name(value);
        if let Some(length) = super::strings::length(value) {
            return format!("cut: {name} of length {length}");
        }
        if let Some(digits) = super::numbers::digits(value) {
            return format!("cut: int of about {digits} digits");
        }
        match (super::containers::length(value), self.long_repr) {
            (Some(1), _) => format!("cut: {name} of 1 item"),
            (Some(count), _) => format!("cut: {name} of {count} items"),
            (None, Some(length)) => format!("cut: {length} characters in all"),
            (None, None) => "cut".to_owned(),
        }
    }

    /// Writes a value.
    pub fn value(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.out.is_full() {
            return Ok(());
        }
        match Builtins::get(value.py()).kind(&value.get_type()) {
            Some(Kind::Int) => self.int(value),
            Some(Kind::Str) => self.string(value),
            Some(Kind::Bytes) => self.bytes(value),
            Some(Kind::ByteArray) => self.byte_array(value),
            Some(Kind::List) => self.list(value),
            Some(Kind::Tuple) => self.tuple(value),
            Some(Kind::Dict) => self.dict(value),
            Some(Kind::Set) => self.set(value),
            Some(Kind::View) => self.view(value),
            Some(kind) if self.leaves == Leaves::Described => self.known(kind, value),
            None if self.leaves == Leaves::Described => self.unknown(value),
            _ if super::containers::length(value).is_some_and(|count| count > self.limits.chars) => {
                if self.collection(value)? { Ok(()) } else { self.asked(value) }
            }
            _ => self.asked(value),
        }
    }

    /// What a value says of itself.
    fn asked(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = match value.repr() {
            Ok(text) => text,
            // Within a container one item's failure does not hide the others; Ctrl-C still ends it all.
            Err(error) if !self.open.is_empty() && error.is_instance_of::<PyException>(value.py()) => {
                let raised = type_name(error.value(value.py()).as_any());
                let (name, address) = (type_name(value), value.as_ptr() as usize);
                self.out.push(&format!("<{name} object at {address:#x} (repr raised {raised})>"));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let text = text_of(&text).unwrap_or_default();
        let left = self.out.left();
        self.out.push(&text);
        if self.out.is_full() && self.open.is_empty() && text.len() > left {
            self.long_repr = Some(text.chars().count());
        }
        Ok(())
    }

    /// What the function of a value's type writes, where that function runs nothing of the program.
    pub(super) fn native(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = native_text(value)?;
        self.out.push(&text);
        Ok(())
    }

    /// Writes between brackets what `items` writes, unless that value is being written already or is too deep.
    pub(super) fn within(
        &mut self,
        value: &Bound<'_, PyAny>,
        (open, close): (&str, &str),
        items: impl FnOnce(&mut Self) -> PyResult<()>,
    ) -> PyResult<()> {
        let address = value.as_ptr() as usize;
        self.out.push(open);
        if self.open.contains(&address) {
            self.out.push("...");
        } else if self.open.len() >= self.limits.depth {
            self.out.push_cut();
        } else {
            self.open.push(address);
            let outcome = items(self);
            self.open.pop();
            outcome?;
        }
        self.out.push(close);
        Ok(())
    }

    /// Before an item: the comma, and whether there is room for it.
    pub(super) fn next_item(&mut self, index: usize) -> bool {
        if index > 0 {
            self.out.push(", ");
        }
        if index >= self.limits.items {
            self.out.push_cut();
            return false;
        }
        !self.out.is_full()
    }

    /// Writes what is enough to know an object by.
    pub(super) fn object(&mut self, value: &Bound<'_, PyAny>) {
        self.out.push(&format!("<{} object at {:#x}>", type_name(value), value.as_ptr() as usize));
    }
}

/// What the function in a type's `repr` slot gives.
pub fn native_text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    type Repr = unsafe extern "C" fn(*mut ffi::PyObject) -> *mut ffi::PyObject;
    let slot = slot_of(&value.get_type(), ffi::Py_tp_repr);
    if slot.is_null() {
        return Ok(String::new());
    }
    // SAFETY: the slot of this number holds a `reprfunc`, which takes an instance of the type and returns a new
    // reference or raises.
    let text = unsafe {
        let repr = std::mem::transmute::<*mut std::ffi::c_void, Repr>(slot);
        Bound::from_owned_ptr_or_err(value.py(), repr(value.as_ptr()))?
    };
    Ok(text_of(&text).unwrap_or_default())
}
