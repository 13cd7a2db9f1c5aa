//! Attributes that code of the program computes: properties and other descriptors. Called by `children`.
//!
//! Invariant: names are found by reading class dicts; no getter runs. Only classes that are made by `class` statements or
//! in their manner are looked at: what types of C compute, their fields show already.

use pyo3::ffi;
use pyo3::prelude::*;

use super::facts::{bases, class_attribute, derives, entries, exact_text, has_slot, is_dunder, is_plain, own_dict};
use super::objects::imported;

/// Descriptors that give functions, not data: methods of another making.
const METHODS: [(&str, &str); 3] =
    [("functools", "partialmethod"), ("functools", "singledispatchmethod"), ("_collections", "_tuplegetter")];

/// The names of an object's computed attributes, those of its own class first.
pub fn computed_names(value: &Bound<'_, PyAny>) -> Vec<String> {
    let kind = value.get_type();
    if !derives(&kind, ffi::Py_TPFLAGS_HEAPTYPE) || derives(&kind, ffi::Py_TPFLAGS_TYPE_SUBCLASS) {
        return Vec::new();
    }
    // An enum redirects its members' names; only its own properties are data of the instance.
    let is_enum = class_attribute(&kind, "_member_map_").is_some();
    let mut found = Vec::new();
    for base in bases(&kind).iter().filter(|base| derives(base, ffi::Py_TPFLAGS_HEAPTYPE)) {
        let Some(dict) = own_dict(base) else { continue };
        for (name, attribute) in entries(&dict, 0, usize::MAX) {
            if !is_property(&attribute) && (is_enum || !is_getter(&attribute)) {
                continue;
            }
            let Some(name) = exact_text(&name).filter(|name| !is_dunder(name)) else { continue };
            // A class nearer to the object's may have put something else in its place.
            if class_attribute(&kind, &name).is_some_and(|nearest| nearest.is(&attribute)) {
                found.push(name);
            }
        }
    }
    found
}

fn is_property(attribute: &Bound<'_, PyAny>) -> bool {
    std::ptr::eq(attribute.get_type().as_type_ptr(), &raw mut ffi::PyProperty_Type)
}

fn is_getter(attribute: &Bound<'_, PyAny>) -> bool {
    let kind = attribute.get_type();
    let builtins = super::builtins::Builtins::get(attribute.py());
    let is_field = kind.is(&builtins.member) || kind.is(&builtins.getset);
    let is_known = || {
        let mut methods = METHODS.iter().filter_map(|(module, name)| imported(attribute.py(), module, name));
        methods.any(|method| method.is(&kind))
    };
    has_slot(attribute, ffi::Py_tp_descr_get) && !is_plain(attribute) && !is_field && !is_known()
}
