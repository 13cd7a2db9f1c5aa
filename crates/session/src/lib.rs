//! One debuggee's debug session: requests of the protocol in, commands of the engine out.
//!
//! Used by `agent`, on its own thread. Invariant: every request is answered, in whatever state the debuggee is; this
//! thread never waits for the interpreter: what needs it is posted to a thread that has it, and answered from there.

mod alone;
mod breakpoints;
mod capabilities;
mod client;
mod control;
mod data_breakpoints;
mod evaluation;
mod exception;
mod exception_breakpoints;
mod instructions;
mod locks;
mod log;
mod memory;
mod objects;
mod pending;
mod policy;
mod presence;
mod progress;
mod reload;
mod sources;
mod stack;
mod stacks;
mod targets;
mod tasks;
mod variables;
mod voice;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pausa_dap::ReceiveError;
use pausa_dap::requests::Request;
use pausa_dap::server::{ErrorBody, Incoming, Outgoing, Requests, Ticket};
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Alarm, Commands, Debuggee, Flow, Refusal, ThreadId};

pub use client::ClientFacts;
pub use log::Spawn;
use pending::Pending;
pub use policy::Policy;
pub use presence::Presence;
use progress::Progress;
use sources::Known;
pub use voice::Voice;

/// The id of errors that the engine or the program gave a reason for.
const REFUSED: i64 = 10;
/// The id of errors about a thread that runs.
const NOT_STOPPED: i64 = 11;

/// A session with one client.
pub struct Session {
    debuggee: Arc<dyn Debuggee>,
    outgoing: Outgoing,
    shared: Arc<Shared>,
    presence: Arc<Presence>,
    /// The program is to end when the client goes away without a word.
    end_with_client: AtomicBool,
    /// The client wants to see the program stopped first of all.
    stop_on_entry: AtomicBool,
    /// The last client has left the program suspended.
    suspended: AtomicBool,
    policy: Policy,
    is_cut: AtomicBool,
}

/// What tasks on other threads need of the session.
#[derive(Default)]
struct Shared {
    /// What the client said of itself.
    client: Arc<ClientFacts>,
    /// The requests that are not answered yet.
    pending: Pending,
    /// What is told when the request that runs has been answered.
    after_answer: AfterAnswer,
    /// What the client has listed and is told of when it changes.
    known: Mutex<Known>,
    /// How many milliseconds an evaluation may take; 0 for any number.
    time_limit: AtomicU64,
    /// The client wants tasks among the threads.
    tasks: AtomicBool,
    /// Steps run their thread alone, unless they say otherwise.
    steps_alone: AtomicBool,
    /// How often one thread was run alone.
    runs_alone: AtomicU64,
    /// Rings when it is time to look how a thread that runs alone fares.
    alone_alarm: Mutex<Option<Alarm>>,
    /// Paths whose text is asked of us, by source reference, from 1.
    sources: Mutex<Vec<String>>,
    /// Files in which the client has set breakpoints.
    files: Mutex<BTreeSet<String>>,
}

/// Something to be told after the answer, as the order of messages matters to clients.
type Tale = Box<dyn FnOnce(&mut dyn Commands, &Outgoing, &Shared) + Send>;

/// See [`Shared::after_answer`].
#[derive(Default)]
struct AfterAnswer(Mutex<Vec<Tale>>);

impl AfterAnswer {
    fn push(&self, tale: impl FnOnce(&mut dyn Commands, &Outgoing, &Shared) + Send + 'static) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(tale));
    }

    fn take(&self) -> Vec<Tale> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared {
    /// What the client shows of variables may be wrong now.
    fn invalidate(&self) {
        if self.client.wants_invalidated() {
            self.after_answer.push(|_, outgoing, _| {
                let body = types::InvalidatedEvent { areas: Some(vec!["variables".into()]), ..Default::default() };
                outgoing.event::<events::Invalidated>(body);
            });
        }
    }

    /// A client has come: it knows nothing yet.
    fn introduce(&self, facts: types::InitializeRequestArguments) {
        self.client.introduce(facts);
        *self.known() = Known::default();
    }

    fn alone_alarm(&self) -> MutexGuard<'_, Option<Alarm>> {
        self.alone_alarm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time_limit(&self) -> Option<Duration> {
        let milliseconds = self.time_limit.load(Ordering::Relaxed);
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
    }

    fn shows_tasks(&self) -> bool {
        self.tasks.load(Ordering::Relaxed)
    }

    fn source_reference(&self, path: &str) -> i64 {
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let at = sources.iter().position(|known| known == path).unwrap_or_else(|| {
            sources.push(path.to_owned());
            sources.len() - 1
        });
        at as i64 + 1
    }

    fn source_path(&self, reference: i64) -> Option<String> {
        let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(reference - 1).ok().and_then(|at| sources.get(at).cloned())
    }
}

/// What a handler gives back: the response's body, or why there is none.
type Answer<R> = Result<<R as Request>::Response, ErrorBody>;

fn refused(Refusal(why): Refusal) -> ErrorBody {
    ErrorBody::new(REFUSED, why)
}

impl Session {
    /// A session that drives this debuggee, says in `presence` whether a client attends, and in `client` what it knows.
    #[must_use]
    pub fn new(
        debuggee: Box<dyn Debuggee>,
        outgoing: Outgoing,
        presence: Arc<Presence>,
        client: Arc<ClientFacts>,
        policy: Policy,
    ) -> Self {
        let debuggee = Arc::from(debuggee);
        let shared = Arc::new(Shared { client, ..Shared::default() });
        let (end_with_client, stop_on_entry, suspended) = Default::default();
        Self {
            debuggee,
            outgoing,
            shared,
            presence,
            end_with_client,
            stop_on_entry,
            suspended,
            policy,
            is_cut: AtomicBool::new(false),
        }
    }

    /// What the client may do.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// True when it is over because the program has closed the connection, and not its client.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    /// Serves the client until it goes, or until the stream is interrupted: then the requests are given back, to be
    /// served again. When the client has gone the debuggee is left to itself.
    pub fn serve(&self, mut requests: Requests) -> Option<Requests> {
        let is_cut = loop {
            match requests.next_request() {
                Ok(Some(request)) => self.handle(&request),
                Err(ReceiveError::Stream(error)) if error.kind() == ErrorKind::WouldBlock => return Some(requests),
                Err(error) if !error.is_fatal() => {}
                // The program has closed our connection, as daemons do.
                Err(ReceiveError::Stream(error)) if error.kind() == ErrorKind::NotConnected => break true,
                Ok(None) | Err(_) => break false,
            }
        };
        self.is_cut.store(is_cut, Ordering::Relaxed);
        self.outgoing.close();
        self.presence.set(false);
        self.debuggee.cancel_evaluation();
        let end = self.end_with_client.load(Ordering::Relaxed);
        self.debuggee.post(Box::new(move |commands| {
            if is_cut {
                commands.detach_but_follow();
            } else {
                commands.detach();
            }
            // A program that has closed the connection still has its client, which sees it run.
            if end && !is_cut {
                commands.terminate(true);
            }
            Flow::Resume
        }));
        None
    }

    fn handle(&self, request: &Incoming) {
        if let Err(error) = self.policy.judge(request) {
            return self.outgoing.respond(request, Err(error));
        }
        match request.command.as_str() {
            requests::Initialize::COMMAND => self.initialize(request),
            extensions::Attach::COMMAND => self.attach(request),
            requests::ConfigurationDone::COMMAND => self.configuration_done(request),
            requests::SetBreakpoints::COMMAND => self.set_breakpoints(request),
            requests::BreakpointLocations::COMMAND => self.breakpoint_locations(request),
            requests::SetFunctionBreakpoints::COMMAND => self.set_function_breakpoints(request),
            requests::DataBreakpointInfo::COMMAND => self.data_breakpoint_info(request),
            requests::SetDataBreakpoints::COMMAND => self.set_data_breakpoints(request),
            requests::SetExceptionBreakpoints::COMMAND => self.set_exception_breakpoints(request),
            requests::Threads::COMMAND => self.threads(request),
            requests::StackTrace::COMMAND => self.stack_trace(request),
            requests::Scopes::COMMAND => self.scopes(request),
            requests::Variables::COMMAND => self.variables(request),
            requests::Source::COMMAND => self.source(request),
            requests::Evaluate::COMMAND => self.evaluate(request),
            requests::SetVariable::COMMAND => self.set_variable(request),
            requests::SetExpression::COMMAND => self.set_expression(request),
            requests::Completions::COMMAND => self.completions(request),
            requests::ExceptionInfo::COMMAND => self.exception_info(request),
            requests::Continue::COMMAND => self.continue_(request),
            requests::Next::COMMAND => self.next(request),
            requests::StepIn::COMMAND => self.step_in(request),
            requests::StepOut::COMMAND => self.step_out(request),
            extensions::Until::COMMAND => self.until(request),
            requests::Pause::COMMAND => self.pause(request),
            extensions::NextCall::COMMAND => self.next_call(request),
            extensions::StepExpression::COMMAND => self.step_expression(request),
            extensions::Computed::COMMAND => self.computed(request),
            requests::StepInTargets::COMMAND => self.step_in_targets(request),
            requests::Disassemble::COMMAND => self.disassemble(request),
            requests::SetInstructionBreakpoints::COMMAND => self.set_instruction_breakpoints(request),
            requests::GotoTargets::COMMAND => self.goto_targets(request),
            requests::Goto::COMMAND => self.goto(request),
            requests::RestartFrame::COMMAND => self.restart_frame(request),
            requests::TerminateThreads::COMMAND => self.terminate_threads(request),
            requests::Modules::COMMAND => self.modules(request),
            requests::LoadedSources::COMMAND => self.loaded_sources(request),
            requests::Locations::COMMAND => self.locations(request),
            requests::ReadMemory::COMMAND => self.read_memory(request),
            requests::WriteMemory::COMMAND => self.write_memory(request),
            requests::Cancel::COMMAND => self.cancel(request),
            requests::Terminate::COMMAND => self.terminate(request),
            requests::Disconnect::COMMAND => self.disconnect(request),
            extensions::Release::COMMAND => self.release(request),
            extensions::FrameCode::COMMAND => self.frame_code(request),
            extensions::Exceptions::COMMAND => self.exceptions(request),
            extensions::ExceptionStack::COMMAND => self.exception_stack(request),
            extensions::Events::COMMAND => self.events(request),
            extensions::Instances::COMMAND => self.instances(request),
            extensions::Referrers::COMMAND => self.referrers(request),
            extensions::Locks::COMMAND => self.locks(request),
            extensions::ForceReturn::COMMAND => self.force_return(request),
            extensions::Throw::COMMAND => self.throw(request),
            extensions::Reload::COMMAND => self.reload(request),
            extensions::Size::COMMAND => self.size(request),
            extensions::Stacks::COMMAND => self.stacks(request),
            extensions::Tasks::COMMAND => self.tasks(request),
            unknown => {
                let text = format!("pausa's agent does not answer '{unknown}'");
                self.outgoing.respond(request, Err(ErrorBody::new(ErrorBody::UNKNOWN, text)));
            }
        }
    }

    /// Parses a request, has `work` done where Python may run, and answers with what it gives.
    fn ask<R: Request>(
        &self,
        request: &Incoming,
        work: impl FnOnce(&mut dyn Commands, R::Arguments, &Shared) -> Answer<R> + Send + 'static,
    ) where
        R::Arguments: Send + 'static,
    {
        self.ask_in_turn::<R>(request, false, work);
    }

    /// The same for work that may take long: its progress is told, and its time is limited.
    fn ask_long<R: Request>(
        &self,
        request: &Incoming,
        work: impl FnOnce(&mut dyn Commands, R::Arguments, &Shared) -> Answer<R> + Send + 'static,
    ) where
        R::Arguments: Send + 'static,
    {
        self.ask_in_turn::<R>(request, true, work);
    }

    fn ask_in_turn<R: Request>(
        &self,
        request: &Incoming,
        may_take_long: bool,
        work: impl FnOnce(&mut dyn Commands, R::Arguments, &Shared) -> Answer<R> + Send + 'static,
    ) where
        R::Arguments: Send + 'static,
    {
        let Some(arguments) = self.parse::<R>(request) else { return };
        let (outgoing, ticket, shared) = (self.outgoing.clone(), request.ticket(), self.shared.clone());
        let debuggee = self.debuggee.clone();
        shared.pending.add(ticket.seq);
        self.debuggee.post(Box::new(move |commands| {
            if let Err(cancelled) = shared.pending.begin(ticket.seq, || debuggee.forget_interruption()) {
                outgoing.respond_as::<R>(ticket, Err(cancelled));
                return Flow::Stay;
            }
            let progress = may_take_long.then(|| Progress::begin(ticket.seq, &debuggee, &outgoing, &shared));
            let answer = shared.pending.end(work(commands, arguments, &shared));
            debuggee.forget_interruption();
            if let Some(progress) = progress {
                progress.end(&outgoing);
            }
            outgoing.respond_as::<R>(ticket, answer);
            for tale in shared.after_answer.take() {
                tale(commands, &outgoing, &shared);
            }
            Flow::Stay
        }));
    }

    /// What a request carries; a fault is answered at once.
    fn parse<R: Request>(&self, request: &Incoming) -> Option<R::Arguments> {
        request.parse::<R>().map_err(|error| self.outgoing.respond(request, Err(error))).ok()
    }

    /// As [`Session::ask`], for requests after which the program runs on. The answer leaves before it does.
    fn ask_to_run<R: Request>(
        &self,
        request: &Incoming,
        prepare: impl FnOnce(&mut dyn Commands, R::Arguments) -> Answer<R> + Send + 'static,
    ) where
        R::Arguments: Send + 'static,
    {
        let Some(arguments) = self.parse::<R>(request) else { return };
        let (outgoing, ticket): (Outgoing, Ticket) = (self.outgoing.clone(), request.ticket());
        let debuggee = self.debuggee.clone();
        self.debuggee.post(Box::new(move |commands| {
            debuggee.forget_interruption();
            let answer = match commands.stopped_thread() {
                Some(_) => prepare(commands, arguments),
                None => Err(ErrorBody::new(NOT_STOPPED, "the program is not stopped").with_code("notStopped")),
            };
            let flow = if answer.is_ok() { Flow::Resume } else { Flow::Stay };
            outgoing.respond_as::<R>(ticket, answer);
            flow
        }));
    }
}

/// A thread as the protocol numbers it.
fn thread(id: i64) -> ThreadId {
    ThreadId(id)
}
