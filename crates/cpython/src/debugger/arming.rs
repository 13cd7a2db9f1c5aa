//! Sets in each code object exactly the events that a breakpoint, a step or the entry stop wants there.
//!
//! Called when breakpoints change, when code appears and when a thread resumes. Invariant: a code object without
//! interest has no local event; a line that was disabled is enabled again only in code whose interest changed.

use pausa_engine::breakpoints::{Breakpoint, BreakpointId, Known, Standing};
use pausa_engine::code::CodeFacts;
use pausa_engine::function_breakpoints::Moment;
use pyo3::prelude::*;
use std::rc::Rc;

use super::{Debugger, State};
use crate::code::facts::Reading;
use crate::code::places;
use crate::code::record::{ArmedBreakpoint, ArmedEndings, ArmedLine, Points, Record};
use crate::code::registry::CodeKey;
use crate::events::{EventKind, Events};
use crate::named::Named;
use crate::receiver::Receiver;
use crate::values;

impl Debugger {
    /// Arms the breakpoints that live in a code object, and disarms those that no longer do. `known` is what was read of it
    /// already: this is on the path of every import, and reading is most of it.
    pub(super) fn arm(&self, code: &Bound<'_, PyAny>, file: &str, known: Option<&CodeFacts>) {
        if let Some(record) = self.records.get(code.as_ptr()) {
            let found = self.found_in(&record.facts);
            let points = self.armed_instructions(code, &record.facts);
            let had = record.has_breakpoints() || record.has_endings() || record.has_points.get();
            if !found.is_empty() || !points.is_empty() || had {
                self.put(code, record, found, points);
            }
            return;
        }
        let mut reading = None;
        let facts = match known {
            Some(facts) => facts,
            None => match Reading::of(code, file, self.opcodes) {
                Ok(read) => &reading.insert(read).facts,
                Err(_) => return,
            },
        };
        let found = self.found_in(facts);
        let points = self.armed_instructions(code, facts);
        if found.is_empty() && points.is_empty() {
            return;
        }
        let record = match reading {
            Some(reading) => self.records.attach(code, reading, found.in_scope),
            None => self.records.get_or_attach(code, file, found.in_scope, self.opcodes),
        };
        if let Some(record) = record {
            self.put(code, record, found, points);
        }
    }

    /// Puts these breakpoints in place of what is armed in a code object, and tells of those that it binds.
    fn put(&self, code: &Bound<'_, PyAny>, record: &Record, found: Found, points: Points) {
        let old = (record.arm(found.lines), record.arm_endings(found.endings), record.arm_instructions(points));
        self.apply(code, record, true);
        drop(old);
        for breakpoint in &found.bound {
            self.listener.breakpoint_changed(breakpoint);
        }
    }

    /// What is to be armed in this code, and the function breakpoints that are bound by it for the first time.
    fn found_in(&self, facts: &CodeFacts) -> Found {
        let mut state = self.state();
        let in_scope = state.scope.contains(&facts.file);
        let mut lines: Vec<(u32, Vec<ArmedBreakpoint>)> = Vec::new();
        let mut bound = Vec::new();
        for (line, id) in state.breakpoints.sites(facts, in_scope) {
            bound.extend(bind(&mut state, id, facts));
            let Some(armed) = self.armed_breakpoint(&state, id) else { continue };
            match lines.last_mut() {
                Some((last, breakpoints)) if *last == line => breakpoints.push(armed),
                _ => lines.push((line, vec![armed])),
            }
        }
        let mut endings = Vec::new();
        for (moment, id) in state.breakpoints.endings(facts, in_scope) {
            bound.extend(bind(&mut state, id, facts));
            endings.extend(self.armed_breakpoint(&state, id).map(|armed| (moment, armed)));
        }
        let lines = lines.into_iter().map(|(line, armed)| (line, Rc::new(armed))).collect();
        Found { lines, endings: Rc::new(endings), bound, in_scope }
    }

    fn armed_breakpoint(&self, state: &State, id: BreakpointId) -> Option<ArmedBreakpoint> {
        let breakpoint = state.breakpoints.get(id)?;
        let only = breakpoint.function().is_some_and(|place| place.only);
        let receiver = self.receivers.borrow().get(&id).cloned();
        Some(ArmedBreakpoint {
            id,
            condition: breakpoint.wanted.condition.clone(),
            compiled: Default::default(),
            spoken: Default::default(),
            tasks: breakpoint.wanted.tasks.clone(),
            hit_condition: breakpoint.wanted.hit_condition,
            log_message: breakpoint.wanted.log_message.clone(),
            hits: breakpoint.hits.clone(),
            receiver: receiver.or_else(|| only.then(|| Rc::new(Receiver::Definer))),
        })
    }

    /// What is to be armed at instructions of this code: where breakpoints stand within a line, and where they were set on
    /// instructions themselves.
    fn armed_instructions(&self, code: &Bound<'_, PyAny>, facts: &CodeFacts) -> Points {
        let (parts, mut found) = {
            let state = self.state();
            let number = state.registry.known_number(CodeKey::of(code));
            let direct = number.map(|number| state.breakpoints.instructions_of(number)).unwrap_or_default();
            (state.breakpoints.parts_in(facts), direct)
        };
        if !parts.is_empty()
            && let Ok(places) = places::Code::read(code, self.opcodes)
        {
            let sites = |(part, id)| places.offsets(&part).into_iter().map(move |offset| (offset, id));
            found.extend(parts.into_iter().flat_map(sites));
        }
        found.sort_unstable();
        let state = self.state();
        let mut points: Vec<(u32, Vec<ArmedBreakpoint>)> = Vec::new();
        for (offset, id) in found {
            let Some(armed) = self.armed_breakpoint(&state, id) else { continue };
            match points.last_mut() {
                Some((last, breakpoints)) if *last == offset => breakpoints.push(armed),
                _ => points.push((offset, vec![armed])),
            }
        }
        points.into_iter().map(|(offset, armed)| (offset, Rc::new(armed))).collect()
    }

    /// Sets the local events that a record's interests need. With `again`, disabled lines are enabled again.
    pub(super) fn apply(&self, code: &Bound<'_, PyAny>, record: &Record, again: bool) {
        let mut wanted = Events::NONE;
        let wants_lines = record.stepping.get() || record.entry.get() || record.reports.get() || record.is_watched();
        if record.has_breakpoints() || wants_lines {
            wanted |= Events::of(&[EventKind::Line]);
        }
        if !wanted.is_empty() && record.needs_start() && record.facts.has_line(record.facts.start_line) {
            wanted |= Events::of(&[EventKind::Start]);
        }
        if record.has_points.get() || record.by_instruction.get() || record.reads().is_some() {
            wanted |= Events::of(&[EventKind::Instruction]);
        }
        if record.needs_jumps() {
            wanted |= Events::of(&[EventKind::Jump]);
        }
        if record.calling.get() {
            wanted |= Events::of(&[EventKind::Instruction]);
        }
        if record.returning.get() {
            wanted |= Events::of(&[EventKind::Return, EventKind::Yield]);
        }
        if record.awaits(Moment::Return) {
            wanted |= Events::of(&[EventKind::Return]);
        }
        if record.awaits(Moment::Raise) && self.backend.tells_unwind_by_code() {
            wanted |= Events::of(&[EventKind::Unwind]);
        }
        if record.watched.get() {
            wanted |= Events::of(&[EventKind::Return, EventKind::Yield, EventKind::Resume]);
        }
        if record.watched.get() && self.watches.want_unwinding() && self.backend.tells_unwind_by_code() {
            wanted |= Events::of(&[EventKind::Unwind]);
        }
        if record.stored.get() {
            wanted |= Events::of(&[EventKind::Return, EventKind::Yield, EventKind::Instruction]);
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

    /// The same after one has come for which disabled lines matter.
    pub fn rearm(&self, code: &Bound<'_, PyAny>, record: &Record) {
        self.apply(code, record, true);
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
        if let Some(record) = self.records.get_or_attach(code, file, in_scope, self.opcodes) {
            record.entry.set(true);
            self.apply(code, record, false);
        }
    }

    /// Listens where asyncio's loops hear of exceptions that nobody has retrieved, if asyncio is imported.
    pub fn watch_loops(&self, py: Python<'_>) {
        let code = values::imported(py, "asyncio.base_events", "BaseEventLoop")
            .and_then(|class| class.named("call_exception_handler").ok()?.named("__code__").ok());
        if let Some(code) = code {
            self.watch_reports(&code);
        }
    }

    /// Listens in this code object, the function that a loop calls to report.
    pub(super) fn watch_reports(&self, code: &Bound<'_, PyAny>) {
        let file = code.named("co_filename").and_then(|name| name.extract::<String>()).unwrap_or_default();
        if let Some(record) = self.records.get_or_attach(code, &file, false, self.opcodes) {
            record.reports.set(true);
            self.apply(code, record, false);
        }
    }

    /// Makes the program's threads tell what is armed now. Called when a thread is about to run on after changes.
    pub fn settle(&self, py: Python<'_>) {
        let is_armed = {
            let state = self.state();
            !state.breakpoints.is_empty() || state.entry || state.step.is_some()
        } || self.watches.any()
            || !self.backend.global().is_empty();
        if is_armed {
            self.look_for_code(py);
        }
        // The one that is there: the backend keeps it for frames that begin later.
        if let Some(debugger) = Self::enter() {
            debugger.backend.settle(py, &debugger, is_armed);
        }
    }

    /// The events that all code must have, by what is under way.
    pub fn apply_global(&self, py: Python<'_>) {
        if !self.is_present() {
            return;
        }
        let mut wanted = Events::NONE;
        {
            let state = self.state();
            if !self.exceptions.wanted().is_empty() {
                wanted |= Events::of(&[EventKind::Raise, EventKind::Reraise]);
            }
            let is_awaited = state.breakpoints.wait_for_raise() || self.watches.want_unwinding();
            if is_awaited && !self.backend.tells_unwind_by_code() {
                wanted |= Events::of(&[EventKind::Unwind]);
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

/// What belongs into a code object.
struct Found {
    lines: Vec<(u32, ArmedLine)>,
    endings: ArmedEndings,
    bound: Vec<Breakpoint>,
    in_scope: bool,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.endings.is_empty()
    }
}

/// A function breakpoint that this code binds for the first time.
fn bind(state: &mut State, id: BreakpointId, facts: &CodeFacts) -> Option<Breakpoint> {
    let known = Known { codes: std::slice::from_ref(facts), loaded: true, otherwise: Standing::Pending("code".into()) };
    let is_new =
        state.breakpoints.get(id).is_some_and(|own| own.function().is_some() && own.standing != Standing::Bound);
    (is_new && state.breakpoints.resolve(id, &known)).then(|| state.breakpoints.get(id).cloned()).flatten()
}
