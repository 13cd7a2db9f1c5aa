//! Which variables a frame has and where each is kept.
//!
//! Made for one reading, assignment or evaluation. Invariant: `f_locals` is asked for once when the scope is made, and
//! again for each assignment: on 3.12 every reading of it refreshes the one dict that all readers share.

use crate::named::Named;
use std::ffi::CString;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Native;

const OPTIMIZED: u32 = 0x1;
const VARARGS: u32 = 0x4;
const VARKEYWORDS: u32 = 0x8;

/// See the module.
pub(crate) struct Scope<'py> {
    pub frame: Bound<'py, PyAny>,
    pub code: Bound<'py, PyAny>,
    pub globals: Bound<'py, PyDict>,
    /// What the compiler knows as variables of the code, in the order of the source, whether or not they have a value:
    /// those of a function, or of a comprehension that was made part of a module or class.
    pub variables: Vec<String>,
    /// How many of them are parameters.
    pub arguments: usize,
    /// Those that belong to the functions around this one.
    pub captured: Vec<String>,
    /// True for functions: their variables are not names in a dict.
    pub is_function: bool,
    /// The namespace of a module or class. For functions `f_locals`: from 3.13 on a proxy that writes through, before
    /// that a dict that is a copy.
    pub namespace: Bound<'py, PyAny>,
}

/// The global variables that a frame sees.
pub fn globals<'py>(frame: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    Ok(frame.named("f_globals")?.cast_into::<PyDict>()?)
}

/// The names in one of a code object's tuples of names.
pub(crate) fn names(code: &Bound<'_, PyAny>, attribute: &str) -> PyResult<Vec<String>> {
    code.named(attribute)?.extract()
}

impl<'py> Scope<'py> {
    /// The scope of a frame.
    pub(crate) fn of(frame: &Bound<'py, PyAny>) -> PyResult<Self> {
        let code = frame.named("f_code")?;
        let globals = globals(frame)?;
        let flags: u32 = code.named("co_flags")?.extract()?;
        let is_function = flags & OPTIMIZED != 0;
        let mut variables = names(&code, "co_varnames")?;
        for others in ["co_cellvars", "co_freevars"] {
            for name in names(&code, others)? {
                if !variables.contains(&name) {
                    variables.push(name);
                }
            }
        }
        let captured = names(&code, "co_freevars")?;
        let arguments = if is_function { arguments(&code, flags)? } else { 0 };
        // '.0' is what a generator expression iterates: a parameter that nobody wrote. Class bodies have cells of the
        // compiler's own, such as __classdict__.
        let is_own = |name: &String| name.starts_with('.') || (!is_function && crate::values::is_dunder(name));
        let arguments = arguments - variables.iter().take(arguments).filter(|name| is_own(name)).count();
        variables.retain(|name| !is_own(name));
        let namespace = frame.named("f_locals")?;
        let mut scope =
            Self { frame: frame.clone(), code, globals, variables, arguments, captured, is_function, namespace };
        if !is_function && scope.is_module()? {
            scope.namespace = scope.globals.clone().into_any();
        }
        Ok(scope)
    }

    /// True if the names of the frame are global variables. Inside a comprehension of a module `f_locals` holds the
    /// comprehension's variables as well, so it is not the same dict then.
    fn is_module(&self) -> PyResult<bool> {
        if self.namespace.is(&self.globals) {
            return Ok(true);
        }
        let name: String = self.code.named("co_name")?.extract()?;
        Ok(name == "<module>" && self.has_hidden())
    }

    /// True inside a comprehension that was made part of a module or class.
    fn has_hidden(&self) -> bool {
        !self.is_function && self.variables.iter().any(|name| self.native(name).is_ok_and(|value| value.is_some()))
    }

    fn native(&self, name: &str) -> Result<Option<Bound<'py, PyAny>>, ()> {
        let name = CString::new(name).map_err(drop)?;
        Native::get().variable(&self.frame, &name)
    }

    /// The value of one of `variables`.
    pub(crate) fn variable(&self, name: &str) -> Option<Bound<'py, PyAny>> {
        match self.native(name) {
            Ok(found) => found,
            Err(()) => self.namespace.get_item(name).ok(),
        }
    }

    /// What the namespace holds beyond `variables`: at module and class level everything, in a function what was added at
    /// the prompt.
    pub(crate) fn others(&self) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
        let entries = match self.namespace.cast::<PyDict>() {
            Ok(dict) => crate::values::named_entries(dict),
            Err(_) if !self.is_function && !self.is_proxy() => Vec::new(),
            Err(_) => self
                .namespace
                .call_named0("items")?
                .try_iter()?
                .filter_map(|entry| entry.ok()?.extract::<(String, Bound<'py, PyAny>)>().ok())
                .collect(),
        };
        let is_variable = |name: &String| name.starts_with('.') || self.variables.contains(name);
        Ok(entries.into_iter().filter(|(name, _)| !is_variable(name)).collect())
    }

    fn is_proxy(&self) -> bool {
        crate::values::type_name(&self.namespace) == "FrameLocalsProxy"
    }

    /// Assigns a name of this scope.
    pub(crate) fn assign(&self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let is_variable = || self.variables.iter().any(|variable| variable == name);
        let is_hidden = || is_variable() && self.native(name).is_ok_and(|found| found.is_some());
        if !self.is_function && !is_hidden() {
            return self.namespace.set_item(name, value);
        }
        let current = self.frame.named("f_locals")?;
        let is_copy = current.cast::<PyDict>().is_ok();
        if is_copy && !self.is_function {
            return Err(PyRuntimeError::new_err(format!("'{name}' belongs to a comprehension and cannot be assigned")));
        }
        current.set_item(name, value)?;
        if is_copy {
            Native::get().write_back(&self.frame);
        }
        Ok(())
    }
}

fn arguments(code: &Bound<'_, PyAny>, flags: u32) -> PyResult<usize> {
    let count = |name: &str| -> PyResult<usize> { code.named(name)?.extract() };
    let variadic = usize::from(flags & VARARGS != 0) + usize::from(flags & VARKEYWORDS != 0);
    Ok(count("co_argcount")? + count("co_kwonlyargcount")? + variadic)
}
