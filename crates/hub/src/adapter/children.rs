//! The children of a session's program, each offered to its client as a session of its own (`startDebugging`).
//!
//! Opened by `session` and `starting` for a client that can start sessions, kept as long as the program is followed. What a
//! client gets is a configuration for `attach` that says where the child waits; the session that comes with it fetches the
//! agent's stream ([`super::child`]), whichever process it is served by. Invariant: a child that nobody fetches runs on
//! undebugged, and the client is told why.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pausa_dap::message::Response;
use pausa_dap::requests::{Request as _, StartDebugging};
use pausa_dap::types::{StartDebuggingRequestArguments, StartDebuggingRequestArgumentsRequest};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::{Map, Value, json};

use super::client::Client;
use crate::rendezvous::Rendezvous;
use crate::{Child, Children, LaunchError, Service, Undebugged, linux};

/// How long a client may take to start a session, and that session to come for its program.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a process whose program has ended is given to start and to dial, if it is a Python at all.
const ON_THEIR_WAY: Duration = Duration::from_secs(1);

/// How long one that has dialled may take to say whom it comes for.
const SAYS_WITHIN: Duration = Duration::from_secs(5);

/// What the configuration of a child's session has of its parent's: how to debug, and how to come here.
const INHERITED: [&str; 16] = [
    "type",
    // By these VS Code's Python extension starts the adapter of a session.
    "debugAdapterPath",
    "debugAdapterPython",
    "python",
    "justMyCode",
    "showReturnValue",
    "subProcess",
    "tasks",
    "evaluationTimeLimit",
    "steppingResumesAllThreads",
    "pathMappings",
    "token",
    "connect",
    "host",
    "port",
    "auditLog",
];

/// What a child's configuration takes over from the arguments of its parent's session.
pub(crate) fn inherited(arguments: &Value) -> Map<String, Value> {
    let field = |name: &&str| Some(((*name).to_owned(), arguments.get(name)?.clone()));
    let mut fields: Map<String, Value> = INHERITED.iter().filter_map(field).collect();
    fields.insert("stopOnEntry".into(), false.into());
    fields
}

/// The place where children of a program wait for their sessions. Nobody is offered any more when it is dropped, and those
/// who wait run on.
pub(crate) struct Offers {
    address: String,
    shelf: Arc<Shelf>,
    collecting: Option<JoinHandle<()>>,
    // In this order: no child comes when there is no place to be fetched from.
    children: Option<Children>,
    open: Option<UnixStream>,
}

impl Offers {
    /// Opens it for the children of the program of this name.
    pub fn open(client: &Arc<Client>, name: String, inherited: Map<String, Value>) -> Result<Self, LaunchError> {
        let rendezvous = Rendezvous::new()?;
        let place = format!("unix:{}", rendezvous.path().display());
        let (open, closed) = UnixStream::pair().map_err(LaunchError::Wait)?;
        let shelf = Arc::<Shelf>::default();
        let collect = {
            let shelf = Arc::clone(&shelf);
            move || {
                while let Ok(Some(stream)) = rendezvous.accept(&closed) {
                    // Who says nothing usable is let go.
                    let _ = hand_over(&stream, &shelf);
                }
            }
        };
        let collecting =
            thread::Builder::new().name("pausa-collect".into()).spawn(collect).map_err(LaunchError::Wait)?;
        let offer = {
            let (client, shelf) = (Arc::clone(client), Arc::clone(&shelf));
            move |child: Child| offer(&client, &shelf, child, &name, &place, inherited.clone())
        };
        let pass = {
            let (client, said) = (Arc::clone(client), Mutex::new(HashSet::new()));
            move |Undebugged { pid, reason }: Undebugged| {
                let text = format!("process {pid} runs undebugged: {reason}");
                // Once for each reason: a program may start one such child after another.
                if said.lock().unwrap_or_else(PoisonError::into_inner).insert(reason) {
                    client.say(&text);
                }
            }
        };
        let children = Children::welcome(offer, pass)?;
        let address = children.address().to_owned();
        Ok(Self { address, shelf, collecting: Some(collecting), children: Some(children), open: Some(open) })
    }

    /// Waits until the children that have come so far have their sessions, or will have none: who sees the program's end
    /// closes the session that they would be started by. Those of the program's group that have not come yet may be on
    /// their way, and get a moment.
    pub fn settle(&self, group: Option<i32>) {
        let deadline = Instant::now() + ON_THEIR_WAY;
        let is_awaited = |group: i32| {
            let members = linux::members_of(group);
            let waiting = self.shelf.lock();
            !waiting.is_closed && members.iter().any(|pid| !waiting.met.contains(pid))
        };
        while group.is_some_and(is_awaited) && Instant::now() < deadline {
            linux::pause(5);
        }
        let waits = |waiting: &mut Waiting| !waiting.children.is_empty() && !waiting.is_closed;
        // What is left then runs on undebugged.
        drop(self.shelf.changed.wait_timeout_while(self.shelf.lock(), PATIENCE, waits));
    }

    /// A handle by which no child waits for its session any more.
    pub fn ending(&self) -> Ending {
        Ending(Arc::clone(&self.shelf))
    }

    /// Where agents of children dial.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Offers {
    fn drop(&mut self) {
        self.children = None;
        self.open = None;
        self.shelf.close();
        if let Some(collecting) = self.collecting.take() {
            // It panics in no case; if it did, there would be nobody left to tell.
            let _ = collecting.join();
        }
    }
}

/// See [`Offers::ending`].
pub(crate) struct Ending(Arc<Shelf>);

impl Ending {
    /// Lets those who wait run on undebugged, and all who come yet.
    pub fn end(&self) {
        self.0.close();
    }
}

/// Children that wait to be fetched, by the numbers that they are asked for by.
#[derive(Default)]
struct Shelf {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    last: u64,
    children: HashMap<u64, Child>,
    /// The ids of all that have come.
    met: HashSet<i32>,
    is_closed: bool,
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A child's number; None if nobody will come for it.
    fn put(&self, child: Child) -> Option<u64> {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return None;
        }
        waiting.met.insert(child.process.pid());
        waiting.last += 1;
        let number = waiting.last;
        waiting.children.insert(number, child);
        Some(number)
    }

    fn take(&self, number: u64) -> Option<Child> {
        let child = self.lock().children.remove(&number);
        self.changed.notify_all();
        child
    }

    /// True once a child was fetched; false if it is waited for too long, or nobody can come any more.
    fn wait_fetched(&self, number: u64) -> bool {
        let waits = |waiting: &mut Waiting| waiting.children.contains_key(&number) && !waiting.is_closed;
        let waited = self.changed.wait_timeout_while(self.lock(), PATIENCE, waits);
        !waited.unwrap_or_else(PoisonError::into_inner).0.children.contains_key(&number)
    }

    fn close(&self) {
        let children = {
            let mut waiting = self.lock();
            waiting.is_closed = true;
            std::mem::take(&mut waiting.children)
        };
        drop(children);
        self.changed.notify_all();
    }
}

/// Offers a child to the client, and waits until its session has come. Its program waits meanwhile; dropped, it runs on.
fn offer(client: &Client, shelf: &Shelf, child: Child, name: &str, place: &str, inherited: Map<String, Value>) {
    let pid = child.process.pid();
    if child.process.service() == Some(Service::ResourceTracker) {
        // Nobody has asked for it, and it starts nothing: it is met, and let go.
        shelf.lock().met.insert(pid);
        return;
    }
    let Some(number) = shelf.put(child) else { return };
    let mut configuration = inherited;
    configuration.insert("name".into(), format!("{name} (process {pid})").into());
    configuration.insert("request".into(), "attach".into());
    configuration.insert("pausaChild".into(), json!({ "at": place, "number": number }));
    if !["connect", "host", "port"].iter().any(|name| configuration.contains_key(*name)) {
        // VS Code's Python extension starts an adapter only for those who name a process.
        configuration.insert("processId".into(), pid.into());
    }
    let request = StartDebuggingRequestArgumentsRequest::Attach;
    let answered = client.ask(
        StartDebugging::COMMAND,
        StartDebuggingRequestArguments {
            configuration: configuration.into_iter().collect(),
            request,
            ..Default::default()
        },
    );
    let why = match refusal(&answered) {
        Some(why) => why,
        None if shelf.wait_fetched(number) => return,
        None => "the session that the editor has started for it did not come".to_owned(),
    };
    // Fetched all the same, it has its session.
    if shelf.take(number).is_some() {
        client.say(&format!("process {pid} runs undebugged: {why}"));
    }
}

/// Why the client starts no session; None if it does.
fn refusal(answered: &Receiver<Response>) -> Option<String> {
    match answered.recv_timeout(PATIENCE) {
        Ok(response) if response.success => None,
        Ok(Response { message: Some(message), .. }) => Some(format!("the editor starts no session for it: {message}")),
        Ok(_) => Some("the editor starts no session for it".into()),
        Err(RecvTimeoutError::Timeout) => Some("the editor has not answered `startDebugging`".into()),
        Err(RecvTimeoutError::Disconnected) => Some("the editor has gone".into()),
    }
}

/// Gives the child that is asked for to who has dialled.
fn hand_over(stream: &UnixStream, shelf: &Shelf) -> std::io::Result<()> {
    stream.set_read_timeout(Some(SAYS_WITHIN))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let Some(child) = line.trim_end().parse().ok().and_then(|number| shelf.take(number)) else { return Ok(()) };
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [child.stream.as_fd()];
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(stream, &[std::io::IoSlice::new(b"!")], &mut control, SendFlags::empty())?;
    Ok(())
}
