//! Sets in each code object exactly the events that a breakpoint, a step or the entry stop wants there.
//!
//! Called when breakpoints change, when code appears and when a thread resumes. Invariant: a code object without
//! interest has no local event; a line that was disabled is enabled again only in code whose interest changed.

use pausa_engine::breakpoints::{Breakpoint, Known, Standing};
use pausa_engine::code::CodeFacts;
use pyo3::prelude::*;
use std::rc::Rc;

use super::{Debugger, State};
use crate::code::facts::Reading;
use crate::code::record::{ArmedBreakpoint, ArmedLine, Record};
use crate::code::registry::CodeKey;
use crate::events::{EventKind, Events};

impl Debugger {
    /// Arms the breakpoints that live in a code object, and disarms those that no longer do. `known` is what was read of it
    /// already: this is on the path of every import, and reading is most of it.
    pub(super) fn arm(&self, code: &Bound<'_, PyAny>, file: &str, known: Option<&CodeFacts>) {
        if let Some(record) = self.records.get(code.as_ptr()) {
            let (armed, bound, _) = self.armed_lines(&record.facts);
            if !armed.is_empty() || record.has_breakpoints() {
                self.put(code, record, armed, &bound);
            }
            return;
        }
        let mut reading = None;
        let facts = match known {
            Some(facts) => facts,
            None => match Reading::of(code, file, &self.opcodes) {
                Ok(read) => &reading.insert(read).facts,
                Err(_) => return,
            },
        };
        let (armed, bound, in_scope) = self.armed_lines(facts);
        if armed.is_empty() {
            return;
        }
        let record = match reading {
            Some(reading) => self.records.attach(code, reading, in_scope),
            None => self.records.get_or_attach(code, file, in_scope, &self.opcodes),
        };
        if let Some(record) = record {
            self.put(code, record, armed, &bound);
        }
    }

    /// Puts these breakpoints in place of what is armed in a code object, and tells of those that it binds.
    fn put(&self, code: &Bound<'_, PyAny>, record: &Record, armed: Vec<(u32, ArmedLine)>, bound: &[Breakpoint]) {
        let old = record.arm(armed);
        self.apply(code, record, true);
        drop(old);
        for breakpoint in bound {
            self.listener.breakpoint_changed(breakpoint);
        }
    }

    /// What is to be armed in this code, and the function breakpoints that are bound by it for the first time.
    fn armed_lines(&self, facts: &CodeFacts) -> (Vec<(u32, ArmedLine)>, Vec<Breakpoint>, bool) {
        let mut state = self.state();
        let in_scope = state.scope.contains(&facts.file);
        let mut lines: Vec<(u32, Vec<ArmedBreakpoint>)> = Vec::new();
        let mut bound = Vec::new();
        for (line, id) in state.breakpoints.sites(facts, in_scope) {
            let known =
                Known { codes: std::slice::from_ref(facts), loaded: true, otherwise: Standing::Pending("code".into()) };
            let is_new = state.breakpoints.get(id).is_some_and(|b| b.standing != Standing::Bound);
            if is_new && state.breakpoints.on_functions().contains(&id) && state.breakpoints.resolve(id, &known) {
                bound.extend(state.breakpoints.get(id).cloned());
            }
            let Some(armed) = armed_breakpoint(&state, id) else { continue };
            match lines.last_mut() {
                Some((last, breakpoints)) if *last == line => breakpoints.push(armed),
                _ => lines.push((line, vec![armed])),
            }
        }
        (lines.into_iter().map(|(line, armed)| (line, Rc::new(armed))).collect(), bound, in_scope)
    }

    /// Sets the local events that a record's interests need. With `again`, disabled lines are enabled again.
    pub(super) fn apply(&self, code: &Bound<'_, PyAny>, record: &Record, again: bool) {
        let mut wanted = Events::NONE;
        if record.has_breakpoints() || record.stepping.get() || record.entry.get() {
            wanted |= Events::of(&[EventKind::Line]);
        }
        if !wanted.is_empty() && record.needs_start() && record.facts.has_line(record.facts.start_line) {
            wanted |= Events::of(&[EventKind::Start]);
        }
        if record.needs_jumps() {
            wanted |= Events::of(&[EventKind::Jump]);
        }
        if record.returning.get() {
            wanted |= Events::of(&[EventKind::Return, EventKind::Yield]);
        }
        let rearm = again && !wanted.is_empty() && record.has_disabled.get();
        if wanted != record.events.get() || rearm {
            record.has_disabled.set(false);
            self.set_local(code, record, wanted, rearm);
        }
    }

    /// Sets the events of one code object. With `again`, what was disabled in it is told again.
    pub(super) fn set_local(&self, code: &Bound<'_, PyAny>, record: &Record, events: Events, again: bool) {
        self.backend.set_local(code, record, events, again);
        if let Some(marks) = self.marks.filter(|_| self.has_seen(code.as_ptr())) {
            marks.mark(code.as_ptr(), !events.is_empty());
        }
    }

    /// Sets the local events anew after an interest has gone.
    pub fn reapply(&self, code: &Bound<'_, PyAny>, record: &Record) {
        self.apply(code, record, false);
    }

    /// A live code object and its record.
    pub(super) fn live<'py>(&self, py: Python<'py>, key: CodeKey) -> Option<(Bound<'py, PyAny>, &Record)> {
        if !self.state().registry.contains(key) {
            return None;
        }
        // SAFETY: registered, so alive, and the GIL is held.
        let code = unsafe { key.object(py) };
        let record = self.records.get(code.as_ptr())?;
        Some((code, record))
    }

    /// Waits for the program's first line in a module's code.
    pub(super) fn watch_entry(&self, code: &Bound<'_, PyAny>, file: &str) {
        let in_scope = self.state().scope.contains(file);
        if let Some(record) = self.records.get_or_attach(code, file, in_scope, &self.opcodes) {
            record.entry.set(true);
            self.apply(code, record, false);
        }
    }

    /// Makes the program's threads tell what is armed now. Called when a thread is about to run on after changes.
    pub fn settle(&self, py: Python<'_>) {
        let is_armed = {
            let state = self.state();
            !state.breakpoints.is_empty() || state.entry || state.step.is_some()
        } || !self.backend.global().is_empty();
        if is_armed {
            self.look_for_code(py);
        }
        // The one that is there: the backend keeps it for frames that begin later.
        if let Some(debugger) = Self::get() {
            debugger.backend.settle(py, debugger, is_armed);
        }
    }

    /// The events that all code must have, by what is under way.
    pub fn apply_global(&self, py: Python<'_>) {
        let mut wanted = Events::NONE;
        {
            let state = self.state();
            if self.exceptions.wants_any() {
                wanted |= Events::of(&[EventKind::Raise, EventKind::Reraise]);
            }
            if state.step.as_ref().is_some_and(|step| step.step.wants_calls()) {
                wanted |= Events::of(&[EventKind::Start, EventKind::Resume, EventKind::Throw]);
            }
        }
        if self.wants_everything() {
            let everything = [EventKind::Start, EventKind::Resume, EventKind::Throw, EventKind::Line, EventKind::Jump];
            wanted |= Events::of(&everything);
        }
        self.backend.set_global(py, wanted);
    }
}

fn armed_breakpoint(state: &State, id: pausa_engine::breakpoints::BreakpointId) -> Option<ArmedBreakpoint> {
    let breakpoint = state.breakpoints.get(id)?;
    Some(ArmedBreakpoint {
        id,
        condition: breakpoint.wanted.condition.clone(),
        compiled: Default::default(),
        spoken: Default::default(),
        hit_condition: breakpoint.wanted.hit_condition,
        log_message: breakpoint.wanted.log_message.clone(),
        hits: breakpoint.hits.clone(),
    })
}
