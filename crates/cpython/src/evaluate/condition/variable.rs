//! The variables of a function as conditions read them: by their place in the frame. Used by plans and by functions.
//!
//! Invariant: places are those of `co_localsplusnames`: the locals, then the cells that are no parameters, then what is
//! captured from outer functions. In 3.10 all cells come after the locals, and the place of a parameter is left empty.

use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::layout::{Cell, Frame, Layout};
use crate::named::Named;

/// A variable of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    slot: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Its value stands in the frame.
    Plain,
    /// A cell stands there, as inner functions use it.
    Cell,
    /// The cell belongs to an outer function.
    Captured,
}

impl Variable {
    /// All of a code object's.
    pub fn of(code: &Bound<'_, PyAny>) -> PyResult<Vec<Self>> {
        let names = |attribute: &str| -> PyResult<Vec<String>> { code.named(attribute)?.extract() };
        let (locals, cells, captured) = (names("co_varnames")?, names("co_cellvars")?, names("co_freevars")?);
        let are_all_apart = crate::version::minor(code.py()) < 11;
        let is_apart = |name: &&String| are_all_apart || !locals.contains(name);
        let others: Vec<&String> = cells.iter().filter(is_apart).collect();
        let first_captured = locals.len() + others.len();
        let kind = |slot: usize, name: &String| match () {
            () if slot >= first_captured => Kind::Captured,
            () if cells.contains(name) => Kind::Cell,
            () => Kind::Plain,
        };
        let is_left_empty = |slot: usize, name: &String| are_all_apart && slot < locals.len() && cells.contains(name);
        let places = locals.iter().chain(others).chain(&captured).enumerate();
        let places = places.filter(|(slot, name)| !is_left_empty(*slot, name));
        Ok(places.map(|(slot, name)| Self { name: name.clone(), slot, kind: kind(slot, name) }).collect())
    }

    /// Its value in a frame of this code, borrowed; None if it has none.
    ///
    /// # Safety
    /// The frame is on this thread's stack, of the code that the variable was made of, and the GIL is held.
    #[inline(always)]
    pub unsafe fn read(&self, layout: &Layout, frame: Frame) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract; the value is alive. One that is no cell is the variable of a comprehension before its
        // first turn.
        unsafe {
            let value = layout.variable(frame, self.slot)?;
            match self.kind {
                Kind::Plain => Some(value),
                Kind::Cell | Kind::Captured => match layout.cell(value) {
                    Cell::Content(content) => content,
                    Cell::NoCell => Some(value),
                },
            }
        }
    }

    /// Its place in the frame, if its value itself stands there.
    pub fn plain_slot(&self) -> Option<usize> {
        (self.kind == Kind::Plain).then_some(self.slot)
    }

    /// True if it belongs to an outer function.
    pub fn is_captured(&self) -> bool {
        self.kind == Kind::Captured
    }
}
