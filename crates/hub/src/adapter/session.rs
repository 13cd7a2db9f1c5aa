//! One client's conversation: what it may ask when, and who answers.
//!
//! [`serve`] runs on a thread of the client's; a second one, the debuggee's (`following`), starts it, carries what comes from
//! it and says when it has ended. Invariant: a request is answered by the agent where there is one, else here; none is lost
//! between two phases, because both threads change the phase under its lock.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::{mem, thread};

use pausa_dap::capabilities::capabilities;
use pausa_dap::message::{Message, Request};
use pausa_dap::requests::Request as _;
use pausa_dap::server::Ticket;
use pausa_dap::types::{Capabilities, DisconnectArguments, TerminatedEvent};
use pausa_dap::{ErrorBody, Inbox, Incoming, events, extensions, requests};
use serde_json::{Map, Value};

use super::arguments::{self, AttachArguments, LaunchArguments};
use super::children::{Ending, Offers, inherited};
use super::client::{Client, to_value};
use super::following::{fail, follow};
use super::link::{Audience, Link};
use super::path_mappings::PathMappings;
use super::phase::{Beginning, Phase, State, dispatch, lock, refuse_all, unknown};
use super::plan::{Surroundings, plan};
use super::settings::Settings;
use super::starting::{self, Place, Started};
use super::{Abort, ENDED, GOODBYE, Held, NOT_HERE, NOT_STARTED, TOO_EARLY, Token};
use crate::LaunchError;

/// What a client finds here.
#[derive(Clone)]
pub enum Door {
    /// A program of its choice: to launch, by default with this Python, or to attach to.
    Any(Option<OsString>),
    /// This one.
    Held(Arc<Held>),
}

/// Serves a client until it has gone, and with it the program that it launched. Those who cannot show the token, if
/// there is one, come to no debuggee.
pub fn serve(
    reader: impl Read + Send + 'static,
    writer: impl Write + Send + 'static,
    door: Door,
    token: Option<Token>,
) {
    let client = Arc::new(Client::new(writer));
    let mut session = Session {
        client,
        door,
        token,
        state: Arc::default(),
        debuggee: None,
        launched: None,
        settings: Arc::default(),
        offers: None,
        ending: None,
    };
    let mut inbox = Inbox::new(reader);
    loop {
        let go_on = match inbox.receive() {
            Ok(Some(Message::Request(Request { seq, command, arguments }))) => {
                session.handle(Incoming { seq, command, arguments })
            }
            Ok(Some(Message::Response(response))) => {
                session.client.hear(response);
                true
            }
            Ok(Some(Message::Event(_))) => true,
            Err(error) if !error.is_fatal() => true,
            Ok(None) | Err(_) => {
                session.lose();
                false
            }
        };
        if !go_on {
            break;
        }
    }
    session.client.close();
    session.join();
}

struct Session {
    client: Arc<Client>,
    door: Door,
    token: Option<Token>,
    state: State,
    /// The debuggee's thread.
    debuggee: Option<JoinHandle<()>>,
    /// What it was launched with.
    launched: Option<Value>,
    /// What the client has set in it.
    settings: Arc<Mutex<Settings>>,
    /// Where the children wait of a program that was there before.
    offers: Option<Offers>,
    /// The end of that, wherever it is.
    ending: Option<Ending>,
}

impl Session {
    /// Answers a request, or sees to its answer; false when the conversation is over.
    fn handle(&mut self, request: Incoming) -> bool {
        let ticket = request.ticket();
        match request.command.as_str() {
            requests::Initialize::COMMAND => self.initialize(&request),
            requests::Disconnect::COMMAND => {
                self.disconnect(&request);
                return false;
            }
            _ if !self.client.is_initialized() => {
                self.client.refuse(&ticket, TOO_EARLY, "the first request must be 'initialize'");
            }
            requests::Launch::COMMAND | requests::Attach::COMMAND => return self.start(request),
            requests::Restart::COMMAND => self.restart(&request),
            requests::Terminate::COMMAND => self.terminate(request),
            requests::Cancel::COMMAND => self.cancel(&request),
            // Between hub and agent only.
            extensions::Release::COMMAND => unknown(&self.client, &ticket),
            _ => dispatch(&self.client, &mut lock(&self.state), request),
        }
        true
    }

    fn initialize(&self, request: &Incoming) {
        let outcome = request.parse::<requests::Initialize>().and_then(|facts| {
            let first = self.client.introduce(facts);
            let again = || ErrorBody::new(TOO_EARLY, "the session is initialized already");
            let is_held = matches!(self.door, Door::Held(_));
            let capabilities = Capabilities { support_suspend_debuggee: is_held.then_some(true), ..capabilities() };
            first.then(|| to_value(capabilities)).ok_or_else(again)
        });
        self.client.respond(&request.ticket(), outcome);
    }

    /// `launch` and `attach`; false if the client is turned away.
    fn start(&mut self, request: Incoming) -> bool {
        let ticket = request.ticket();
        if let Some(token) = &self.token
            && !token.is(request.arguments.get("token").and_then(Value::as_str))
        {
            let text = format!("'{}' needs the \"token\" that this port was opened with", ticket.command);
            self.client.respond(&ticket, Err(ErrorBody::new(NOT_HERE, text).shown()));
            return false;
        }
        if !matches!(*lock(&self.state), Phase::Idle) {
            self.client.refuse(&ticket, NOT_HERE, "this session has its program already");
            return true;
        }
        let claims = request.arguments.get("pausaChild").is_some_and(Value::is_object);
        let outcome = match (self.door.clone(), ticket.command == requests::Launch::COMMAND) {
            (Door::Held(_), false) if claims => self.attach_child(&ticket, request.arguments),
            (Door::Any(_), true) => self.launch(&ticket, request.arguments, Beginning::First),
            (Door::Any(_), false) => self.attach(&ticket, request.arguments),
            (Door::Held(held), false) => self.attach_held(&ticket, request.arguments, &held),
            (Door::Held(_), true) => {
                Err(ErrorBody::new(NOT_HERE, "a program runs here already: use \"attach\" instead of \"launch\""))
            }
        };
        if let Err(error) = outcome {
            self.client.respond(&ticket, Err(error.shown()));
        }
        true
    }

    fn launch(&mut self, ticket: &Ticket, arguments: Value, beginning: Beginning) -> Result<(), ErrorBody> {
        let Door::Any(python) = self.door.clone() else {
            return Err(ErrorBody::new(NOT_HERE, "nothing is launched here"));
        };
        self.launched = Some(arguments.clone());
        let arguments: LaunchArguments = arguments::read(&ticket.command, arguments)?;
        let facts = self.client.facts();
        let around = Surroundings {
            python: python.as_deref(),
            terminals: facts.supports_run_in_terminal_request == Some(true),
            shell_arguments: facts.supports_args_can_be_interpreted_by_shell == Some(true),
        };
        let mut attach = starting::attach_arguments(&arguments.common, true);
        let launched = self.launched.clone().unwrap_or_default();
        let (inherited, sub_process) = (inherited(&launched), arguments.common.sub_process);
        let roots = arguments.common.path_mappings.clone().unwrap_or_default();
        let plan = plan(arguments, &around).map_err(|why| ErrorBody::new(NOT_STARTED, why))?;
        if beginning == Beginning::First {
            plan.words.iter().for_each(|word| self.client.say(word));
        }
        let mappings = PathMappings::new(roots, plan.launch.folder.as_ref().and_then(|folder| folder.to_str()));
        let name = launched.get("name").and_then(Value::as_str).unwrap_or(&plan.name);
        let offers = if plan.debug { self.offer(sub_process, name, inherited, &mut attach)? } else { None };
        self.begin(ticket, mappings, beginning, offers, move |client, abort| {
            starting::launch(client, &plan, attach, abort)
        })
    }

    /// Opens a place for the program's children, if the client can start sessions for them, and says so to the agent.
    fn offer(
        &mut self,
        sub_process: Option<bool>,
        name: &str,
        inherited: Map<String, Value>,
        attach: &mut Value,
    ) -> Result<Option<Offers>, ErrorBody> {
        if sub_process == Some(false) {
            return Ok(None);
        }
        if self.client.facts().supports_start_debugging_request != Some(true) {
            if sub_process == Some(true) {
                self.client.say(
                    "\"subProcess\": true: this editor cannot start sessions for child processes: they run undebugged",
                );
            }
            return Ok(None);
        }
        let offers = Offers::open(&self.client, name.to_owned(), inherited);
        let offers = offers.map_err(|error| ErrorBody::new(NOT_STARTED, error.to_string()))?;
        if let Some(fields) = attach.as_object_mut() {
            fields.insert("children".into(), offers.address().into());
        }
        self.ending = Some(offers.ending());
        Ok(Some(offers))
    }

    fn attach(&mut self, ticket: &Ticket, arguments: Value) -> Result<(), ErrorBody> {
        let (inherited, claim) = (inherited(&arguments), arguments.get("pausaChild").cloned());
        let name = arguments.get("name").and_then(Value::as_str).unwrap_or("child").to_owned();
        let arguments: AttachArguments = arguments::read(&ticket.command, arguments)?;
        let place = starting::place(&arguments).map_err(|why| ErrorBody::new(NOT_STARTED, why))?;
        arguments::words(&arguments.common.others).iter().for_each(|word| self.client.say(word));
        let mut attach = starting::attach_arguments(&arguments.common, false);
        let offers = match place {
            Place::Process(_) | Place::Child(_) => {
                self.offer(arguments.common.sub_process, &name, inherited.clone(), &mut attach)?
            }
            // Children are near their parent, and so is the adapter there.
            Place::Connect(_) | Place::Listen(_) => None,
        };
        if let (Place::Connect(_), Some(claim), Some(fields)) = (&place, claim, attach.as_object_mut()) {
            fields.insert("pausaChild".into(), claim);
        }
        let mappings = PathMappings::new(arguments.common.path_mappings.unwrap_or_default(), None);
        let has_token = arguments.common.token.is_some();
        self.begin(ticket, mappings, Beginning::First, offers, move |client, abort| {
            starting::attach(&place, has_token, attach, inherited, client, abort)
        })
    }

    /// A session for a child of the program that is held here, which is no more held than any other.
    fn attach_child(&mut self, ticket: &Ticket, mut arguments: Value) -> Result<(), ErrorBody> {
        self.door = Door::Any(None);
        if let Some(fields) = arguments.as_object_mut() {
            // How the client has come here.
            fields.retain(|name, _| !["connect", "listen", "host", "port"].contains(&name.as_str()));
        }
        self.attach(ticket, arguments)
    }

    fn attach_held(&mut self, ticket: &Ticket, arguments: Value, held: &Held) -> Result<(), ErrorBody> {
        let (inherited, named) = (inherited(&arguments), arguments.get("name").cloned());
        let arguments: AttachArguments = arguments::read(&ticket.command, arguments)?;
        arguments::words(&arguments.common.others).iter().for_each(|word| self.client.say(word));
        let mut attach = starting::attach_arguments(&arguments.common, false);
        let mappings = PathMappings::new(arguments.common.path_mappings.unwrap_or_default(), None);
        let audience = Audience::new(&self.client, mappings, &self.settings);
        let first = held.take(&audience).map_err(|why| ErrorBody::new(NOT_HERE, why))?;
        let link = held.link();
        let name = named.as_ref().and_then(Value::as_str).unwrap_or(&link.name);
        self.offers = self.offer(arguments.common.sub_process, name, inherited, &mut attach)?;
        if !first && let Some(fields) = attach.as_object_mut() {
            // A program that runs has its entry behind it.
            fields.remove("stopOnEntry");
        }
        let mut phase = lock(&self.state);
        link.initialize(Some(&self.client));
        link.forward(&audience, ticket.clone(), extensions::Attach::COMMAND, attach);
        *phase = Phase::Debugged(link, audience);
        Ok(())
    }

    /// Starts the debuggee's thread, which answers the request.
    fn begin(
        &mut self,
        ticket: &Ticket,
        mappings: PathMappings,
        beginning: Beginning,
        offers: Option<Offers>,
        start: impl FnOnce(&Client, &Abort) -> Result<Started, LaunchError> + Send + 'static,
    ) -> Result<(), ErrorBody> {
        let abort = Abort::default();
        *lock(&self.state) = Phase::Starting { abort: abort.clone(), waiting: Vec::new() };
        let audience = Audience::new(&self.client, mappings, &self.settings);
        let (state, ticket) = (Arc::clone(&self.state), ticket.clone());
        let run = move || match start(&audience.client, &abort) {
            Ok(started) => {
                follow(started, offers, &state, &audience, ticket, beginning);
            }
            Err(error) => fail(&error, &state, &audience.client, &ticket, beginning),
        };
        let thread = thread::Builder::new().name("pausa-debuggee".into()).spawn(run);
        self.debuggee = Some(thread.map_err(|error| ErrorBody::new(NOT_STARTED, error.to_string()))?);
        Ok(())
    }

    /// Ends the program that was launched and starts it again, with other arguments if there are some, and with all that
    /// the client has set.
    fn restart(&mut self, request: &Incoming) {
        let ticket = request.ticket();
        let fresh = request.arguments.get("arguments").filter(|arguments| arguments.is_object()).cloned();
        let mut phase = lock(&self.state);
        let link = match (&*phase, &self.launched) {
            (Phase::Debugged(link, _) | Phase::Undebugged(link), Some(_)) => Arc::clone(link),
            (Phase::Debugged(..) | Phase::Undebugged(_), None) => {
                return self.client.refuse(
                    &ticket,
                    NOT_HERE,
                    "pausa has not launched this program and cannot restart it",
                );
            }
            _ => return self.client.refuse(&ticket, ENDED, "there is no program to restart"),
        };
        *phase = Phase::Idle;
        drop(phase);
        self.ending.iter().for_each(Ending::end);
        link.is_replaced();
        link.program.iter().for_each(|program| program.kill());
        self.join();
        *lock(&self.state) = Phase::Idle;
        let arguments = fresh.or_else(|| self.launched.clone()).unwrap_or_default();
        if let Err(error) = self.launch(&ticket, arguments, Beginning::Restart) {
            self.client.respond(&ticket, Err(error.shown()));
            self.client.event::<events::Terminated>(TerminatedEvent::default());
        }
    }

    fn cancel(&self, request: &Incoming) {
        let ticket = request.ticket();
        let wanted = match request.parse::<requests::Cancel>() {
            Ok(arguments) => arguments,
            Err(error) => return self.client.respond(&ticket, Err(error)),
        };
        let mut phase = lock(&self.state);
        match &mut *phase {
            Phase::Starting { waiting, .. } => {
                if let Some(at) = waiting.iter().position(|request| Some(request.seq) == wanted.request_id) {
                    let cancelled = ErrorBody::new(ENDED, "the request was cancelled").with_code("cancelled");
                    self.client.respond(&waiting.remove(at).ticket(), Err(cancelled));
                }
            }
            Phase::Debugged(link, audience) if link.cancel(audience, ticket.clone(), &wanted) => return,
            // What is answered already cannot be cancelled, which is no fault of who asks.
            _ => {}
        }
        drop(phase);
        self.client.succeed(&ticket);
    }

    fn terminate(&self, request: Incoming) {
        let ticket = request.ticket();
        let mut phase = lock(&self.state);
        match &mut *phase {
            Phase::Debugged(..) => return dispatch(&self.client, &mut phase, request),
            Phase::Starting { abort, .. } => abort.give_up(),
            Phase::Undebugged(link) => link.program.iter().for_each(|program| program.terminate()),
            Phase::Idle | Phase::Over => {}
        }
        drop(phase);
        self.client.succeed(&ticket);
    }

    /// The client says goodbye.
    fn disconnect(&mut self, request: &Incoming) {
        let ticket = request.ticket();
        let arguments = request.parse::<requests::Disconnect>().unwrap_or_else(|_| DisconnectArguments::default());
        self.ending.iter().for_each(Ending::end);
        let phase = mem::replace(&mut *lock(&self.state), Phase::Over);
        if let (Phase::Debugged(link, audience), Door::Held(held)) = (&phase, &self.door) {
            return self.leave_held(held, link, audience, ticket, arguments);
        }
        match phase {
            Phase::Debugged(link, audience) => {
                let terminate = arguments.terminate_debuggee.unwrap_or(link.program.is_some());
                match link.program.clone().filter(|_| terminate) {
                    Some(program) => {
                        program.kill();
                        self.join();
                    }
                    None => return part(&link, &audience, ticket, terminate),
                }
            }
            Phase::Starting { abort, waiting } => {
                abort.give_up();
                refuse_all(&self.client, waiting);
                self.join();
            }
            Phase::Undebugged(link) if arguments.terminate_debuggee != Some(false) => {
                link.program.iter().for_each(|program| program.kill());
                self.join();
            }
            Phase::Undebugged(link) => link.program.iter().for_each(|program| program.leave()),
            Phase::Idle | Phase::Over => {}
        }
        self.client.succeed(&ticket);
    }

    /// The client leaves a program that goes on without it, unless it says otherwise.
    fn leave_held(&self, held: &Held, link: &Link, audience: &Audience, ticket: Ticket, wish: DisconnectArguments) {
        let _farewell = held.farewell();
        if wish.terminate_debuggee != Some(true) {
            link.release(wish.suspend_debuggee == Some(true));
            return self.client.succeed(&ticket);
        }
        match &link.program {
            Some(program) => {
                program.kill();
                link.wait_closed(GOODBYE);
                self.client.succeed(&ticket);
            }
            None => {
                link.forward(audience, ticket, requests::Disconnect::COMMAND, to_value(wish));
                link.wait_closed(GOODBYE);
            }
        }
    }

    /// The client has gone without a word.
    fn lose(&mut self) {
        self.ending.iter().for_each(Ending::end);
        let phase = mem::replace(&mut *lock(&self.state), Phase::Over);
        self.client.close();
        match phase {
            Phase::Debugged(link, _) if matches!(self.door, Door::Held(_)) => link.release(false),
            Phase::Debugged(link, _) => match &link.program {
                Some(program) => program.kill(),
                None => link.close(),
            },
            Phase::Starting { abort, .. } => abort.give_up(),
            Phase::Undebugged(link) => link.program.iter().for_each(|program| program.kill()),
            Phase::Idle | Phase::Over => {}
        }
    }

    /// Waits until the debuggee's thread is through.
    fn join(&mut self) {
        if let Some(thread) = self.debuggee.take() {
            // It panics in no case; if it did, there would be nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// Leaves a program that goes on without us, or ends one that is not ours, by its agent.
fn part(link: &Link, audience: &Audience, ticket: Ticket, terminate: bool) {
    if let Some(program) = &link.program {
        program.leave();
    }
    let arguments = DisconnectArguments { terminate_debuggee: Some(terminate), ..Default::default() };
    link.forward(audience, ticket, requests::Disconnect::COMMAND, to_value(arguments));
    if !link.wait_closed(GOODBYE) {
        // A program that is deep in C code lets its agent go when it comes back.
        link.close();
    }
}
