//! What a call through C does with an exception that comes out of it. Called by `fate` between two frames.
//!
//! ```text
//!     total()           sum(map(check, …))     the call instruction names `sum`, which passes on all but StopIteration
//!       [C: sum, map]
//!       check(3)        raise ValueError
//! ```
//!
//! Invariant: an exception that some C code between the two may keep, turn into another one or take for an answer (StopIteration,
//! AttributeError in `hasattr`) is not said to pass; only types and functions of the interpreter's own are known. Nothing is
//! asked but exact types, so no code of the program runs.

use std::ffi::CStr;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;

use super::sites::{CodeSites, Special};
use super::stack::{Cursor, Place};
use crate::code::opcodes::Opcodes;
use crate::symbols::lookup;

/// What an instruction runs that may call Python code by way of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// Nothing, or only what is told nobody: a destructor, a callback of a weak reference.
    Nothing,
    /// What the program calls: that decides.
    Call,
    /// An attribute's look-up, to which an AttributeError is an answer.
    Attribute,
    /// A special method, a generator, a coroutine.
    Operation,
}

impl Through {
    /// What is known of an instruction by its name.
    pub fn of(name: &str) -> Self {
        const OPERATIONS: &[&str] = &[
            "FOR_ITER",
            "SEND",
            "YIELD_FROM",
            "GET_ITER",
            "LIST_EXTEND",
            "SET_UPDATE",
            "BEFORE_WITH",
            "SETUP_WITH",
            "WITH_EXCEPT_START",
            "COMPARE_OP",
            "CONTAINS_OP",
            "STORE_SUBSCR",
            "DELETE_SUBSCR",
            "STORE_SLICE",
            "TO_BOOL",
            "UNPACK_SEQUENCE",
            "UNPACK_EX",
            "CONVERT_VALUE",
        ];
        let begins = |stems: &[&str]| stems.iter().any(|stem| name.starts_with(stem));
        match name {
            "LOAD_ATTR" | "LOAD_METHOD" | "STORE_ATTR" | "DELETE_ATTR" => Self::Attribute,
            _ if OPERATIONS.contains(&name) || begins(&["BINARY_", "INPLACE_", "UNARY_", "FORMAT_"]) => Self::Operation,
            _ if begins(&["CALL"]) && !begins(&["CALL_INTRINSIC"]) => Self::Call,
            _ => Self::Nothing,
        }
    }
}

/// Types that call what they are given, or take from it, and keep no exception.
const TYPES: &[&str] = &[
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "map",
    "filter",
    "zip",
    "enumerate",
    "reversed",
    "str",
    "bytes",
    "bytearray",
    "int",
    "float",
    "complex",
    "bool",
    "type",
];

/// Functions of `builtins` and `functools` of the same kind.
const FUNCTIONS: &[&str] = &[
    "sorted",
    "sum",
    "min",
    "max",
    "any",
    "all",
    "next",
    "exec",
    "eval",
    "__build_class__",
    "__import__",
    "reduce",
    "abs",
    "divmod",
    "pow",
    "round",
    "format",
    "repr",
    "len",
    "hash",
    "print",
];

/// Types whose own methods are of the same kind.
const OWNERS: &[&str] = &[
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "str",
    "bytes",
    "bytearray",
    "generator",
    "coroutine",
    "async_generator",
    "coroutine_wrapper",
    "collections.deque",
    "collections.OrderedDict",
    "collections.defaultdict",
];

/// The context of a task, or of a callback.
const CONTEXTS: &[&str] = &["Context", "_contextvars.Context"];

/// A call through C.
pub struct Gap<'a, C> {
    /// The frame that waits, what is known of its code, and where it is.
    pub caller: &'a C,
    pub calling: &'a CodeSites,
    pub place: Place,
    /// The frame that the exception leaves, and what is known of its code.
    pub callee: &'a C,
    pub own: &'a CodeSites,
    pub exception: *mut ffi::PyObject,
}

impl<C: Cursor> Gap<'_, C> {
    /// True if the exception is known to come to the frame that waits.
    ///
    /// # Safety
    /// The GIL is held; the exception is alive, and the frames are on this thread's stack.
    pub unsafe fn passes(&self, opcodes: &Opcodes) -> bool {
        // SAFETY: by the contract; exceptions' types are compared by their MROs, and no code of the program runs.
        unsafe {
            let is = |kind: *mut ffi::PyObject| ffi::PyErr_GivenExceptionMatches(self.exception, kind) != 0;
            if is(ffi::PyExc_StopIteration) || is(ffi::PyExc_StopAsyncIteration) || is(ffi::PyExc_GeneratorExit) {
                return false;
            }
            let is_answer = match self.own.special {
                Special::Item => is(ffi::PyExc_IndexError),
                Special::Length => is(ffi::PyExc_TypeError),
                Special::SetName => true,
                Special::None | Special::Makes | Special::Call => false,
            };
            if is_answer || self.is_weak_callback() {
                return false;
            }
            let Some(sites) = self.calling.calls(opcodes, self.place.code) else { return false };
            let Some((at, opcode)) = sites.instruction(self.place.offset, opcodes) else { return false };
            match opcodes.through.get(usize::from(opcode)) {
                None | Some(Through::Nothing) => false,
                Some(Through::Operation) => true,
                Some(Through::Attribute) => !is(ffi::PyExc_AttributeError),
                Some(Through::Call) => {
                    let minor = crate::version::minor(Python::assume_attached());
                    let Some(slots) = sites.callee(at, minor, opcodes) else { return false };
                    let callee = slots.map(|slot| self.caller.slot(sites.variables, slot));
                    let callee = callee.into_iter().find(|callee| !callee.is_null());
                    callee.is_some_and(|callee| self.passes_call(callee))
                }
            }
        }
    }

    /// A weak reference calls with itself, and keeps what is raised to itself.
    ///
    /// # Safety
    /// As [`Gap::passes`].
    unsafe fn is_weak_callback(&self) -> bool {
        (0..self.own.parameters.min(2)).any(|at| {
            let value = self.callee.variable(at);
            // SAFETY: the value of a variable is alive as long as the frame.
            !value.is_null() && unsafe { type_name(ffi::Py_TYPE(value)) }.starts_with(b"weakref")
        })
    }

    /// What is called passes the exception on.
    ///
    /// # Safety
    /// As [`Gap::passes`], and what is called is alive, as a call of it lasts.
    unsafe fn passes_call(&self, callee: *mut ffi::PyObject) -> bool {
        static FUNCTION: OnceLock<usize> = OnceLock::new();
        static METHOD: OnceLock<usize> = OnceLock::new();
        let is_kind = |kind: *mut ffi::PyTypeObject, known: &OnceLock<usize>, name: &CStr| {
            kind.addr() == *known.get_or_init(|| lookup(name).map_or(0, |kind| kind.addr()))
        };
        // SAFETY: by the contract; the fields read are those of exact types (Include/cpython/methodobject.h, descrobject.h,
        // Modules/_functoolsmodule.c), alike in all versions.
        unsafe {
            let kind = ffi::Py_TYPE(callee);
            if is_kind(kind, &FUNCTION, c"PyFunction_Type") || is_kind(kind, &METHOD, c"PyMethod_Type") {
                return !self.own.is_coroutine;
            }
            if ffi::PyType_Check(callee) != 0 {
                let is_known = || is_in(TYPES, own_name(callee.cast()));
                return !self.own.is_coroutine && (self.own.special == Special::Makes || is_known());
            }
            let second = callee.byte_add(24).cast::<*mut ffi::PyObject>();
            let first = callee.byte_add(16).cast::<*mut ffi::PyObject>();
            match own_name(kind) {
                b"builtin_function_or_method" => {
                    let of = second.read();
                    if of.is_null() {
                        return false;
                    }
                    if ffi::PyModule_Check(of) != 0 {
                        // `ml_name` is what a method's definition begins with.
                        let name = CStr::from_ptr(first.read().cast::<*const std::ffi::c_char>().read());
                        return !self.own.is_coroutine && is_in(FUNCTIONS, name.to_bytes()) && is_of_interpreter(of);
                    }
                    self.passes_method(own_name(ffi::Py_TYPE(of)))
                }
                b"method_descriptor" => self.passes_method(own_name(first.read().cast())),
                b"wrapper_descriptor" | b"method-wrapper" => {
                    matches!(self.own.special, Special::Makes | Special::Call) && !self.own.is_coroutine
                }
                b"functools.partial" => !first.read().is_null() && self.passes_call(first.read()),
                b"functools._lru_cache_wrapper" => !self.own.is_coroutine,
                // An object of the program's that can be called.
                _ => self.own.special == Special::Call && ffi::PyType_GetFlags(kind) & ffi::Py_TPFLAGS_HEAPTYPE != 0,
            }
        }
    }

    /// A method of a type of this name passes the exception on.
    fn passes_method(&self, owner: &[u8]) -> bool {
        is_in(OWNERS, owner) || (is_in(CONTEXTS, owner) && !self.own.is_coroutine)
    }
}

fn is_in(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|known| known.as_bytes() == name)
}

/// True for modules `builtins` and `_functools`.
///
/// # Safety
/// It is a live module, and the GIL is held.
unsafe fn is_of_interpreter(module: *mut ffi::PyObject) -> bool {
    // SAFETY: by the contract; a module without a name sets an error, which is ours.
    unsafe {
        let name = Bound::from_owned_ptr_or_err(Python::assume_attached(), ffi::PyModule_GetNameObject(module));
        name.is_ok_and(|name| name.extract::<String>().is_ok_and(|name| name == "builtins" || name == "_functools"))
    }
}

/// `tp_name`: with the module for types of C.
///
/// # Safety
/// A live type; the name is used while it is.
pub unsafe fn type_name<'a>(kind: *mut ffi::PyTypeObject) -> &'a [u8] {
    // SAFETY: by the contract; the name follows the head of an object of variable size (Include/cpython/object.h).
    unsafe { CStr::from_ptr(kind.byte_add(24).cast::<*const std::ffi::c_char>().read()).to_bytes() }
}

/// `Py_TPFLAGS_IMMUTABLETYPE` of Include/object.h: a type of C in memory of its own that no program can change, or make.
const IMMUTABLE: std::ffi::c_ulong = 1 << 8;

/// [`type_name`] of a type that no Python code has made; empty for one that it has, which may be called anything.
///
/// # Safety
/// As [`type_name`].
pub unsafe fn own_name<'a>(kind: *mut ffi::PyTypeObject) -> &'a [u8] {
    // SAFETY: by the contract.
    unsafe {
        let flags = ffi::PyType_GetFlags(kind);
        let is_own = flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || flags & IMMUTABLE != 0;
        if is_own { type_name(kind) } else { b"" }
    }
}
