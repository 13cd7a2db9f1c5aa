//! Values while a plan runs, and the arithmetic on them. Used by `run` and `compare`.
//!
//! Invariant: an [`Object`] owns its reference; an error is set in the interpreter whenever [`Raised`] is returned.

use std::ptr::NonNull;

use pyo3::ffi;

use super::{Binary, Unary};
use crate::layout::Layout;

/// The interpreter's error is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised;

/// A reference of our own. It is counted as `Py_INCREF` and `Py_DECREF` of 3.12 and later do it (Include/refcount.h), which
/// the limited API has as calls only: in the first 32 bits of the object, unless those are negative, which says that the
/// object is immortal. Before 3.12 they are the lower half of the count; what has more than 2^31 references, which takes 16 GB
/// of pointers, keeps one more for ever. Plans run only where a layout was found, so in these versions and with a GIL.
pub struct Object(NonNull<ffi::PyObject>);

impl Object {
    /// Takes a further reference.
    ///
    /// # Safety
    /// The object is alive and the GIL is held for as long as this lives.
    #[inline]
    pub unsafe fn borrowed(object: NonNull<ffi::PyObject>) -> Self {
        // SAFETY: by the contract; see the type.
        unsafe {
            let count = object.cast::<i32>();
            if count.read() >= 0 {
                count.write(count.read().wrapping_add(1));
            }
        }
        Self(object)
    }

    /// What a function of the interpreter gives: a new reference, or null with an error set.
    ///
    /// # Safety
    /// It is one of the two, and the GIL is held for as long as this lives.
    #[inline]
    pub unsafe fn given(object: *mut ffi::PyObject) -> Result<Self, Raised> {
        NonNull::new(object).map(Self).ok_or(Raised)
    }

    #[inline]
    pub fn as_non_null(&self) -> NonNull<ffi::PyObject> {
        self.0
    }

    /// The reference, to be given away.
    pub fn into_ptr(self) -> *mut ffi::PyObject {
        std::mem::ManuallyDrop::new(self).as_ptr()
    }

    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.0.as_ptr()
    }
}

impl Drop for Object {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the reference is ours, and the GIL is held by the contract of both makers; see the type.
        unsafe {
            let count = self.0.cast::<i32>();
            match count.read() {
                ..0 => {}
                // The last one: the interpreter's own function frees the object.
                0 | 1 => ffi::Py_DECREF(self.0.as_ptr()),
                more => count.write(more - 1),
            }
        }
    }
}

/// What an expression gives. Numbers and truths that the plan itself has made have no object until one is needed.
pub enum Value {
    Object(Object),
    Integer(i64),
    Truth(bool),
}

impl Value {
    /// The object of this value.
    #[inline]
    pub fn into_object(self) -> Result<Object, Raised> {
        // SAFETY: the GIL is held while a plan runs; the constants are alive for ever, and the number's object is new.
        unsafe {
            match self {
                Self::Object(object) => Ok(object),
                Self::Integer(number) => Object::given(ffi::PyLong_FromLongLong(number)),
                Self::Truth(truth) => {
                    let object = if truth { ffi::Py_True() } else { ffi::Py_False() };
                    Ok(Object::borrowed(NonNull::new(object).ok_or(Raised)?))
                }
            }
        }
    }

    /// A small exact integer, if this is one.
    #[inline]
    pub fn small_integer(&self, layout: &Layout) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            // SAFETY: the object is alive, as this owns a reference.
            Self::Object(object) => unsafe { layout.small_integer(object.as_ptr()) },
            Self::Truth(_) => None,
        }
    }

    /// Its truth, as `if` asks for it.
    #[inline]
    pub fn truth(self) -> Result<bool, Raised> {
        match self {
            Self::Truth(truth) => Ok(truth),
            Self::Integer(number) => Ok(number != 0),
            Self::Object(object) => truth(&object),
        }
    }
}

/// The truth of an object.
#[inline]
pub fn truth(object: &Object) -> Result<bool, Raised> {
    // SAFETY: the object is alive and the GIL is held.
    match unsafe { ffi::PyObject_IsTrue(object.as_ptr()) } {
        -1 => Err(Raised),
        answer => Ok(answer != 0),
    }
}

/// `left OPERATOR right`.
pub fn binary(layout: &Layout, operator: Binary, left: Value, right: Value) -> Result<Value, Raised> {
    if let (Some(left), Some(right)) = (left.small_integer(layout), right.small_integer(layout))
        && let Some(result) = on_integers(operator, left, right)
    {
        return Ok(Value::Integer(result));
    }
    let function = match operator {
        Binary::Add => ffi::PyNumber_Add,
        Binary::Subtract => ffi::PyNumber_Subtract,
        Binary::Multiply => ffi::PyNumber_Multiply,
        Binary::Divide => ffi::PyNumber_TrueDivide,
        Binary::FloorDivide => ffi::PyNumber_FloorDivide,
        Binary::Remainder => ffi::PyNumber_Remainder,
        Binary::And => ffi::PyNumber_And,
        Binary::Or => ffi::PyNumber_Or,
        Binary::Xor => ffi::PyNumber_Xor,
    };
    let (left, right) = (left.into_object()?, right.into_object()?);
    // SAFETY: both are alive and the GIL is held; the result is a new reference or an error is set.
    unsafe { Object::given(function(left.as_ptr(), right.as_ptr())).map(Value::Object) }
}

/// On numbers of 64 bits; None where Python gives an error, a float or a longer number. Division rounds down, and a
/// remainder has the sign of the divisor.
fn on_integers(operator: Binary, left: i64, right: i64) -> Option<i64> {
    match operator {
        Binary::Add => left.checked_add(right),
        Binary::Subtract => left.checked_sub(right),
        Binary::Multiply => left.checked_mul(right),
        Binary::Divide => None,
        Binary::FloorDivide => {
            let (quotient, remainder) = (left.checked_div(right)?, left.checked_rem(right)?);
            if remainder != 0 && (remainder < 0) != (right < 0) { quotient.checked_sub(1) } else { Some(quotient) }
        }
        Binary::Remainder => {
            let remainder = left.checked_rem(right)?;
            if remainder != 0 && (remainder < 0) != (right < 0) {
                remainder.checked_add(right)
            } else {
                Some(remainder)
            }
        }
        Binary::And => Some(left & right),
        Binary::Or => Some(left | right),
        Binary::Xor => Some(left ^ right),
    }
}

/// `OPERATOR value`.
pub fn unary(layout: &Layout, operator: Unary, value: Value) -> Result<Value, Raised> {
    if let Some(number) = value.small_integer(layout) {
        let result = match operator {
            Unary::Negative => number.checked_neg(),
            // The same object, not an equal one.
            Unary::Positive => return Ok(value),
            Unary::Invert => Some(!number),
        };
        if let Some(result) = result {
            return Ok(Value::Integer(result));
        }
    }
    let function = match operator {
        Unary::Negative => ffi::PyNumber_Negative,
        Unary::Positive => ffi::PyNumber_Positive,
        Unary::Invert => ffi::PyNumber_Invert,
    };
    let value = value.into_object()?;
    // SAFETY: as for two operands.
    unsafe { Object::given(function(value.as_ptr())).map(Value::Object) }
}
