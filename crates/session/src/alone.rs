//! Running one thread while all others are held: `singleThread`, and the word when that one waits for another.
//!
//! Called by `control`. Invariant: only a request that says so, or a client that has asked for it with `attach`, runs a
//! thread alone, and only until the next stop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use pausa_dap::requests::Request;
use pausa_dap::server::{Incoming, Outgoing};
use pausa_dap::{events, types};
use pausa_engine::locks::{Holder, Lock};
use pausa_engine::port::{Commands, Debuggee, Flow, ThreadId};

use crate::{Answer, Session, Shared, refused, thread};

/// How long a thread may wait for something before its user is told that it may be in vain.
const FIRST_LOOK: Duration = Duration::from_millis(500);
/// Later looks come less and less often, up to this.
const LAST_LOOK: Duration = Duration::from_secs(8);

/// Who is to run, as a request says it.
pub(crate) struct Who {
    /// The thread.
    pub thread: i64,
    /// It and no other.
    pub alone: bool,
}

impl Session {
    /// As [`Session::ask_to_run`], for requests that may be for one thread only.
    pub(crate) fn ask_to_run_thread<R: Request>(
        &self,
        request: &Incoming,
        who: impl FnOnce(&R::Arguments, &Shared) -> Who + Send + 'static,
        prepare: impl FnOnce(&mut dyn Commands, R::Arguments) -> Answer<R> + Send + 'static,
    ) where
        R::Arguments: Send + 'static,
    {
        let (debuggee, outgoing, shared) = (self.debuggee.clone(), self.outgoing.clone(), self.shared.clone());
        self.ask_to_run::<R>(request, move |commands, arguments| {
            let who = who(&arguments, &shared);
            if !who.alone {
                return prepare(commands, arguments);
            }
            let answer = prepare(commands, arguments)?;
            let alone = thread(who.thread);
            commands.run_alone(alone).map_err(refused)?;
            let run = shared.runs_alone.fetch_add(1, Ordering::Relaxed) + 1;
            Watch { debuggee, outgoing, shared, thread: alone, run }.look_after(FIRST_LOOK);
            Ok(answer)
        });
    }
}

/// Looks whether a thread that runs alone waits for what no other thread can give it now.
struct Watch {
    debuggee: Arc<dyn Debuggee>,
    outgoing: Outgoing,
    shared: Arc<Shared>,
    thread: ThreadId,
    /// Which run it is: a later one has a watch of its own.
    run: u64,
}

impl Watch {
    fn look_after(self, delay: Duration) {
        let (debuggee, shared) = (self.debuggee.clone(), self.shared.clone());
        let look = move || {
            let debuggee = self.debuggee.clone();
            debuggee.post(Box::new(move |commands| {
                self.look(commands, delay);
                Flow::Stay
            }));
        };
        *shared.alone_alarm() = debuggee.alarm(delay, Box::new(look));
    }

    fn look(self, commands: &mut dyn Commands, delay: Duration) {
        let is_over = commands.stopped_thread().is_some() || !commands.runs_alone(self.thread);
        if is_over || self.shared.runs_alone.load(Ordering::Relaxed) != self.run {
            return;
        }
        let Some(text) = commands.locks().ok().and_then(|found| waits(&found.locks, self.thread)) else {
            return self.look_after(LAST_LOOK.min(delay * 2));
        };
        self.outgoing.event::<events::Output>(types::OutputEvent {
            category: Some("console".into()),
            output: format!("{text}: it runs alone, and all other threads are held. A pause stops it\n"),
            ..Default::default()
        });
    }
}

/// What a thread waits for without a limit of time.
fn waits(locks: &[Lock], thread: ThreadId) -> Option<String> {
    locks.iter().find_map(|lock| {
        let own = lock.waiting.iter().find(|party| party.thread == thread && !party.has_limit)?;
        let name = lock.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let holder = match &lock.holder {
            Holder::Thread(holder) => format!(", which {} holds", holder.name),
            Holder::Unknown | Holder::Nobody | Holder::NotHeld => String::new(),
        };
        Some(format!("{} waits for {}{name}{holder}", own.name, lock.kind))
    })
}

/// A wish of the request, or of the client for all of its steps.
pub(crate) fn is_alone(single: Option<bool>, shared: &Shared) -> bool {
    single.unwrap_or_else(|| shared.steps_alone.load(Ordering::Relaxed))
}
