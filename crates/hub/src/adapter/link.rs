//! The connection to a debuggee's agent, and who listens to it: requests in, answers and events out.
//!
//! Made when a debuggee is there; `session` sends over it, the thread of `pump` delivers what comes back. Invariant: each
//! request that was sent is answered once, by the agent or, when its stream has ended, by us.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use pausa_dap::message::{Event, Message, Request, Response};
use pausa_dap::requests::Request as _;
use pausa_dap::server::Ticket;
use pausa_dap::types::{
    CancelArguments, Capabilities, CapabilitiesEvent, ContinuedEvent, EvaluateResponse, ExitedEvent, ProcessEvent,
    TerminatedEvent,
};
use pausa_dap::{Outbox, events, extensions, requests};
use pausa_report as report;
use serde_json::{Map, Value, json};

use super::client::{Client, to_value};
use super::console::{self, Awaited, Command, Question, Standing, Told};
use super::path_mappings::PathMappings;
use super::settings::{Key, Settings, numbers_breakpoints};
use super::{ENDED, NOT_HERE, Program};
use crate::{Fate, Relative};

/// How the protocol names a program that was started for the client.
pub(crate) const LAUNCHED: &str = "launch";
/// How the protocol names a program that was there before the client.
pub(crate) const ATTACHED: &str = "attach";

/// What our own prompt calls itself.
const TERMINAL: &str = "pausa-terminal";

/// A debuggee whose agent is connected.
pub(crate) struct Link {
    agent: Outbox,
    pending: Mutex<HashMap<i64, Origin>>,
    audience: Mutex<Option<Audience>>,
    end: Mutex<End>,
    closed: Condvar,
    /// It was left suspended: a stop of it is for the next client.
    is_suspended: AtomicBool,
    /// One client after another may come, so that one may leave it suspended.
    pub is_held: bool,
    /// The program, if it is known as a process.
    pub program: Option<Arc<dyn Program>>,
    /// The program's process id, if it is one of this machine.
    pid: Option<i32>,
    /// The program, if another one of the debug run has started it.
    relative: Option<Relative>,
    /// Between us and the agent is another adapter, which may have our client start sessions: what they get of ours.
    relayed: Option<Map<String, Value>>,
    /// How the protocol names the way in which the program came to be debugged.
    pub start_method: &'static str,
    /// The program's name, for people.
    pub name: String,
    /// Where it stands.
    place: Mutex<Place>,
}

/// Where a debuggee stands.
#[derive(Default)]
struct Place {
    /// The thread that stopped last, while it is stopped.
    thread: Option<i64>,
    /// It goes to where the next expression has got its value.
    by_expressions: bool,
}

/// How far the end has come.
#[derive(Default)]
struct End {
    /// Nothing comes from the agent any more.
    closed: bool,
    /// The debuggee has said `terminated` itself.
    told: bool,
    /// The client knows nothing of a new program.
    restarts: bool,
}

/// Who hears the debuggee.
#[derive(Clone)]
pub(crate) struct Audience {
    pub client: Arc<Client>,
    pub mappings: Arc<PathMappings>,
    settings: Arc<Mutex<Settings>>,
}

impl Audience {
    pub fn new(client: &Arc<Client>, mappings: PathMappings, settings: &Arc<Mutex<Settings>>) -> Self {
        Self { client: Arc::clone(client), mappings: Arc::new(mappings), settings: Arc::clone(settings) }
    }
}

/// Where an answer goes.
enum Origin {
    Client(Ticket, Option<Key>),
    /// Set again what the client had set in the program before this one.
    CarriedOver(Key),
    /// What the agent can do.
    Capabilities,
    /// A line of the client's console.
    Console(Ticket, Awaited),
    /// What is to be told at a stop: deadlocks, or the values that a step by expressions came to.
    Deadlocks,
    Computed,
    /// Ours; all that counts is that it was asked.
    Nobody,
}

impl Link {
    pub fn new(
        writer: impl Write + Send + 'static,
        program: Option<Arc<dyn Program>>,
        pid: Option<i32>,
        start_method: &'static str,
        name: String,
    ) -> Self {
        let agent = Outbox::new(writer);
        let (pending, audience, end, closed, is_suspended, is_held, relative, relayed, place) = Default::default();
        Self {
            agent,
            pending,
            audience,
            end,
            closed,
            is_suspended,
            is_held,
            program,
            pid,
            relative,
            relayed,
            start_method,
            name,
            place,
        }
    }

    /// The same, of a program that another one of the debug run has started.
    pub fn of(self, relative: Option<Relative>) -> Self {
        Self { relative, ..self }
    }

    /// The same, by another adapter: what sessions get that it has the client start.
    pub fn relaying(self, relayed: Option<Map<String, Value>>) -> Self {
        Self { relayed, ..self }
    }

    /// Gives the debuggee to a client; false if another one has it.
    pub fn take(&self, audience: Audience) -> bool {
        let mut current = lock(&self.audience);
        let free = current.is_none();
        if free {
            *current = Some(audience);
        }
        free
    }

    pub fn audience(&self) -> Option<Audience> {
        lock(&self.audience).clone()
    }

    /// The client has gone: the program runs on as if it had never been there, or is held, for the next one to come.
    pub fn release(&self, suspend: bool) {
        self.is_suspended.store(suspend, Ordering::Relaxed);
        self.send(extensions::Release::COMMAND, json!({ "suspend": suspend }), Origin::Nobody);
        lock(&self.pending).retain(|_, origin| !matches!(origin, Origin::Client(..) | Origin::Console(..)));
        *lock(&self.audience) = None;
    }

    /// Introduces the client to the agent.
    pub fn initialize(&self, client: Option<&Client>) {
        let mut facts = client.map(Client::facts).unwrap_or_default();
        if facts.adapter_id.is_empty() {
            facts.adapter_id = "pausa".into();
        }
        self.send(requests::Initialize::COMMAND, to_value(facts), Origin::Capabilities);
    }

    /// Lets the program start, or go on, with nobody to hear it.
    pub fn start_unattended(&self) {
        self.send(extensions::Release::COMMAND, Value::Null, Origin::Nobody);
    }

    /// Sends a client's request, under the name that the agent knows it by.
    pub fn forward(&self, audience: &Audience, ticket: Ticket, command: &str, mut arguments: Value) {
        let key = Key::of(command, &arguments);
        if let Some(key) = &key {
            lock(&audience.settings).set(key, &arguments);
        }
        audience.mappings.to_remote(&mut arguments);
        let again = ticket.clone();
        if !self.send(command, arguments, Origin::Client(ticket, key)) {
            answer_ended(&audience.client, &again);
        }
    }

    /// Does what a line of the client's console says.
    pub fn command(&self, audience: &Audience, ticket: Ticket, line: &console::Line) {
        let standing = Standing { thread: lock(&self.place).thread, folder: self.folder() };
        match Command::read(line, &standing) {
            Ok(Command::Say(text)) => audience.client.respond(&ticket, Ok(in_console(text))),
            Ok(Command::Ask(question)) => self.ask(audience, ticket, question),
            Err(why) => audience.client.refuse(&ticket, NOT_HERE, why),
        }
    }

    fn ask(&self, audience: &Audience, ticket: Ticket, question: Question) {
        let again = ticket.clone();
        if !self.send(question.command, question.arguments, Origin::Console(ticket, question.awaited)) {
            answer_ended(&audience.client, &again);
        }
    }

    /// The program's working directory, if it is one of this machine.
    fn folder(&self) -> Option<PathBuf> {
        std::fs::read_link(format!("/proc/{}/cwd", self.pid?)).ok()
    }

    /// The agent has answered what a line of the console wanted.
    fn told(&self, audience: &Audience, ticket: Ticket, awaited: Awaited, body: &Value) {
        let client = &audience.client;
        match awaited.told(body, self.folder().as_deref()) {
            Told::Text(text) => client.respond(&ticket, Ok(in_console(text))),
            Told::Refused(why) => client.refuse(&ticket, NOT_HERE, why),
            Told::Ask(question) => self.ask(audience, ticket, question),
            Told::Resumed { thread, by_expressions } => {
                lock(&self.place).by_expressions = by_expressions;
                client.respond(&ticket, Ok(in_console(String::new())));
                let all_threads_continued = Some(true);
                client.event::<events::Continued>(ContinuedEvent { thread_id: thread, all_threads_continued });
            }
        }
    }

    /// The program stops or goes on: what the specification's client cannot ask for is asked.
    fn follows(&self, client: &Client, event: &str, body: &Value) {
        if event == <events::Continued as events::Event>::EVENT {
            lock(&self.place).thread = None;
        }
        if event != <events::Stopped as events::Event>::EVENT {
            return;
        }
        let by_expressions = {
            let mut place = lock(&self.place);
            place.thread = body.get("threadId").and_then(Value::as_i64);
            std::mem::take(&mut place.by_expressions)
        };
        if by_expressions {
            self.send(extensions::Computed::COMMAND, Value::Null, Origin::Computed);
        }
        // Our own prompt asks for itself.
        let is_ours = client.facts().client_id.as_deref() == Some(TERMINAL);
        if body.get("reason").and_then(Value::as_str) == Some("pause") && !is_ours {
            self.send(extensions::Locks::COMMAND, Value::Null, Origin::Deadlocks);
        }
    }

    /// Sets in this program what the client had set in the one before, and starts it.
    pub fn carry_over(&self, audience: &Audience) {
        let settings = lock(&audience.settings).carry_over();
        for (key, mut arguments) in settings {
            audience.mappings.to_remote(&mut arguments);
            self.send(&key.command.clone(), arguments, Origin::CarriedOver(key));
        }
        self.send(requests::ConfigurationDone::COMMAND, Value::Null, Origin::Nobody);
    }

    /// This program takes the place of another one, about whose start the client needs not be told.
    pub fn replaces_another(&self) {
        lock(&self.end).restarts = true;
    }

    /// Another program takes the place of this one: the client is not told that it ends, but that it no longer stands where
    /// it stood, as clients show a thread that has stopped until they hear of it again.
    pub fn is_replaced(&self) {
        lock(&self.end).told = true;
        let stopped = lock(&self.place).thread.take();
        if let (Some(thread_id), Some(Audience { client, .. })) = (stopped, self.audience()) {
            let all_threads_continued = Some(true);
            client.event::<events::Continued>(ContinuedEvent { thread_id, all_threads_continued });
        }
    }

    /// Asks for the cancelling of a request of the client's, or of work that it was told of; false if neither is under way.
    pub fn cancel(&self, audience: &Audience, ticket: Ticket, wanted: &CancelArguments) -> bool {
        let is_wanted = |origin: &Origin| matches!(origin, Origin::Client(of, _) | Origin::Console(of, _) if Some(of.seq) == wanted.request_id);
        let found = lock(&self.pending).iter().find_map(|(seq, origin)| is_wanted(origin).then_some(*seq));
        // What the agent names its progress the client has heard from it, and gives back as it is.
        let arguments = CancelArguments { request_id: found, progress_id: wanted.progress_id.clone() };
        let is_any = arguments != CancelArguments::default();
        if is_any {
            self.forward(audience, ticket, requests::Cancel::COMMAND, to_value(arguments));
        }
        is_any
    }

    /// The request in an event, by the agent's number, as the client's.
    fn renumber(&self, body: &mut Value) {
        let Some(seq) = body.get("requestId").and_then(Value::as_i64) else { return };
        let known = match lock(&self.pending).get(&seq) {
            Some(Origin::Client(of, _)) => Some(of.seq),
            _ => None,
        };
        let Some(fields) = body.as_object_mut() else { return };
        match known {
            Some(seq) => drop(fields.insert("requestId".into(), seq.into())),
            None => drop(fields.remove("requestId")),
        }
    }

    /// True if it was sent, or if it could not be and whoever ends the link has answered it.
    fn send(&self, command: &str, arguments: Value, origin: Origin) -> bool {
        let command = command.to_owned();
        let mut number = None;
        let sent = self.agent.send(|seq| {
            number = Some(seq);
            lock(&self.pending).insert(seq, origin);
            Message::Request(Request { seq, command, arguments })
        });
        match (sent, number) {
            (Some(_), _) => true,
            (None, Some(seq)) => lock(&self.pending).remove(&seq).is_none(),
            (None, None) => false,
        }
    }

    /// Something came from the agent.
    pub fn deliver(&self, message: Message) {
        match message {
            Message::Response(response) => self.answer(response),
            Message::Event(event) => self.tell(event),
            Message::Request(request) => self.hear(request),
        }
    }

    fn answer(&self, response: Response) {
        let origin = lock(&self.pending).remove(&response.request_seq);
        let Some(Audience { client, mappings, settings }) = self.audience() else { return };
        let Response { command, success, message, mut body, .. } = response;
        match origin {
            Some(Origin::Client(ticket, key)) => {
                match key {
                    Some(key) if success => lock(&settings).answered(&key, &mut body),
                    _ if numbers_breakpoints(&command) => lock(&settings).rename(&mut body),
                    _ => {}
                }
                mappings.to_local(&mut body);
                client.answer(&ticket, success, message, body);
                if success && command == requests::Attach::COMMAND {
                    self.tell_process(&client);
                }
            }
            Some(Origin::CarriedOver(key)) => {
                lock(&settings).carried_over(&key, &mut body);
                mappings.to_local(&mut body);
                tell_breakpoints(&client, &body);
            }
            Some(Origin::Console(ticket, awaited)) if success => {
                mappings.to_local(&mut body);
                self.told(&Audience { client, mappings, settings }, ticket, awaited, &body);
            }
            Some(Origin::Console(ticket, _)) => client.answer(&ticket, false, message, body),
            Some(Origin::Deadlocks) => {
                let found = serde_json::from_value::<extensions::LocksResponse>(body).ok().filter(|_| success);
                let lines = found.map(|found| report::locks::deadlocks(&found)).unwrap_or_default();
                lines.iter().for_each(|line| client.say(line));
            }
            Some(Origin::Computed) => {
                let found = serde_json::from_value::<extensions::ComputedResponse>(body).ok().filter(|_| success);
                let lines = found.map(|found| report::expressions::values(&found)).unwrap_or_default();
                lines.iter().for_each(|line| client.output("console", format!("{line}\n")));
            }
            Some(Origin::Capabilities) => self.tell_capabilities(&client, body),
            Some(Origin::Nobody) | None => {}
        }
    }

    /// Says what is not as our answer to `initialize` promised before this debuggee was known.
    fn tell_capabilities(&self, client: &Client, body: Value) {
        let mut capabilities = serde_json::from_value::<Capabilities>(body).unwrap_or_default();
        if self.program.is_none() || self.start_method != LAUNCHED {
            capabilities.supports_restart_request = Some(false);
        }
        if self.is_held {
            capabilities.support_suspend_debuggee = Some(true);
        }
        if capabilities != pausa_dap::capabilities::capabilities() {
            client.event::<events::Capabilities>(CapabilitiesEvent { capabilities });
        }
    }

    pub fn tell_process(&self, client: &Client) {
        let Some(pid) = self.pid else { return };
        client.event::<events::Process>(ProcessEvent {
            name: self.name.clone(),
            system_process_id: Some(pid.into()),
            is_local_process: Some(true),
            start_method: Some(self.start_method.into()),
            ..Default::default()
        });
    }

    fn tell(&self, Event { event, mut body, .. }: Event) {
        match self.audience() {
            Some(Audience { client, mappings, settings }) => {
                {
                    let mut end = lock(&self.end);
                    if event == <events::Initialized as events::Event>::EVENT && end.restarts {
                        return;
                    }
                    end.told |= event == <events::Terminated as events::Event>::EVENT;
                }
                lock(&settings).rename(&mut body);
                mappings.to_local(&mut body);
                self.renumber(&mut body);
                self.follows(&client, &event, &body);
                client.tell(&event, body);
            }
            // Nobody would let it go on.
            None if event == <events::Stopped as events::Event>::EVENT
                && !self.is_suspended.load(Ordering::Relaxed) =>
            {
                let thread = body.get("threadId").cloned().unwrap_or_default();
                self.send(requests::Continue::COMMAND, json!({ "threadId": thread }), Origin::Nobody);
            }
            None => {}
        }
    }

    /// An agent asks nothing of us; another adapter may ask our client for sessions.
    fn hear(&self, mut request: Request) {
        let relayed = self.relayed.as_ref().filter(|_| request.command == requests::StartDebugging::COMMAND);
        let (Some(relayed), Some(Audience { client, .. })) = (relayed, self.audience()) else {
            return answer_asked(&self.agent, request, None);
        };
        if let Some(configuration) = request.arguments.get_mut("configuration").and_then(Value::as_object_mut) {
            configuration.extend(relayed.clone());
        }
        let answered = client.ask(&request.command, &request.arguments);
        let agent = self.agent.clone();
        let relay = move || answer_asked(&agent, request, answered.recv().ok());
        // Without a thread to be had there is no answer, as from a client that is slow.
        let _ = thread::Builder::new().name("pausa-relay".into()).spawn(relay);
    }

    /// Waits until nothing comes from the agent any more; false if that takes longer than `limit`.
    pub fn wait_closed(&self, limit: Duration) -> bool {
        let waited = self.closed.wait_timeout_while(lock(&self.end), limit, |end| !end.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// The program has ended, or is not ours to follow any more: says so, if that has not been said.
    pub fn finish(&self) {
        let Some(Audience { client, .. }) = self.audience() else { return };
        if std::mem::replace(&mut lock(&self.end).told, true) {
            return;
        }
        if let Some(program) = &self.program {
            let exit_code = program.wait().exit_code().into();
            client.event::<events::Exited>(ExitedEvent { exit_code });
        }
        if let Some(relative) = &self.relative {
            tell_fate(&client, relative);
        }
        client.event::<events::Terminated>(TerminatedEvent::default());
    }

    /// The agent's stream has ended, or shall: what it has not answered is answered.
    pub fn close(&self) {
        self.agent.close();
        let pending = std::mem::take(&mut *lock(&self.pending));
        if let Some(Audience { client, .. }) = self.audience() {
            answer_all_ended(&client, pending);
        }
        // Last: who waits for it closes the connection to the client.
        lock(&self.end).closed = true;
        self.closed.notify_all();
    }
}

/// Answers what was asked of us from the other end, as the client has, or refuses it.
fn answer_asked(agent: &Outbox, Request { seq: request_seq, command, .. }: Request, answer: Option<Response>) {
    let refused =
        || Response { message: Some("nothing may be asked of pausa's adapter".to_owned()), ..Default::default() };
    let answer = answer.unwrap_or_else(refused);
    agent.send(|seq| Message::Response(Response { seq, request_seq, command, ..answer }));
}

/// What has become of a program whose parent, not we, is told of its end.
fn tell_fate(client: &Client, relative: &Relative) {
    match relative.fate() {
        Fate::Ended(Some(ended)) => client.event::<events::Exited>(ExitedEvent { exit_code: ended.exit_code().into() }),
        Fate::Ended(None) => {
            client.say("the process has ended; its parent had its exit status before it could be read")
        }
        Fate::Replaced => {}
        Fate::Undebugged => client.say(
            "the program has closed pausa's connection, as daemons do, and runs on undebugged; what it starts is debugged",
        ),
    }
}

/// A text as what an evaluation has come to.
fn in_console(result: String) -> Value {
    to_value(EvaluateResponse { result, ..Default::default() })
}

/// Answers what the agent has not.
fn answer_all_ended(client: &Client, pending: HashMap<i64, Origin>) {
    for origin in pending.into_values() {
        if let Origin::Client(ticket, _) | Origin::Console(ticket, _) = origin {
            answer_ended(client, &ticket);
        }
    }
}

/// Answers a request about a program that has ended. To end it succeeds.
fn answer_ended(client: &Client, ticket: &Ticket) {
    match ticket.command.as_str() {
        requests::Disconnect::COMMAND | requests::Terminate::COMMAND => client.succeed(ticket),
        _ => client.refuse(ticket, ENDED, "the program has ended"),
    }
}

/// The breakpoints that a restart has set again, as they stand now.
fn tell_breakpoints(client: &Client, body: &Value) {
    for breakpoint in body.get("breakpoints").and_then(Value::as_array).into_iter().flatten() {
        if breakpoint.get("id").is_some() {
            client.tell(
                <events::Breakpoint as events::Event>::EVENT,
                json!({ "reason": "changed", "breakpoint": breakpoint }),
            );
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
