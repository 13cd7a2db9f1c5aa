//! Locks, who holds them and who waits. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: a thread's place is the innermost frame of the user's program, or the one whose `with` holds the lock.

use pausa_engine::locks::{self, Holder, Lock, Locks, Party};
use pausa_engine::port::{Format, Frame, Refusal};
use pyo3::prelude::*;

use super::Inspection;
use super::targets::Origin;
use crate::frames;
use crate::locks::{Found, Thread, find, kind, name};
use crate::threads::{self, innermost_frames};

impl<'py> Inspection<'py> {
    pub(super) fn locks(&mut self) -> Result<Locks, Refusal> {
        if self.debugger.layout.is_none() {
            return Err(Refusal(
                "in this build of Python frames are laid out in a way that pausa does not know, so it cannot read who waits \
                 for what: `threads` shows where each thread is"
                    .into(),
            ));
        }
        let threads: Vec<_> = innermost_frames(self.py)
            .into_iter()
            .map(|(identity, frame)| {
                let frames = frames::stack(frame.into_bound(self.py)).collect();
                Thread { identity, frames }
            })
            .collect();
        let found = find(self.py, self.debugger, &threads).map_err(|error| self.refuse(error))?;
        let waiting: usize = found.iter().map(|lock| lock.waiting.iter().filter(|(_, limit)| !limit).count()).sum();
        let mut locks: Vec<Lock> = found.iter().map(|found| self.lock(found, &threads)).collect();
        let order = |lock: &Lock| (lock.waiting.is_empty(), lock.name.is_none(), lock.name.clone(), lock.kind.clone());
        locks.sort_by_cached_key(order);
        let deadlocks = locks::deadlocks(&locks);
        Ok(Locks { deadlocks, locks, all_wait: waiting == threads.len() })
    }

    fn lock(&mut self, found: &Found<'py>, threads: &[Thread<'py>]) -> Lock {
        use crate::locks::Holder as Held;
        let mut waiting: Vec<_> =
            found.waiting.iter().map(|(identity, limit)| self.party(*identity, threads, None, *limit)).collect();
        waiting.sort_by(|one, other| (&one.name, one.thread).cmp(&(&other.name, other.thread)));
        let holder = match &found.holder {
            Held::Thread(identity, frame) => Holder::Thread(self.party(*identity, threads, frame.as_ref(), false)),
            Held::Unknown => Holder::Unknown,
            Held::Nobody => Holder::Nobody,
            Held::NotHeld => Holder::NotHeld,
        };
        let concerned = |thread: &&Thread<'py>| {
            let holds = matches!(&found.holder, Held::Thread(identity, _) if *identity == thread.identity);
            holds || found.waiting.iter().any(|(identity, _)| *identity == thread.identity)
        };
        let frames: Vec<_> = threads
            .iter()
            .filter(concerned)
            .flat_map(|thread| &thread.frames)
            .filter(|frame| self.debugger.is_in_scope(frame) && !self.debugger.is_hidden_frame(frame))
            .cloned()
            .collect();
        let name = name(&found.object, &frames);
        let kind = match kind(&found.object) {
            kind if kind == "_ModuleLock" => "import of".into(),
            kind if kind == "_RLock" => "RLock".into(),
            kind => kind,
        };
        let value = self.value(&found.object, None, Origin::default(), Format::default());
        Lock { kind, name, value, holder, waiting }
    }

    fn party(
        &mut self,
        identity: u64,
        threads: &[Thread<'py>],
        holding: Option<&Bound<'py, PyAny>>,
        has_limit: bool,
    ) -> Party {
        let thread = self.debugger.state().threads.of(identity);
        let frame = match holding {
            Some(frame) => self.describe_frame(frame, None),
            None => self.own_frame(identity, threads),
        };
        Party { thread, name: threads::name(self.py, identity, thread), frame, has_limit }
    }

    /// The innermost frame of the user's program in a thread; else the innermost of all that are shown.
    fn own_frame(&mut self, identity: u64, threads: &[Thread<'py>]) -> Option<Frame> {
        let frames = &threads.iter().find(|thread| thread.identity == identity)?.frames;
        let shown = |frame: &&Bound<'py, PyAny>| !self.debugger.is_hidden_frame(frame);
        let own = frames.iter().filter(shown).find(|frame| self.debugger.is_in_scope(frame));
        let frame = own.or_else(|| frames.iter().find(shown))?;
        self.describe_frame(frame, None)
    }
}
