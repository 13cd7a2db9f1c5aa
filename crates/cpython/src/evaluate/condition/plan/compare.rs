//! Comparisons. Used by `run`.
//!
//! Invariant: two small exact integers, or two exact floats, are compared here; identity is of objects; everything else
//! is the interpreter's `PyObject_RichCompare` or `PySequence_Contains`, which ask the operands' own methods.

use std::cmp::Ordering;
use std::ffi::c_int;

use pyo3::ffi;

use super::value::{Object, Raised, Value};
use crate::layout::Layout;

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`, `<=`, `==`, `!=`, `>`, `>=`.
    Rich(Rich),
    /// `is`.
    Is,
    /// `is not`.
    IsNot,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
}

/// An operator that classes can define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rich {
    Less,
    LessOrEqual,
    Equal,
    Unequal,
    Greater,
    GreaterOrEqual,
}

impl Rich {
    fn number(self) -> c_int {
        match self {
            Self::Less => ffi::Py_LT,
            Self::LessOrEqual => ffi::Py_LE,
            Self::Equal => ffi::Py_EQ,
            Self::Unequal => ffi::Py_NE,
            Self::Greater => ffi::Py_GT,
            Self::GreaterOrEqual => ffi::Py_GE,
        }
    }

    #[inline]
    pub fn holds(self, ordering: Option<Ordering>) -> bool {
        match self {
            Self::Less => ordering == Some(Ordering::Less),
            Self::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            Self::Equal => ordering == Some(Ordering::Equal),
            Self::Unequal => ordering != Some(Ordering::Equal),
            Self::Greater => ordering == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// The answer where no code can be behind it: identity, and order of exact numbers.
///
/// # Safety
/// Both objects are alive and the GIL is held.
#[inline(always)]
pub unsafe fn at_once(
    layout: &Layout,
    comparison: Comparison,
    left: *mut ffi::PyObject,
    right: *mut ffi::PyObject,
) -> Option<bool> {
    match comparison {
        Comparison::Is => Some(left == right),
        Comparison::IsNot => Some(left != right),
        Comparison::In | Comparison::NotIn => None,
        // SAFETY: by the contract.
        Comparison::Rich(rich) => unsafe {
            if let Some(left) = layout.small_integer(left) {
                return layout.small_integer(right).map(|right| rich.holds(Some(left.cmp(&right))));
            }
            let float = &raw mut ffi::PyFloat_Type;
            let are_floats = ffi::Py_TYPE(left) == float && ffi::Py_TYPE(right) == float;
            are_floats.then(|| rich.holds(ffi::PyFloat_AsDouble(left).partial_cmp(&ffi::PyFloat_AsDouble(right))))
        },
    }
}

/// `left COMPARISON right`, for any values.
pub fn compare(layout: &Layout, comparison: Comparison, left: Value, right: &Object) -> Result<Value, Raised> {
    if let (Value::Integer(left), Comparison::Rich(rich)) = (&left, comparison) {
        // SAFETY: the object is alive, as it is owned.
        if let Some(right) = unsafe { layout.small_integer(right.as_ptr()) } {
            return Ok(Value::Truth(rich.holds(Some(left.cmp(&right)))));
        }
    }
    let left = left.into_object()?;
    // SAFETY: both are owned and the GIL is held; the results are as the functions' documentation has them.
    unsafe {
        if let Some(truth) = at_once(layout, comparison, left.as_ptr(), right.as_ptr()) {
            return Ok(Value::Truth(truth));
        }
        match comparison {
            Comparison::Rich(rich) => {
                Object::given(ffi::PyObject_RichCompare(left.as_ptr(), right.as_ptr(), rich.number()))
                    .map(Value::Object)
            }
            Comparison::Is | Comparison::IsNot => Ok(Value::Truth(comparison == Comparison::IsNot)),
            Comparison::In | Comparison::NotIn => match ffi::PySequence_Contains(right.as_ptr(), left.as_ptr()) {
                -1 => Err(Raised),
                found => Ok(Value::Truth((found != 0) == (comparison == Comparison::In))),
            },
        }
    }
}
