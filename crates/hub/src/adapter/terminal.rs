//! A program in the client's terminal, by the reverse request `runInTerminal`.
//!
//! Called by `starting`. The client is asked to run our `wrapper` there, which dials us, runs the program and tells how
//! it ended. Invariant: waiting for it ends when the client refuses, goes away, or gives the start up.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::{env, thread};

use pausa_dap::message::Response;
use pausa_dap::requests::{Request as _, RunInTerminal};
use pausa_dap::types::RunInTerminalRequestArguments;

use super::arguments::Console;
use super::client::Client;
use super::plan::Plan;
use super::{Abort, Program};
use crate::install::Install;
use crate::launch::{agent_environment, arguments};
use crate::rendezvous::Rendezvous;
use crate::wrapper::{Order, Report, hear, say};
use crate::{Ended, LaunchError, Stream};

/// A program that runs in the client's terminal.
pub(crate) struct InTerminal {
    pub program: Arc<TerminalProgram>,
    /// The agent's stream, if there is one.
    pub stream: Option<Stream>,
    /// Closes when the program has ended.
    pub ended: UnixStream,
}

/// Has the client start it, and waits for its agent.
pub(crate) fn start(client: &Client, plan: &Plan, abort: &Abort) -> Result<InTerminal, LaunchError> {
    let (agent, wrapper) = (Rendezvous::new()?, Rendezvous::new()?);
    let (given_up, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
    abort.set(ours);
    let refusal = watch_answer(ask(client, plan, &wrapper)?, abort.clone())?;
    let Some(stream) = wrapper.accept(&given_up).map_err(LaunchError::Wait)? else {
        return Err(refusal.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(LaunchError::Abandoned));
    };

    let mut environment: Vec<_> = plan.launch.environment.clone();
    if plan.debug {
        let added = agent_environment(&plan.launch, &Install::find()?, &agent);
        environment.extend(added.into_iter().map(|(name, value)| (name.into(), value)));
    }
    say(&stream, &Order::Start(environment)).map_err(LaunchError::Wait)?;
    let mut reports = BufReader::new(stream.try_clone().map_err(LaunchError::Wait)?);
    let pid = match hear(&mut reports) {
        Some(Report::Started(pid)) => pid,
        Some(Report::Failed(why)) => return Err(LaunchError::Agent(why)),
        _ => return Err(LaunchError::ClientTerminal("it was closed".into())),
    };
    let (ended, at_end) = UnixStream::pair().map_err(LaunchError::Wait)?;
    let program = Arc::new(TerminalProgram { pid, wrapper: stream, end: Mutex::default(), ended: Condvar::new() });
    let watched = Arc::clone(&program);
    let watch = move || {
        let end = match hear(&mut reports) {
            Some(Report::Code(code)) => Ended::Code(code),
            Some(Report::Signal(signal)) => Ended::Signal(signal),
            // The terminal was closed, and the program with it.
            _ => Ended::Signal(nix::libc::SIGHUP),
        };
        *watched.end() = Some(end);
        watched.ended.notify_all();
        drop(at_end);
    };
    thread::Builder::new().name("pausa-terminal".into()).spawn(watch).map_err(LaunchError::Wait)?;
    abort.own(Arc::clone(&program) as Arc<dyn Program>);
    if !plan.debug {
        return Ok(InTerminal { program, stream: None, ended });
    }
    match agent.accept(&ended).map_err(LaunchError::Wait)? {
        Some(stream) => Ok(InTerminal { program, stream: Some(Stream::Unix(stream)), ended }),
        None => Err(agent.reason().map_or_else(|| LaunchError::EndedEarly(program.wait()), LaunchError::Agent)),
    }
}

fn ask(client: &Client, plan: &Plan, wrapper: &Rendezvous) -> Result<Receiver<Response>, LaunchError> {
    let own = env::current_exe().map_err(LaunchError::Wait)?;
    let mut words = vec![
        own.display().to_string(),
        "__launch".to_owned(),
        format!("unix:{}", wrapper.path().display()),
        plan.launch.python.display().to_string(),
    ];
    words.extend(arguments(&plan.launch).iter().map(|word| word.to_string_lossy().into_owned()));
    words.extend(plan.shell_arguments.clone());
    let folder = plan.launch.folder.clone().or_else(|| env::current_dir().ok()).unwrap_or_default();
    let kind = if plan.console == Console::External { "external" } else { "integrated" };
    let request = RunInTerminalRequestArguments {
        kind: Some(kind.into()),
        title: Some(plan.title.clone()),
        cwd: folder.display().to_string(),
        args: words,
        args_can_be_interpreted_by_shell: plan.shell_arguments.is_some().then_some(true),
        ..Default::default()
    };
    Ok(client.ask(RunInTerminal::COMMAND, request))
}

/// If the client refuses or goes away, the start is given up, for the reason that is left here.
fn watch_answer(answer: Receiver<Response>, abort: Abort) -> Result<Arc<Mutex<Option<LaunchError>>>, LaunchError> {
    let refusal = Arc::new(Mutex::new(None));
    let left = Arc::clone(&refusal);
    let watch = move || match answer.recv() {
        Ok(response) if response.success => {}
        answer => {
            let why = answer.ok().map(|response| response.message.unwrap_or_else(|| "it did not say why".into()));
            *left.lock().unwrap_or_else(PoisonError::into_inner) = why.map(LaunchError::ClientTerminal);
            abort.give_up();
        }
    };
    thread::Builder::new().name("pausa-answer".into()).spawn(watch).map_err(LaunchError::Wait)?;
    Ok(refusal)
}

/// The program, by way of its wrapper.
pub(crate) struct TerminalProgram {
    pid: i32,
    wrapper: UnixStream,
    end: Mutex<Option<Ended>>,
    ended: Condvar,
}

impl TerminalProgram {
    fn end(&self) -> MutexGuard<'_, Option<Ended>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self, order: &Order) {
        // A wrapper that is gone has no program any more.
        let _ = say(&self.wrapper, order);
    }
}

impl Program for TerminalProgram {
    fn pid(&self) -> i32 {
        self.pid
    }

    fn terminate(&self) {
        self.order(&Order::Terminate);
    }

    fn kill(&self) {
        self.order(&Order::Kill);
    }

    fn leave(&self) {
        self.order(&Order::Leave);
    }

    fn wait(&self) -> Ended {
        let mut end = self.end();
        loop {
            if let Some(ended) = *end {
                return ended;
            }
            end = self.ended.wait(end).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
