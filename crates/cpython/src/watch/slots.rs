//! The variables of a function's frame where they lie: in slots, of which some hold cells. Used by `place`.
//!
//! Invariant: a frame's slots are only read through its frame object, which is kept alive, and only where their place in
//! it was found to hold what the interpreter says of each variable.

use pyo3::ffi;
use pyo3::prelude::*;

use crate::layout::Layout;
use crate::locals::Scope;
use crate::named::Named;

/// A variable of one frame.
pub struct Slot {
    frame: Py<PyAny>,
    index: usize,
    layout: Layout,
}

impl Slot {
    /// The slot of a variable of a function's frame; None where slots cannot be read.
    pub(super) fn of(scope: &Scope<'_>, name: &str, layout: Option<&Layout>) -> Option<Self> {
        let names = slot_names(&scope.code)?;
        let index = names.iter().position(|own| own == name)?;
        let layout = *layout?;
        let slot = |index| Self { frame: scope.frame.clone().unbind(), index, layout };
        let holds = names.iter().enumerate().all(|(index, name)| slot(index).agrees(scope, name));
        holds.then(|| slot(index))
    }

    /// True if the slot holds what the interpreter says of the variable.
    fn agrees(&self, scope: &Scope<'_>, name: &str) -> bool {
        let py = scope.frame.py();
        let said = scope.variable(name);
        let found = self.address();
        if let Some(said) = &said
            && found == said.as_ptr() as usize
        {
            return true;
        }
        let is_cell = || scope.captured.iter().any(|own| own == name) || is_cell_variable(&scope.code, name);
        match said {
            None if found == 0 => true,
            _ if found != 0 && is_cell() => self.cell(py).is_none_or(|cell| {
                let content = crate::watch::cells::content(&cell);
                content.as_ref().map(|content| content.as_ptr()) == said.as_ref().map(|said| said.as_ptr())
            }),
            _ => false,
        }
    }

    /// The frame.
    pub fn frame(&self) -> &Py<PyAny> {
        &self.frame
    }

    /// The address of what the slot holds; 0 if it holds nothing.
    #[inline]
    pub fn address(&self) -> usize {
        // SAFETY: the frame object is alive and points to its frame, on the stack or its own; the index is that of one of
        // its code's variables.
        unsafe {
            let Some(frame) = self.layout.frame_of(self.frame.as_ptr()) else { return 0 };
            self.layout.variable(frame, self.index).map_or(0, |value| value.as_ptr() as usize)
        }
    }

    /// What the slot holds.
    pub fn read<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: null, or alive as the slot holds it; the GIL is held and a new reference is taken.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, self.address() as *mut ffi::PyObject) }
    }

    /// The cell in the slot, if it holds one already.
    pub fn cell<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.read(py).filter(super::cells::is_cell)
    }
}

/// True if a variable of a code object is shared with functions within it.
fn is_cell_variable(code: &Bound<'_, PyAny>, name: &str) -> bool {
    let names = code.named("co_cellvars").and_then(|names| names.extract::<Vec<String>>());
    names.is_ok_and(|names| names.iter().any(|own| own == name))
}

/// The names of a code object's slots, in their order. On 3.10 a parameter that is shared has a slot of its own and one
/// for its cell, which is the one that counts from then on.
fn slot_names(code: &Bound<'_, PyAny>) -> Option<Vec<String>> {
    let names = |attribute: &str| code.named(attribute).ok()?.extract::<Vec<String>>().ok();
    let (mut all, cells, free) = (names("co_varnames")?, names("co_cellvars")?, names("co_freevars")?);
    if crate::version::minor(code.py()) == 10 {
        for name in all.iter_mut().filter(|name| cells.contains(name)) {
            name.clear();
        }
        all.extend(cells);
    } else {
        let others: Vec<String> = cells.into_iter().filter(|name| !all.contains(name)).collect();
        all.extend(others);
    }
    all.extend(free);
    Some(all)
}
