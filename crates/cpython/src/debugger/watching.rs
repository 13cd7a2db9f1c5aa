//! Sees code objects come and go. Called by the interpreter's code watcher, and once at start for those that are there.
//!
//! Invariant: new code is armed before its first line runs; the watcher never raises and keeps a pending exception.

use std::ffi::c_int;
use std::sync::atomic::Ordering;

use pausa_engine::breakpoints::{Known, Standing};
use pausa_engine::code::{CodeFacts, CodeKind};
use pausa_engine::exception_filters::Occasion;
use pyo3::ffi;
use pyo3::prelude::*;

use super::Debugger;
use crate::code::registry::CodeKey;
use crate::code::{facts, qualname};
use crate::named::Named;
use crate::symbols::CODE_CREATED;
use crate::threads::own_identity;

impl Debugger {
    /// Registers the watcher, if this Python has one, and the code that exists already.
    pub(super) fn watch_code(&self, py: Python<'_>) {
        if let Some((add, _)) = self.symbols.code_watcher {
            // SAFETY: `on_code` lives as long as the process; the GIL is held.
            let id = unsafe { add(on_code) };
            match u32::try_from(id) {
                Ok(id) => self.set_watcher(id),
                // SAFETY: all eight watchers are taken; nothing else is to be done with the error.
                Err(_) => unsafe { ffi::PyErr_Clear() },
            }
        }
        self.see_existing_code(py);
    }

    /// Where no watcher tells of new code, and no hook shows it as it runs: looks for what has come meanwhile.
    pub(crate) fn look_for_code(&self, py: Python<'_>) {
        if self.marks.is_some() && !self.backend.shows_code() {
            self.see_existing_code(py);
        }
    }

    fn see_existing_code(&self, py: Python<'_>) {
        for code in existing_codes(py).iter().flat_map(facts::tree) {
            if self.marks.is_some() && self.has_seen(code.as_ptr()) {
                continue;
            }
            if !self.mark(&code) {
                continue;
            }
            self.register(&code);
            if let Some(file) = self.file_of_concern(&code) {
                self.arm(&code, &file, None);
            }
        }
    }

    /// True if this code object is known.
    #[inline]
    pub fn has_seen(&self, code: *mut ffi::PyObject) -> bool {
        self.marks.is_none_or(|marks| marks.is_marked(code))
    }

    /// Code that no watcher told of comes into sight: it and all that is nested in it count as created now.
    pub fn code_seen(&self, code: &Bound<'_, PyAny>) {
        let tree = facts::tree(code);
        let name = code.named("co_name").and_then(|name| name.extract::<String>());
        if qualname::must_be_learnt(code.py()) && name.is_ok_and(|name| name == "<module>") {
            qualname::learn(code, "<module>");
        }
        // The innermost first, as a compiler makes them.
        for code in tree.iter().rev().filter(|code| !self.has_seen(code.as_ptr())) {
            if self.mark(code) {
                self.code_created(code);
            }
        }
    }

    /// Marks a code object as known, where that is needed; false if it cannot be.
    fn mark(&self, code: &Bound<'_, PyAny>) -> bool {
        let record = self.records.get(code.as_ptr());
        let has_events = record.is_some_and(|record| !record.events.get().is_empty());
        self.marks.is_none_or(|marks| marks.mark(code.as_ptr(), has_events))
    }

    /// The file of a registered code object, if a breakpoint may be in it.
    fn file_of_concern(&self, code: &Bound<'_, PyAny>) -> Option<String> {
        let state = self.state();
        let file = state.registry.file(CodeKey::of(code))?;
        state.breakpoints.concern(file).then(|| file.to_owned())
    }

    fn register(&self, code: &Bound<'_, PyAny>) {
        if let Ok(name) = code.named("co_filename") {
            self.state().registry.add(CodeKey::of(code), &name);
        }
    }

    /// Code that was compiled aside is to be the program's: it is known from here on, and armed when its file is.
    pub(crate) fn adopt(&self, code: &Bound<'_, PyAny>) {
        if qualname::must_be_learnt(code.py()) {
            qualname::learn(code, "<module>");
        }
        for code in facts::tree(code) {
            if self.mark(&code) {
                self.register(&code);
                self.watch_new_code(&code);
            }
        }
    }

    /// Runs the compiler aside, its code objects unseen. Those that the program's threads compile meanwhile are seen: they
    /// may get the GIL in between.
    pub(crate) fn unseen<T>(&self, compile: impl FnOnce() -> T) -> T {
        let before = self.compiling.swap(own_identity(), Ordering::Relaxed);
        let result = compile();
        self.compiling.store(before, Ordering::Relaxed);
        result
    }

    fn code_created(&self, code: &Bound<'_, PyAny>) {
        let compiling = self.compiling.load(Ordering::Relaxed);
        if compiling != 0 && compiling == own_identity() {
            return;
        }
        let Ok(name) = code.named("co_filename") else { return };
        let key = CodeKey::of(code);
        if self.exceptions.wanted().has(Occasion::Task) && is_report(code).unwrap_or(false) {
            self.watch_reports(code);
        }
        let (file, concerned, entry) = {
            let mut state = self.state();
            state.registry.add(key, &name);
            if state.breakpoints.is_empty() && !state.entry && !self.watches.concern_all_code() {
                return;
            }
            let Some(file) = state.registry.file(key).map(str::to_owned) else { return };
            let concerned = state.breakpoints.concern(&file);
            (file, concerned, state.entry)
        };
        self.watch_new_code(code);
        if !concerned && !entry {
            return;
        }
        let is_module = code.named("co_name").and_then(|name| name.extract::<String>()).is_ok_and(|n| n == "<module>");
        if is_module && concerned {
            self.module_created(code, &file);
        } else if concerned {
            self.arm(code, &file, None);
        }
        if is_module && entry {
            self.watch_entry(code, &file);
        }
    }

    /// A module's code is complete when its outermost code object appears: the truth about its lines is known now.
    fn module_created(&self, module: &Bound<'_, PyAny>, file: &str) {
        let tree = facts::tree(module);
        // Most of it was read as it was created, and armed.
        let facts_of = |code: &Bound<'_, PyAny>| match self.records.get(code.as_ptr()) {
            Some(record) => Some(record.facts.clone()),
            None => facts::read(code, file, self.opcodes).ok(),
        };
        let all: Vec<CodeFacts> = tree.iter().filter_map(facts_of).collect();
        if all.first().is_none_or(|module| module.kind != CodeKind::Module) {
            return;
        }
        let in_file = self.state().breakpoints.in_file(file).to_vec();
        self.locate(module.py(), file, &in_file);
        let changed = {
            let mut state = self.state();
            let known = Known { codes: &all, loaded: true, otherwise: Standing::Pending("code".into()) };
            let changed: Vec<_> = in_file.into_iter().filter(|&id| state.breakpoints.resolve(id, &known)).collect();
            changed.into_iter().filter_map(|id| state.breakpoints.get(id).cloned()).collect::<Vec<_>>()
        };
        for (code, facts) in tree.iter().zip(&all) {
            self.arm(code, file, Some(facts));
        }
        for breakpoint in &changed {
            self.listener.breakpoint_changed(breakpoint);
        }
    }

    /// The live code objects with a record or a breakpoint's chance of one.
    pub(crate) fn registered_codes<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        let keys: Vec<CodeKey> = self.state().registry.all().map(|(code, _)| code).collect();
        // SAFETY: registered, and the GIL has been held since they were read: nothing was freed in between.
        keys.into_iter().map(|code| unsafe { code.object(py) }).collect()
    }
}

/// True for the function by which asyncio's loops report.
fn is_report(code: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(code.named("co_name")?.extract::<String>()? == "call_exception_handler"
        && code.named("co_filename")?.extract::<String>()?.ends_with("/asyncio/base_events.py"))
}

/// The code objects of all functions, generators and frames that exist.
fn existing_codes(py: Python<'_>) -> Vec<Bound<'_, PyAny>> {
    let mut found = Vec::new();
    let kinds = code_owners(py).unwrap_or_default();
    if let Ok(objects) =
        crate::modules::import(py, "gc").and_then(|gc| gc.call_named0("get_objects")).and_then(|all| all.try_iter())
    {
        for object in objects.flatten() {
            // Exact types of the interpreter's own only: their attributes run no code of the program.
            let kind = object.get_type();
            let owner = kinds.iter().find(|(owner, _)| owner.is(&kind));
            let Some(code) = owner.and_then(|(_, attribute)| object.named(attribute).ok()) else { continue };
            if qualname::must_be_learnt(py)
                && let Ok(name) = object.named("__qualname__").and_then(|name| name.extract::<String>())
            {
                qualname::learn(&code, &name);
            }
            found.push(code);
        }
    }
    for (_, frame) in crate::threads::innermost_frames(py) {
        found.extend(crate::frames::stack(frame.into_bound(py)).filter_map(|frame| crate::frames::code(&frame)));
    }
    found
}

/// The types whose objects hold a code object, and the attribute that gives it.
fn code_owners(py: Python<'_>) -> PyResult<Vec<(Bound<'_, PyAny>, &'static str)>> {
    let types = crate::modules::import(py, "types")?;
    let owners = [
        ("FunctionType", "__code__"),
        ("GeneratorType", "gi_code"),
        ("CoroutineType", "cr_code"),
        ("AsyncGeneratorType", "ag_code"),
    ];
    owners.iter().map(|&(name, attribute)| Ok((types.named(name)?, attribute))).collect()
}

/// `PyCode_WatchCallback`: event and code object.
unsafe extern "C" fn on_code(event: c_int, code: *mut ffi::PyObject) -> c_int {
    let Some(debugger) = Debugger::enter() else { return 0 };
    if event != CODE_CREATED {
        debugger.state().registry.remove(CodeKey(code as usize));
        return 0;
    }
    let mut error = [std::ptr::null_mut(); 3];
    let [kind, value, traceback] = &mut error;
    // SAFETY: the watcher is called with the GIL held and a live code object; the pending exception is taken and put
    // back with all its references.
    unsafe {
        ffi::PyErr_Fetch(kind, value, traceback);
        let _ = Python::try_attach(|py| {
            let code = Bound::from_borrowed_ptr(py, code);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| debugger.code_created(&code)))
        });
        ffi::PyErr_Restore(*kind, *value, *traceback);
    }
    0
}
