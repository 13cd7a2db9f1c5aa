//! The instances of a class, what refers to an object, how much room it takes: by the garbage collector's lists and by what
//! types say of their objects. Called by `inspection`.
//!
//! Invariant: no code of the program runs (`__sizeof__` of a class of the program's is passed over), and the lists that are made
//! for it are gone before the program runs on.

use std::collections::HashSet;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyModule, PyTuple, PyType};

use crate::frames;
use crate::locals;
use crate::named::Named;
use crate::values;

/// After so many objects the walk of what can be reached from one gives up.
const MOST_REACHABLE: usize = 5_000_000;

fn gc<'py>(py: Python<'py>, function: &str) -> PyResult<Bound<'py, PyAny>> {
    crate::modules::import(py, "gc")?.named(function)
}

/// The instances of a class that the garbage collector knows, the oldest first; of this class only, or of its heirs too.
pub fn instances<'py>(class: &Bound<'py, PyType>, only: bool) -> Result<Vec<Bound<'py, PyAny>>, String> {
    let py = class.py();
    // SAFETY: a type object.
    let is_tracked = unsafe { ffi::PyType_GetFlags(class.as_type_ptr()) } & ffi::Py_TPFLAGS_HAVE_GC != 0;
    if !is_tracked {
        let name = values::short_name(class);
        return Err(format!("instances of {name} hold no other objects, so nobody keeps a list of them"));
    }
    let all = gc(py, "get_objects").and_then(|function| function.call0()).map_err(|error| error.to_string())?;
    let all = all.cast_into::<PyList>().map_err(|_| "gc.get_objects gave no list".to_owned())?;
    let is_meant = |object: &Bound<'py, PyAny>| {
        let kind = object.get_type();
        match only {
            true => kind.is(class),
            // SAFETY: both are type objects.
            false => unsafe { ffi::PyType_IsSubtype(kind.as_type_ptr(), class.as_type_ptr()) != 0 },
        }
    };
    // The list of all is an object too, made just now.
    Ok(all.iter().filter(|object| is_meant(object) && !object.is(&all)).collect())
}

/// Something that refers to an object.
pub struct Reference<'py> {
    /// In which way.
    pub how: String,
    /// What does; None for frames and modules.
    pub holder: Option<Bound<'py, PyAny>>,
}

/// What refers to an object: the variables of running functions first. `is_hidden` is true of frames that are none of the
/// program's.
pub fn referrers<'py>(
    value: &Bound<'py, PyAny>,
    is_hidden: impl Fn(&Bound<'py, PyAny>) -> bool,
) -> PyResult<Vec<Reference<'py>>> {
    let py = value.py();
    let mut found = Vec::new();
    let mut snapshots = HashSet::new();
    for (_, innermost) in crate::threads::innermost_frames(py) {
        for frame in frames::stack(innermost.into_bound(py)).filter(|frame| !is_hidden(frame)) {
            found.extend(in_frame(&frame, value));
            snapshots.extend(frame.named("f_locals").map(|locals| locals.as_ptr() as usize));
        }
    }
    // The tuple by which it is asked is one of them.
    let question = PyTuple::new(py, [value])?;
    let holders = gc(py, "get_referrers")?.call1(&question)?.cast_into::<PyList>()?;
    let mut held = Vec::new();
    for holder in holders.iter() {
        let kind = values::type_name(&holder);
        let is_scaffold = ["frame", "FrameLocalsProxy", "list_iterator"].contains(&kind.as_str());
        if is_scaffold
            || holder.is(&question)
            || (snapshots.contains(&(holder.as_ptr() as usize)) && module_of(&holder, &holders)?.is_none())
        {
            continue;
        }
        held.extend(by_holder(value, holder, &holders)?);
    }
    // The collector's own order differs between versions and runs.
    held.sort_by(|one, other| one.how.cmp(&other.how));
    found.extend(held);
    Ok(found)
}

/// The variables of a running function that are this object.
fn in_frame<'py>(frame: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> Vec<Reference<'py>> {
    let is_function = frame.named("f_code").and_then(|code| code.named("co_flags")?.extract::<u32>());
    if !is_function.is_ok_and(|flags| flags & crate::code::facts::CO_OPTIMIZED != 0) {
        return Vec::new();
    }
    let name = frames::code(frame).map(|code| crate::code::qualname::of(&code)).unwrap_or_default();
    let file = frames::file_name(frame);
    let place = format!("{name}, {}:{}", file.rsplit('/').next().unwrap_or_default(), frames::line(frame));
    let locals = locals::read(frame).unwrap_or_default().into_iter();
    let same = locals.filter(|local| local.value.is(value));
    same.map(|local| Reference { how: format!("local {} in {place}", local.name), holder: None }).collect()
}

/// In which way an object holds another one.
fn by_holder<'py>(
    value: &Bound<'py, PyAny>,
    holder: Bound<'py, PyAny>,
    scaffold: &Bound<'py, PyList>,
) -> PyResult<Vec<Reference<'py>>> {
    let with = |how: String, holder: &Bound<'py, PyAny>| Reference { how, holder: Some(holder.clone()) };
    if let Ok(dict) = holder.cast::<PyDict>() {
        let entries = values::entries(dict, 0, usize::MAX).into_iter().filter(|(_, own)| own.is(value));
        let keys: Vec<Bound<'py, PyAny>> = entries.map(|(key, _)| key).collect();
        let owner = owner_of(dict, scaffold)?;
        let named = keys.iter().map(|key| {
            let name = values::exact_text(key).unwrap_or_else(|| values::describe(key, &values::PANE));
            match &owner {
                Some(owner) if owner.is_instance_of::<PyModule>() => {
                    let module = owner.cast::<PyModule>().ok().and_then(|module| module.name().ok());
                    let module = module.map(|name| name.to_string()).unwrap_or_default();
                    Reference { how: format!("global {name} of module {module}"), holder: None }
                }
                Some(owner) => with(format!("attribute {name} of"), owner),
                None => with(format!("value of key {} in", values::describe(key, &values::PANE)), &holder),
            }
        });
        let mut found: Vec<_> = named.collect();
        if found.is_empty() {
            found.push(with("key of".into(), &holder));
        }
        return Ok(found);
    }
    let items = || -> Option<Vec<usize>> {
        let is_in = |at: &(usize, Bound<'py, PyAny>)| at.1.is(value);
        if let Ok(list) = holder.cast::<PyList>() {
            return Some(list.iter().enumerate().filter(is_in).map(|(at, _)| at).collect());
        }
        let tuple = holder.cast::<PyTuple>().ok()?;
        Some(tuple.iter().enumerate().filter(is_in).map(|(at, _)| at).collect())
    };
    if let Some(items) = items() {
        return Ok(items.into_iter().map(|at| with(format!("item {at} of"), &holder)).collect());
    }
    if let Ok(class) = holder.cast::<PyType>() {
        let own = values::own_attributes(class).into_iter().filter(|(_, own)| own.is(value));
        let found: Vec<_> = own.map(|(name, _)| with(format!("attribute {name} of"), &holder)).collect();
        return Ok(if found.is_empty() { vec![with("part of".into(), &holder)] } else { found });
    }
    let attributes = values::instance_attributes(&holder).into_iter().filter(|(_, own)| own.is(value));
    let found: Vec<_> = attributes.map(|(name, _)| with(format!("attribute {name} of"), &holder)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let how = match values::type_name(&holder).as_str() {
        "cell" => "variable that functions share:",
        "function" | "method" | "builtin_function_or_method" => "held by",
        "generator" | "coroutine" | "async_generator" => "variable of",
        "set" | "frozenset" | "collections.deque" => "item of",
        _ => "held by",
    };
    Ok(vec![with(how.into(), &holder)])
}

/// The object whose attributes a dict holds.
fn owner_of<'py>(dict: &Bound<'py, PyDict>, scaffold: &Bound<'py, PyList>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let holders = gc(dict.py(), "get_referrers")?.call1((dict,))?.cast_into::<PyList>()?;
    let owns = |holder: &Bound<'py, PyAny>| {
        if let Ok(module) = holder.cast::<PyModule>() {
            return module.dict().is(dict);
        }
        values::instance_dict(holder).is_some_and(|own| own.is(dict))
    };
    let is_known = |holder: &Bound<'py, PyAny>| !holder.is(scaffold) && !holder.is_instance_of::<PyList>();
    Ok(holders.iter().find(|holder| is_known(holder) && owns(holder)))
}

/// The module whose namespace an object is.
fn module_of<'py>(value: &Bound<'py, PyAny>, scaffold: &Bound<'py, PyList>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok(dict) = value.cast::<PyDict>() else { return Ok(None) };
    Ok(owner_of(dict, scaffold)?.filter(|owner| owner.is_instance_of::<PyModule>()))
}

/// How many bytes an object takes itself.
pub fn own_size(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let py = value.py();
    let is_users = |class: &Bound<'_, PyType>| {
        // SAFETY: a type object.
        let is_heap = unsafe { ffi::PyType_GetFlags(class.as_type_ptr()) } & ffi::Py_TPFLAGS_HEAPTYPE != 0;
        is_heap && values::own_attribute(class, "__sizeof__").is_some()
    };
    let bases = values::bases(&value.get_type());
    if !bases.iter().any(is_users) {
        return crate::modules::import(py, "sys")?.named("getsizeof")?.call1((value,))?.extract();
    }
    // What the class would have said without the program's own method.
    let plain = bases.iter().filter(|class| !is_users(class));
    let method = plain.filter_map(|class| values::own_attribute(class, "__sizeof__")).next();
    let size: usize = method.map_or(Ok(0), |method| method.call1((value,))?.extract())?;
    // SAFETY: a type object.
    let is_tracked = unsafe { ffi::PyType_GetFlags(value.get_type().as_type_ptr()) } & ffi::Py_TPFLAGS_HAVE_GC != 0;
    Ok(size + if is_tracked { 2 * size_of::<usize>() } else { 0 })
}

/// An object and all that can be reached from it, each once, in bytes; and how many objects that are. Classes, functions,
/// modules and frames are everybody's, and left out.
pub fn reachable_size(value: &Bound<'_, PyAny>) -> PyResult<(usize, usize)> {
    let referents = gc(value.py(), "get_referents")?;
    let (mut seen, mut todo, mut bytes) = (HashSet::from([value.as_ptr() as usize]), vec![value.clone()], 0);
    while let Some(object) = todo.pop() {
        bytes += own_size(&object)?;
        for part in referents.call1((&object,))?.cast_into::<PyList>()?.iter() {
            let is_shared = part.is_instance_of::<PyType>()
                || part.is_instance_of::<PyModule>()
                || ["function", "frame", "code", "builtin_function_or_method"]
                    .contains(&values::type_name(&part).as_str());
            if !is_shared && seen.len() < MOST_REACHABLE && seen.insert(part.as_ptr() as usize) {
                todo.push(part);
            }
        }
    }
    Ok((bytes, seen.len()))
}
