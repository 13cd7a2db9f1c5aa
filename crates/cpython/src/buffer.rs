//! The bytes behind bytes, byte arrays, memory views, arrays and what else has the buffer protocol. Called by `inspection`.
//!
//! Invariant: a buffer is held only while its bytes are copied, with the GIL, so that the program finds it as it was and a
//! buffer that was resized or released meanwhile is an error, not a crash; classes that implement the protocol in Python
//! are not asked, as that would run their code.

use std::ffi::{c_char, c_int, c_void};
use std::ops::Range;
use std::sync::OnceLock;

use pausa_engine::port::Memory;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::symbols::lookup;
use crate::values::{class_attribute, type_name};

/// `Py_buffer` of Include/cpython/object.h (3.10), Include/pybuffer.h (since): the same in all versions.
#[repr(C)]
struct RawBuffer {
    buf: *mut u8,
    obj: *mut ffi::PyObject,
    len: ffi::Py_ssize_t,
    itemsize: ffi::Py_ssize_t,
    readonly: c_int,
    ndim: c_int,
    format: *mut c_char,
    shape: *mut ffi::Py_ssize_t,
    strides: *mut ffi::Py_ssize_t,
    suboffsets: *mut ffi::Py_ssize_t,
    internal: *mut c_void,
}

/// `PyBUF_WRITABLE`; without any flag (`PyBUF_SIMPLE`) the bytes are contiguous and may be read-only.
const WRITABLE: c_int = 1;

type Check = unsafe extern "C" fn(*mut ffi::PyObject) -> c_int;
type Get = unsafe extern "C" fn(*mut ffi::PyObject, *mut RawBuffer, c_int) -> c_int;
type Release = unsafe extern "C" fn(*mut RawBuffer);

/// The functions of Include/abstract.h, in the limited API only from 3.11 on.
#[derive(Clone, Copy)]
struct Functions {
    check: Check,
    get: Get,
    release: Release,
}

fn functions() -> Option<Functions> {
    static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();
    *FUNCTIONS.get_or_init(|| {
        let (check, get) = (lookup(c"PyObject_CheckBuffer")?, lookup(c"PyObject_GetBuffer")?);
        let release = lookup(c"PyBuffer_Release")?;
        // SAFETY: the symbols are CPython's functions of these names, with these signatures in all versions.
        unsafe {
            Some(Functions {
                check: std::mem::transmute::<*mut c_void, Check>(check),
                get: std::mem::transmute::<*mut c_void, Get>(get),
                release: std::mem::transmute::<*mut c_void, Release>(release),
            })
        }
    })
}

/// True if a value has bytes that can be read without running code of the program.
pub fn is_buffer(value: &Bound<'_, PyAny>) -> bool {
    let Some(functions) = functions() else { return false };
    // SAFETY: the GIL is held and the value is alive; the function looks at its type only.
    if unsafe { (functions.check)(value.as_ptr()) } == 0 {
        return false;
    }
    // From 3.12 on a class can have `__buffer__`: of types of C it is a wrapper around their function.
    let method = class_attribute(&value.get_type(), "__buffer__");
    method.is_none_or(|method| type_name(&method) == "wrapper_descriptor")
}

/// A buffer that is held.
struct Held<'v, 'py> {
    raw: RawBuffer,
    functions: Functions,
    _value: &'v Bound<'py, PyAny>,
}

impl<'v, 'py> Held<'v, 'py> {
    fn of(value: &'v Bound<'py, PyAny>, flags: c_int) -> PyResult<Self> {
        let functions = functions().filter(|_| is_buffer(value));
        let functions = functions.ok_or_else(|| pyo3::exceptions::PyBufferError::new_err("the value has no bytes"))?;
        let mut raw = RawBuffer {
            buf: std::ptr::null_mut(),
            obj: std::ptr::null_mut(),
            len: 0,
            itemsize: 0,
            readonly: 1,
            ndim: 0,
            format: std::ptr::null_mut(),
            shape: std::ptr::null_mut(),
            strides: std::ptr::null_mut(),
            suboffsets: std::ptr::null_mut(),
            internal: std::ptr::null_mut(),
        };
        // SAFETY: the GIL is held, the value is alive, and the structure has CPython's layout; on failure an exception is
        // set and nothing is held.
        if unsafe { (functions.get)(value.as_ptr(), &raw mut raw, flags) } != 0 {
            return Err(PyErr::fetch(value.py()));
        }
        Ok(Self { raw, functions, _value: value })
    }

    fn len(&self) -> usize {
        if self.raw.buf.is_null() { 0 } else { usize::try_from(self.raw.len).unwrap_or(0) }
    }

    /// A copy of the bytes of a range that is within the buffer. Made without a reference to them, as C code of the
    /// program that runs without the GIL may write there.
    fn copy(&self, range: Range<usize>) -> Vec<u8> {
        let mut bytes = vec![0; range.len()];
        if !bytes.is_empty() && range.end <= self.len() {
            // SAFETY: the buffer is held, so `len` contiguous bytes are at `buf`, and the range is within them; `bytes` is
            // as long as the range and memory of ours.
            unsafe { std::ptr::copy_nonoverlapping(self.raw.buf.add(range.start), bytes.as_mut_ptr(), bytes.len()) };
        }
        bytes
    }
}

impl Drop for Held<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: it was filled by PyObject_GetBuffer and is released once, with the GIL held, as the value's lifetime says.
        unsafe { (self.functions.release)(&raw mut self.raw) };
    }
}

/// Up to `count` bytes from `offset` bytes after the start.
pub fn read(value: &Bound<'_, PyAny>, offset: i64, count: usize) -> PyResult<Memory> {
    let held = Held::of(value, 0)?;
    let length = held.len();
    let before = usize::try_from(offset.min(0).unsigned_abs()).unwrap_or(usize::MAX).min(count);
    let start = usize::try_from(offset.max(0)).unwrap_or(usize::MAX).min(length);
    // Nothing is at a negative offset; a client that asks for it is told how many bytes to skip.
    let end = if before > 0 { start } else { start.saturating_add(count).min(length) };
    let bytes = held.copy(start..end);
    let address = (held.raw.buf as u64).wrapping_add_signed(offset);
    Ok(Memory { address, bytes, before })
}

/// Writes from `offset` bytes after the start, all or, with `partial`, what fits; how many bytes were written.
pub fn write(value: &Bound<'_, PyAny>, offset: i64, bytes: &[u8], partial: bool) -> PyResult<usize> {
    let held = Held::of(value, WRITABLE)?;
    let length = held.len();
    let start = usize::try_from(offset).ok().filter(|&start| start <= length);
    let room = start.map_or(0, |start| length - start);
    let Some(start) = start.filter(|_| partial || bytes.len() <= room) else {
        let text = format!("{} bytes from byte {offset} on do not fit into {length} bytes", bytes.len());
        return Err(pyo3::exceptions::PyIndexError::new_err(text));
    };
    let count = bytes.len().min(room);
    if count > 0 {
        // SAFETY: the buffer is held and writable, `start + count` is within it, and `bytes` is memory of ours.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), held.raw.buf.add(start), count) };
    }
    Ok(count)
}
