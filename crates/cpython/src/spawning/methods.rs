//! The builtins that start programs, led through us: their function objects stay, and call us first.
//!
//! Called by `mod`; `calls` says what becomes of a call. A builtin's object points to its definition, a struct in its
//! module, whose function pointer is replaced. Invariant: a pointer is replaced only where the interpreter's own accessors
//! agree about the definition's place, and in memory that can be written; the old one is put back when nothing is followed.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::arguments::Arguments;
use super::calls::{self, Call};

/// Where a function object has its definition: behind the object's head (Include/cpython/methodobject.h, 3.10 to 3.15).
const DEFINITION: usize = size_of::<ffi::PyObject>();

/// What was replaced: the definition, and its function.
struct Replaced {
    definition: AtomicPtr<ffi::PyMethodDef>,
    function: AtomicPtr<c_void>,
}

impl Replaced {
    const fn none() -> Self {
        Self { definition: AtomicPtr::new(std::ptr::null_mut()), function: AtomicPtr::new(std::ptr::null_mut()) }
    }
}

static REPLACED: [Replaced; Call::ALL.len()] = [const { Replaced::none() }; Call::ALL.len()];

/// Leads the calls through us.
pub fn install(py: Python<'_>) {
    for (index, call) in Call::ALL.iter().enumerate() {
        let Some(replaced) = REPLACED.get(index) else { continue };
        if !replaced.function.load(Ordering::Relaxed).is_null() {
            continue;
        }
        let (module, name) = call.names();
        // A function that this system does not have is called by nobody.
        let Ok(function) = crate::modules::import(py, module).and_then(|module| module.getattr(name)) else { continue };
        if let Some(definition) = definition(&function) {
            replace(definition, index, replaced);
        }
    }
}

/// Has them do what they did.
pub fn uninstall() {
    for replaced in &REPLACED {
        let function = replaced.function.swap(std::ptr::null_mut(), Ordering::Relaxed);
        let definition = replaced.definition.load(Ordering::Relaxed);
        if !function.is_null() && !definition.is_null() {
            // SAFETY: the definition is the one that was checked and written when it was replaced; it lives as long as the
            // process, and the GIL, which is held, keeps callers away.
            unsafe { (*definition).ml_meth = std::mem::transmute_copy(&function) };
        }
    }
}

/// A builtin's definition, if it is where it is expected.
fn definition(function: &Bound<'_, PyAny>) -> Option<*mut ffi::PyMethodDef> {
    // SAFETY: an exact builtin is at least as large as its head and the pointer to its definition; the accessors of the
    // limited API take any builtin.
    unsafe {
        if ffi::PyCFunction_CheckExact(function.as_ptr()) == 0 {
            return None;
        }
        let definition = function.as_ptr().byte_add(DEFINITION).cast::<*mut ffi::PyMethodDef>().read();
        let expected = ffi::PyCFunction_GetFunction(function.as_ptr())?;
        let flags = ffi::PyCFunction_GetFlags(function.as_ptr());
        let found = !definition.is_null()
            && definition.is_aligned()
            && function_of(definition) == expected as *mut c_void
            && (*definition).ml_flags == flags;
        found.then_some(definition)
    }
}

/// # Safety
/// The definition must be one.
unsafe fn function_of(definition: *mut ffi::PyMethodDef) -> *mut c_void {
    // SAFETY: every variant of the union is one function pointer.
    unsafe { std::mem::transmute_copy(&(*definition).ml_meth) }
}

fn replace(definition: *mut ffi::PyMethodDef, index: usize, replaced: &Replaced) {
    // SAFETY: the definition was checked.
    let (flags, function) = unsafe { ((*definition).ml_flags, function_of(definition)) };
    let Some(ours) = entry(index, flags) else { return };
    if !make_writable(definition) {
        return;
    }
    replaced.definition.store(definition, Ordering::Relaxed);
    replaced.function.store(function, Ordering::Relaxed);
    // SAFETY: the memory can be written; ours has the signature that the flags say; the GIL keeps callers away.
    unsafe { (*definition).ml_meth = std::mem::transmute_copy(&ours) };
}

/// Modules have their definitions in data that can be written; one that is sealed is opened.
fn make_writable(definition: *mut ffi::PyMethodDef) -> bool {
    // SAFETY: asks for what the pages of a module's data allow anyway; nothing is taken from anybody.
    unsafe {
        let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(4096);
        let (start, end) = (definition as usize & !(page - 1), definition as usize + size_of::<ffi::PyMethodDef>());
        libc::mprotect(start as *mut c_void, end - start, libc::PROT_READ | libc::PROT_WRITE) == 0
    }
}

/// Our function for a call, with the signature that its flags say.
fn entry(index: usize, flags: c_int) -> Option<*mut c_void> {
    macro_rules! entries {
        ($function:ident, $($index:literal)*) => {
            [$($function::<$index> as *mut c_void),*]
        };
    }
    const KEYWORDS: c_int = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;
    let all: [*mut c_void; Call::ALL.len()] = match flags {
        ffi::METH_VARARGS => entries!(with_tuple, 0 1 2 3 4 5 6),
        ffi::METH_FASTCALL => entries!(with_array, 0 1 2 3 4 5 6),
        KEYWORDS => entries!(with_names, 0 1 2 3 4 5 6),
        // O: one argument.
        ffi::METH_O => entries!(with_one, 0 1 2 3 4 5 6),
        _ => return None,
    };
    all.get(index).copied()
}

type Object = *mut ffi::PyObject;

/// The original of a call. Null only if it was called while it is being put back, which the GIL prevents.
fn original<const INDEX: usize>() -> *mut c_void {
    let Some(replaced) = REPLACED.get(INDEX) else { return std::ptr::null_mut() };
    let function = replaced.function.load(Ordering::Relaxed);
    if !function.is_null() {
        return function;
    }
    // It was put back while a caller was on its way in here: the definition has it again.
    // SAFETY: it was a definition when it was stored, and is one for the life of the process.
    unsafe { function_of(replaced.definition.load(Ordering::Relaxed)) }
}

unsafe extern "C" fn with_tuple<const INDEX: usize>(module: Object, arguments: Object) -> Object {
    // SAFETY: called by the interpreter with the GIL held, and a tuple; the original has this signature.
    unsafe {
        let function: ffi::PyCFunction = std::mem::transmute(original::<INDEX>());
        let py = Python::assume_attached();
        let tuple = Bound::from_borrowed_ptr(py, arguments);
        let values = tuple.cast::<PyTuple>().map(|tuple| tuple.iter().collect()).unwrap_or_default();
        calls::lead(INDEX, Arguments { values, names: Vec::new() }, |changed| match changed {
            Some(changed) => match PyTuple::new(py, &changed.values) {
                Ok(tuple) => function(module, tuple.as_ptr()),
                Err(_) => function(module, arguments),
            },
            None => function(module, arguments),
        })
    }
}

type Array = unsafe extern "C" fn(Object, *const Object, ffi::Py_ssize_t) -> Object;
type Named = unsafe extern "C" fn(Object, *const Object, ffi::Py_ssize_t, Object) -> Object;

unsafe extern "C" fn with_array<const INDEX: usize>(
    module: Object,
    arguments: *const Object,
    count: ffi::Py_ssize_t,
) -> Object {
    // SAFETY: called by the interpreter with the GIL held, and `count` arguments; the original has this signature.
    unsafe {
        let function: Array = std::mem::transmute(original::<INDEX>());
        let values = borrowed(arguments, count);
        calls::lead(INDEX, Arguments { values, names: Vec::new() }, |changed| match changed {
            Some(changed) => {
                let values: Vec<Object> = changed.values.iter().map(Bound::as_ptr).collect();
                function(module, values.as_ptr(), count)
            }
            None => function(module, arguments, count),
        })
    }
}

unsafe extern "C" fn with_names<const INDEX: usize>(
    module: Object,
    arguments: *const Object,
    count: ffi::Py_ssize_t,
    names: Object,
) -> Object {
    // SAFETY: called by the interpreter with the GIL held, `count` arguments by position and then those of the names, a
    // tuple or null; the original has this signature.
    unsafe {
        let function: Named = std::mem::transmute(original::<INDEX>());
        let py = Python::assume_attached();
        let known: Vec<String> = match Bound::from_borrowed_ptr_or_opt(py, names).map(|names| names.extract()) {
            Some(Ok(known)) => known,
            None => Vec::new(),
            // A name that is no text: the builtin says what is wrong with it.
            Some(Err(_)) => return function(module, arguments, count, names),
        };
        let all = count + ffi::Py_ssize_t::try_from(known.len()).unwrap_or(0);
        calls::lead(INDEX, Arguments { values: borrowed(arguments, all), names: known }, |changed| match changed {
            Some(changed) => {
                let values: Vec<Object> = changed.values.iter().map(Bound::as_ptr).collect();
                function(module, values.as_ptr(), count, names)
            }
            None => function(module, arguments, count, names),
        })
    }
}

unsafe extern "C" fn with_one<const INDEX: usize>(module: Object, argument: Object) -> Object {
    // SAFETY: called by the interpreter with the GIL held and one argument; the original has this signature.
    unsafe {
        let function: ffi::PyCFunction = std::mem::transmute(original::<INDEX>());
        let values = borrowed(&raw const argument, 1);
        calls::lead(INDEX, Arguments { values, names: Vec::new() }, |changed| {
            let changed = changed.and_then(|changed| changed.values.first().map(Bound::as_ptr));
            function(module, changed.unwrap_or(argument))
        })
    }
}

/// # Safety
/// The GIL must be held, and there must be `count` objects.
unsafe fn borrowed<'py>(arguments: *const Object, count: ffi::Py_ssize_t) -> Vec<Bound<'py, PyAny>> {
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: as the caller promises.
    unsafe {
        let py = Python::assume_attached();
        (0..count).map(|at| Bound::from_borrowed_ptr(py, *arguments.add(at))).collect()
    }
}
