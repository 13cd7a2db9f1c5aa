//! What could be typed next at the prompt. Called by `inspection`.
//!
//! Invariant: runs no code of the program: after a dot, only what plain lookups find is completed.

use std::collections::BTreeMap;

use pausa_engine::port::Completion;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods, PyModule, PyType};

use crate::locals;
use crate::named::Named;
use crate::values::{attribute_names, static_attribute};

/// Names that could continue `text` at `column` (characters, from 0).
pub fn completions(py: Python<'_>, frame: Option<&Bound<'_, PyAny>>, text: &str, column: usize) -> Vec<Completion> {
    let before: String = text.chars().take(column).collect();
    let Ok(namespaces) = namespaces(py, frame) else { return Vec::new() };
    if let Some((path, quote, prefix)) = open_key(&before) {
        return keys(&namespaces, &path, quote, prefix);
    }
    let (path, prefix) = path_and_prefix(&before);
    let names = match path {
        Path::Bare => bare_names(py, &namespaces, prefix),
        Path::Of(path) => attributes(&namespaces, &path),
        Path::Unknown => return Vec::new(),
    };
    let length = prefix.chars().count();
    let wanted = |name: &str| name.starts_with(prefix) && (prefix.starts_with('_') || !name.starts_with("__"));
    let names = names.into_iter().filter(|(name, _)| wanted(name));
    let mut found: Vec<_> = names.map(|(text, kind)| Completion { text, length, kind }).collect();
    found.sort_by_cached_key(|completion| (completion.text.starts_with('_'), completion.text.clone()));
    found
}

/// What is before the name to complete.
enum Path<'a> {
    /// Nothing: a variable's name.
    Bare,
    /// Names and dots.
    Of(Vec<&'a str>),
    /// Something that would have to be evaluated.
    Unknown,
}

fn path_and_prefix(before: &str) -> (Path<'_>, &str) {
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    let path = before.trim_end_matches(|character| is_name(character) || character == '.');
    let (head, chain) = before.split_at(path.len());
    let Some((objects, prefix)) = chain.rsplit_once('.') else {
        let is_number = chain.starts_with(|character: char| character.is_ascii_digit());
        return (if is_number { Path::Unknown } else { Path::Bare }, chain);
    };
    let names: Vec<_> = objects.split('.').collect();
    let is_identifier = |name: &&str| name.starts_with(|character: char| character.is_alphabetic() || character == '_');
    let after_value = head.ends_with([')', ']', '}', '"', '\'']) && objects.is_empty();
    let is_plain = !after_value && names.iter().all(is_identifier);
    (if is_plain { Path::Of(names) } else { Path::Unknown }, prefix)
}

/// Most keys that are offered.
const KEYS: usize = 1_000;

/// What stands before a key that is being typed (`path['pre`), the quote, and the beginning of the key.
fn open_key(before: &str) -> Option<(Vec<&str>, char, &str)> {
    let (owner, key) = before.rsplit_once('[')?;
    let quote = key.chars().next().filter(|first| ['\'', '"'].contains(first))?;
    let prefix = key.get(1..).filter(|prefix| !prefix.contains([quote, '\\']))?;
    let names = owner.len() - owner.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.').len();
    let path: Vec<_> = owner.get(owner.len() - names..)?.split('.').collect();
    path.iter().all(|name| crate::values::is_identifier(name)).then_some((path, quote, prefix))
}

/// The texts among a dict's keys, as they stand between quotes.
fn keys(namespaces: &[Bound<'_, PyDict>], path: &[&str], quote: char, prefix: &str) -> Vec<Completion> {
    let dict = object(namespaces, path).and_then(|value| value.cast_into::<PyDict>().ok());
    let length = prefix.chars().count();
    let is_wanted = |key: &String| {
        key.starts_with(prefix) && !key.contains([quote, '\\']) && !key.contains(|c: char| c.is_control())
    };
    let names = dict.map(|dict| crate::values::named_entries(&dict)).unwrap_or_default();
    let names = names.into_iter().map(|(name, _)| name).filter(is_wanted).take(KEYS);
    names.map(|text| Completion { text, length, kind: "value" }).collect()
}

/// The object that names and dots lead to, as far as no code of the program has to run.
fn object<'py>(namespaces: &[Bound<'py, PyDict>], path: &[&str]) -> Option<Bound<'py, PyAny>> {
    let (first, rest) = path.split_first()?;
    let found = namespaces.iter().find_map(|namespace| namespace.get_item(first).ok().flatten());
    rest.iter().try_fold(found?, |value, name| static_attribute(&value, name).ok().flatten())
}

/// What a frame sees by name, the nearest first: its own variables, its globals and its builtins; or `__main__`'s.
fn namespaces<'py>(py: Python<'py>, frame: Option<&Bound<'py, PyAny>>) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let Some(frame) = frame else {
        let main = crate::modules::import(py, "__main__")?.dict();
        return Ok(vec![main, crate::modules::import(py, "builtins")?.dict()]);
    };
    let own = PyDict::new(py);
    for local in locals::read(frame)? {
        own.set_item(local.name, local.value)?;
    }
    let globals = frame.named("f_globals")?.cast_into::<PyDict>()?;
    let builtins = frame.named("f_builtins")?.cast_into::<PyDict>()?;
    Ok(vec![own, globals, builtins])
}

type Names = BTreeMap<String, &'static str>;

fn bare_names(py: Python<'_>, namespaces: &[Bound<'_, PyDict>], prefix: &str) -> Names {
    let mut names = Names::new();
    // Without a single character typed, the program's own names are enough.
    let wanted = if prefix.is_empty() { namespaces.len() - 1 } else { namespaces.len() };
    for namespace in &namespaces[..wanted] {
        let Ok(namespace) = namespace.copy() else { continue };
        for (name, value) in namespace {
            if let Some(name) = name.extract::<String>().ok().filter(|name| !name.contains('.')) {
                names.entry(name).or_insert_with(|| kind_of(&value));
            }
        }
    }
    if !prefix.is_empty() {
        for keyword in keywords(py) {
            names.entry(keyword).or_insert("keyword");
        }
    }
    names
}

fn attributes(namespaces: &[Bound<'_, PyDict>], path: &[&str]) -> Names {
    let Some(value) = object(namespaces, path) else { return Names::new() };
    let mut names = Names::new();
    for (name, attribute) in attribute_names(&value) {
        let kind = attribute.map_or("property", |attribute| kind_of_attribute(attribute.bind(value.py())));
        names.entry(name).or_insert(kind);
    }
    names
}

fn kind_of(value: &Bound<'_, PyAny>) -> &'static str {
    if value.is_instance_of::<PyType>() {
        "class"
    } else if value.is_instance_of::<PyModule>() {
        "module"
    } else if is_function(value) {
        "function"
    } else {
        "variable"
    }
}

fn kind_of_attribute(value: &Bound<'_, PyAny>) -> &'static str {
    match kind_of(value) {
        "variable" => "property",
        kind => kind,
    }
}

fn is_function(value: &Bound<'_, PyAny>) -> bool {
    const FUNCTIONS: [&str; 9] = [
        "function",
        "builtin_function_or_method",
        "method",
        "method_descriptor",
        "wrapper_descriptor",
        "method-wrapper",
        "classmethod",
        "staticmethod",
        "classmethod_descriptor",
    ];
    let name = crate::values::type_name(value);
    FUNCTIONS.contains(&name.as_str())
}

/// Python's keywords, as this version has them.
fn keywords(py: Python<'_>) -> Vec<String> {
    super::library::call(py, "keywords", ()).and_then(|words| words.extract()).unwrap_or_default()
}
