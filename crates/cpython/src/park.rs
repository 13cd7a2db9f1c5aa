//! The stopped thread's wait, and the agent's own thread for work while the program runs.
//!
//! A thread that stops keeps the GIL and runs tasks until one of them resumes it: all other threads stand where they
//! are, at no cost and at once. Called by `debugger`. Invariant: the queue's lock is never held while the GIL is waited
//! for; a task is taken only by a thread that has the GIL already, so none waits behind a stop.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pausa_engine::port::{Flow, Task};
use pyo3::prelude::*;

/// How long a pause waits for a thread to reach some Python code before the agent's own thread holds the program.
const PAUSE_PATIENCE: Duration = Duration::from_millis(150);

/// How long a fork waits for the agent's own thread: its task may wait for a lock that the forking thread has, as that of
/// `logging`, which is taken before a fork. All that is lost then is that the interpreter may warn of the thread.
const FORK_PATIENCE: Duration = Duration::from_millis(500);

/// How often a thread that is held looks whether the one that runs alone is still there.
const ALONE_LOOK: Duration = Duration::from_millis(250);

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    stopped: bool,
    worker_runs: bool,
    worker_attaches: bool,
    /// The agent's own thread is in the middle of tasks; it may have given the GIL away in one.
    worker_works: bool,
    closing: bool,
    pause_until: Option<Instant>,
}

/// Who may run, and what waits to be done. Kept by its debugger, and by each thread of ours that is in it.
pub struct World {
    /// Runs tasks on the agent's own thread, attached.
    work: fn(&Self, Vec<Task>),
    /// Holds the program on the agent's own thread, attached, when a pause has found nobody.
    hold: fn(&Self),
    queue: Mutex<Queue>,
    changed: Condvar,
    /// The thread that holds all others, by its identity; 0 while the program runs.
    holder: AtomicU64,
    /// The only thread that may run between stops, by its identity; 0 if all may.
    alone: AtomicU64,
    /// The agent's own thread while it runs tasks, by its identity: what it calls is no code of the program's threads.
    worker: AtomicU64,
    /// Set if callbacks must look beyond their record: see [`Attention`].
    attention: AtomicU32,
    /// This is a forked child, in which none of our threads lives and the queue's lock may be held by one of them.
    abandoned: AtomicBool,
}

/// What callbacks must heed wherever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    /// A thread has stopped: others wait.
    Held = 1,
    /// The next thread to come by stops.
    Pause = 2,
    /// One thread runs alone: others wait.
    Alone = 4,
}

/// The agent's own thread, as it was started last.
struct Worker {
    process: u32,
    world: Weak<World>,
    thread: JoinHandle<()>,
}

/// Locked for moments only, by threads without the GIL too, so that it is tried only.
static WORKER: Mutex<Option<Worker>> = Mutex::new(None);

/// Waits until the agent's own thread is gone, if it has a task to end at most: not while the program is stopped, or is about
/// to be, and no longer than [`FORK_PATIENCE`]. Called before a fork.
pub fn wait_for_worker_s_end(py: Python<'_>) {
    let Ok(mut last) = WORKER.try_lock() else { return };
    let is_foreign = |worker: &Worker| worker.process != std::process::id();
    let ends = |worker: &Worker| {
        let is_own = worker.thread.thread().id() == thread::current().id();
        !is_own && worker.world.upgrade().is_none_or(|world| world.runs())
    };
    let Some(worker) = last.take_if(|worker| is_foreign(worker) || ends(worker)) else { return };
    drop(last);
    if is_foreign(&worker) {
        // It is the parent's.
        std::mem::forget(worker.thread);
        return;
    }
    // Without the GIL, which it may wait for.
    let kept = py.detach(|| worker.join(FORK_PATIENCE));
    if let (Some(worker), Ok(mut last)) = (kept, WORKER.try_lock()) {
        last.get_or_insert(worker);
    }
}

impl Worker {
    /// Waits for its end, and gives it back if it works for longer than this.
    fn join(self, patience: Duration) -> Option<Self> {
        let works = self.world.upgrade().is_some_and(|world| !world.is_without_worker(patience));
        if works {
            return Some(self);
        }
        // It has nothing of Python left to run.
        drop(self.thread.join());
        None
    }
}

impl World {
    /// A world in which everybody runs.
    pub fn new(work: fn(&Self, Vec<Task>), hold: fn(&Self)) -> Arc<Self> {
        Arc::new(Self {
            work,
            hold,
            queue: Mutex::default(),
            changed: Condvar::new(),
            holder: AtomicU64::new(0),
            alone: AtomicU64::new(0),
            worker: AtomicU64::new(0),
            attention: AtomicU32::new(0),
            abandoned: AtomicBool::new(false),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if a callback must look at [`World::wants`].
    #[inline]
    pub fn needs_attention(&self) -> bool {
        self.attention.load(Ordering::Relaxed) != 0
    }

    /// True if this kind of attention is wanted.
    pub fn wants(&self, attention: Attention) -> bool {
        self.attention.load(Ordering::Relaxed) & attention as u32 != 0
    }

    /// Asks for attention, or stops asking; true if that was a change.
    pub fn set(&self, attention: Attention, on: bool) -> bool {
        let bit = attention as u32;
        let before = if on {
            self.attention.fetch_or(bit, Ordering::Relaxed)
        } else {
            self.attention.fetch_and(!bit, Ordering::Relaxed)
        };
        (before & bit != 0) != on
    }

    /// The identity of the thread that holds all others.
    pub fn holder(&self) -> Option<u64> {
        match self.holder.load(Ordering::Relaxed) {
            0 => None,
            holder => Some(holder),
        }
    }

    /// The identity of the only thread that may run, if not all may.
    pub fn alone(&self) -> Option<u64> {
        match self.alone.load(Ordering::Relaxed) {
            0 => None,
            alone => Some(alone),
        }
    }

    /// Lets only this thread run from now on, or all; who waits looks again.
    pub fn set_alone(&self, thread: Option<u64>) {
        self.alone.store(thread.unwrap_or(0), Ordering::Relaxed);
        let changed = self.set(Attention::Alone, thread.is_some());
        if changed && !self.is_abandoned() {
            let _queue = self.lock();
            self.changed.notify_all();
        }
    }

    /// Waits, without the GIL, while another thread runs alone and this says that it is there still.
    pub fn wait_while_another_is_alone(&self, py: Python<'_>, own: u64, is_there: impl Fn(u64) -> bool) {
        while let Some(alone) = self.alone().filter(|alone| *alone != own) {
            py.detach(|| {
                let queue = self.lock();
                if self.alone() == Some(alone) {
                    // Woken too early it looks again.
                    drop(self.changed.wait_timeout(queue, ALONE_LOOK).unwrap_or_else(PoisonError::into_inner));
                }
            });
            self.wait_while_held(py, own);
            if self.alone() == Some(alone) && !is_there(alone) {
                self.set_alone(None);
            }
        }
    }

    /// True for a thread that runs what we asked for: its events are nobody's.
    pub fn is_ours(&self, thread: u64) -> bool {
        self.worker.load(Ordering::Relaxed) == thread || self.holder() == Some(thread)
    }

    /// Waits, without the GIL, while another thread holds the world.
    pub fn wait_while_held(&self, py: Python<'_>, own: u64) {
        while self.holder().is_some_and(|holder| holder != own) {
            py.detach(|| {
                let mut queue = self.lock();
                while queue.stopped {
                    queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
            });
        }
    }

    /// Waits, without the GIL, until the agent's own thread is through with the tasks it has begun: in a stop it would not
    /// get the GIL back for the rest of them.
    pub fn wait_for_worker(&self, py: Python<'_>) {
        while self.lock().worker_works {
            py.detach(|| {
                let mut queue = self.lock();
                while queue.worker_works {
                    queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
                }
            });
        }
    }

    /// Makes this thread the one that all others wait for. The GIL is held from here to [`World::release`].
    pub fn seize(&self, own: u64) {
        self.holder.store(own, Ordering::Relaxed);
        self.set(Attention::Held, true);
        let mut queue = self.lock();
        queue.stopped = true;
        queue.pause_until = None;
        self.changed.notify_all();
    }

    /// Runs tasks on the thread that has seized the world, until one resumes it.
    pub fn serve(&self, mut run: impl FnMut(Task) -> Flow) {
        loop {
            let task = {
                let mut queue = self.lock();
                loop {
                    match queue.tasks.pop_front() {
                        Some(task) => break task,
                        None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                    }
                }
            };
            // A task may have forked: the child runs on from here.
            if run(task) == Flow::Resume || self.is_abandoned() {
                return;
            }
        }
    }

    /// Lets all threads run on.
    pub fn release(self: &Arc<Self>) {
        self.holder.store(0, Ordering::Relaxed);
        self.set(Attention::Held, false);
        if self.is_abandoned() {
            return;
        }
        let mut queue = self.lock();
        queue.stopped = false;
        self.changed.notify_all();
        self.see_to_tasks(queue);
    }

    /// Has nobody wait in this world, or touch its lock, any more: called in a forked child.
    pub fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// Hands a task to whoever may run Python; starts the agent's own thread when the program runs.
    pub fn post(self: &Arc<Self>, task: Task) {
        let mut queue = self.lock();
        if queue.closing {
            return;
        }
        queue.tasks.push_back(task);
        self.changed.notify_all();
        self.see_to_tasks(queue);
    }

    /// Starts the agent's own thread if tasks wait that no stopped thread will take.
    fn see_to_tasks(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue>) {
        let is_needed = !queue.tasks.is_empty() && !queue.stopped && !queue.worker_runs && !queue.closing;
        if !is_needed {
            return;
        }
        queue.worker_runs = true;
        drop(queue);
        let world = Arc::clone(self);
        match crate::native_threads::spawn("pausa", move || world.run_worker()) {
            Some(thread) => {
                let worker = Worker { process: std::process::id(), world: Arc::downgrade(self), thread };
                // In a forked child the lock may never be free; a thread that is not known here is not waited for.
                if let Ok(mut last) = WORKER.try_lock() {
                    *last = Some(worker);
                }
            }
            None => self.lock().worker_runs = false,
        }
    }

    /// Runs all tasks, unless a stopped thread has them. Called on the agent's own thread, with the GIL held.
    fn run_tasks(&self) {
        let tasks: Vec<Task> = {
            let mut queue = self.lock();
            if queue.stopped {
                return;
            }
            queue.worker_works = true;
            queue.tasks.drain(..).collect()
        };
        self.worker.store(crate::threads::own_identity(), Ordering::Relaxed);
        (self.work)(self, tasks);
        self.worker.store(0, Ordering::Relaxed);
        self.lock().worker_works = false;
        self.changed.notify_all();
    }

    /// The agent's own thread: runs tasks while the program runs, holds the program when a pause finds nobody.
    fn run_worker(&self) {
        loop {
            let mut queue = self.lock();
            let overdue = loop {
                if queue.closing {
                    queue.worker_runs = false;
                    self.changed.notify_all();
                    return;
                }
                if !queue.stopped && !queue.tasks.is_empty() {
                    break false;
                }
                if queue.tasks.is_empty() && queue.pause_until.is_none() {
                    // Nothing to do: a thread that waits for nothing is not left in the program's process.
                    queue.worker_runs = false;
                    self.changed.notify_all();
                    return;
                }
                queue = match queue.pause_until {
                    Some(deadline) if !queue.stopped => {
                        let Some(left) = deadline.checked_duration_since(Instant::now()) else { break true };
                        self.changed.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                    }
                    _ => self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
                };
            };
            if overdue {
                queue.pause_until = None;
            }
            queue.worker_attaches = true;
            drop(queue);
            let _ = Python::try_attach(|_| if overdue { (self.hold)(self) } else { self.run_tasks() });
            self.lock().worker_attaches = false;
            self.changed.notify_all();
        }
    }

    /// From now on, if nobody stops within the patience of a pause, the agent's own thread holds the program.
    pub fn expect_pause(&self) {
        self.lock().pause_until = Some(Instant::now() + PAUSE_PATIENCE);
        self.changed.notify_all();
    }

    /// Waits until the agent's own thread runs no more; false if it still does after this time.
    fn is_without_worker(&self, patience: Duration) -> bool {
        let queue = self.lock();
        let waited = self.changed.wait_timeout_while(queue, patience, |queue| queue.worker_runs);
        !waited.unwrap_or_else(PoisonError::into_inner).0.worker_runs
    }

    /// True if nobody is stopped, and nobody is asked to.
    fn runs(&self) -> bool {
        let queue = self.lock();
        !queue.stopped && queue.pause_until.is_none()
    }

    /// Ends the agent's own thread before the interpreter goes: afterwards nothing of ours waits for the GIL.
    pub fn close(&self, py: Python<'_>) {
        if self.is_abandoned() {
            return;
        }
        self.lock().closing = true;
        self.changed.notify_all();
        py.detach(|| {
            let mut queue = self.lock();
            while queue.worker_attaches {
                queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        });
    }
}
