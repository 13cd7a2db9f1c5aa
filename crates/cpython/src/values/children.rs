//! What can be opened below a value, page by page, and assigning to it. Called by `inspection`.
//!
//! Invariant: listing runs no code of the program: attributes are those kept in the instance, items are read from the
//! storage of builtin containers. A page costs what it holds, however large the value (a dict: what comes before, too).
//! Named children come before indexed ones, as in the protocol.

use pausa_engine::port::{Filter, Page};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyModule, PyRange, PyString, PyTuple, PyType};

use super::builtins::{Builtins, Kind};
use super::facts::{derives, entries, exact_text, instance_attributes, is_exact, named_entries, own_attributes};
use super::objects::{deque_item, field, is_deque, proxied};
use super::{PANE, containers, describe};

/// How to reach a child from its parent.
#[derive(Debug)]
pub enum Key {
    /// By name, as `parent.name`.
    Attribute(String),
    /// By position, as `parent[index]`.
    Index(usize),
    /// By key, as `parent[key]`.
    Item(Py<PyAny>),
    /// Not at all: an item of a set, a closure's variable.
    ReadOnly,
}

/// A value below another.
#[derive(Debug)]
pub struct Child {
    /// What to show as its name.
    pub name: String,
    /// How to reach it.
    pub key: Key,
    /// It.
    pub value: Py<PyAny>,
    /// What to append to an expression for the parent to get an expression for the child.
    pub evaluate_suffix: Option<String>,
}

/// How many named and how many indexed children a value has.
pub fn counts(value: &Bound<'_, PyAny>) -> (usize, usize) {
    (named(value).len(), indexed_count(value))
}

/// A page of a value's children.
pub fn children(value: &Bound<'_, PyAny>, page: Page) -> Vec<Child> {
    let wanted = if page.count == 0 { usize::MAX } else { page.count };
    let named = if page.filter == Filter::Indexed { Vec::new() } else { named(value) };
    let total = named.len();
    let mut found: Vec<Child> = named.into_iter().skip(page.start).take(wanted).collect();
    if page.filter != Filter::Named && found.len() < wanted {
        let start = page.start.saturating_sub(total);
        let count = (wanted - found.len()).min(indexed_count(value).saturating_sub(start));
        found.extend(indexed(value, start, count));
    }
    found
}

/// Assigns to a child, as the program itself would.
pub fn set_child(value: &Bound<'_, PyAny>, key: &Key, new: &Bound<'_, PyAny>) -> PyResult<()> {
    match key {
        Key::Attribute(name) => value.setattr(name.as_str(), new),
        Key::Index(index) => value.set_item(index, new),
        Key::Item(key) => value.set_item(key, new),
        Key::ReadOnly => Err(pyo3::exceptions::PyTypeError::new_err("this value cannot be replaced from here")),
    }
}

fn attribute(name: String, value: Bound<'_, PyAny>) -> Child {
    let evaluate_suffix = is_identifier(&name).then(|| format!(".{name}"));
    Child { key: Key::Attribute(name.clone()), name, value: value.unbind(), evaluate_suffix }
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

fn public(attributes: Vec<(String, Bound<'_, PyAny>)>) -> Vec<Child> {
    attributes.into_iter().filter(|(name, _)| !is_dunder(name)).map(|(name, value)| attribute(name, value)).collect()
}

/// Fields of C that are worth seeing, where they have a value.
fn fields(value: &Bound<'_, PyAny>, names: &[&str]) -> Vec<Child> {
    let present = |name: &&str| Some((name.to_string(), field(value, name).filter(|found| !found.is_none())?));
    names.iter().filter_map(present).map(|(name, value)| attribute(name, value)).collect()
}

fn named(value: &Bound<'_, PyAny>) -> Vec<Child> {
    let kind = value.get_type();
    if let Ok(class) = value.cast::<PyType>() {
        return public(own_attributes(class));
    }
    if let Ok(module) = value.cast::<PyModule>() {
        return public(named_entries(&module.dict()));
    }
    let mut found = Vec::new();
    match Builtins::get(value.py()).kind(&kind) {
        Some(Kind::Range | Kind::Slice) => found.extend(fields(value, &["start", "stop", "step"])),
        Some(Kind::Method) => found.extend(fields(value, &["__self__", "__func__"])),
        Some(Kind::Native) => {
            found.extend(fields(
                value,
                &["__defaults__", "__kwdefaults__", "gi_frame", "cr_frame", "cr_await", "ag_frame"],
            ));
            found.extend(captured(value));
        }
        _ => {}
    }
    if derives(&kind, ffi::Py_TPFLAGS_BASE_EXC_SUBCLASS) {
        found.extend(fields(value, &["args", "exceptions", "__cause__", "__context__", "__traceback__"]));
    }
    found.extend(instance_attributes(value).into_iter().map(|(name, value)| attribute(name, value)));
    found.extend(tuple_names(value));
    found
}

/// The variables that a function captured.
fn captured(value: &Bound<'_, PyAny>) -> Vec<Child> {
    let cells = field(value, "__closure__").and_then(|cells| cells.cast_into::<PyTuple>().ok());
    let names = field(value, "__code__").and_then(|code| field(&code, "co_freevars"));
    let names = names.and_then(|names| names.cast_into::<PyTuple>().ok());
    let Some((cells, names)) = cells.zip(names) else { return Vec::new() };
    let variables = names
        .iter()
        .zip(cells.iter())
        .filter_map(|(name, cell)| Some((exact_text(&name)?, field(&cell, "cell_contents")?)));
    variables
        .map(|(name, value)| Child { name, key: Key::ReadOnly, value: value.unbind(), evaluate_suffix: None })
        .collect()
}

/// A named tuple's fields.
fn tuple_names(value: &Bound<'_, PyAny>) -> Vec<Child> {
    let kind = value.get_type();
    if !derives(&kind, ffi::Py_TPFLAGS_TUPLE_SUBCLASS) || is_exact(value, &value.py().get_type::<PyTuple>()) {
        return Vec::new();
    }
    let names =
        super::facts::class_attribute(&kind, "_fields").and_then(|names| names.cast_into_exact::<PyTuple>().ok());
    let items = names.into_iter().flatten().enumerate();
    items.filter_map(|(index, name)| Some(attribute(exact_text(&name)?, containers::item(value, index)?))).collect()
}

fn indexed_count(value: &Bound<'_, PyAny>) -> usize {
    if let Some(length) = containers::length(value) {
        return length;
    }
    if let Some(dict) = proxy(value) {
        return containers::length(dict.as_any()).unwrap_or_default();
    }
    if is_bytes(value) {
        return super::strings::length(value).unwrap_or_default();
    }
    if value.is_instance_of::<PyRange>() { value.len().unwrap_or_default() } else { 0 }
}

fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>()
}

fn proxy<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    let is_proxy = Builtins::get(value.py()).kind(&value.get_type()) == Some(Kind::MappingProxy);
    if is_proxy { proxied(value) } else { None }
}

fn indexed(value: &Bound<'_, PyAny>, start: usize, count: usize) -> Vec<Child> {
    if let Some(dict) = value.cast::<PyDict>().ok().cloned().or_else(|| proxy(value)) {
        return entries(&dict, start, count).into_iter().map(|(key, value)| entry(key, value)).collect();
    }
    if let Some(items) = containers::set_items(value) {
        return set_page(&items, start, count);
    }
    let item = |index| -> Option<Bound<'_, PyAny>> {
        if is_deque(value) {
            return deque_item(value, index);
        }
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return bytes.as_bytes().get(index)?.into_pyobject(value.py()).ok().map(Bound::into_any);
        }
        if let Ok(bytes) = value.cast::<PyByteArray>() {
            // SAFETY: the GIL is held and nothing runs before the byte is copied, so the storage stays as it is.
            let byte = unsafe { bytes.as_bytes().get(index).copied() }?;
            return byte.into_pyobject(value.py()).ok().map(Bound::into_any);
        }
        if value.is_instance_of::<PyRange>() {
            return value.get_item(index).ok();
        }
        containers::item(value, index)
    };
    let child = |index: usize| {
        let (name, value) = (index.to_string(), item(index)?.unbind());
        Some(Child { evaluate_suffix: Some(format!("[{index}]")), name, key: Key::Index(index), value })
    };
    (start..start.saturating_add(count)).map_while(child).collect()
}

fn set_page(items: &Bound<'_, PyAny>, start: usize, count: usize) -> Vec<Child> {
    let mut found = Vec::new();
    let mut index = 0;
    while found.len() < count {
        let Ok(Some(item)) = containers::next(items) else { break };
        if index >= start {
            found.push(Child {
                name: index.to_string(),
                key: Key::ReadOnly,
                value: item.unbind(),
                evaluate_suffix: None,
            });
        }
        index += 1;
    }
    found
}

fn entry(key: Bound<'_, PyAny>, value: Bound<'_, PyAny>) -> Child {
    let name = describe(&key, &PANE);
    let evaluate_suffix = (is_literal(&key) && !name.contains('…')).then(|| format!("[{name}]"));
    Child { name, key: Key::Item(key.unbind()), value: value.unbind(), evaluate_suffix }
}

/// True if a key's text is an expression that gives an equal key.
fn is_literal(key: &Bound<'_, PyAny>) -> bool {
    if let Ok(items) = key.cast_exact::<PyTuple>() {
        return items.iter().all(|item| is_literal(&item));
    }
    key.is_exact_instance_of::<PyString>()
        || key.is_exact_instance_of::<PyBytes>()
        || key.is_exact_instance_of::<PyInt>()
        || key.is_exact_instance_of::<PyBool>()
        || key.is_exact_instance_of::<PyFloat>()
        || key.is_none()
}
