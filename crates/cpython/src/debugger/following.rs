//! A step in a task: what belongs to the task, what its end leads to, and how what runs is related to it.
//!
//! Called by `stepping`. Invariant: nothing here keeps a task or its coroutine alive: when the program lets a task go that is
//! not over, it goes as it would without us.

use std::collections::HashSet;

use pausa_engine::port::ThreadId;
use pausa_engine::stepping::FrameKey;
use pausa_engine::tasks::Lineage;
use pyo3::prelude::*;

use super::Debugger;
use crate::frames;
use crate::tasks::{self, Awaiting, Task, suspended};

/// How many tasks that wait for one another are followed.
const MOST: usize = 100;

/// The task of a step.
pub(super) struct Followed {
    id: ThreadId,
    /// A weak reference.
    coroutine: Py<PyAny>,
    /// The tasks that waited for it when the step began, and those that waited for these.
    awaiting: HashSet<ThreadId>,
}

/// Frames of a task, and those that its end leads to.
type Parts<'py> = (Vec<Bound<'py, PyAny>>, Vec<Bound<'py, PyAny>>);

impl Debugger {
    /// Parts the frames below a step's first one: those of the same task, and those that matter when the task is over: the
    /// coroutines that wait for it, and the user's frames below the event loop.
    pub(super) fn part<'py>(
        &self,
        start: &Bound<'py, PyAny>,
        rest: Vec<Bound<'py, PyAny>>,
        task: &Task<'py>,
    ) -> Parts<'py> {
        let root = task.root();
        let is_root = |frame: &Bound<'py, PyAny>| root.as_ref().is_some_and(|root| root.is(frame));
        let own = if is_root(start) { Some(0) } else { rest.iter().position(is_root).map(|at| at + 1) };
        // A callback of the loop runs: it is nobody's task.
        let Some(own) = own else {
            return (rest.into_iter().filter(|frame| self.is_in_scope(frame)).collect(), Vec::new());
        };
        let is_users = |frame: &Bound<'py, PyAny>| frames::code_key(frame).is_some_and(|code| self.is_users_code(code));
        let mut waiting = rest;
        let below = waiting.split_off(own);
        waiting.retain(|frame| self.is_in_scope(frame));
        let awaiting = self.awaiting(task).into_iter().filter_map(|task| task.coroutine());
        let awaiting = awaiting.flat_map(|coroutine| suspended::chain(coroutine).frames);
        let beyond =
            awaiting.filter(|frame| self.is_in_scope(frame)).chain(below.into_iter().filter(is_users)).collect();
        (waiting, beyond)
    }

    /// What a step needs to know of the task that it begins in.
    pub(super) fn follow(&self, task: &Task<'_>) -> Option<Followed> {
        let awaiting = self.awaiting(task);
        let coroutine = tasks::weak(&task.coroutine()?)?.unbind();
        let number = |task: &Task<'_>| self.state().tasks.of(task);
        Some(Followed { id: number(task)?, coroutine, awaiting: awaiting.iter().filter_map(number).collect() })
    }

    /// The tasks that wait for one, and those that wait for these.
    fn awaiting<'py>(&self, task: &Task<'py>) -> Vec<Task<'py>> {
        let mut found: Vec<Task<'py>> = Vec::new();
        let mut next = vec![task.clone()];
        while let Some(one) = next.pop() {
            for other in tasks::awaiters(&one, Awaiting::InTheEnd) {
                if found.len() < MOST && !other.is(task) && !found.iter().any(|known| known.is(&other)) {
                    found.push(other.clone());
                    next.push(other);
                }
            }
        }
        found
    }

    /// How what runs now, with this innermost frame, is related to the task of the step under way.
    pub(super) fn lineage(&self, frame: FrameKey) -> Lineage {
        // SAFETY: called at an event, with the GIL held.
        let py = unsafe { Python::assume_attached() };
        let (id, coroutine, leads_here) = {
            let state = self.state();
            let Some(active) = &state.step else { return Lineage::Own };
            let Some(task) = &active.task else { return Lineage::Own };
            (task.id, task.coroutine.clone_ref(py), active.step.leads_to(frame))
        };
        let coroutine = tasks::referred(coroutine.bind(py));
        let is_over = coroutine.as_ref().is_none_or(|coroutine| suspended::frame(coroutine).is_none());
        if !is_over && coroutine.as_ref().is_some_and(suspended::is_running) {
            // The task itself, or what it has called.
            return Lineage::Own;
        }
        if is_over && leads_here {
            return Lineage::Beyond;
        }
        let Some(current) = tasks::current(py) else {
            return if is_over { Lineage::Beyond } else { Lineage::Foreign };
        };
        if is_over {
            let own = self.state().tasks.of(&current);
            let state = self.state();
            let awaiting = state.step.as_ref().and_then(|active| Some(&active.task.as_ref()?.awaiting));
            let is_waited_by =
                awaiting.is_none_or(|awaiting| awaiting.is_empty() || own.is_some_and(|own| awaiting.contains(&own)));
            return if is_waited_by { Lineage::Beyond } else { Lineage::Foreign };
        }
        if self.is_waited_for(&current, id) { Lineage::Awaited } else { Lineage::Foreign }
    }

    /// True if the task of this number waits for the end of this one now, be it by way of others.
    fn is_waited_for(&self, task: &Task<'_>, by: ThreadId) -> bool {
        let mut seen = HashSet::new();
        let mut next = vec![task.clone()];
        while let Some(one) = next.pop() {
            for other in tasks::awaiters(&one, Awaiting::Now) {
                let Some(number) = self.state().tasks.of(&other) else { continue };
                if number == by {
                    return true;
                }
                if seen.len() < MOST && seen.insert(number) {
                    next.push(other);
                }
            }
        }
        false
    }
}
