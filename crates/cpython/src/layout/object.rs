//! The few objects whose inside is read: integers of one digit, exceptions. Used on the hot path.
//!
//! Invariant: as for frames: nothing is allocated, no reference taken, no code of the program run.

use pyo3::ffi;

use super::Layout;

/// `struct _longobject` (Include/cpython/longintrepr.h, 3.12 and later): a tag of sign and size, then the digits.
const TAG: usize = 16;
const DIGITS: usize = 24;
/// Tags below this are those of integers with one digit at most; their low two bits are 0 for positive ones, 1 for zero,
/// 2 for negative ones.
const COMPACT: usize = 16;

/// `PyBaseExceptionObject` (Include/cpython/pyerrors.h) and `PyTracebackObject` (Include/cpython/traceback.h).
const TRACEBACK: usize = 40;
const NEXT: usize = 16;

impl Layout {
    /// The value of an exact `int` of one digit; None for all other objects.
    ///
    /// # Safety
    /// The object is alive.
    #[inline]
    pub unsafe fn small_integer(&self, object: *mut ffi::PyObject) -> Option<i64> {
        // SAFETY: by the contract; what is read is there in every object of the exact type.
        unsafe {
            if ffi::Py_TYPE(object) != &raw mut ffi::PyLong_Type {
                return None;
            }
            let tag = object.byte_add(TAG).cast::<usize>().read();
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
    /// The object is a live exception.
    #[inline]
    pub unsafe fn has_travelled(&self, exception: *mut ffi::PyObject) -> bool {
        // SAFETY: by the contract; the field is null, or points to a traceback, whose next entry may be null.
        unsafe {
            let traceback = exception.byte_add(TRACEBACK).cast::<*const u8>().read();
            !traceback.is_null() && !traceback.byte_add(NEXT).cast::<*const u8>().read().is_null()
        }
    }
}
