//! The debuggee's thread of a session: introduces the program to the client, carries between them, and says when it has ended.
//!
//! Started by `session`. Invariant: the request that began it is answered once, and whatever came meanwhile.

use std::mem;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use pausa_dap::requests::Request as _;
use pausa_dap::server::Ticket;
use pausa_dap::types::TerminatedEvent;
use pausa_dap::{ErrorBody, events, extensions};

use super::NOT_STARTED;
use super::children::Offers;
use super::client::Client;
use super::link::{Audience, Link};
use super::phase::{Beginning, Phase, State, dispatch, lock, refuse_all};
use super::pump::Pump;
use super::starting::Started;
use crate::{LaunchError, Output};

/// The debuggee could not be started.
pub(super) fn fail(error: &LaunchError, state: &State, client: &Client, ticket: &Ticket, beginning: Beginning) {
    let mut phase = lock(state);
    client.respond(ticket, Err(ErrorBody::new(NOT_STARTED, error.to_string()).shown()));
    if beginning == Beginning::Restart {
        client.event::<events::Terminated>(TerminatedEvent::default());
    }
    if let Phase::Starting { waiting, .. } = &mut *phase {
        refuse_all(client, mem::take(waiting));
        *phase = Phase::Idle;
    }
}

/// The debuggee is there: introduces it to the client, carries between them, and says when it has ended.
pub(super) fn follow(
    started: Started,
    offers: Option<Offers>,
    state: &State,
    audience: &Audience,
    ticket: Ticket,
    beginning: Beginning,
) {
    // The luggage is kept until the end.
    let Started { stream, program, output, ended, attach, pid, relative, relayed, method, name, luggage: _luggage } =
        started;
    let pid = pid.or(program.as_ref().map(|program| program.pid()));
    let Some(stream) = stream else {
        let link = Arc::new(Link::new(std::io::sink(), program, pid, method, name));
        return follow_undebugged(&link, output, ended, state, audience, &ticket);
    };
    let writer = match stream.try_clone() {
        Ok(writer) => writer.ending(),
        Err(error) => return fail(&LaunchError::Wait(error), state, &audience.client, &ticket, beginning),
    };
    let link = Arc::new(Link::new(writer, program, pid, method, name).of(relative).relaying(relayed));
    link.take(audience.clone());
    {
        let mut phase = lock(state);
        let Phase::Starting { waiting, .. } = &mut *phase else {
            // The client has left meanwhile, and the program has been ended.
            audience.client.respond(&ticket, Err(abandoned()));
            return link.close();
        };
        let waiting = mem::take(waiting);
        link.initialize(Some(&audience.client));
        if beginning == Beginning::Restart {
            link.replaces_another();
        }
        link.forward(audience, ticket, extensions::Attach::COMMAND, attach);
        if beginning == Beginning::Restart {
            link.carry_over(audience);
        }
        *phase = Phase::Debugged(Arc::clone(&link), audience.clone());
        waiting.into_iter().for_each(|request| dispatch(&audience.client, &mut phase, request));
    }
    Pump::new(&link, Some(stream), output, ended).run();
    // What was launched leads a group, with its children in it.
    let group = link.program.as_ref().map(|program| program.pid());
    offers.iter().for_each(|offers| offers.settle(group));
    link.finish();
    *lock(state) = Phase::Over;
}

fn follow_undebugged(
    link: &Arc<Link>,
    output: Option<Output>,
    ended: Option<UnixStream>,
    state: &State,
    audience: &Audience,
    ticket: &Ticket,
) {
    link.take(audience.clone());
    {
        let mut phase = lock(state);
        let Phase::Starting { waiting, .. } = &mut *phase else {
            return audience.client.respond(ticket, Err(abandoned()));
        };
        let waiting = mem::take(waiting);
        audience.client.succeed(ticket);
        link.tell_process(&audience.client);
        audience.client.event::<events::Initialized>(());
        *phase = Phase::Undebugged(Arc::clone(link));
        waiting.into_iter().for_each(|request| dispatch(&audience.client, &mut phase, request));
    }
    Pump::new(link, None, output, ended).run();
    // It may have ended before the client has said all about breakpoints, which is answered as before.
    link.finish();
}

fn abandoned() -> ErrorBody {
    ErrorBody::new(NOT_STARTED, LaunchError::Abandoned.to_string())
}
