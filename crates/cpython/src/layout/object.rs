//! The few objects whose inside is read: integers of one digit, exceptions. Used on the hot path.
//!
//! Invariant: as for frames: nothing is allocated, no reference taken, no code of the program run.

use pyo3::ffi;
use pyo3::prelude::*;

use super::Layout;

/// `struct _longobject` (Include/cpython/longintrepr.h): from 3.12 on a tag of sign and size, before a number of digits
/// that is negative for negative integers; then the digits.
const TAG: usize = 16;
const DIGITS: usize = 24;
/// Tags below this are those of integers with one digit at most; their low two bits are 0 for positive ones, 1 for zero,
/// 2 for negative ones.
const COMPACT: usize = 16;

/// `PyBaseExceptionObject` (Include/cpython/pyerrors.h, since 3.11) and `PyTracebackObject` (Include/cpython/traceback.h).
const TRACEBACK: usize = 40;
const NEXT: usize = 16;

/// What differs between versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objects {
    /// Integers have a tag.
    has_tags: bool,
}

impl Objects {
    /// Those of this interpreter.
    pub fn of(py: Python<'_>) -> Self {
        Self { has_tags: crate::version::minor(py) >= 12 }
    }
}

impl Layout {
    /// The value of an exact `int` of one digit; None for all other objects.
    ///
    /// # Safety
    /// The object is alive.
    #[inline(always)]
    pub unsafe fn small_integer(&self, object: *mut ffi::PyObject) -> Option<i64> {
        // SAFETY: by the contract; what is read is there in every object of the exact type.
        unsafe {
            if ffi::Py_TYPE(object) != &raw mut ffi::PyLong_Type {
                return None;
            }
            let tag = object.byte_add(TAG).cast::<usize>().read();
            if !self.objects.has_tags {
                return without_tag(object, tag.cast_signed());
            }
            if tag >= COMPACT {
                return None;
            }
            let digit = i64::from(object.byte_add(DIGITS).cast::<u32>().read());
            Some(match tag & 3 {
                0 => digit,
                1 => 0,
                _ => -digit,
            })
        }
    }

    /// True if an exception has been in more than one frame since its traceback began.
    ///
    /// # Safety
    /// The object is a live exception, and [`Layout::walks`] is true.
    #[inline]
    pub unsafe fn has_travelled(&self, exception: *mut ffi::PyObject) -> bool {
        // SAFETY: by the contract; the field is null, or points to a traceback, whose next entry may be null.
        unsafe {
            let traceback = exception.byte_add(TRACEBACK).cast::<*const u8>().read();
            !traceback.is_null() && !traceback.byte_add(NEXT).cast::<*const u8>().read().is_null()
        }
    }
}

/// The value of an exact `int` of before 3.12 with this size.
///
/// # Safety
/// The object is one.
unsafe fn without_tag(object: *mut ffi::PyObject, size: isize) -> Option<i64> {
    // SAFETY: by the contract; where the size is not 0 there is a digit.
    let digit = || i64::from(unsafe { object.byte_add(DIGITS).cast::<u32>().read() });
    match size {
        0 => Some(0),
        1 => Some(digit()),
        -1 => Some(-digit()),
        _ => None,
    }
}
