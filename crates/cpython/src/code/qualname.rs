//! Qualified names of code objects. Called by everything that names a function.
//!
//! 3.10 keeps none in the code object: there they are learnt from functions, generators and the nesting of code. Invariant:
//! what cannot be learnt is the bare name, never a wrong one.

use crate::named::Named;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use rustc_hash::FxHashMap;

use super::facts::CO_OPTIMIZED;
use super::registry::CodeKey;

static LEARNT: Mutex<Option<FxHashMap<CodeKey, String>>> = Mutex::new(None);

fn learnt() -> MutexGuard<'static, Option<FxHashMap<CodeKey, String>>> {
    LEARNT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The qualified name of a code object, as `co_qualname` has it from 3.11 on.
pub fn of(code: &Bound<'_, PyAny>) -> String {
    let name = |attribute| code.named(attribute).and_then(|name| name.extract::<String>()).ok();
    let known = || learnt().as_ref().and_then(|learnt| learnt.get(&CodeKey::of(code)).cloned());
    let plain = || name("co_name").unwrap_or_default();
    // No function runs a module's code: nothing has to be looked for.
    let sought = || if plain() == "<module>" { None } else { of_function(code) };
    name("co_qualname").or_else(known).or_else(sought).unwrap_or_else(plain)
}

/// The name of a function that runs this code, looked for among all objects.
fn of_function(code: &Bound<'_, PyAny>) -> Option<String> {
    let py = code.py();
    let functions = crate::modules::import(py, "types").ok()?.named("FunctionType").ok()?;
    let objects = crate::modules::import(py, "gc").ok()?.call_named0("get_objects").ok()?;
    // Exact functions only, whose attributes run no code of the program.
    let mut functions = objects.try_iter().ok()?.flatten().filter(|object| object.get_type().is(&functions));
    let own = functions.find(|function| function.named("__code__").is_ok_and(|own| own.is(code)))?;
    own.named("__qualname__").ok()?.extract().ok()
}

/// True if this Python's code objects do not tell.
pub fn must_be_learnt(py: Python<'_>) -> bool {
    crate::version::minor(py) < 11
}

/// Learns the name of a code object and of all that are nested in it.
pub fn learn(code: &Bound<'_, PyAny>, qualname: &str) {
    let mut unnamed = vec![(code.clone(), qualname.to_owned())];
    while let Some((code, qualname)) = unnamed.pop() {
        let inside = match qualname.as_str() {
            "<module>" => String::new(),
            _ if is_function(&code) => format!("{qualname}.<locals>."),
            _ => format!("{qualname}."),
        };
        for nested in super::facts::nested(&code) {
            let name: String = nested.named("co_name").and_then(|name| name.extract()).unwrap_or_default();
            unnamed.push((nested, format!("{inside}{name}")));
        }
        learnt().get_or_insert_default().insert(CodeKey::of(&code), qualname);
    }
}

/// Forgets a code object that is about to be freed.
pub fn forget(code: CodeKey) {
    if let Some(learnt) = learnt().as_mut() {
        learnt.remove(&code);
    }
}

fn is_function(code: &Bound<'_, PyAny>) -> bool {
    code.named("co_flags").and_then(|flags| flags.extract::<u32>()).is_ok_and(|flags| flags & CO_OPTIMIZED != 0)
}
