//! Sets data breakpoints: has the interpreter tell of what it can tell of, and code told of line by line where it cannot.
//!
//! Called by `inspection`, at each resume and when code appears. Invariant: nothing is watched, and no code looked at, that
//! no data breakpoint needs.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use pausa_engine::breakpoints::{BreakpointId, Standing};
use pausa_engine::data_breakpoints::{DataBreakpoint, Wanted};
use pyo3::prelude::*;

use super::place::{Place, Reach, Store};
use super::trail::Point;
use super::{Stored, Watch, reads, resolve};
use crate::code::record::Record;
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::named::Named;
use crate::{frames, threads};

impl Debugger {
    /// Replaces all data breakpoints.
    pub fn set_data_breakpoints(&self, py: Python<'_>, wanted: Vec<Wanted>) -> Vec<DataBreakpoint> {
        self.look_for_code(py);
        let (ids, added) = {
            let mut state = self.state();
            let state = &mut *state;
            let ids = state.data_breakpoints.replace(wanted, || state.breakpoints.new_id());
            let is_new = |breakpoint: &&DataBreakpoint| matches!(breakpoint.standing, Standing::Pending(_));
            (ids, state.data_breakpoints.iter().filter(is_new).cloned().collect::<Vec<_>>())
        };
        let before = self.watches.all();
        let mut watches: Vec<Rc<Watch>> = before.iter().filter(|watch| ids.contains(&watch.id)).cloned().collect();
        for breakpoint in added {
            let (standing, note) = match self.watch(py, &breakpoint) {
                Ok(watch) => {
                    let note = watch.note(py, self);
                    watches.push(Rc::new(watch));
                    (Standing::Bound, Some(note))
                }
                Err(why) => (Standing::Refused(why), None),
            };
            self.state().data_breakpoints.settle(breakpoint.id, standing, note);
        }
        self.replace_watches(py, watches);
        drop(before);
        let state = self.state();
        ids.iter().filter_map(|&id| state.data_breakpoints.get(id).cloned()).collect()
    }

    /// Watches a place.
    fn watch(&self, py: Python<'_>, breakpoint: &DataBreakpoint) -> Result<Watch, String> {
        let wanted = &breakpoint.wanted;
        let known = self.watches.places.borrow().get(&wanted.data_id).cloned();
        let place = match known {
            Some(place) => place,
            None => Rc::new(resolve::by_name(py, &wanted.data_id)?),
        };
        if wanted.access.reads() {
            self.check_reads(py, &place)?;
        }
        if wanted.access.writes() && place.reach(self) == Reach::Told {
            self.have_told(py, &place)?;
        }
        let seen = match place.reach(self) {
            _ if !wanted.access.writes() => None,
            Reach::Told => None,
            _ => Some(place.read(py, self).ok_or_else(|| format!("{} is gone", place.name))?),
        };
        self.watches.places.borrow_mut().insert(wanted.data_id.clone(), place.clone());
        Ok(Watch {
            id: breakpoint.id,
            data_id: wanted.data_id.clone(),
            place,
            access: wanted.access,
            condition: wanted.condition.clone(),
            hit_condition: wanted.hit_condition,
            hits: breakpoint.hits.clone(),
            seen: seen.into(),
            compiled: None.into(),
            is_over: false.into(),
        })
    }

    /// Why a place cannot be watched for reads, if it cannot.
    fn check_reads(&self, py: Python<'_>, place: &Place) -> Result<(), String> {
        if self.layout.is_none() {
            return Err("in this build of Python the stack of a frame cannot be read, so who reads is not seen".into());
        }
        if reads::of_place(py, &place.store).is_none() {
            return Err(format!(
                "only reads of an instance's attribute can be told of, by the code that names it, and {} is none: watch it for \
                 changes",
                place.name
            ));
        }
        Ok(())
    }

    /// Has the interpreter tell of the dict that a place is in.
    pub(super) fn have_told(&self, py: Python<'_>, place: &Place) -> Result<(), String> {
        let gone = || format!("{} is gone with the object that held it", place.name);
        let holder = place.holder().ok_or_else(gone)?;
        let dict = holder.get(py).ok_or_else(gone)?;
        if !holder.is_itself() {
            close_hole(&dict);
        }
        if !self.watch_dict(&dict) {
            return Err("all eight dict watchers of this interpreter are taken by others".into());
        }
        holder.watched.set(dict.as_ptr() as usize);
        holder.let_go();
        self.learn_entries(py);
        Ok(())
    }

    /// Puts these in place of all that is watched.
    pub(super) fn replace_watches(&self, py: Python<'_>, watches: Vec<Rc<Watch>>) {
        let reach = |wanted: Reach| watches.iter().any(|watch| watch.reach(self) == wanted);
        self.watches.everywhere.set(reach(Reach::Everywhere));
        self.watches.in_frames.set(watches.iter().any(|watch| watch.place.frame().is_some()));
        let kept: HashSet<usize> = watches.iter().filter_map(|watch| watched(watch)).collect();
        let is_empty = watches.is_empty();
        let old = self.watches.watches.replace(watches);
        for watch in old.iter().filter(|watch| watched(watch).is_some_and(|dict| !kept.contains(&dict))) {
            if let Some(holder) = watch.place.holder()
                && let Some(dict) = holder.get(py)
            {
                holder.hold(py);
                holder.watched.set(0);
                self.unwatch_dict(&dict);
            }
        }
        drop(old);
        if is_empty {
            self.give_dict_watcher_back();
            let stored = self.watches.stored.take();
            drop(stored);
        }
        self.learn_entries(py);
        self.arm_watched_code(py);
        self.arm_reads(py);
        self.apply_global(py);
    }

    /// Has exactly that code told of line by line in which a place has to be looked at.
    fn arm_watched_code(&self, py: Python<'_>) {
        let watches = self.watches.all();
        let mut codes: Vec<Bound<'_, PyAny>> = Vec::new();
        for code in self.registered_codes(py) {
            if watches.iter().any(|watch| self.is_looked_at_in(watch, &code)) {
                codes.push(code);
            } else if let Some(record) = self.records.get(code.as_ptr())
                && record.watched.replace(false)
            {
                self.reapply(&code, record);
            }
        }
        for code in &codes {
            self.look_at(code);
        }
        if codes.is_empty() {
            self.watches.trails.borrow_mut().clear();
        }
    }

    /// New code has come: tells of its lines if a place has to be looked at in all code.
    pub fn watch_new_code(&self, code: &Bound<'_, PyAny>) {
        if !self.watches.concern_all_code() || !self.is_code_in_scope(CodeKey::of(code)) {
            return;
        }
        if self.watches.everywhere.get() {
            self.look_at(code);
        }
        if !self.watches.read.borrow().is_empty() {
            self.arm_reads_in(code);
        }
    }

    /// The record of a code object that is registered.
    pub(super) fn record_for(&self, code: &Bound<'_, PyAny>) -> Option<&Record> {
        let (file, in_scope) = {
            let state = self.state();
            let file = state.registry.file(CodeKey::of(code))?;
            (file.to_owned(), state.scope.contains(file))
        };
        self.records.get_or_attach(code, &file, in_scope, self.opcodes)
    }

    fn look_at(&self, code: &Bound<'_, PyAny>) {
        if let Some(record) = self.record_for(code).filter(|record| !record.watched.replace(true)) {
            self.rearm(code, record);
        }
    }

    fn is_looked_at_in(&self, watch: &Watch, code: &Bound<'_, PyAny>) -> bool {
        let key = CodeKey::of(code);
        match (watch.reach(self), &watch.place.store) {
            (Reach::Told, _) => false,
            (Reach::Frame, _) => {
                let frame = watch.place.frame().map(|frame| frame.bind(code.py()));
                frame.and_then(frames::code_key) == Some(key)
            }
            (Reach::Sharers, Store::Cell(sharing)) => {
                let is_there = self.state().registry.file(key).is_some_and(|file| file == sharing.file);
                let has = |attribute: &str| {
                    let names = code.named(attribute).and_then(|names| names.extract::<Vec<String>>());
                    names.is_ok_and(|names| names.contains(&sharing.name))
                };
                is_there && (has("co_freevars") || has("co_cellvars"))
            }
            _ => self.is_code_in_scope(key),
        }
    }

    /// A thread runs on: what changed while it stood still, the user changed. Watches are over whose object has gone
    /// meanwhile; what nobody can set again is forgotten.
    pub fn renew_watches(&self, py: Python<'_>) {
        let watches = self.watches.all();
        for watch in &watches {
            self.renew(py, watch);
        }
        let is_set = |id: &String| watches.iter().any(|watch| watch.data_id == *id);
        let forgotten: Vec<Rc<Place>> = {
            let mut places = self.watches.places.borrow_mut();
            let gone: Vec<String> = places
                .iter()
                .filter(|(id, place)| !is_set(id) && !place.holder().is_some_and(|holder| holder.is_weak()))
                .map(|(id, _)| id.clone())
                .collect();
            gone.iter().filter_map(|id| places.remove(id)).collect()
        };
        drop(forgotten);
        if watches.iter().any(|watch| watch.seen.borrow().is_some()) {
            self.mark_trails(py);
        }
    }

    fn renew(&self, py: Python<'_>, watch: &Watch) {
        if !watch.access.writes() {
            if reads::of_place(py, &watch.place.store).is_none() {
                self.object_is_gone(py, watch);
            }
            return;
        }
        if let Some(holder) = watch.place.holder().filter(|_| watch.place.reach(self) == Reach::Told) {
            // The instance may have been given another dict.
            let now = holder.get(py).map(|dict| dict.as_ptr() as usize);
            if now.is_some_and(|now| now != holder.watched.get()) {
                let _ = self.have_told(py, &watch.place);
            }
            return;
        }
        // What may run code of the program is left as it is: its change will be seen.
        if !watch.place.is_computed() {
            let new = watch.place.read(py, self);
            let old = watch.seen.replace(new);
            drop(old);
        }
    }

    /// Notes where the frames are that may go on in the middle of a line.
    fn mark_trails(&self, py: Python<'_>) {
        let own = threads::own_identity();
        let innermost = frames::current(py).into_iter().map(|frame| (own, frame.unbind()));
        let others = threads::innermost_frames(py).into_iter().filter(|(thread, _)| *thread != own);
        // Oneself last: its event was the last one.
        let all: Vec<_> = others.chain(innermost).collect();
        for (thread, frame) in all {
            let stack: Vec<_> = frames::stack(frame.into_bound(py)).collect();
            let points = stack.iter().rev().filter_map(|frame| {
                let code = frames::code(frame)?;
                let is_watched = self.records.get(code.as_ptr()).is_some_and(|record| record.watched.get());
                let line = self.watches.shown_line(frame).unwrap_or_else(|| frames::line(frame));
                is_watched.then(|| Point { frame: frames::key(frame), code: CodeKey::of(&code), line })
            });
            let points = points.collect();
            self.watches.trails.borrow_mut().replace(thread, points);
        }
    }

    /// A place is gone: its data breakpoint says so and stops no more.
    pub(super) fn end_watch(&self, py: Python<'_>, id: BreakpointId, why: String) {
        let changed = self.state().data_breakpoints.settle(id, Standing::Refused(why), None).cloned();
        let (over, rest): (Vec<_>, Vec<_>) = self.watches.all().into_iter().partition(|watch| watch.id == id);
        let is_used = |data_id: &String| rest.iter().any(|watch| watch.data_id == *data_id);
        let mut places = Vec::new();
        for watch in over.iter().filter(|watch| !is_used(&watch.data_id)) {
            places.extend(self.watches.places.borrow_mut().remove(&watch.data_id));
        }
        self.replace_watches(py, rest);
        drop((over, places));
        if let Some(breakpoint) = changed {
            self.listener.data_breakpoint_changed(&breakpoint);
        }
    }

    /// The debugger leaves: watches nothing. What was watched is given back, to be let go last.
    #[must_use]
    pub fn watch_nothing(&self, py: Python<'_>) -> Remains {
        let old = std::mem::take(&mut self.state().data_breakpoints);
        drop(old);
        let watches = self.watches.watches.take();
        for dict in watches.iter().filter_map(|watch| watch.place.holder()?.get(py)) {
            self.unwatch_dict(&dict);
        }
        self.give_dict_watcher_back();
        let rest = (self.watches.places.take(), self.watches.stored.take());
        Remains(watches, rest.0, rest.1)
    }
}

/// What was watched, held to be dropped.
pub struct Remains(
    #[expect(dead_code, reason = "held to be dropped")] Vec<Rc<Watch>>,
    #[expect(dead_code, reason = "held to be dropped")] HashMap<String, Rc<Place>>,
    #[expect(dead_code, reason = "held to be dropped")] Vec<Stored>,
);

fn watched(watch: &Watch) -> Option<usize> {
    watch.place.holder().map(|holder| holder.watched.get()).filter(|&dict| dict != 0)
}

/// In 3.13.0 an attribute of an object whose values lie in the object itself is stored past the watchers of its dict
/// (gh-125608). A key that is no name makes the dict keep its values itself, from then on.
fn close_hole(dict: &Bound<'_, pyo3::types::PyDict>) {
    let version = dict.py().version_info();
    if (version.major, version.minor, version.patch) == (3, 13, 0) && dict.set_item(0, dict.py().None()).is_ok() {
        let _ = dict.del_item(0);
    }
}
