//! Modules, sources that code is made from, and where values are defined. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: reads dicts and fields of C only; no module is asked for an attribute, as it may define `__getattr__`.

use std::collections::BTreeSet;

use pausa_engine::port::{Handle, Location, Module, Refusal, SourceFile};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use super::Inspection;
use crate::code::registry::real_path;
use crate::named::Named;
use crate::values::{self, Definition, exact_text, named_entries};

impl<'py> Inspection<'py> {
    fn imported(&self) -> Vec<(String, Bound<'py, PyAny>)> {
        let modules = crate::modules::import(self.py, "sys").and_then(|sys| sys.named("modules"));
        let modules = modules.ok().and_then(|modules| modules.cast_into::<PyDict>().ok());
        modules.map(|modules| named_entries(&modules)).unwrap_or_default()
    }

    pub(super) fn module_names(&mut self) -> Vec<String> {
        let modules = self.imported().into_iter().filter(|(_, module)| !module.is_none());
        modules.map(|(name, _)| name).collect()
    }

    pub(super) fn modules(&mut self) -> Vec<Module> {
        let modules = self.imported().into_iter().filter(|(_, module)| !module.is_none());
        modules
            .map(|(name, module)| {
                let text = |name| text_of_module(&module, name);
                let path = text("__file__").map(|file| real_path(&file));
                let in_scope = path.as_ref().is_some_and(|path| self.debugger.state().scope.is_users(path));
                let in_scope = in_scope || (path.is_none() && name == "__main__");
                Module { version: text("__version__"), name, path, in_scope }
            })
            .collect()
    }

    pub(super) fn loaded_sources(&mut self) -> BTreeSet<String> {
        let state = self.debugger.state();
        let is_shown = |file: &&str| !file.starts_with("<frozen ") && *file != crate::frames::OWN_FILE;
        state.registry.files().filter(is_shown).map(str::to_owned).collect()
    }

    pub(super) fn source_file(&mut self, path: &str) -> SourceFile {
        let on_disk = std::path::Path::new(path).is_file();
        let in_scope = self.debugger.state().scope.contains(path);
        SourceFile { path: path.to_owned(), on_disk, in_scope }
    }

    pub(super) fn definition(&mut self, of: Handle) -> Result<Location, Refusal> {
        let value = self.value_of(of)?;
        let found = values::definition(&value).ok_or_else(|| Refusal("that is defined in no source".into()))?;
        let (file, line) = match found {
            Definition::Code(code) => {
                let line = code.named("co_firstlineno").and_then(|line| line.extract());
                (text_in(&code, "co_filename")?, line.map_err(|error| self.refuse(error))?)
            }
            Definition::File(file) => (file, 1),
            Definition::Class(module, name, line) => {
                let file = self.imported().into_iter().find(|(name, _)| *name == module);
                let file = file.and_then(|(_, module)| text_of_module(&module, "__file__"));
                let file = file.ok_or_else(|| Refusal(format!("there is no source file of module {module}")))?;
                let line = match line {
                    Some(line) => line,
                    None => self.line_of_class(&file, &name)?,
                };
                (file, line)
            }
        };
        Ok(Location { source: self.source_file(&real_path(&file)), line })
    }

    /// Where the source has a class of this qualified name, for interpreters that do not remember.
    fn line_of_class(&mut self, file: &str, name: &str) -> Result<u32, Refusal> {
        let text = self.source(&real_path(file))?;
        let line = crate::evaluate::class_line(self.py, &text, name).map_err(|error| self.refuse(error))?;
        line.ok_or_else(|| Refusal(format!("{file} defines no class {name}")))
    }
}

fn text_in(value: &Bound<'_, PyAny>, name: &str) -> Result<String, Refusal> {
    let text = value.named(name).ok().and_then(|text| exact_text(&text));
    text.ok_or_else(|| Refusal("its source has no name".into()))
}

/// A text among a module's variables.
fn text_of_module(module: &Bound<'_, PyAny>, name: &str) -> Option<String> {
    let module = module.cast::<PyModule>().ok()?;
    module.dict().get_item(name).ok()?.and_then(|text| exact_text(&text))
}
