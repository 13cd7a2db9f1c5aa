//! What the interpreter knows of an object and its type, read without running any code of the program.
//!
//! Used by all of `values`, and by `evaluate` for hovers and completions. Invariant: only slots, the C descriptors of
//! `type` itself and exact dicts are used; never `getattr`, because a class or its metaclass may define that.

use crate::named::Named;
use std::ffi::{c_int, c_ulong, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use super::builtins::Builtins;

/// The address of a type's slot; of inherited slots the base's, so that equal addresses mean equal behaviour.
pub(crate) fn slot_of(kind: &Bound<'_, PyType>, slot: c_int) -> *mut c_void {
    // SAFETY: `kind` is a type object; since 3.10 this works for every type.
    unsafe { ffi::PyType_GetSlot(kind.as_type_ptr(), slot) }
}

/// True if a type derives from the builtin type that a `Py_TPFLAGS_…_SUBCLASS` flag stands for.
pub fn derives(kind: &Bound<'_, PyType>, flag: c_ulong) -> bool {
    // SAFETY: `kind` is a type object.
    unsafe { ffi::PyType_GetFlags(kind.as_type_ptr()) & flag != 0 }
}

/// True for a type of the interpreter's own, or of an extension that makes its types as the interpreter does: no class
/// statement makes one.
pub fn is_static(kind: &Bound<'_, PyType>) -> bool {
    !derives(kind, ffi::Py_TPFLAGS_HEAPTYPE)
}

/// True if an object's type is exactly this one.
pub(crate) fn is_exact(value: &Bound<'_, PyAny>, kind: &Bound<'_, PyType>) -> bool {
    value.get_type().is(kind)
}

/// The method resolution order.
pub fn bases<'py>(kind: &Bound<'py, PyType>) -> Vec<Bound<'py, PyType>> {
    let builtins = Builtins::get(kind.py());
    let bases = builtins.type_fact(&builtins.mro, kind).and_then(|bases| bases.cast_into::<PyTuple>().ok());
    bases.map(|bases| bases.iter().filter_map(|base| base.cast_into().ok()).collect()).unwrap_or_default()
}

/// A type's own attributes, names and values.
pub fn own_attributes<'py>(kind: &Bound<'py, PyType>) -> Vec<(String, Bound<'py, PyAny>)> {
    own_dict(kind).map(|dict| named_entries(&dict)).unwrap_or_default()
}

/// A copy of a type's own dict.
pub fn own_dict<'py>(kind: &Bound<'py, PyType>) -> Option<Bound<'py, PyDict>> {
    let builtins = Builtins::get(kind.py());
    // `mappingproxy.copy` of a type's dict, which is an exact dict.
    let copy = builtins.type_fact(&builtins.dict, kind)?.call_named0("copy").ok()?;
    copy.cast_into::<PyDict>().ok()
}

/// A type's own dict itself.
pub fn class_dict<'py>(kind: &Bound<'py, PyType>) -> Option<Bound<'py, PyDict>> {
    let builtins = Builtins::get(kind.py());
    super::objects::proxied(&builtins.type_fact(&builtins.dict, kind)?)
}

/// True for what has a say in how an instance's attribute is stored.
pub fn is_data_descriptor(descriptor: &Bound<'_, PyAny>) -> bool {
    has_slot(descriptor, ffi::Py_tp_descr_set)
}

/// True for the descriptor of a slot.
pub fn is_member(descriptor: &Bound<'_, PyAny>) -> bool {
    is_exact(descriptor, Builtins::get(descriptor.py()).member.bind(descriptor.py()))
}

/// What a name means in a type's own dict.
pub fn own_attribute<'py>(kind: &Bound<'py, PyType>, name: &str) -> Option<Bound<'py, PyAny>> {
    let builtins = Builtins::get(kind.py());
    builtins.type_fact(&builtins.dict, kind)?.get_item(name).ok()
}

/// What a name means in a type and its bases, as it is stored: a property is a property.
pub fn class_attribute<'py>(kind: &Bound<'py, PyType>, name: &str) -> Option<Bound<'py, PyAny>> {
    bases(kind).iter().find_map(|base| own_attribute(base, name))
}

/// The entries of a dict whose keys are names.
pub fn named_entries<'py>(dict: &Bound<'py, PyDict>) -> Vec<(String, Bound<'py, PyAny>)> {
    entries(dict, 0, usize::MAX).into_iter().filter_map(|(key, value)| Some((exact_text(&key)?, value))).collect()
}

/// How many entries of a dict have a name for a key that is not the interpreter's own (`__name__`).
pub fn count_names(dict: &Bound<'_, PyDict>) -> usize {
    let is_plain = |key: &Bound<'_, PyAny>| exact_text(key).is_some_and(|name| !is_dunder(&name));
    entries(dict, 0, usize::MAX).iter().filter(|(key, _)| is_plain(key)).count()
}

/// True for names of the form `__name__`.
pub fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// Entries of a dict or of a subclass, by its storage.
pub fn entries<'py>(
    dict: &Bound<'py, PyDict>,
    start: usize,
    count: usize,
) -> Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = dict.py();
    let mut found = Vec::new();
    let (mut position, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
    let mut index = 0;
    while found.len() < count {
        // SAFETY: `dict` is a dict; the pointers are borrowed from it, valid until it changes. Nothing runs between the
        // calls that could change it.
        if unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value) } == 0 {
            break;
        }
        if index >= start {
            // SAFETY: both were just set to live objects; new references are taken.
            found.push(unsafe { (Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value)) });
        }
        index += 1;
    }
    found
}

/// The dict of an instance's attributes, if it has one.
pub fn instance_dict<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    let py = value.py();
    if derives(&value.get_type(), ffi::Py_TPFLAGS_TYPE_SUBCLASS) {
        return None;
    }
    // SAFETY: the C implementation of `__dict__`, called directly: no class of the program has a say. It returns a new
    // reference or raises AttributeError.
    let dict =
        unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyObject_GenericGetDict(value.as_ptr(), std::ptr::null_mut())) };
    dict.ok()?.cast_into().ok()
}

/// An instance's slots that have a value, of its class and its bases.
pub fn slots<'py>(value: &Bound<'py, PyAny>) -> Vec<(String, Bound<'py, PyAny>)> {
    let kind = value.get_type();
    let member = &Builtins::get(value.py()).member;
    let mut found = Vec::new();
    for base in bases(&kind) {
        if !derives(&base, ffi::Py_TPFLAGS_HEAPTYPE) {
            continue;
        }
        for (name, descriptor) in own_attributes(&base) {
            let hidden = name == "__dict__" || name == "__weakref__";
            if !hidden && is_exact(&descriptor, member.bind(value.py())) {
                found.extend(described_by(&descriptor, value).map(|value| (name, value)));
            }
        }
    }
    found
}

/// What a C descriptor gives for an instance.
pub fn described_by<'py>(descriptor: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    descriptor.call_named1("__get__", (value, value.get_type())).ok()
}

/// The attributes kept in an instance itself, without those of its class.
pub fn instance_attributes<'py>(value: &Bound<'py, PyAny>) -> Vec<(String, Bound<'py, PyAny>)> {
    let mut found = instance_dict(value).map(|dict| named_entries(&dict)).unwrap_or_default();
    found.extend(slots(value));
    found
}

/// One attribute kept in an instance itself.
pub fn instance_attribute<'py>(value: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    let py = value.py();
    if let Some(found) = instance_dict(value).and_then(|dict| dict.get_item(name).ok().flatten()) {
        return Some(found);
    }
    let descriptor = class_attribute(&value.get_type(), name)?;
    let builtins = Builtins::get(py);
    if is_exact(&descriptor, builtins.member.bind(py)) { described_by(&descriptor, value) } else { None }
}

/// An attribute as far as it can be known without running anything: `Err` if finding it would run code of the program.
pub(crate) fn static_attribute<'py>(value: &Bound<'py, PyAny>, name: &str) -> Result<Option<Bound<'py, PyAny>>, ()> {
    let py = value.py();
    let kind = value.get_type();
    let builtins = Builtins::get(py);
    if derives(&kind, ffi::Py_TPFLAGS_TYPE_SUBCLASS) {
        let own = value.cast::<PyType>().ok().and_then(|kind| class_attribute(kind, name));
        return own
            .map(|found| if has_slot(&found, ffi::Py_tp_descr_get) && !is_plain(&found) { Err(()) } else { Ok(found) })
            .transpose();
    }
    let in_class = class_attribute(&kind, name);
    if let Some(found) = &in_class {
        // A named tuple's fields are C, too.
        let is_field = || {
            super::objects::imported(py, "_collections", "_tuplegetter").is_some_and(|kind| found.get_type().is(&kind))
        };
        if is_exact(found, builtins.member.bind(py)) || is_exact(found, builtins.getset.bind(py)) || is_field() {
            return Ok(described_by(found, value));
        }
        if has_slot(found, ffi::Py_tp_descr_set) {
            return Err(());
        }
    }
    if let Some(found) = instance_dict(value).and_then(|dict| dict.get_item(name).ok().flatten()) {
        return Ok(Some(found));
    }
    match in_class {
        Some(found) if is_plain(&found) && has_slot(&found, ffi::Py_tp_descr_get) => Ok(described_by(&found, value)),
        Some(found) if has_slot(&found, ffi::Py_tp_descr_get) => Err(()),
        Some(found) => Ok(Some(found)),
        None if class_attribute(&kind, "__getattr__").is_some() => Err(()),
        None => Ok(None),
    }
}

pub fn has_slot(value: &Bound<'_, PyAny>, slot: c_int) -> bool {
    !slot_of(&value.get_type(), slot).is_null()
}

/// Functions and methods of C: binding them to an instance runs nothing.
pub fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    Builtins::get(value.py()).is_function(&value.get_type())
}

/// All names that an object has, as `dir` gives them, found without asking it.
pub(crate) fn attribute_names(value: &Bound<'_, PyAny>) -> Vec<(String, Option<Py<PyAny>>)> {
    let mut found: Vec<(String, Bound<'_, PyAny>)> = Vec::new();
    if let Ok(kind) = value.cast::<PyType>() {
        found.extend(bases(kind).iter().flat_map(own_attributes));
    } else {
        found.extend(instance_attributes(value));
        found.extend(bases(&value.get_type()).iter().flat_map(own_attributes));
    }
    found.into_iter().map(|(name, value)| (name, Some(value.unbind()))).collect()
}

/// The text of an exact string, or of a subclass by its storage; lone surrogates are written as escapes.
pub(crate) fn text_of(text: &Bound<'_, PyAny>) -> Option<String> {
    let py = text.py();
    // SAFETY: checked to be a string by the function itself, which fails otherwise; the arguments are C strings.
    let encoded = unsafe {
        let handler = c"backslashreplace".as_ptr();
        Bound::from_owned_ptr_or_err(py, ffi::PyUnicode_AsEncodedString(text.as_ptr(), c"utf-8".as_ptr(), handler))
    };
    let encoded = encoded.ok()?;
    let bytes = encoded.cast::<pyo3::types::PyBytes>().ok()?;
    String::from_utf8(bytes.as_bytes().to_vec()).ok()
}

/// The text of an exact string only.
pub fn exact_text(value: &Bound<'_, PyAny>) -> Option<String> {
    if value.is_exact_instance_of::<PyString>() { text_of(value) } else { None }
}

/// A class's name with its module, as `repr` of the class has it; builtins without their module.
pub fn class_name(kind: &Bound<'_, PyType>) -> String {
    let builtins = Builtins::get(kind.py());
    let module = builtins.type_fact(&builtins.module, kind).and_then(|module| exact_text(&module));
    match module {
        Some(module) if module != "builtins" => format!("{module}.{}", short_class_name(kind)),
        _ => short_class_name(kind),
    }
}

/// A class's qualified name without its module.
pub fn short_class_name(kind: &Bound<'_, PyType>) -> String {
    let builtins = Builtins::get(kind.py());
    let name = builtins.type_fact(&builtins.qualname, kind).and_then(|name| exact_text(&name));
    name.unwrap_or_else(|| "?".to_owned())
}

/// The name of a value's type, with its module except for builtins.
pub fn type_name(value: &Bound<'_, PyAny>) -> String {
    class_name(&value.get_type())
}

/// The names of a value's type and of all that it derives from, as [`type_name`] has them.
pub fn lineage(value: &Bound<'_, PyAny>) -> Vec<String> {
    bases(&value.get_type()).iter().map(class_name).collect()
}
