//! The dict in which a watched name, attribute or item is kept, and who owns it. Used by `place`.
//!
//! Invariant: watching makes no object live longer where that can be had: an owner is known by a weak reference, a dict
//! that the interpreter watches for us by its address, as its end is told.

use std::cell::{Cell, RefCell};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::values;

/// An object that is watched, alive as long as the program wants it where it allows weak references.
pub enum Owner {
    /// By a weak reference.
    Weak(Py<PyAny>),
    /// By a reference.
    Strong(Py<PyAny>),
}

impl Owner {
    /// Of an object.
    pub fn of(object: &Bound<'_, PyAny>) -> Self {
        // SAFETY: the GIL is held; the result is a new reference, or null with TypeError set, which is taken.
        let weak = unsafe {
            Bound::from_owned_ptr_or_err(object.py(), ffi::PyWeakref_NewRef(object.as_ptr(), std::ptr::null_mut()))
        };
        weak.map_or_else(|_| Self::Strong(object.clone().unbind()), |weak| Self::Weak(weak.unbind()))
    }

    /// The object, if it lives.
    pub fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match self {
            Self::Weak(weak) => weak.bind(py).call0().ok().filter(|object| !object.is_none()),
            Self::Strong(object) => Some(object.bind(py).clone()),
        }
    }

    /// True if it lives only as long as the program wants.
    pub fn is_weak(&self) -> bool {
        matches!(self, Self::Weak(_))
    }
}

/// Whose dict it is.
pub enum Of {
    /// Nobody's: it is watched for itself.
    Itself(RefCell<Option<Py<PyDict>>>),
    /// An instance's, with its attributes.
    Instance(Owner),
    /// A class's.
    Class(Owner),
}

/// See the module.
pub struct Holder {
    of: Of,
    /// The dict that the interpreter watches for us; 0 if none.
    pub watched: Cell<usize>,
}

impl Holder {
    /// Of a dict for itself.
    pub fn dict(dict: &Bound<'_, PyDict>) -> Self {
        Self { of: Of::Itself(RefCell::new(Some(dict.clone().unbind()))), watched: Cell::new(0) }
    }

    /// Of an instance's attributes, if it has such a dict.
    pub fn instance(object: &Bound<'_, PyAny>) -> Option<Self> {
        values::instance_dict(object)?;
        Some(Self { of: Of::Instance(Owner::of(object)), watched: Cell::new(0) })
    }

    /// Of a class's attributes.
    pub fn class(class: &Bound<'_, PyType>) -> Option<Self> {
        values::class_dict(class)?;
        Some(Self { of: Of::Class(Owner::of(class.as_any())), watched: Cell::new(0) })
    }

    /// The dict as it is now. None if its owner is gone, or if it is known by its address only.
    pub fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        match &self.of {
            Of::Itself(dict) => {
                let held = dict.try_borrow().ok()?.as_ref().map(|dict| dict.bind(py).clone());
                // SAFETY: a dict that is watched is alive: its end is told, and then the address is forgotten.
                held.or_else(|| unsafe { self.by_address(py) })
            }
            Of::Instance(owner) => values::instance_dict(&owner.get(py)?),
            Of::Class(owner) => values::class_dict(owner.get(py)?.cast::<PyType>().ok()?),
        }
    }

    /// # Safety
    /// The dict is watched, so that its end would have been told.
    unsafe fn by_address<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyDict>> {
        let address = self.watched.get();
        // SAFETY: by the contract.
        let dict = unsafe { Bound::from_borrowed_ptr_or_opt(py, address as *mut ffi::PyObject) };
        dict.and_then(|dict| dict.cast_into().ok())
    }

    /// The interpreter tells of it from now on: it need not be kept alive.
    pub fn let_go(&self) {
        if let Of::Itself(dict) = &self.of {
            let held = dict.try_borrow_mut().ok().and_then(|mut dict| dict.take());
            drop(held);
        }
    }

    /// The interpreter tells of it no more: keeps it again.
    pub fn hold(&self, py: Python<'_>) {
        if let Of::Itself(held) = &self.of
            && let Some(dict) = self.get(py)
            && let Ok(mut held) = held.try_borrow_mut()
        {
            *held = Some(dict.unbind());
        }
    }

    /// The instance whose attributes they are, if it lives.
    pub fn instance_owner<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match &self.of {
            Of::Instance(owner) => owner.get(py),
            Of::Itself(_) | Of::Class(_) => None,
        }
    }

    /// True if the dict is watched for itself.
    pub fn is_itself(&self) -> bool {
        matches!(self.of, Of::Itself(_))
    }

    /// True if the program alone decides how long its owner lives.
    pub fn is_weak(&self) -> bool {
        match &self.of {
            Of::Itself(_) => false,
            Of::Instance(owner) | Of::Class(owner) => owner.is_weak(),
        }
    }
}
