//! The interpreter's own types, known by what prints them, taken before the program can replace a name.
//!
//! Used by `facts` and `render`. Invariant: a kind is found by the address of the type's `repr` slot, so a subclass that
//! inherits it is printed like its base, and one that defines its own is not.

use std::collections::HashMap;
use std::ffi::CStr;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use super::facts::slot_of;
use crate::evaluate::private_namespace;
use crate::named::Named;

/// How a value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By its type's own function, which runs nothing of the program.
    Native,
    /// As `<module.Class object at 0x…>`.
    Object,
    Int,
    Str,
    Bytes,
    ByteArray,
    List,
    Tuple,
    Dict,
    Set,
    MappingProxy,
    View,
    Range,
    Slice,
    Method,
    Module,
    Class,
    Exception,
    SimpleNamespace,
}

const TYPES: &[(Kind, &CStr)] = &[
    (Kind::Object, c"object"),
    (Kind::Int, c"int"),
    (Kind::Str, c"str"),
    (Kind::Bytes, c"bytes"),
    (Kind::ByteArray, c"bytearray"),
    (Kind::List, c"list"),
    (Kind::Tuple, c"tuple"),
    (Kind::Dict, c"dict"),
    (Kind::Set, c"set"),
    (Kind::Range, c"range"),
    (Kind::Slice, c"slice"),
    (Kind::Class, c"type"),
    (Kind::Exception, c"BaseException"),
    (Kind::MappingProxy, c"type(type.__dict__)"),
    (Kind::View, c"type({}.keys())"),
    (Kind::View, c"type({}.values())"),
    (Kind::Method, c"type(Sample().method)"),
    (Kind::Module, c"type(module)"),
    (Kind::SimpleNamespace, c"type(implementation)"),
    (Kind::Native, c"bool"),
    (Kind::Native, c"float"),
    (Kind::Native, c"complex"),
    (Kind::Native, c"type(None)"),
    (Kind::Native, c"type(...)"),
    (Kind::Native, c"type(NotImplemented)"),
    (Kind::Native, c"type(lambda: 0)"),
    (Kind::Native, c"type((lambda: 0).__code__)"),
    (Kind::Native, c"type((lambda here: lambda: here)(0).__closure__[0])"),
    (Kind::Native, c"type((lambda: (yield))())"),
    (Kind::Native, c"type(Sample.agenerator())"),
    (Kind::Native, c"coroutine_type()"),
    (Kind::Native, c"type(len)"),
    (Kind::Native, c"type([].append)"),
    (Kind::Native, c"type(str.join)"),
    (Kind::Native, c"type(int.__add__)"),
    (Kind::Native, c"type((1).__add__)"),
    (Kind::Native, c"type(dict.__dict__['fromkeys'])"),
    (Kind::Native, c"type(Sample.__dict__['slot'])"),
    (Kind::Native, c"type(type(lambda: 0).__dict__['__code__'])"),
    (Kind::Native, c"memoryview"),
];

const SAMPLES: &CStr = c"
class Sample:
    __slots__ = ('slot',)
    def method(self): pass
    async def coroutine(self): pass
    async def agenerator(): yield

def coroutine_type():
    made = Sample().coroutine()
    made.close()
    return type(made)
";

/// Runs the samples as code of our own, which nobody looks for.
fn run_samples(namespace: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = namespace.py();
    // SAFETY: the GIL is held; both texts end in NUL, and the calls give a new reference or raise.
    unsafe {
        let code = ffi::Py_CompileString(SAMPLES.as_ptr(), c"<pausa>".as_ptr(), ffi::Py_file_input);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        let done = ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr());
        Bound::from_owned_ptr_or_err(py, done).map(drop)
    }
}

/// See the module.
pub struct Builtins {
    kinds: HashMap<usize, Kind>,
    functions: Vec<Py<PyAny>>,
    /// `member_descriptor`: what `__slots__` makes.
    pub member: Py<PyType>,
    /// `getset_descriptor`.
    pub getset: Py<PyType>,
    /// The descriptors of `type` itself.
    pub mro: Py<PyAny>,
    pub dict: Py<PyAny>,
    pub qualname: Py<PyAny>,
    pub module: Py<PyAny>,
    /// `object.__repr__`'s slot.
    pub set_iter: usize,
}

static BUILTINS: PyOnceLock<Builtins> = PyOnceLock::new();

impl Builtins {
    /// Found at the first use.
    pub fn get(py: Python<'_>) -> &Builtins {
        BUILTINS.get_or_init(py, || Self::find(py))
    }

    fn find(py: Python<'_>) -> Self {
        let namespace = samples(py).unwrap_or_else(|_| PyDict::new(py));
        let value = |text: &CStr| py.eval(text, Some(&namespace), None).unwrap_or_else(|_| py.None().into_bound(py));
        let class = |text: &CStr| value(text).cast_into::<PyType>().unwrap_or_else(|_| py.get_type::<PyAny>());
        let kinds =
            TYPES.iter().rev().map(|(kind, text)| (slot_of(&class(text), ffi::Py_tp_repr) as usize, *kind)).collect();
        let functions = [
            c"type(lambda: 0)",
            c"type(str.join)",
            c"type(int.__add__)",
            c"type(len)",
            c"staticmethod",
            c"classmethod",
        ];
        Self {
            kinds,
            functions: functions.iter().map(|text| class(text).into_any().unbind()).collect(),
            member: class(c"type(Sample.__dict__['slot'])").unbind(),
            getset: class(c"type(type(lambda: 0).__dict__['__code__'])").unbind(),
            mro: value(c"type.__dict__['__mro__']").unbind(),
            dict: value(c"type.__dict__['__dict__']").unbind(),
            qualname: value(c"type.__dict__['__qualname__']").unbind(),
            module: value(c"type.__dict__['__module__']").unbind(),
            set_iter: slot_of(&class(c"set"), ffi::Py_tp_iter) as usize,
        }
    }

    /// How values of a type are printed, if the interpreter itself prints them.
    pub fn kind(&self, kind: &Bound<'_, PyType>) -> Option<Kind> {
        self.kinds.get(&(slot_of(kind, ffi::Py_tp_repr) as usize)).copied()
    }

    /// True for the types of functions, to which binding is harmless.
    pub fn is_function(&self, kind: &Bound<'_, PyType>) -> bool {
        self.functions.iter().any(|function| function.is(kind))
    }

    /// What one of `type`'s own descriptors says of a type.
    pub fn type_fact<'py>(&self, descriptor: &Py<PyAny>, kind: &Bound<'py, PyType>) -> Option<Bound<'py, PyAny>> {
        descriptor.bind(kind.py()).call_named1("__get__", (kind, kind.get_type())).ok()
    }
}

fn samples(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let namespace = private_namespace(py)?.copy()?;
    let module = crate::modules::import(py, "sys")?;
    namespace.set_item("implementation", module.named("implementation")?)?;
    namespace.set_item("module", module)?;
    run_samples(&namespace)?;
    Ok(namespace)
}
