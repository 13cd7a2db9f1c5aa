//! From the first line to the last: start, fork, exit, detach. Called by `agent` and by hooks of the interpreter.
//!
//! Invariant: after the end, no event is set, the tool id is free, no thread of ours waits for the GIL; a forked child
//! has nothing of its parent's debugger armed.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};

use pausa_engine::port::Listener;
use pausa_engine::scope::Scope;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;

use super::keeping::{Kept, keep, retire};
use super::{Debugger, State, keeping};
use crate::backend::Backend;
use crate::call_site::CallSites;
use crate::code::marks::Marks;
use crate::code::opcodes::Opcodes;
use crate::code::record::Records;
use crate::code::registry::real_path;
use crate::events::Events;
use crate::exceptions::Sites;
use crate::layout::Layout;
use crate::named::Named;
use crate::park::World;
use crate::spawning::Relay;
use crate::symbols::Symbols;
use crate::threads::own_identity;

/// Why the debugger could not start: one line for the user.
#[derive(Debug)]
pub struct StartError(pub String);

/// What the program does while the debugger starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// It is held until [`Debugger::wait_for_configuration`] has been told that it may run.
    Held,
    /// It has been running, in any thread, and runs on.
    Running,
}

impl Debugger {
    /// Starts the debugger of this process: takes the backend (the version's own if none is named), watches code, and
    /// arms nothing.
    ///
    /// # Errors
    /// If the interpreter is too old, lacks something, or another debugger is there.
    pub fn start(
        py: Python<'_>,
        backend: Option<&str>,
        listener: Arc<dyn Listener>,
        beginning: Beginning,
    ) -> Result<Kept, StartError> {
        Self::check(py, backend)?;
        keeping::give_back(py);
        let symbols = Symbols::find().map_err(StartError)?;
        let opcodes = opcodes(py).map_err(|error| StartError(format!("cannot read the opcodes: {error}")))?;
        let (records, sites) = slots(symbols).ok_or_else(|| StartError("no slot is left in code objects".into()))?;
        let marks = match symbols.code_watcher {
            Some(_) => None,
            None => Some(marks(symbols).ok_or_else(|| StartError("no slot is left in code objects".into()))?),
        };
        crate::values::prepare(py);
        let layout = layout(py, records, opcodes);
        let wanted = backend.map(str::to_owned);
        let backend = Backend::acquire(py, backend).map_err(StartError)?;
        let started = beginning == Beginning::Running;
        let state = State { scope: library_scope(py), package: package_folder(py), started, ..State::default() };
        let debugger = keep(Self {
            backend,
            records,
            sites,
            marks,
            call_sites: CallSites::default(),
            opcodes,
            symbols,
            layout,
            read_only: AtomicBool::new(false),
            world: World::new(Self::run_tasks, Self::hold_for_pause),
            state: Mutex::new(state),
            listener,
            evaluating: AtomicU64::new(0),
            evaluations: AtomicU64::new(0),
            next_alone: AtomicU64::new(0),
            ends_next: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            owed_interrupt: AtomicBool::new(false),
            last_id: AtomicI64::new(0),
            watches: Default::default(),
            exceptions: Default::default(),
            returned: Default::default(),
            computed: Default::default(),
            computing: Default::default(),
            stepped: Default::default(),
            shows_returns: std::cell::Cell::new(true),
            raised: Default::default(),
            receivers: Default::default(),
            texts: Default::default(),
            at_line: Default::default(),
            to_throw: Default::default(),
            jumped: Default::default(),
            told: Default::default(),
            watcher: AtomicU32::new(0),
            compiling: AtomicU64::new(0),
            process: std::process::id(),
            wanted_backend: wanted,
            delivered: Default::default(),
            inside: std::cell::Cell::new(0),
            kept: Arc::default(),
        });
        debugger.state().threads.of(crate::threads::main_identity(py));
        debugger.watch_code(py);
        let _ = crate::evaluate::prepare(py);
        let _ = register_hooks(py);
        if beginning == Beginning::Held {
            debugger.world.seize(own_identity());
        }
        Ok(debugger)
    }

    /// From now on nothing of the user's choice runs in the program, whoever asks for it.
    pub fn only_look(&self) {
        self.read_only.store(true, Ordering::Relaxed);
    }

    /// Whether the debugger could start here; nothing is changed yet.
    ///
    /// # Errors
    /// As [`Debugger::start`].
    pub fn check(py: Python<'_>, backend: Option<&str>) -> Result<(), StartError> {
        Backend::choose(py, backend).map(drop).map_err(StartError)
    }

    /// The id of the code watcher, as the interpreter gave it.
    pub(super) fn set_watcher(&self, id: u32) {
        self.watcher.store(id, Ordering::Relaxed);
    }

    /// Leaves the program as if pausa had never been there.
    pub fn leave(&self, py: Python<'_>) {
        if !retire() {
            return;
        }
        if let Some((_, clear)) = self.symbols.code_watcher {
            // SAFETY: the id is the one that the interpreter gave us; the GIL is held; an error it may set is nobody's.
            unsafe {
                clear(self.watcher.load(Ordering::Relaxed).cast_signed());
                pyo3::ffi::PyErr_Clear();
            }
        }
        // Kept until the end: with a frame goes code, which nobody hears of any more.
        let watched = self.watch_nothing(py);
        for code in self.registered_codes(py) {
            if let Some(marks) = &self.marks {
                marks.unmark(code.as_ptr());
            }
            if let Some(record) = self.records.get(code.as_ptr()) {
                if !record.events.get().is_empty() {
                    self.set_local(&code, record, Events::NONE, false);
                }
                drop((
                    record.arm(Vec::new()),
                    record.arm_endings(Default::default()),
                    record.arm_instructions(Vec::new()),
                ));
                record.stepping.set(false);
                record.by_instruction.set(false);
                record.entry.set(false);
                record.reports.set(false);
                record.watched.set(false);
                record.stored.set(false);
                record.set_reads(None);
                record.returning.set(false);
                record.calling.set(false);
            }
        }
        self.world.set_alone(None);
        self.backend.release(py);
        crate::spawning::follow(py, None);
        let _ = crate::hook::give_breakpoint_back(py);
        let known = {
            let mut state = self.state();
            let (breakpoints, registry) = (std::mem::take(&mut state.breakpoints), std::mem::take(&mut state.registry));
            (state.step.take(), breakpoints, registry)
        };
        // What was shown of the program's is its own again.
        self.forget_stop();
        self.exceptions.forget();
        drop((known, watched, self.receivers.take()));
    }

    /// Has the program's children report at this address to be debugged, or lets them run undebugged.
    pub fn follow_children(&self, py: Python<'_>, address: Option<String>) {
        let backend = self.wanted_backend.clone();
        let relay = address.and_then(|address| Relay::new(py, address, backend));
        crate::spawning::follow(py, relay);
    }

    /// True in the process that the debugger was started in, false in a forked child of it.
    pub fn is_own_process(&self) -> bool {
        std::process::id() == self.process
    }
}

/// The slots in code objects: asked for once a process, as slots are never given back.
fn slots(symbols: Symbols) -> Option<(Records, Sites)> {
    static SLOTS: std::sync::OnceLock<Option<(Records, Sites)>> = std::sync::OnceLock::new();
    *SLOTS.get_or_init(|| Some((Records::request(symbols)?, Sites::request(symbols)?)))
}

/// The interpreter's opcodes, which are the same for each debugger that there is in a process one after the other.
fn opcodes(py: Python<'_>) -> PyResult<&'static Opcodes> {
    static OPCODES: std::sync::OnceLock<Opcodes> = std::sync::OnceLock::new();
    match OPCODES.get() {
        Some(known) => Ok(known),
        None => Opcodes::read(py).map(|read| OPCODES.get_or_init(|| read)),
    }
}

/// Where the interpreter keeps its frames, which is the same too: the trial runs that tell it make classes, which would stay in
/// the program each time until its next collection.
fn layout(py: Python<'_>, records: Records, opcodes: &Opcodes) -> Option<Layout> {
    static LAYOUT: std::sync::OnceLock<Layout> = std::sync::OnceLock::new();
    LAYOUT.get().copied().or_else(|| Layout::find(py, records, opcodes).map(|found| *LAYOUT.get_or_init(|| found)))
}

/// The slot for marks, as that for records.
fn marks(symbols: Symbols) -> Option<Marks> {
    static MARKS: std::sync::OnceLock<Option<Marks>> = std::sync::OnceLock::new();
    *MARKS.get_or_init(|| Marks::request(symbols))
}

/// The standard library's folders of the running interpreter, and pausa's own.
fn library_scope(py: Python<'_>) -> Scope {
    let paths = || -> PyResult<Vec<String>> {
        let sys = crate::modules::import(py, "sys")?;
        let mut roots = Vec::new();
        for (prefix, library) in [("base_prefix", "lib"), ("base_exec_prefix", "lib"), ("base_prefix", "lib64")] {
            let prefix: String = sys.named(prefix)?.extract()?;
            let version = py.version_info();
            roots.push(real_path(&format!("{prefix}/{library}/python{}.{}", version.major, version.minor)));
        }
        if let Ok(Some(standard)) = sys.named("_stdlib_dir").and_then(|path| path.extract::<Option<String>>()) {
            roots.push(real_path(&standard));
        }
        Ok(roots)
    };
    let mut roots = paths().unwrap_or_default();
    roots.extend(package_folder(py));
    Scope::new(roots)
}

/// The folder of pausa's Python files, whose frames nobody wants to see.
fn package_folder(py: Python<'_>) -> Option<String> {
    let module = crate::modules::import(py, "sys").ok()?.named("modules").ok()?.get_item("pausa").ok()?;
    let file: String = module.named("__file__").ok()?.extract().ok()?;
    let folder = std::path::Path::new(&file).parent()?;
    Some(real_path(&folder.to_string_lossy()))
}

/// The two ends of a process that we must see: a fork and the exit.
fn register_hooks(py: Python<'_>) -> PyResult<()> {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    if REGISTERED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    super::forking::register(py)?;
    let at_exit = PyCFunction::new_closure(py, Some(c"pausa_at_exit"), None, |arguments, _| {
        // First, even after leaving: the agent's own thread may be in the middle of a task, with code objects in hand.
        for keeping::Ending { world, listener } in keeping::all(arguments.py()) {
            world.close(arguments.py());
            // A forked child has a copy of what was waiting, which is the parent's to send.
            if let Some(listener) = listener {
                arguments.py().detach(|| listener.settle());
            }
        }
        if let Some(debugger) = Debugger::enter() {
            if debugger.is_own_process() {
                debugger.tell_of_subinterpreters(arguments.py());
            }
            debugger.leave(arguments.py());
        }
    })?;
    crate::modules::import(py, "atexit")?.call_named1("register", (at_exit,))?;
    Ok(())
}
