//! What the program calls a lock: a variable, an attribute or an item that is it.
//!
//! Called for each lock that is told. Invariant: only what the given frames see is looked through, and only so much of it;
//! no code of the program runs.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::locals::{self, Local};
use crate::values;

/// How many variables, items and attributes are looked at for one name.
const MOST: usize = 20_000;

/// The name of an object as the code of one of these frames would find it.
pub fn name<'py>(object: &Bound<'py, PyAny>, frames: &[Bound<'py, PyAny>]) -> Option<String> {
    if let Some(own) = own_name(object) {
        return Some(own);
    }
    let mut left = MOST;
    let mut search = |variables: &[Local]| in_variables(object, variables, &mut left);
    let of = |read: fn(&Bound<'py, PyAny>) -> PyResult<Vec<Local>>, frame| read(frame).unwrap_or_default();
    let mut globals = frames.iter().map(|frame| of(locals::globals, frame));
    let found = globals.find_map(|variables| search(&variables));
    found.or_else(|| frames.iter().map(|frame| of(locals::read, frame)).find_map(|variables| search(&variables)))
}

/// What has a name of its own: threads, and the locks of modules that are being imported.
fn own_name(object: &Bound<'_, PyAny>) -> Option<String> {
    let text = |name: &str| values::instance_attribute(object, name).and_then(|text| values::exact_text(&text));
    match values::short_name(&object.get_type()).as_str() {
        "_ModuleLock" => text("name"),
        _ if values::instance_attribute(object, "_ident").is_some() => text("_name"),
        _ => None,
    }
}

fn in_variables(object: &Bound<'_, PyAny>, variables: &[Local], left: &mut usize) -> Option<String> {
    let py = object.py();
    let named = || variables.iter().map(|own| (own.name.as_str(), own.value.bind(py)));
    *left = left.checked_sub(variables.len())?;
    let direct = named().find(|(_, value)| value.is(object)).map(|(name, _)| name.to_owned());
    let part = |(name, value): (&str, &Bound<'_, PyAny>)| Some(format!("{name}{}", item(object, value, left)?));
    if let Some(found) = direct.or_else(|| named().find_map(part)) {
        return Some(found);
    }
    named().find_map(|(name, value)| {
        let attributes = values::instance_attributes(value);
        *left = left.checked_sub(attributes.len())?;
        let (attribute, _) = attributes.iter().find(|(_, own)| own.is(object))?;
        Some(match name {
            // The same text would be another object's in another method.
            "self" => format!("{attribute} of {}", values::describe(value, &values::PANE)),
            _ => format!("{name}.{attribute}"),
        })
    })
}

/// `[3]`, `['key']`: where in a container it is.
fn item(object: &Bound<'_, PyAny>, container: &Bound<'_, PyAny>, left: &mut usize) -> Option<String> {
    if let Ok(dict) = container.cast_exact::<PyDict>() {
        let entries = values::entries(dict, 0, *left);
        *left -= entries.len();
        let (key, _) = entries.iter().find(|(_, value)| value.is(object))?;
        return Some(format!("[{}]", values::describe(key, &values::PANE)));
    }
    let length = match (container.cast_exact::<PyList>(), container.cast_exact::<PyTuple>()) {
        (Ok(list), _) => list.len(),
        (_, Ok(tuple)) => tuple.len(),
        _ => return None,
    };
    let length = length.min(*left);
    *left -= length;
    let at = (0..length).find(|at| values::item(container, *at).is_some_and(|own| own.is(object)))?;
    Some(format!("[{at}]"))
}
