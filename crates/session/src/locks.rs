//! `pausa/locks`. Called by `Session::handle`.
//!
//! Invariant: nothing is found out before it is asked for.

use pausa_dap::extensions;
use pausa_dap::server::Incoming;
use pausa_engine::locks::{Holder, Lock, Party, Wait};

use crate::{Session, Shared, refused, stack};

impl Session {
    pub(crate) fn locks(&self, request: &Incoming) {
        self.ask_long::<extensions::Locks>(request, |commands, (), shared| {
            let found = commands.locks().map_err(refused)?;
            let wait = |wait: Wait| extensions::Wait { thread_id: wait.thread.0, lock: wait.lock };
            Ok(extensions::LocksResponse {
                locks: found.locks.into_iter().map(|found| lock(found, shared)).collect(),
                deadlocks: found.deadlocks.into_iter().map(|own| own.into_iter().map(wait).collect()).collect(),
                all_wait: found.all_wait,
            })
        });
    }
}

fn lock(found: Lock, shared: &Shared) -> extensions::Lock {
    let (holder, held_by) = match found.holder {
        Holder::Thread(own) => ("thread", Some(party(own, shared))),
        Holder::Unknown => ("unknown", None),
        Holder::Nobody => ("nobody", None),
        Holder::NotHeld => ("notHeld", None),
    };
    extensions::Lock {
        kind: found.kind,
        name: found.name,
        value: found.value.text,
        variables_reference: found.value.handle.map_or(0, |handle| handle.0),
        holder: holder.into(),
        held_by,
        waiting: found.waiting.into_iter().map(|own| party(own, shared)).collect(),
    }
}

fn party(own: Party, shared: &Shared) -> extensions::Party {
    let frame = own.frame.map(|frame| {
        let name = frame.name.clone();
        stack::stack_frame(frame, name, shared)
    });
    extensions::Party { thread_id: own.thread.0, name: own.name, frame, has_limit: own.has_limit }
}
