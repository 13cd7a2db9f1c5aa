//! An edited file's functions put in place of those that the program has. Called by the port's implementation in `commands.rs`.
//!
//! Invariant: breakpoints of the file are carried over only if the reload was done.

use pausa_engine::port::Refusal;
use pausa_engine::reload::{Entry, Reloaded};
use pyo3::exceptions::PySyntaxError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use super::Inspection;
use crate::code::registry::{CodeKey, real_path};
use crate::named::Named;
use crate::reload::{self, Plan};
use crate::values;

impl<'py> Inspection<'py> {
    pub(super) fn reload(&mut self, wanted: &str) -> Result<Reloaded, Refusal> {
        let file = self.file_of_module(wanted).unwrap_or_else(|| real_path(wanted));
        let text = std::fs::read(&file).map_err(|error| Refusal(format!("{file} cannot be read: {error}")))?;
        self.debugger.look_for_code(self.py);
        let keys: Vec<CodeKey> = self.debugger.state().registry.codes_of(&file);
        // SAFETY: registered, and the GIL has been held since they were read.
        let codes: Vec<_> = keys.into_iter().map(|code| unsafe { code.object(self.py) }).collect();
        if codes.is_empty() && reload::namespaces(self.py, &file).is_empty() {
            return Err(Refusal(format!("the program has nothing of {file}: it is read when it is imported")));
        }
        let prepare = || reload::prepare(self.py, self.debugger, &text, &file, &codes);
        let plan = self.asked(|| self.debugger.unseen(prepare));
        let plan = plan.map_err(|error| self.does_not_compile(error))?;
        let faults = plan.faults().map_err(|error| self.refuse(error))?;
        if !faults.is_empty() {
            let entries = faults.into_iter().map(entry).collect();
            return Ok(Reloaded { file, entries, ..Reloaded::default() });
        }
        for code in plan.codes().map_err(|error| self.refuse(error))? {
            self.debugger.adopt(&code);
        }
        self.asked(|| plan.carry_out()).map_err(|error| {
            let Refusal(why) = self.refuse(error);
            Refusal(format!("nothing was replaced, as a new definition raised {why}"))
        })?;
        self.reloaded(&plan, file, &text).map_err(|error| self.refuse(error))
    }

    fn reloaded(&self, plan: &Plan<'py>, file: String, text: &[u8]) -> PyResult<Reloaded> {
        let text = String::from_utf8_lossy(text);
        let (carried, changed) = self.debugger.carry_breakpoints(self.py, &file, &text, &plan.gone()?);
        let entries = plan.entries()?.into_iter().map(entry).collect();
        Ok(Reloaded { file, done: true, entries, moved: plan.moved()?, carried, changed })
    }

    /// The file of a module of the program.
    fn file_of_module(&self, name: &str) -> Option<String> {
        let modules = crate::modules::import(self.py, "sys").ok()?.named("modules").ok()?.cast_into::<PyDict>().ok()?;
        let module = modules.get_item(name).ok()??.cast_into::<PyModule>().ok()?;
        let path = module.dict().get_item("__file__").ok()??;
        Some(real_path(&values::exact_text(&path)?))
    }

    fn does_not_compile(&self, error: PyErr) -> Refusal {
        if !error.is_instance_of::<PySyntaxError>(self.py) {
            return self.refuse(error);
        }
        let value = error.value(self.py);
        let line: u32 = value.named("lineno").and_then(|line| line.extract()).unwrap_or(0);
        let why: String = value.named("msg").and_then(|text| text.extract()).unwrap_or_default();
        Refusal(format!("nothing was replaced, as line {line} does not compile: {why}"))
    }
}

fn entry((deed, name, line, note): reload::Entry) -> Entry {
    Entry { deed, name, line, note }
}
