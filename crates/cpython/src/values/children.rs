//! What can be opened below a value, page by page, and assigning to it. Called by `inspection`.
//!
//! Invariant: listing runs no code of the program: attributes are those kept in the instance, items are read from the
//! storage of builtin containers, and what code of the program would compute is only named. A page costs what it holds, however large the value (a dict: what comes before, too).
//! Named children come before indexed ones, as in the protocol.

use pausa_engine::port::{Filter, Page};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyModule, PyRange, PyString, PyTuple, PyType};

use super::builtins::{Builtins, Kind};
use super::computed::computed_names;
use super::facts::{
    count_names, derives, entries, exact_text, instance_attributes, instance_dict, is_dunder, is_exact, named_entries,
    own_attributes,
};
use super::objects::{deque_item, field, is_deque, proxied};
use super::{Limits, PANE, containers, describe, describe_whole};

/// How to reach a child from its parent.
#[derive(Debug)]
pub enum Key {
    /// By name, as `parent.name`.
    Attribute(String),
    /// By position, as `parent[index]`.
    Index(usize),
    /// By key, as `parent[key]`.
    Item(Py<PyAny>),
    /// It cannot be replaced, for this reason.
    Fixed(&'static str),
}

/// An expression for a child, as what stands before and after an expression for its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Nothing, or the opening of a call.
    pub before: &'static str,
    /// `.name`, `[index]`, or the rest of the call.
    pub after: String,
}

impl Path {
    fn after(after: String) -> Self {
        Self { before: "", after }
    }

    /// The expression for the child of the value that `parent` gives.
    pub fn of(&self, parent: &str) -> String {
        format!("{}{parent}{}", self.before, self.after)
    }
}

/// A value below another.
#[derive(Debug)]
pub struct Child {
    /// What to show as its name.
    pub name: String,
    /// How to reach it.
    pub key: Key,
    /// It; None if code of the program has to compute it.
    pub value: Option<Py<PyAny>>,
    /// How to reach it by an expression.
    pub path: Option<Path>,
}

impl Child {
    /// True if it is known that nothing can be assigned to it.
    pub fn is_read_only(&self) -> bool {
        matches!(self.key, Key::Fixed(_))
    }
}

/// How many named and how many indexed children a value has.
pub fn counts(value: &Bound<'_, PyAny>) -> (usize, usize) {
    (named_count(value), indexed_count(value))
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

/// How to reach the child of this name. The error says why there is none, or not one.
pub fn key_of(value: &Bound<'_, PyAny>, name: &str) -> Result<Key, String> {
    let missing = || format!("it has no child '{name}'");
    if let Some(child) = named(value).into_iter().find(|child| child.name == name) {
        return Ok(child.key);
    }
    let Some(dict) = value.cast::<PyDict>().ok().cloned().or_else(|| proxy(value)) else {
        let index = name.parse().ok().filter(|&index| index < indexed_count(value)).ok_or_else(missing)?;
        return indexed(value, index, 1).pop().map(|child| child.key).ok_or_else(missing);
    };
    let mut keys = entries(&dict, 0, usize::MAX).into_iter().filter(|(key, _)| describe(key, &PANE) == name);
    match (keys.next(), keys.next()) {
        (Some(_), Some(_)) => Err(format!("several keys are shown as {name}: assign to the item by an expression")),
        (Some(_), None) if proxy(value).is_some() => Ok(Key::Fixed(PROXY)),
        (Some((key, _)), None) => Ok(Key::Item(key.unbind())),
        (None, _) => Err(missing()),
    }
}

const SET: &str = "the items of a set have no places: remove one and add another instead";
const TUPLE: &str = "a tuple's items cannot be replaced: assign another tuple";
const BYTES: &str = "bytes cannot be changed: assign others";
const RANGE: &str = "a range's items are computed: assign another range";
const PROXY: &str = "the mapping is only shown here and cannot be changed";
const CAPTURED: &str =
    "the variable belongs to the function around it: assign it in a frame that has it in its closure";

/// Assigns to a child, as the program itself would.
pub fn set_child(value: &Bound<'_, PyAny>, key: &Key, new: &Bound<'_, PyAny>) -> PyResult<()> {
    match key {
        Key::Attribute(name) => value.setattr(name.as_str(), new),
        Key::Index(index) => value.set_item(index, new),
        Key::Item(key) => value.set_item(key, new),
        Key::Fixed(why) => Err(pyo3::exceptions::PyTypeError::new_err(*why)),
    }
}

fn attribute(name: String, value: Option<Bound<'_, PyAny>>) -> Child {
    let path = if is_identifier(&name) {
        Path::after(format!(".{name}"))
    } else {
        Path { before: "getattr(", after: format!(", {})", quoted(&name)) }
    };
    Child { key: Key::Attribute(name.clone()), name, value: value.map(Bound::unbind), path: Some(path) }
}

/// A string as Python writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for character in text.chars() {
        match character {
            '\\' | '\'' => quoted.extend(['\\', character]),
            _ if character.is_control() => quoted.push_str(&format!("\\U{:08x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted + "'"
}

/// The language's keywords, the same in all supported versions.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// True for a name that can be written in an expression.
pub fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
        && !KEYWORDS.contains(&name)
}

fn public(attributes: Vec<(String, Bound<'_, PyAny>)>) -> Vec<Child> {
    attributes
        .into_iter()
        .filter(|(name, _)| !is_dunder(name))
        .map(|(name, value)| attribute(name, Some(value)))
        .collect()
}

/// Fields of C that are worth seeing, where they have a value.
fn fields(value: &Bound<'_, PyAny>, names: &[&str]) -> Vec<Child> {
    let present = |name: &&str| Some((name.to_string(), field(value, name).filter(|found| !found.is_none())?));
    names.iter().filter_map(present).map(|(name, value)| attribute(name, Some(value))).collect()
}

/// As many as [`named`] gives, or nearly so, without the cost of each where there may be many.
fn named_count(value: &Bound<'_, PyAny>) -> usize {
    if let Ok(module) = value.cast::<PyModule>() {
        return count_names(&module.dict());
    }
    match instance_dict(value).map(|dict| dict.len()).filter(|&count| count > MANY) {
        Some(count) => count,
        None => named(value).len(),
    }
}

/// Attributes that are counted as the entries of their dict, not one by one.
const MANY: usize = 1_000;

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
    found.extend(instance_attributes(value).into_iter().map(|(name, value)| attribute(name, Some(value))));
    found.extend(tuple_names(value));
    for name in computed_names(value) {
        if !found.iter().any(|child| child.name == name) {
            found.push(attribute(name, None));
        }
    }
    found
}

/// The variables that a function captured.
fn captured(value: &Bound<'_, PyAny>) -> Vec<Child> {
    let cells = field(value, "__closure__").and_then(|cells| cells.cast_into::<PyTuple>().ok());
    let names = field(value, "__code__").and_then(|code| field(&code, "co_freevars"));
    let names = names.and_then(|names| names.cast_into::<PyTuple>().ok());
    let Some((cells, names)) = cells.zip(names) else { return Vec::new() };
    let variables = names.iter().zip(cells.iter()).enumerate();
    variables
        .filter_map(|(index, (name, cell))| {
            let (name, value) = (exact_text(&name)?, field(&cell, "cell_contents")?);
            let path = Path::after(format!(".__closure__[{index}].cell_contents"));
            Some(Child { name, key: Key::Fixed(CAPTURED), value: Some(value.unbind()), path: Some(path) })
        })
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
    items.filter_map(|(index, name)| Some(tuple_field(exact_text(&name)?, containers::item(value, index)?))).collect()
}

fn tuple_field(name: String, value: Bound<'_, PyAny>) -> Child {
    Child { key: Key::Fixed(TUPLE), ..attribute(name, Some(value)) }
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
    if let Ok(dict) = value.cast::<PyDict>() {
        let found = entries(dict, start, count).into_iter().enumerate();
        return found.map(|(index, (key, value))| entry(start + index, key, value)).collect();
    }
    if let Some(dict) = proxy(value) {
        let found = entries(&dict, start, count).into_iter().enumerate();
        let fixed = |child| Child { key: Key::Fixed(PROXY), ..child };
        return found.map(|(index, (key, value))| fixed(entry(start + index, key, value))).collect();
    }
    if let Some(items) = containers::set_items(value) {
        return set_page(&items, start, count);
    }
    let fixed = why_fixed(value);
    let child = |index: usize| {
        let value = item(value, index)?.unbind();
        let key = fixed.map_or(Key::Index(index), Key::Fixed);
        Some(Child { name: index.to_string(), key, value: Some(value), path: Some(Path::after(format!("[{index}]"))) })
    };
    (start..start.saturating_add(count)).map_while(child).collect()
}

fn item<'py>(value: &Bound<'py, PyAny>, index: usize) -> Option<Bound<'py, PyAny>> {
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
}

/// Why the items of a value cannot be replaced, if they cannot.
fn why_fixed(value: &Bound<'_, PyAny>) -> Option<&'static str> {
    if value.is_instance_of::<PyTuple>() {
        Some(TUPLE)
    } else if value.is_instance_of::<PyBytes>() {
        Some(BYTES)
    } else if value.is_instance_of::<PyRange>() {
        Some(RANGE)
    } else {
        None
    }
}

fn set_page(items: &Bound<'_, PyAny>, start: usize, count: usize) -> Vec<Child> {
    let mut found = Vec::new();
    let mut index = 0;
    while found.len() < count {
        let Ok(Some(item)) = containers::next(items) else { break };
        if index >= start {
            let path = Path { before: "list(", after: format!(")[{index}]") };
            found.push(Child {
                name: index.to_string(),
                key: Key::Fixed(SET),
                value: Some(item.unbind()),
                path: Some(path),
            });
        }
        index += 1;
    }
    found
}

/// An entry of a dict. Where its key cannot be written in an expression, its place can.
fn entry(index: usize, key: Bound<'_, PyAny>, value: Bound<'_, PyAny>) -> Child {
    let name = describe(&key, &PANE);
    let written = if is_literal(&key) { describe_whole(&key, &KEY) } else { None };
    let path = match written {
        Some(key) => Path::after(format!("[{key}]")),
        None => Path { before: "list(", after: format!(".values())[{index}]") },
    };
    Child { name, key: Key::Item(key.unbind()), value: Some(value.unbind()), path: Some(path) }
}

/// A key that is written in an expression.
const KEY: Limits = Limits { chars: 10_000, ..PANE };

/// True if a key's text is an expression that gives an equal key.
fn is_literal(key: &Bound<'_, PyAny>) -> bool {
    if let Ok(items) = key.cast_exact::<PyTuple>() {
        return items.iter().all(|item| is_literal(&item));
    }
    key.is_exact_instance_of::<PyString>()
        || key.is_exact_instance_of::<PyBytes>()
        || key.is_exact_instance_of::<PyInt>()
        || key.is_exact_instance_of::<PyBool>()
        || key.cast_exact::<PyFloat>().is_ok_and(|number| number.value().is_finite())
        || key.is_none()
}
