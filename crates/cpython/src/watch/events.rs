//! What follows from the events of code that is looked at, and of frames that have stored: the stop. Called by `events`.
//!
//! Invariant: a change stops the thread that made it, at its first event after it, shown at the line that made it; a
//! condition is evaluated in that frame, and hits are counted when it holds.

use std::rc::Rc;

use pausa_engine::data_breakpoints::change;
use pausa_engine::port::Line;
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::reading::Reading;
use super::trail::Point;
use super::{Stored, Watch, What};
use crate::code::qualname;
use crate::code::record::Record;
use crate::debugger::{Debugger, Where};
use crate::named::Named;
use crate::{evaluate, frames, threads, values};

/// How a frame is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// For a while.
    Yields,
    /// For good.
    Ends,
}

/// A change that was found, before its condition was asked.
pub(super) struct Change {
    pub watch: Rc<Watch>,
    /// In a line.
    pub text: String,
    pub old: Option<Py<PyAny>>,
    pub new: Option<Py<PyAny>>,
    /// The place is gone with it, for this reason.
    pub gone: Option<String>,
}

/// Where changes were made that are told at an event.
#[derive(Clone, Copy, Default)]
pub(super) struct Culprit {
    /// The line that the event's own frame ran before it.
    line: Option<Line>,
    /// The line of another frame of the thread that did it.
    elsewhere: Option<Point>,
    /// Another thread's line that may have done it.
    maybe: Option<Point>,
}

impl Debugger {
    /// The innermost frame comes to a line, or to an instruction, of code with `record`. True if it stopped.
    pub fn tell_changes(&self, py: Python<'_>, record: &Record, line: Line, place: Where) -> bool {
        if !record.stored.get() && !record.watched.get() {
            return false;
        }
        let Some(frame) = frames::current(py) else { return false };
        let stopped = record.stored.get() && self.tell_stores(py, &frame, record, place);
        let looked = record.watched.get() && self.look(py, &frame, place, None);
        if record.watched.get()
            && let Some(point) = point(&frame, line)
        {
            self.watches.trails.borrow_mut().arrive(threads::own_identity(), point);
        }
        stopped || looked
    }

    /// The innermost frame is being left.
    pub fn tell_leaving(&self, py: Python<'_>, record: &Record, leaving: Leaving) {
        let Some(frame) = frames::current(py) else { return };
        if record.stored.get() {
            self.tell_stores(py, &frame, record, Where::Elsewhere);
        }
        if record.watched.get() {
            self.look(py, &frame, Where::Elsewhere, Some(leaving));
            self.watches.trails.borrow_mut().leave(threads::own_identity(), frames::key(&frame));
        }
    }

    /// Tells what this thread has stored in watched dicts.
    fn tell_stores(&self, py: Python<'_>, frame: &Bound<'_, PyAny>, record: &Record, place: Where) -> bool {
        let thread = threads::own_identity();
        let stores: Vec<Stored> = {
            let mut all = self.watches.stored.borrow_mut();
            let (own, others) = std::mem::take(&mut *all).into_iter().partition(|stored| stored.thread == thread);
            *all = others;
            own
        };
        // Other threads may have stored in frames of the same code.
        record.stored.set(!self.watches.stored.borrow().is_empty());
        if let Some(code) = frames::code(frame) {
            self.reapply(&code, record);
        }
        let Some(last) = stores.last() else { return false };
        let culprit = match last.by {
            by if by.frame == frames::key(frame) => Culprit { line: Some(by.line), ..Culprit::default() },
            // An exception has taken the frame away that stored.
            by => Culprit { elsewhere: Some(by), ..Culprit::default() },
        };
        let changes = stores.into_iter().filter_map(|stored| self.change_of(py, stored)).collect();
        self.stop_for(py, frame, changes, culprit, place)
    }

    fn change_of(&self, py: Python<'_>, stored: Stored) -> Option<Change> {
        let Stored { watch, what, .. } = stored;
        if watch.is_over.get() {
            return None;
        }
        match what {
            What::Entry { name, old, new } => {
                let text = |value: &Option<Py<PyAny>>| {
                    value.as_ref().map(|value| values::describe(value.bind(py), &values::PANE))
                };
                let line = change(&name, text(&old).as_deref(), text(&new).as_deref());
                Some(Change { watch, text: line, old, new, gone: None })
            }
            What::All(old) => self.change_since(py, watch, &old),
            // A watched dict is gone: its owner too, or it was given another.
            What::End(old) => match self.have_told(py, &watch.place) {
                Ok(()) => self.change_since(py, watch, &old),
                Err(_) => {
                    self.object_is_gone(py, &watch);
                    None
                }
            },
        }
    }

    pub(super) fn object_is_gone(&self, py: Python<'_>, watch: &Watch) {
        watch.is_over.set(true);
        self.end_watch(py, watch.id, format!("the object that held {} has been freed", watch.place.name));
    }

    /// How a place differs from what it held.
    fn change_since(&self, py: Python<'_>, watch: Rc<Watch>, old: &Reading) -> Option<Change> {
        let new = watch.place.read(py, self)?;
        if old.is_same(&new, py, watch.place.is_computed()) {
            return None;
        }
        let text = old.change_to(&new, py, &watch.place.name, watch.place.shape(py))?;
        let (old, new) = (old.value(py), new.value(py));
        Some(Change { watch, text, old, new, gone: None })
    }

    /// Looks at the places that nobody tells of.
    fn look(&self, py: Python<'_>, frame: &Bound<'_, PyAny>, place: Where, leaving: Option<Leaving>) -> bool {
        let mut changes = Vec::new();
        for watch in self.watches.all() {
            changes.extend(self.look_at_place(py, &watch));
            if leaving == Some(Leaving::Ends) && watch.place.frame().is_some_and(|own| own.is(frame)) {
                let name = qualname_of(frame);
                let text = format!("{} goes out of scope, as this call of {name} ends", watch.place.name);
                let gone = format!("its call of {name} has ended");
                changes.push(Change { watch, text, old: None, new: None, gone: Some(gone) });
            }
        }
        if changes.is_empty() {
            return false;
        }
        let own = frames::key(frame);
        let (before, maybe) = self.watches.trails.borrow().before(threads::own_identity());
        let culprit = match before {
            Some(point) if point.frame == own => Culprit { line: Some(point.line), elsewhere: None, maybe },
            elsewhere => Culprit { line: None, elsewhere, maybe },
        };
        self.stop_for(py, frame, changes, culprit, place)
    }

    fn look_at_place(&self, py: Python<'_>, watch: &Rc<Watch>) -> Option<Change> {
        if watch.is_over.get() || !watch.access.writes() {
            return None;
        }
        // SAFETY: the GIL is held.
        if watch.seen.try_borrow().ok()?.is_none() || unsafe { watch.is_at_once_same() } {
            return None;
        }
        let Some(now) = watch.place.read(py, self) else {
            self.object_is_gone(py, watch);
            return None;
        };
        let old = watch.seen.try_borrow_mut().ok()?.replace(now)?;
        let seen = watch.seen.try_borrow().ok()?;
        let new = seen.as_ref()?;
        if old.is_same(new, py, watch.place.is_computed()) {
            return None;
        }
        let text = old.change_to(new, py, &watch.place.name, watch.place.shape(py))?;
        let (old, new) = (old.value(py), new.value(py));
        Some(Change { watch: watch.clone(), text, old, new, gone: None })
    }

    /// Stops for those changes whose data breakpoints want it.
    pub(super) fn stop_for(
        &self,
        py: Python<'_>,
        frame: &Bound<'_, PyAny>,
        changes: Vec<Change>,
        culprit: Culprit,
        place: Where,
    ) -> bool {
        let mut reasons = Vec::new();
        let mut notes = Vec::new();
        for change in &changes {
            let fault = match &change.gone {
                Some(why) => {
                    change.watch.is_over.set(true);
                    self.end_watch(py, change.watch.id, why.clone());
                    None
                }
                None => match self.wants(py, frame, change) {
                    Ok(true) => None,
                    Ok(false) => continue,
                    Err(fault) => {
                        let condition = change.watch.condition.as_deref().unwrap_or_default();
                        notes.push(format!("condition '{condition}' failed: {fault}"));
                        Some(fault)
                    }
                },
            };
            reasons.push(StopReason::Data(change.watch.id, change.text.clone(), fault));
        }
        if reasons.is_empty() {
            return false;
        }
        let did = changes.iter().any(|change| change.gone.is_none());
        if let Some(line) = culprit.line.filter(|_| did) {
            self.watches.shown.set(Some((frames::key(frame), line)));
        }
        notes.extend(culprit.elsewhere.filter(|_| did).and_then(|point| self.told(py, point, "changed at")));
        notes.extend(
            culprit.maybe.filter(|_| did).and_then(|point| self.told(py, point, "or another thread did it, at")),
        );
        let text = (!notes.is_empty()).then(|| notes.join("; "));
        self.stop(py, reasons, text, place);
        self.watches.forget_shown();
        true
    }

    /// `changed at FILE:LINE in FUNCTION`.
    fn told(&self, py: Python<'_>, point: Point, how: &str) -> Option<String> {
        let file = self.state().registry.file(point.code).map(str::to_owned)?;
        // SAFETY: registered, so alive, and the GIL has been held since.
        let name = qualname::of(&unsafe { point.code.object(py) });
        let file = file.rsplit('/').next().unwrap_or(&file);
        Some(format!("{how} {file}:{} in {name}", point.line))
    }

    /// True if the data breakpoint's condition holds and the hit is one that is wanted.
    fn wants(&self, py: Python<'_>, frame: &Bound<'_, PyAny>, change: &Change) -> Result<bool, String> {
        let watch = &change.watch;
        let holds = match &watch.condition {
            Some(condition) => self.holds(py, frame, condition, change),
            None => Ok(true),
        };
        if holds == Ok(false) {
            return Ok(false);
        }
        let hits = watch.hits.count();
        holds.map(|_| watch.hit_condition.is_none_or(|wanted| wanted.holds(hits)))
    }

    fn holds(
        &self,
        py: Python<'_>,
        frame: &Bound<'_, PyAny>,
        condition: &str,
        change: &Change,
    ) -> Result<bool, String> {
        let none = || py.None().into_bound(py);
        let value = |value: &Option<Py<PyAny>>| value.as_ref().map_or_else(none, |value| value.bind(py).clone());
        let given = evaluate::Given { change: Some((value(&change.old), value(&change.new))), ..Default::default() };
        if given.concerns(condition) {
            return evaluate::test(py, frame, condition, &given).map_err(|raised| raised.text);
        }
        let code = frames::code(frame).ok_or("there is no code")?;
        let globals = frame.named("f_globals").ok().and_then(|globals| globals.cast_into::<PyDict>().ok());
        let known = change.watch.compiled.take().filter(|(own, _)| own.is(&code));
        let (own, compiled) = match (known, globals) {
            (Some(known), _) => known,
            (None, Some(globals)) => (code.clone().unbind(), evaluate::compile_condition(condition, &code, &globals)?),
            (None, None) => return Err("the frame has no globals".into()),
        };
        let holds = evaluate::holds(py, self.symbols, &compiled, frame).map_err(|raised| raised.text);
        let other = change.watch.compiled.replace(Some((own, compiled)));
        drop(other);
        holds
    }
}

fn point(frame: &Bound<'_, PyAny>, line: Line) -> Option<Point> {
    Some(Point { frame: frames::key(frame), code: frames::code_key(frame)?, line })
}

fn qualname_of(frame: &Bound<'_, PyAny>) -> String {
    frames::code(frame).map(|code| qualname::of(&code)).unwrap_or_default()
}
