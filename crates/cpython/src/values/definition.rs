//! Where functions, methods, classes and modules come from in the source. Called by `inspection`.
//!
//! Invariant: runs no code of the program; what it reads are fields of C and class dicts.

use pausa_engine::port::Role;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyModule, PyType};

use super::builtins::{Builtins, Kind};
use super::facts::{derives, exact_text, own_attribute};
use super::objects::field;

/// Where to look for a definition.
#[derive(Debug)]
pub enum Definition<'py> {
    /// Where this code object begins.
    Code(Bound<'py, PyAny>),
    /// A class: its module's name, its qualified name, and the line if the class knows it (from CPython 3.13 on).
    Class(String, String, Option<u32>),
    /// The beginning of a file.
    File(String),
}

/// Where a value is defined; None if it is data, or comes from C.
pub fn definition<'py>(value: &Bound<'py, PyAny>) -> Option<Definition<'py>> {
    if let Ok(class) = value.cast::<PyType>() {
        return of_class(class);
    }
    if let Ok(module) = value.cast::<PyModule>() {
        let file = module.dict().get_item("__file__").ok()??;
        return exact_text(&file).filter(|file| file.ends_with(".py")).map(Definition::File);
    }
    match Builtins::get(value.py()).kind(&value.get_type()) {
        Some(Kind::Method) => return definition(&field(value, "__func__")?),
        Some(Kind::Native) => {}
        _ => return None,
    }
    ["__code__", "gi_code", "cr_code", "ag_code"].iter().find_map(|name| field(value, name)).map(Definition::Code)
}

/// The code of a function, of a method, or of what a static or class method wraps.
pub fn code_behind<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let kind = value.get_type();
    let is = |name: &std::ffi::CStr| crate::symbols::lookup(name).is_some_and(|own| own == kind.as_ptr().cast());
    if is(c"PyStaticMethod_Type") || is(c"PyClassMethod_Type") || is(c"PyMethod_Type") {
        return code_behind(&field(value, "__func__")?);
    }
    if is(c"PyFunction_Type") { field(value, "__code__") } else { None }
}

fn of_class<'py>(class: &Bound<'py, PyType>) -> Option<Definition<'py>> {
    if !derives(class, ffi::Py_TPFLAGS_HEAPTYPE) {
        return None;
    }
    let builtins = Builtins::get(class.py());
    let text = |descriptor| builtins.type_fact(descriptor, class).and_then(|text| exact_text(&text));
    let line = own_attribute(class, "__firstlineno__").and_then(|line| line.extract().ok());
    Some(Definition::Class(text(&builtins.module)?, text(&builtins.qualname)?, line))
}

/// What kind of thing a value is.
pub fn role(value: &Bound<'_, PyAny>) -> Role {
    let kind = value.get_type();
    let builtins = Builtins::get(value.py());
    if derives(&kind, ffi::Py_TPFLAGS_TYPE_SUBCLASS) {
        Role::Class
    } else if builtins.is_function(&kind) || builtins.kind(&kind) == Some(Kind::Method) {
        Role::Method
    } else {
        Role::Data
    }
}
