//! Finds the place that a user names. Called by `inspection`, and for ids that outlive the program by `arming`.
//!
//! Invariant: what cannot be watched is refused with the reason and what to do instead; finding a place changes nothing.

use pausa_engine::data_breakpoints::Kind;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyString, PyTuple, PyType};

use super::holder::Holder;
use super::place::{self, Computed, Place, Sharing, Store};
use super::reading::{Reading, is_plain};
use super::slots::Slot;
use crate::code::registry::{CodeKey, real_path};
use crate::debugger::Debugger;
use crate::locals::Scope;
use crate::named::Named;
use crate::{evaluate, frames, values};

/// What ids of globals begin with: `global:MODULE:NAME` means the same in every run.
const GLOBAL: &str = "global:";

/// What a user points at, found.
pub enum Subject<'py> {
    /// A name in a frame.
    Name(Bound<'py, PyAny>, String),
    /// A name in a frame's module.
    Global(Bound<'py, PyAny>, String),
    /// An attribute of an object.
    Attribute(Bound<'py, PyAny>, String),
    /// An item of an object.
    Item(Bound<'py, PyAny>, Bound<'py, PyAny>),
    /// An expression in a frame.
    Expression(Bound<'py, PyAny>, String),
}

/// The place of a subject, which the user calls `name`.
pub fn place(debugger: &Debugger, subject: &Subject<'_>, name: &str, kind: Kind) -> Result<Place, String> {
    let store = match subject {
        Subject::Name(frame, variable) => of_name(debugger, frame, variable),
        Subject::Global(frame, variable) => global(frame, variable),
        Subject::Attribute(object, attribute) => of_attribute(object, attribute),
        Subject::Item(object, key) => of_item(object, key),
        Subject::Expression(frame, text) => Ok(expression(frame, text)),
    }?;
    let place = Place { name: name.to_owned(), kind: Kind::Rebinding, store };
    if kind == Kind::Rebinding {
        return Ok(place);
    }
    let py = match subject {
        Subject::Name(object, _) | Subject::Global(object, _) | Subject::Attribute(object, _) => object.py(),
        Subject::Item(object, _) | Subject::Expression(object, _) => object.py(),
    };
    match place.read(py, debugger) {
        Some(Reading::Value(value)) => {
            let store = contents(value.bind(py), name)?;
            Ok(Place { name: name.to_owned(), kind, store })
        }
        Some(Reading::Raised(why)) => Err(why),
        _ => Err(format!("{name} has no value whose changes could be watched")),
    }
}

/// The id of a place that means the same in every run, if there is one.
pub fn lasting_id(py: Python<'_>, place: &Place) -> Option<String> {
    let Store::Entry(holder, key) = &place.store else { return None };
    let dict = holder.get(py).filter(|_| holder.is_itself())?;
    let module = values::exact_text(&dict.get_item("__name__").ok()??)?;
    let is_there = namespace(py, &module).is_some_and(|own| own.is(&dict));
    let key = values::exact_text(key.bind(py))?;
    is_there.then(|| format!("{GLOBAL}{module}:{key}"))
}

/// The place of an id that means the same in every run.
pub fn by_name(py: Python<'_>, data_id: &str) -> Result<Place, String> {
    let parts = data_id.strip_prefix(GLOBAL).and_then(|rest| rest.split_once(':'));
    let (module, name) =
        parts.ok_or("what it watched belongs to a stop or a program that is over: ask for it again")?;
    let dict = namespace(py, module).ok_or_else(|| format!("module {module} is not imported"))?;
    let store = Store::Entry(Holder::dict(&dict), PyString::new(py, name).into_any().unbind());
    Ok(Place { name: name.to_owned(), kind: Kind::Rebinding, store })
}

fn namespace<'py>(py: Python<'py>, module: &str) -> Option<Bound<'py, PyDict>> {
    let modules = crate::modules::import(py, "sys").ok()?.named("modules").ok()?.cast_into::<PyDict>().ok()?;
    let module = modules.get_item(module).ok()??.cast_into::<PyModule>().ok()?;
    Some(module.dict())
}

fn of_name(debugger: &Debugger, frame: &Bound<'_, PyAny>, name: &str) -> Result<Store, String> {
    let py = frame.py();
    let scope = Scope::of(frame).map_err(|error| error.to_string())?;
    let is_variable = scope.variables.iter().any(|variable| variable == name);
    if is_variable && (scope.is_function || scope.variable(name).is_some()) {
        let slot = Slot::of(&scope, name, debugger.layout.as_ref());
        let slot = slot.ok_or_else(|| {
            format!("the variables of this frame cannot be read where they lie, so {name} cannot be watched")
        })?;
        return Ok(match slot.cell(py) {
            Some(cell) => {
                let code = CodeKey::of(&scope.code);
                let file = debugger.state().registry.file(code).map(str::to_owned);
                let file = file.unwrap_or_else(|| real_path(&frames::file_name(frame)));
                Store::Cell(Sharing { cell: cell.unbind(), name: name.to_owned(), file })
            }
            None => Store::Local(slot),
        });
    }
    if let (false, Ok(namespace)) = (scope.is_function, scope.namespace.cast::<PyDict>())
        && namespace.contains(name).unwrap_or(false)
    {
        return Ok(entry(namespace, name));
    }
    if !scope.globals.contains(name).unwrap_or(false) {
        return Err(format!("NameError: name '{name}' is not defined"));
    }
    Ok(entry(&scope.globals, name))
}

fn entry(dict: &Bound<'_, PyDict>, name: &str) -> Store {
    Store::Entry(Holder::dict(dict), PyString::intern(dict.py(), name).into_any().unbind())
}

fn global(frame: &Bound<'_, PyAny>, name: &str) -> Result<Store, String> {
    let globals = frame.named("f_globals").map_err(|error| error.to_string())?;
    let globals = globals.cast_into::<PyDict>().map_err(|_| "the frame's globals are no dict")?;
    Ok(entry(&globals, name))
}

fn of_attribute(object: &Bound<'_, PyAny>, name: &str) -> Result<Store, String> {
    let py = object.py();
    let key = || PyString::intern(py, name).into_any().unbind();
    let missing = || format!("AttributeError: '{}' object has no attribute '{name}'", values::type_name(object));
    if let Ok(module) = object.cast::<PyModule>() {
        return Ok(Store::Entry(Holder::dict(&module.dict()), key()));
    }
    if let Ok(class) = object.cast::<PyType>() {
        let owner = values::lineage_of(class).into_iter().find(|base| values::own_attribute(base, name).is_some());
        let owner = owner.ok_or_else(missing)?;
        let holder = Holder::class(&owner).ok_or("the attributes of this class cannot be watched")?;
        return Ok(Store::Entry(holder, key()));
    }
    let in_class = values::class_attribute(&object.get_type(), name);
    if let Some(descriptor) = &in_class {
        if values::is_member(descriptor) {
            return Ok(Store::Member(object.clone().unbind(), descriptor.clone().unbind()));
        }
        if values::is_data_descriptor(descriptor) {
            return Err(format!(
                "{name} is computed by its class: watch what it is computed from, or the expression ({name} in parentheses)"
            ));
        }
    }
    let holder = Holder::instance(object).ok_or_else(missing)?;
    if in_class.is_none() && !values::instance_dict(object).is_some_and(|dict| dict.contains(name).unwrap_or(false)) {
        return Err(missing());
    }
    Ok(Store::Entry(holder, key()))
}

fn of_item(object: &Bound<'_, PyAny>, key: &Bound<'_, PyAny>) -> Result<Store, String> {
    if let Ok(dict) = object.cast::<PyDict>() {
        if !is_plain(key) {
            let kind = values::type_name(key);
            return Err(format!(
                "keys of type {kind} are compared by code of the program: watch the dict itself for mutation"
            ));
        }
        return Ok(Store::Entry(Holder::dict(dict), key.clone().unbind()));
    }
    let kind = values::type_name(object);
    if place::length(object).is_some() {
        let index: isize = key
            .extract()
            .map_err(|_| format!("TypeError: {kind} indices must be integers, not {}", values::type_name(key)))?;
        if place::item(object, index).is_none() {
            return Err(format!("IndexError: {kind} index out of range"));
        }
        return Ok(Store::Item(object.clone().unbind(), index));
    }
    if object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyString>() {
        return Err(format!("the items of a {kind} never change: watch the name that holds it"));
    }
    Err(format!("the items of a {kind} are kept where only its own code knows: watch an expression in parentheses"))
}

fn contents(object: &Bound<'_, PyAny>, name: &str) -> Result<Store, String> {
    if let Ok(dict) = object.cast::<PyDict>() {
        return Ok(Store::Contents(Holder::dict(dict), false));
    }
    if let Ok(module) = object.cast::<PyModule>() {
        return Ok(Store::Contents(Holder::dict(&module.dict()), true));
    }
    if let Ok(class) = object.cast::<PyType>() {
        let holder = Holder::class(class).ok_or("the attributes of this class cannot be watched")?;
        return Ok(Store::Contents(holder, true));
    }
    if place::has_items(object) {
        return Ok(Store::Items(object.clone().unbind()));
    }
    match Holder::instance(object) {
        Some(holder) => Ok(Store::Contents(holder, true)),
        None => {
            let kind = values::type_name(object);
            Err(format!("{name} is of type {kind}, whose values do not change: watch {name} itself for rebinding"))
        }
    }
}

fn expression(frame: &Bound<'_, PyAny>, text: &str) -> Store {
    let compiled = || {
        let globals = frame.named("f_globals").ok()?.cast_into::<PyDict>().ok()?;
        evaluate::compile_expression(text, &frames::code(frame)?, &globals).ok()
    };
    Store::Expression(Computed { frame: frame.clone().unbind(), text: text.to_owned(), compiled: compiled() })
}
