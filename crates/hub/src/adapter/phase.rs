//! Where a session stands, and who answers a request there.
//!
//! Shared by the client's thread (`session`) and the debuggee's (`following`). Invariant: both change the phase under its
//! lock, and what comes while the debuggee is on its way is answered once it is there, or will not be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pausa_dap::requests::Request as _;
use pausa_dap::server::Ticket;
use pausa_dap::types::{Breakpoint, SetBreakpointsArguments, SetBreakpointsResponse, ThreadsResponse};
use pausa_dap::{ErrorBody, Incoming, requests};
use serde_json::Value;

use super::client::{Client, to_value};
use super::console;
use super::link::{Audience, Link};
use super::{Abort, ENDED, NOT_HERE, TOO_EARLY};

/// Where a session stands.
#[derive(Default)]
pub(super) enum Phase {
    /// There is no debuggee yet.
    #[default]
    Idle,
    /// It is on its way; what the client asks meanwhile waits.
    Starting { abort: Abort, waiting: Vec<Incoming> },
    /// Its agent answers.
    Debugged(Arc<Link>, Audience),
    /// It runs without an agent, as the client wanted.
    Undebugged(Arc<Link>),
    /// It has ended, or the client has left it.
    Over,
}

pub(super) type State = Arc<Mutex<Phase>>;

/// How a debuggee begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    First,
    Restart,
}

/// A request that the agent is to answer, or that comes when there is none.
pub(super) fn dispatch(client: &Client, phase: &mut Phase, request: Incoming) {
    match phase {
        Phase::Idle => {
            let text =
                format!("'{}' comes too early: there is no program yet, send 'launch' or 'attach'", request.command);
            client.refuse(&request.ticket(), TOO_EARLY, text);
        }
        Phase::Starting { waiting, .. } => waiting.push(request),
        Phase::Debugged(link, audience) => {
            let ticket = request.ticket();
            if let Some(line) = console::line(&request) {
                return link.command(audience, ticket, &line);
            }
            match console::completions(&request) {
                Some(found) => client.respond(&ticket, Ok(to_value(found))),
                None => link.forward(audience, ticket, &request.command, request.arguments),
            }
        }
        Phase::Undebugged(_) => answer_undebugged(client, &request),
        Phase::Over => client.refuse(&request.ticket(), ENDED, "the program has ended"),
    }
}

/// What a client asks of a program that runs without debugger, as it wanted.
fn answer_undebugged(client: &Client, request: &Incoming) {
    let outcome = match request.command.as_str() {
        requests::ConfigurationDone::COMMAND
        | requests::SetExceptionBreakpoints::COMMAND
        | requests::SetFunctionBreakpoints::COMMAND => Ok(serde_json::json!({ "breakpoints": [] })),
        requests::SetBreakpoints::COMMAND => request.parse::<requests::SetBreakpoints>().map(unverified),
        requests::Threads::COMMAND => Ok(to_value(ThreadsResponse::default())),
        _ => Err(ErrorBody::new(NOT_HERE, "the program runs without debugging")),
    };
    client.respond(&request.ticket(), outcome);
}

fn unverified(arguments: SetBreakpointsArguments) -> Value {
    let breakpoints = arguments.breakpoints.unwrap_or_default();
    let message = Some("the program runs without debugging".to_owned());
    let breakpoints = breakpoints.iter().map(|_| Breakpoint { message: message.clone(), ..Default::default() });
    to_value(SetBreakpointsResponse { breakpoints: breakpoints.collect() })
}

pub(super) fn unknown(client: &Client, ticket: &Ticket) {
    client.refuse(ticket, ErrorBody::UNKNOWN, format!("pausa does not know the request '{}'", ticket.command));
}

pub(super) fn refuse_all(client: &Client, requests: Vec<Incoming>) {
    for request in requests {
        client.refuse(&request.ticket(), ENDED, "there is no program");
    }
}

pub(super) fn lock(state: &State) -> MutexGuard<'_, Phase> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
