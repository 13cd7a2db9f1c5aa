//! pausa and debugpy, driven by protocol messages as an editor does it: one client for both.
//!
//! Called by `Contender::begin`. Invariant: every wait ends by an answer or by its deadline, and the program ends with
//! its `Dap`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use pausa_dap::extensions::{
    Attach, AttachArguments, EndingArguments, Events, ForceReturn, Instances, Locks, ObjectsArguments, Referrers,
    Reload, ReloadArguments, Size, SizeArguments, Throw,
};
use pausa_dap::requests::{
    ConfigurationDone, Continue, DataBreakpointInfo, Disconnect, Initialize, Launch, Next, Pause, Request,
    RestartFrame, Scopes, SetBreakpoints, SetDataBreakpoints, SetExceptionBreakpoints, SetFunctionBreakpoints,
    StackTrace, StepOut, Threads, Variables,
};
use pausa_dap::types::{
    Capabilities, ContinueArguments, DataBreakpoint, DataBreakpointAccessType, DataBreakpointInfoArguments,
    DisconnectArguments, ExceptionBreakMode, ExceptionFilterOptions, ExceptionOptions, ExceptionPathSegment,
    FunctionBreakpoint, InitializeRequestArguments, LaunchRequestArguments, NextArguments, PauseArguments,
    RestartFrameArguments, ScopesArguments, SetBreakpointsArguments, SetDataBreakpointsArguments,
    SetExceptionBreakpointsArguments, SetFunctionBreakpointsArguments, Source, SourceBreakpoint, StackTraceArguments,
    StackTraceResponse, StepOutArguments, VariablesArguments,
};
use pausa_dap::{Client, Event, events};
use pausa_hub::{Process, Target};
use serde_json::json;

use super::{AtStop, Breakpoint, DEADLINE, Move, Run, Session, Watched};
use crate::Result;
use crate::lab::Lab;

/// How long no message may come before those that lack are lost.
const QUIET: Duration = Duration::from_secs(5);

/// A program under a debugger that speaks the protocol.
pub struct Dap {
    client: Client,
    events: Receiver<Event>,
    end: End,
    pid: Option<i32>,
    thread: i64,
    messages: u64,
    setting: Duration,
}

/// What there is of the other side, to end it by.
enum End {
    /// pausa's program.
    Program(Process),
    /// debugpy's adapter.
    Adapter(Child),
}

impl Dap {
    /// A program under pausa with one of its backends.
    pub(super) fn pausa(lab: &Lab, run: &Run, backend: &str) -> Result<Self> {
        if backend == "monitoring" && lab.minor < 12 {
            return Err("no sys.monitoring before 3.12".to_owned());
        }
        let args = run.words.iter().map(Into::into).collect();
        let target = Target::File(run.program.clone());
        let backend = Some(backend.to_owned());
        let launch = pausa_hub::Launch { backend, ..pausa_hub::Launch::new(lab.python.clone(), target, args) };
        let started = pausa_hub::launch(&launch).map_err(|error| error.to_string())?;
        let (client, events) = Client::over(started.stream).map_err(|error| error.to_string())?;
        let pid = Some(started.process.pid());
        let mut dap = Self::new(client, events, End::Program(started.process), pid);
        let capabilities = dap.initialize("pausa")?;
        dap.request::<Attach>(AttachArguments::default())?;
        dap.configure(run, &capabilities)?;
        Ok(dap)
    }

    /// A program under debugpy, by its own adapter.
    pub(super) fn debugpy(lab: &Lab, run: &Run) -> Result<Self> {
        let packages = lab.packages.as_ref().ok_or("no packages: see --packages")?;
        let mut command = Command::new(&lab.python);
        command.args(["-m", "debugpy.adapter"]).env("PYTHONPATH", packages);
        Self::by_adapter(command, "debugpy", lab, run)
    }

    /// A program under pausa, by its adapter, as an editor starts it.
    pub(super) fn pausa_by_adapter(lab: &Lab, run: &Run) -> Result<Self> {
        let own = std::env::current_exe().map_err(|error| format!("where this program is: {error}"))?;
        let mut command = Command::new(own.with_file_name("pausa"));
        command.arg("dap");
        Self::by_adapter(command, "pausa", lab, run)
    }

    fn by_adapter(mut command: Command, name: &str, lab: &Lab, run: &Run) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut adapter = command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        let (stdin, stdout) = adapter.stdin.take().zip(adapter.stdout.take()).ok_or("the adapter has no pipes")?;
        let (client, events) = Client::new(stdout, stdin).map_err(|error| error.to_string())?;
        let mut dap = Self::new(client, events, End::Adapter(adapter), None);
        let capabilities = dap.initialize(name)?;
        let extra = BTreeMap::from([
            ("program".to_owned(), json!(run.program)),
            ("args".to_owned(), json!(run.words)),
            ("python".to_owned(), json!([lab.python])),
            ("console".to_owned(), json!("internalConsole")),
            ("redirectOutput".to_owned(), json!(false)),
            ("subProcess".to_owned(), json!(false)),
        ]);
        let launched = dap.client.send::<Launch>(LaunchRequestArguments { extra, ..Default::default() });
        let launched = launched.map_err(|error| format!("launch: {error}"))?;
        dap.configure(run, &capabilities)?;
        launched
            .wait_timeout(DEADLINE)
            .ok_or_else(|| format!("{name} did not launch the program"))?
            .map_err(|error| error.to_string())?;
        Ok(dap)
    }

    fn new(client: Client, events: Receiver<Event>, end: End, pid: Option<i32>) -> Self {
        Self { client, events, end, pid, thread: 1, messages: 0, setting: Duration::ZERO }
    }

    fn initialize(&self, adapter: &str) -> Result<Capabilities> {
        self.request::<Initialize>(InitializeRequestArguments { adapter_id: adapter.to_owned(), ..Default::default() })
    }

    /// Sets everything, and lets the program begin.
    fn configure(&mut self, run: &Run, capabilities: &Capabilities) -> Result<()> {
        self.until::<events::Initialized>()?;
        let began = Instant::now();
        let mut files: BTreeMap<_, Vec<SourceBreakpoint>> = BTreeMap::new();
        for breakpoint in &run.setup.breakpoints {
            files.entry(&breakpoint.file).or_default().push(source_breakpoint(breakpoint));
        }
        for (file, breakpoints) in files {
            let source = Source { path: Some(file.display().to_string()), ..Default::default() };
            let breakpoints = Some(breakpoints);
            self.request::<SetBreakpoints>(SetBreakpointsArguments { source, breakpoints, ..Default::default() })?;
        }
        if let Some((name, condition)) = run.setup.function {
            let (name, condition) = (name.to_owned(), Some(condition.to_owned()));
            let breakpoints = vec![FunctionBreakpoint { name, condition, ..Default::default() }];
            self.request::<SetFunctionBreakpoints>(SetFunctionBreakpointsArguments { breakpoints })?;
        }
        self.setting = began.elapsed();
        self.request::<SetExceptionBreakpoints>(exceptions(run.setup.raised, capabilities)?)?;
        self.request::<ConfigurationDone>(Default::default()).map(drop)
    }

    fn request<R: Request>(&self, arguments: R::Arguments) -> Result<R::Response> {
        self.client.request_within::<R>(arguments, DEADLINE).map_err(|error| format!("{}: {error}", R::COMMAND))
    }

    fn stack(&self) -> Result<StackTraceResponse> {
        self.request::<StackTrace>(StackTraceArguments { thread_id: self.thread, ..Default::default() })
    }

    /// Skips the events before one of this kind.
    fn until<E: events::Event>(&mut self) -> Result<Event> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if event.is::<E>() => return Ok(event),
                Ok(event) => self.note(&event),
                Err(RecvTimeoutError::Disconnected) => return Err("the debugger is gone".to_owned()),
                Err(RecvTimeoutError::Timeout) => return Err(format!("waited in vain for `{}`", E::EVENT)),
            }
        }
    }

    fn note(&mut self, event: &Event) {
        if let Ok(process) = event.body_as::<events::Process>()
            && event.is::<events::Process>()
        {
            self.pid = process.system_process_id.and_then(|pid| i32::try_from(pid).ok()).or(self.pid);
        }
        if let Ok(output) = event.body_as::<events::Output>()
            && event.is::<events::Output>()
        {
            self.messages += output.output.matches("value").count() as u64;
        }
    }
}

fn source_breakpoint(breakpoint: &Breakpoint) -> SourceBreakpoint {
    SourceBreakpoint {
        line: i64::from(breakpoint.line),
        condition: breakpoint.condition.clone(),
        hit_condition: breakpoint.after.map(|count| format!("> {count}")),
        log_message: breakpoint.log.map(|name| format!("value {{{name}}}")),
        ..Default::default()
    }
}

/// The default, and the type that is to stop where it is raised, in whichever way the debugger can be told.
fn exceptions(raised: Option<&str>, capabilities: &Capabilities) -> Result<SetExceptionBreakpointsArguments> {
    let mut arguments = SetExceptionBreakpointsArguments { filters: vec!["uncaught".to_owned()], ..Default::default() };
    let Some(name) = raised else { return Ok(arguments) };
    let filters = capabilities.exception_breakpoint_filters.iter().flatten();
    let conditional =
        filters.clone().any(|filter| filter.filter == "raised" && filter.supports_condition == Some(true));
    if conditional {
        let option = ExceptionFilterOptions {
            filter_id: "raised".to_owned(),
            condition: Some(name.to_owned()),
            ..Default::default()
        };
        arguments.filter_options = Some(vec![option]);
    } else if capabilities.supports_exception_options == Some(true) {
        let segment = |name: &str| ExceptionPathSegment { names: vec![name.to_owned()], ..Default::default() };
        let path = Some(vec![segment("Python Exceptions"), segment(name)]);
        arguments.exception_options = Some(vec![ExceptionOptions { break_mode: ExceptionBreakMode::Always, path }]);
    } else {
        return Err("cannot stop where exceptions of one type are raised".to_owned());
    }
    Ok(arguments)
}

impl Session for Dap {
    fn stops(&self) -> bool {
        true
    }

    fn pid(&self) -> Option<i32> {
        self.pid
    }

    fn stopped(&mut self) -> Result<()> {
        let event = self.until::<events::Stopped>()?;
        let stopped = event.body_as::<events::Stopped>().map_err(|error| error.to_string())?;
        self.thread = stopped.thread_id.unwrap_or(self.thread);
        Ok(())
    }

    fn go(&mut self, how: Move) -> Result<()> {
        let thread_id = self.thread;
        match how {
            Move::Continue => self.request::<Continue>(ContinueArguments { thread_id, ..Default::default() }).map(drop),
            Move::Next => self.request::<Next>(NextArguments { thread_id, ..Default::default() }),
            Move::Return => self.request::<StepOut>(StepOutArguments { thread_id, ..Default::default() }),
        }
    }

    fn pause(&mut self) -> Result<()> {
        self.request::<Pause>(PauseArguments { thread_id: self.thread })
    }

    fn watch(&mut self, Watched { expression, function, reads }: Watched) -> Result<()> {
        self.pause()?;
        self.stopped()?;
        let stack = self.stack()?.stack_frames;
        let frame = match function {
            Some(function) => stack.iter().find(|frame| frame.name == function),
            None => stack.last(),
        };
        let frame_id = frame.map(|frame| frame.id);
        let arguments = DataBreakpointInfoArguments { name: expression.to_owned(), frame_id, ..Default::default() };
        let info = self.request::<DataBreakpointInfo>(arguments)?;
        let data_id = info.data_id.ok_or(info.description)?;
        let access = if reads { DataBreakpointAccessType::Read } else { DataBreakpointAccessType::Write };
        let breakpoints = vec![DataBreakpoint { data_id, access_type: Some(access), ..Default::default() }];
        let set = self.request::<SetDataBreakpoints>(SetDataBreakpointsArguments { breakpoints })?;
        match set.breakpoints.first() {
            Some(breakpoint) if breakpoint.verified => self.go(Move::Continue),
            other => Err(format!("{expression} is not watched: {other:?}")),
        }
    }

    fn at_stop(&mut self, what: AtStop, folder: &Path) -> Result<Duration> {
        let stack = self.stack()?;
        let frame_id = stack.stack_frames.first().map(|frame| frame.id);
        let began = Instant::now();
        let objects = |expression: &str| ObjectsArguments {
            frame_id,
            expression: expression.to_owned(),
            count: Some(20),
            ..Default::default()
        };
        let ending = |expression: &str| EndingArguments { thread_id: self.thread, expression: expression.to_owned() };
        match what {
            AtStop::Instances => drop(self.request::<Instances>(objects("Account"))?),
            AtStop::Referrers => drop(self.request::<Referrers>(objects("account"))?),
            AtStop::Size => {
                let arguments = SizeArguments { frame_id, expression: "account".to_owned(), deep: true };
                self.request::<Size>(arguments)?;
            }
            AtStop::Locks => drop(self.request::<Locks>(())?),
            AtStop::Reload(name) => {
                let file = folder.join(name).display().to_string();
                let found = self.request::<Reload>(ReloadArguments { file })?;
                if !found.done {
                    return Err("nothing was reloaded".to_owned());
                }
            }
            AtStop::RestartFrame => {
                let frame_id = frame_id.ok_or("no frame")?;
                self.request::<RestartFrame>(RestartFrameArguments { frame_id })?;
            }
            AtStop::ForceReturn => self.request::<ForceReturn>(ending("1"))?,
            AtStop::Throw => self.request::<Throw>(ending("ValueError"))?,
        }
        if matches!(what, AtStop::RestartFrame | AtStop::ForceReturn | AtStop::Throw) {
            self.stopped()?;
        }
        Ok(began.elapsed())
    }

    fn messages(&mut self, expected: u64) -> Result<u64> {
        while self.messages < expected {
            match self.events.recv_timeout(QUIET) {
                Ok(event) => self.note(&event),
                Err(_) => break,
            }
        }
        Ok(std::mem::take(&mut self.messages))
    }

    fn setting(&self) -> Duration {
        self.setting
    }

    fn answer(&mut self) -> Result<()> {
        self.stack().map(drop)
    }

    fn panes(&mut self) -> Result<()> {
        self.request::<Threads>(())?;
        let stack = self.stack()?;
        let innermost = stack.stack_frames.first().ok_or("the stopped thread has no frame")?;
        let scopes = self.request::<Scopes>(ScopesArguments { frame_id: innermost.id })?;
        let locals = scopes.scopes.first().ok_or("the frame has no scope")?;
        let arguments = VariablesArguments { variables_reference: locals.variables_reference, ..Default::default() };
        self.request::<Variables>(arguments).map(drop)
    }

    fn delivered(&mut self) -> Result<BTreeMap<String, i64>> {
        self.request::<Events>(()).map(|answer| answer.delivered)
    }
}

impl Drop for Dap {
    fn drop(&mut self) {
        match &mut self.end {
            End::Program(process) => process.kill(),
            End::Adapter(adapter) => {
                let terminate = Some(true);
                let arguments = DisconnectArguments { terminate_debuggee: terminate, ..Default::default() };
                // Should it not answer, the program ends with the pipes that it reads from.
                let _ = self.client.request_within::<Disconnect>(arguments, Duration::from_secs(5));
                let _ = adapter.kill();
                let _ = adapter.wait();
            }
        }
    }
}
