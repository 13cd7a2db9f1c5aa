//! A thread stops: the others hold still, the session hears of it, tasks are served until one resumes.
//!
//! Called by callbacks and by `breakpoint()`. Invariant: the world is held exactly while a stop lasts; frames and
//! handles of the stop are gone before the program runs on.

use std::sync::atomic::Ordering;

use pausa_engine::port::Flow;
use pausa_engine::scope::Scope;
use pausa_engine::stop::{Stop, StopReason};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use super::computing::Computed;
use super::{DEBUGGER, Debugger, Inside};
use crate::code::registry::{CodeKey, real_path};
use crate::frames;
use crate::inspection::Inspection;
use crate::named::Named;
use crate::park::{Attention, World};
use crate::threads::own_identity;
use crate::values;

/// What a stop allows beyond looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// At a line or jump event of the innermost frame: the thread may be moved to another line.
    Line,
    /// At an instruction within a line, or at its beginning without its event.
    WithinLine,
    /// Anywhere else.
    Elsewhere,
}

impl Debugger {
    /// Stops this thread until the session resumes it.
    pub fn stop(&self, py: Python<'_>, reasons: Vec<StopReason>, text: Option<String>, place: Where) {
        let own = own_identity();
        if self.world.is_ours(own) {
            return;
        }
        self.world.wait_for_worker(py);
        self.world.wait_while_held(py, own);
        self.wait_for_turn(py, own);
        if !self.is_present() || !self.is_own_process() {
            return;
        }
        let thread = self.own_thread();
        self.hold_and_serve(py, Stop { thread, reasons, text }, place);
        // It may be another one that runs on from here.
        self.wait_for_turn(py, own);
    }

    /// Holds the program and serves tasks, on whichever thread this is.
    pub(super) fn hold_and_serve(&self, py: Python<'_>, stop: Stop, place: Where) {
        self.world.seize(own_identity());
        self.world.set(Attention::Pause, false);
        self.world.set_alone(None);
        self.end_step(py);
        if flush_output(py).is_err_and(|error| error.is_instance_of::<PyKeyboardInterrupt>(py)) {
            self.was_interrupted();
        }
        let mut stop = stop;
        if stop.reasons.contains(&StopReason::Step) {
            stop.reasons.extend(self.returned(py).iter().map(|(name, value)| {
                let value = values::describe(value.bind(py), &values::PANE);
                StopReason::Returned(format!("{name}() -> {value}"))
            }));
            stop.reasons.extend(self.computed.borrow().iter().map(|Computed { text, value, .. }| {
                let value = values::describe(value.bind(py), &values::PANE);
                StopReason::Computed(format!("{text} = {value}"))
            }));
        }
        let mut inspection = Inspection::stopped(py, self, &stop, place);
        self.listener.stopped(&stop);
        self.world.serve(|task| task(&mut inspection));
        drop(inspection);
        if self.is_present() {
            self.run_on(py);
        }
        self.world.release();
    }

    /// True while this is the debugger of the process: it has been left neither by its client nor by a fork.
    pub(crate) fn is_present(&self) -> bool {
        std::ptr::eq(DEBUGGER.load(Ordering::Relaxed), self)
    }

    /// Arms for what comes: a step that was prepared, or none.
    fn run_on(&self, py: Python<'_>) {
        if self.state().step.is_none() {
            self.replace_stepping_codes(py, Vec::new(), false);
        }
        self.renew_watches(py);
        self.world.set_alone(Some(self.next_alone.swap(0, Ordering::Relaxed)).filter(|alone| *alone != 0));
        self.apply_global(py);
        self.settle(py);
        self.forget_stop();
        self.pass_interrupt_on();
    }

    /// Serves tasks on the main thread before the program starts; gives back when the session says so. The world is held
    /// since the start of the debugger, so that no task was taken for one of a program that runs.
    pub fn wait_for_configuration(&self, py: Python<'_>) {
        let mut inspection = Inspection::before_start(py, self);
        self.world.serve(|task| task(&mut inspection));
        drop(inspection);
        if self.is_present() {
            self.run_on(py);
        }
        self.world.release();
    }

    /// Tasks that came while the program runs: called on the agent's own thread. Those of a debugger that has been left
    /// are nobody's, and least of all the next one's.
    pub(super) fn run_tasks(world: &World, tasks: Vec<pausa_engine::port::Task>) {
        Python::attach(|py| {
            let Some(debugger) = Self::of_world(world) else { return };
            let mut inspection = Inspection::running(py, &debugger);
            for task in tasks {
                // A task may detach, and another thread may while one gives the GIL away.
                if !debugger.is_present() {
                    return;
                }
                let _: Flow = task(&mut inspection);
            }
            if debugger.is_present() {
                debugger.settle(py);
            }
        });
    }

    /// The debugger of the process, if this world is its own.
    pub(super) fn of_world(world: &World) -> Option<Inside> {
        Self::enter().filter(|debugger| std::ptr::eq(&*debugger.world, world))
    }

    /// True for frames that no user wants to see.
    pub fn is_hidden_frame(&self, frame: &Bound<'_, PyAny>) -> bool {
        let package = self.state().package.clone();
        frames::is_hidden(&frames::file_name(frame), package.as_deref())
    }

    /// True for frames in which steps may end.
    pub fn is_in_scope(&self, frame: &Bound<'_, PyAny>) -> bool {
        let Some(key) = frames::code_key(frame) else { return false };
        let state = self.state();
        match state.registry.file(key) {
            Some(file) => state.scope.contains(file),
            None => state.scope.contains(&real_path(&frames::file_name(frame))),
        }
    }

    /// True for a live code object of the user's, even if all code was asked for. Called with the GIL held.
    pub fn is_users_code(&self, code: CodeKey) -> bool {
        self.is_code_in(code, Scope::is_users)
    }

    /// True for a live code object in which steps may end. Called with the GIL held.
    pub fn is_code_in_scope(&self, code: CodeKey) -> bool {
        self.is_code_in(code, Scope::contains)
    }

    fn is_code_in(&self, code: CodeKey, is_in: fn(&Scope, &str) -> bool) -> bool {
        let known = {
            let state = self.state();
            state.registry.file(code).map(|file| is_in(&state.scope, file))
        };
        known.unwrap_or_else(|| {
            // SAFETY: called with the GIL held and a live code object.
            let code = unsafe { code.object(Python::assume_attached()) };
            let name = code.named("co_filename").and_then(|name| name.extract::<String>()).unwrap_or_default();
            is_in(&self.state().scope, &real_path(&name))
        })
    }
}

/// Shows what the program has printed so far. Only the interpreter's own text files down to the file descriptor: anything
/// else is code of the program.
fn flush_output(py: Python<'_>) -> PyResult<()> {
    let flush = |name: &str| -> PyResult<()> {
        let io = crate::modules::import(py, "_io")?;
        let stream = crate::modules::import(py, "sys")?.dict().as_any().get_item(name)?;
        let mut layer = stream.clone();
        for (kind, below) in [("TextIOWrapper", Some("buffer")), ("BufferedWriter", Some("raw")), ("FileIO", None)] {
            if !layer.get_type().is(&io.named(kind)?) {
                return Ok(());
            }
            if let Some(below) = below {
                layer = layer.named(below)?;
            }
        }
        stream.call_named0("flush")?;
        Ok(())
    };
    flush("stdout").and_then(|()| flush("stderr"))
}
