//! How a session comes to its debuggee: launched, connected to, or waited for.
//!
//! Run on the debuggee's thread by `session`. Invariant: ends with a debuggee, with a reason, or when it is given up.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde_json::{Map, Value, json};

use super::arguments::{AttachArguments, Console, Endpoint};
use super::child::{self, Claim};
use super::client::Client;
use super::link::{ATTACHED, LAUNCHED};
use super::plan::Plan;
use super::{Abort, Program, terminal};
use crate::launch::{begin, run};
use crate::{Address, Attach, Debuggee, LaunchError, Listener, Luggage, Output, Relative, Stream};

/// A debuggee that is there.
pub(crate) struct Started {
    /// The way to its agent; None for a program that is not debugged.
    pub stream: Option<Stream>,
    /// The program, where it is ours.
    pub program: Option<Arc<dyn Program>>,
    /// What it writes, where that comes to us.
    pub output: Option<Output>,
    /// Closes when the program has ended.
    pub ended: Option<UnixStream>,
    /// What the agent is told with `attach`.
    pub attach: Value,
    /// The program's id, where it is not ours and known all the same.
    pub pid: Option<i32>,
    /// What goes when the session ends.
    pub luggage: Option<Luggage>,
    /// The program, if another one of the debug run has started it.
    pub relative: Option<Relative>,
    /// Another adapter is between us and the agent: what the sessions that it has our client start get of ours.
    pub relayed: Option<Map<String, Value>>,
    /// How the protocol names this.
    pub method: &'static str,
    /// The program's name, for people.
    pub name: String,
}

/// Launches.
pub(crate) fn launch(client: &Client, plan: &Plan, attach: Value, abort: &Abort) -> Result<Started, LaunchError> {
    let (name, method) = (plan.name.clone(), LAUNCHED);
    if plan.console != Console::Internal {
        let terminal::InTerminal { program, stream, ended } = terminal::start(client, plan, abort)?;
        let program: Option<Arc<dyn Program>> = Some(program);
        return Ok(Started {
            stream,
            program,
            output: None,
            ended: Some(ended),
            attach,
            pid: None,
            luggage: None,
            relative: None,
            relayed: None,
            method,
            name,
        });
    }
    if !plan.debug {
        let (process, output, ended) = run(&plan.launch)?;
        let program: Arc<dyn Program> = Arc::new(process);
        abort.own(Arc::clone(&program));
        return Ok(Started {
            stream: None,
            program: Some(program),
            output,
            ended: Some(ended),
            attach,
            pid: None,
            luggage: None,
            relative: None,
            relayed: None,
            method,
            name,
        });
    }
    let starting = begin(&plan.launch)?;
    abort.own(Arc::new(starting.process.clone()));
    let Debuggee { stream, process, output, ended } = starting.wait()?;
    let (stream, program): (_, Arc<dyn Program>) = (Some(Stream::Unix(stream)), Arc::new(process));
    Ok(Started {
        stream,
        program: Some(program),
        output,
        ended: Some(ended),
        attach,
        pid: None,
        luggage: None,
        relative: None,
        relayed: None,
        method,
        name,
    })
}

/// Where a program is to be found that runs already.
#[derive(Debug)]
pub(crate) enum Place {
    Connect(Address),
    Listen(Address),
    Process(Attach),
    /// With another session of this debug run.
    Child(Claim),
}

/// Reads where.
pub(crate) fn place(arguments: &AttachArguments) -> Result<Place, String> {
    let address = |endpoint: &Endpoint| {
        let port = endpoint.port.number().ok_or("\"port\" is no number of a port")?;
        Ok::<_, String>(Address::Tcp(endpoint.host.clone().unwrap_or_else(|| "127.0.0.1".into()), port))
    };
    match (&arguments.pausa_child, &arguments.connect, &arguments.process_id) {
        (Some(claim), None, _) => return Ok(Place::Child(claim.clone())),
        (None, _, Some(process)) => return attach_to(process, arguments).map(Place::Process),
        _ => {}
    }
    match (&arguments.connect, &arguments.listen, &arguments.port) {
        (Some(connect), None, _) => address(connect).map(Place::Connect),
        (None, Some(listen), _) => address(listen).map(Place::Listen),
        (None, None, Some(port)) => {
            address(&Endpoint { host: arguments.host.clone(), port: port.clone() }).map(Place::Connect)
        }
        _ => Err("attach needs one of \"connect\" and \"listen\", each with a \"port\"".into()),
    }
}

/// The process that editors name by its number, or by a text, as their variables give it.
fn attach_to(process: &Value, arguments: &AttachArguments) -> Result<Attach, String> {
    let pid = process.as_i64().or_else(|| process.as_str()?.trim().parse().ok()).and_then(|pid| pid.try_into().ok());
    let pid = pid.filter(|pid: &i32| *pid > 0).ok_or_else(|| format!("\"processId\" is no process's id: {process}"))?;
    let backend = std::env::var("PAUSA_BACKEND").ok().filter(|backend| !backend.is_empty());
    let audit_log = arguments.audit_log.clone().map(Into::into);
    Ok(Attach { backend, read_only: arguments.read_only, audit_log, ..Attach::new(pid) })
}

/// Finds it.
pub(crate) fn attach(
    place: &Place,
    has_token: bool,
    attach: Value,
    relayed: Map<String, Value>,
    client: &Client,
    abort: &Abort,
) -> Result<Started, LaunchError> {
    let found = |stream, name| Started {
        stream: Some(stream),
        program: None,
        output: None,
        ended: None,
        attach,
        pid: None,
        luggage: None,
        relative: None,
        relayed: None,
        method: ATTACHED,
        name,
    };
    match place {
        Place::Connect(address) => {
            let failed = |error| LaunchError::Agent(format!("nobody answers at {address}: {error}"));
            let stream = Stream::connect(address).map_err(failed)?;
            Ok(Started { relayed: Some(relayed), ..found(stream, address.to_string()) })
        }
        Place::Listen(address) => {
            let listener = Listener::bind(address, has_token).map_err(|error| LaunchError::Agent(error.to_string()))?;
            let (given_up, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
            abort.set(ours);
            wait_for_peer(&listener, &given_up)?;
            listener.accept().map(|stream| found(stream, address.to_string())).map_err(LaunchError::Wait)
        }
        Place::Process(process) => {
            let (given_up, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
            abort.set(ours);
            let attached = crate::attach(process, Some(&given_up), &mut |word| client.say(word))?;
            let (pid, luggage) = (Some(process.pid), Some(attached.luggage));
            Ok(Started { pid, luggage, ..found(Stream::Unix(attached.stream), attached.name) })
        }
        Place::Child(claim) => {
            let (stream, relative) = child::fetch(claim)?;
            let (pid, name) = (Some(relative.pid()), relative.command());
            Ok(Started { pid, relative: Some(relative), ..found(Stream::Unix(stream), name) })
        }
    }
}

fn wait_for_peer(listener: &Listener, given_up: &UnixStream) -> Result<(), LaunchError> {
    loop {
        let mut ends = [listener.as_fd(), given_up.as_fd()].map(|end| PollFd::new(end, PollFlags::POLLIN));
        match poll(&mut ends, PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(LaunchError::Wait(errno.into())),
            Ok(_) => {}
        }
        let [dialled, given_up] = ends.map(|end| end.any().unwrap_or(true));
        if given_up {
            return Err(LaunchError::Abandoned);
        }
        if dialled {
            return Ok(());
        }
    }
}

/// What an agent, or another adapter, is told with `attach`.
pub(crate) fn attach_arguments(common: &super::arguments::CommonArguments, end_with_client: bool) -> Value {
    let mut arguments = json!({
        "stopOnEntry": common.stop_on_entry(),
        "justMyCode": common.just_my_code(),
        "showReturnValue": common.show_return_value != Some(false),
        "endWithClient": end_with_client,
        "evaluationTimeLimit": common.evaluation_time_limit,
        "tasks": common.tasks,
        "steppingResumesAllThreads": common.stepping_resumes_all_threads != Some(false),
        "subProcess": common.sub_process(),
    });
    if let (Some(token), Some(fields)) = (&common.token, arguments.as_object_mut()) {
        fields.insert("token".into(), token.as_str().into());
    }
    arguments
}
