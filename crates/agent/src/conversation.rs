//! The session's thread: reads requests, and can be taken down and brought back around a fork.
//!
//! Called by `start` and by the fence's fork hooks. The statics are locked with the GIL held only, so that they are free in
//! a forked child. Invariant: at most one thread serves; it never needs the GIL; what it
//! has read of a request when it is taken down is kept.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use pausa_cpython::{Descriptor, OwnSocket};
use pausa_dap::server::{Connection, Outgoing, Requests};
use pausa_session::{Policy, Session};

use crate::luggage::Luggage;

/// The thread that serves, or what it would need to.
enum Service {
    Running(JoinHandle<Option<Requests>>),
    Suspended(Requests),
}

struct Conversation {
    session: Arc<Session>,
    service: Option<Service>,
    wake: OwnSocket,
    luggage: Option<Arc<Luggage>>,
}

static CONVERSATION: Mutex<Option<Conversation>> = Mutex::new(None);

/// Held between [`split`] and [`begin`]: the end that wakes the reader.
static WAKE: Mutex<Option<OwnSocket>> = Mutex::new(None);

/// All that the connection has open: a forked child has copies, and no use for them.
static DESCRIPTORS: Mutex<Vec<Descriptor>> = Mutex::new(Vec::new());

/// The halves of a connection whose reading can be interrupted.
pub fn split(socket: UnixStream) -> io::Result<(Requests, Outgoing)> {
    let (wake, woken) = UnixStream::pair()?;
    let (wake, woken) = (OwnSocket::new(wake)?, OwnSocket::new(woken)?);
    let (socket, writer) = (OwnSocket::new(socket.try_clone()?)?, OwnSocket::new(socket)?);
    *lock(&DESCRIPTORS) = [&socket, &writer, &woken, &wake].map(OwnSocket::descriptor).to_vec();
    *lock(&WAKE) = Some(wake);
    Ok(Connection::split(Interruptible { socket, woken }, Ending(writer)))
}

/// Starts to serve; false if the system gives no thread.
pub fn begin(session: Session, requests: Requests, luggage: Option<Luggage>) -> bool {
    let Some(wake) = lock(&WAKE).take() else { return false };
    let (session, luggage) = (Arc::new(session), luggage.map(Arc::new));
    // Held meanwhile, so that a client that goes at once is forgotten after it is known.
    let mut conversation = lock(&CONVERSATION);
    let service = serve(session.clone(), requests, luggage.clone());
    let begun = service.is_some();
    *conversation = begun.then_some(Conversation { session, service, wake, luggage });
    begun
}

fn serve(session: Arc<Session>, requests: Requests, luggage: Option<Arc<Luggage>>) -> Option<Service> {
    let run = move || {
        let rest = session.serve(requests);
        if rest.is_none() {
            forget(&session);
            if let Some(luggage) = &luggage {
                luggage.remove();
            }
        }
        rest
    };
    pausa_cpython::spawn("pausa-session", run).map(Service::Running)
}

/// The client has gone: nothing of the conversation stays open.
fn forget(session: &Arc<Session>) {
    let over = lock(&CONVERSATION).take_if(|conversation| Arc::ptr_eq(&conversation.session, session));
    // A program that has closed the connection itself may fork on, and its children are debugged. Of any other nothing is kept:
    // with what clients may do goes the file that it is logged in.
    if let Some(conversation) = over.as_ref().filter(|conversation| conversation.session.is_cut()) {
        *lock(&INHERITED) = Some(conversation.session.policy().clone());
    }
    if let Some(Conversation { service: Some(Service::Running(thread)), .. }) = over {
        *lock(&LEAVING) = Some((std::process::id(), thread));
    }
}

/// The thread of a conversation that is over, which has next to nothing left to do, and its process.
static LEAVING: Mutex<Option<(u32, JoinHandle<Option<Requests>>)>> = Mutex::new(None);

/// Waits until the thread of a conversation that is over is gone.
fn wait_for_leaving() {
    // That thread has the lock for a moment, and may have had it when this process was forked.
    match LEAVING.try_lock().ok().and_then(|mut leaving| leaving.take()) {
        Some((process, thread)) if process == std::process::id() => drop(thread.join()),
        // It is the parent's.
        Some((_, thread)) => std::mem::forget(thread),
        None => {}
    }
}

/// Takes the thread down.
pub fn suspend() {
    wait_for_leaving();
    let thread = {
        let mut conversation = lock(&CONVERSATION);
        let Some(conversation) = conversation.as_mut() else { return };
        match conversation.service.take() {
            Some(Service::Running(thread)) => {
                let _ = conversation.wake.write_all(&[0]);
                thread
            }
            other => {
                conversation.service = other;
                return;
            }
        }
    };
    // Without the lock: a thread whose client has gone takes it to say so.
    let rest = thread.join().ok().flatten();
    if let Some(conversation) = lock(&CONVERSATION).as_mut() {
        conversation.service = rest.map(Service::Suspended);
    }
}

/// Brings it back.
pub fn resume() {
    let mut conversation = lock(&CONVERSATION);
    let Some(conversation) = conversation.as_mut() else { return };
    conversation.service = match conversation.service.take() {
        Some(Service::Suspended(requests)) => {
            serve(conversation.session.clone(), requests, conversation.luggage.clone())
        }
        other => other,
    };
}

/// What clients of a conversation that is over might do: for a forked child, that of its parent.
static INHERITED: Mutex<Option<Policy>> = Mutex::new(None);

/// What clients of this forked child may do: what those of its parent might, when it was forked.
pub fn inherited() -> Policy {
    lock(&INHERITED).take().unwrap_or_default()
}

/// Gives the connection up in a forked child, without a word to the client: it is the parent's.
pub fn abandon() {
    // Not dropped: the descriptors are closed below, the thread is none of this process's, and a lock in the session may
    // be held by it for ever.
    let conversation = lock(&CONVERSATION).take();
    *lock(&INHERITED) = conversation.as_ref().map(|conversation| conversation.session.policy().clone());
    std::mem::forget(conversation);
    std::mem::forget(lock(&WAKE).take());
    lock(&DESCRIPTORS).drain(..).for_each(Descriptor::close);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A socket to read from, until a byte comes at the other descriptor: then a read fails with `WouldBlock`. When the program has
/// closed either, or the end that the byte would come from, it fails as a connection that is gone.
struct Interruptible {
    socket: OwnSocket,
    woken: OwnSocket,
}

impl Read for Interruptible {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.socket.wait_readable(&self.woken)? {
            return self.socket.read(buffer);
        }
        match self.woken.read(&mut [0])? {
            0 => Err(ErrorKind::NotConnected.into()),
            _ => Err(ErrorKind::WouldBlock.into()),
        }
    }
}

/// The writing half, whose drop ends the socket in both directions, so that who reads from it ends too.
struct Ending(OwnSocket);

impl Write for Ending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}
