//! A program under the agent, driven by protocol messages as an editor does it.
//!
//! Used by the tests beside it. Invariant: every wait ends, by an answer or by the deadline, and the program ends with
//! its `Debuggee`.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use pausa_dap::extensions::{Attach, AttachArguments, Events, EventsResponse};
use pausa_dap::requests::{
    ConfigurationDone, Continue, DataBreakpointInfo, Evaluate, Initialize, Next, Pause, Request, SetBreakpoints,
    SetDataBreakpoints, StackTrace,
};
use pausa_dap::types::{
    ContinueArguments, DataBreakpoint, DataBreakpointInfoArguments, EvaluateArguments, InitializeRequestArguments,
    NextArguments, PauseArguments, SetBreakpointsArguments, SetDataBreakpointsArguments, Source, SourceBreakpoint,
    StackTraceArguments, StoppedEvent,
};
use pausa_dap::{Client, Event, events};
use pausa_hub::{Ended, Launch, Process, Target};
use pausa_testkit::Result;
use pausa_testkit::markers::Markers;
use pausa_testkit::pythons::Python;

const DEADLINE: Duration = Duration::from_secs(60);

/// A program that was started and attached to.
pub struct Debuggee {
    client: Client,
    events: Receiver<Event>,
    seen: RefCell<Vec<String>>,
    process: Process,
    folder: PathBuf,
    markers: Markers,
}

/// A stop of a thread.
pub struct Stop {
    pub thread: i64,
    pub breakpoints: Vec<i64>,
    pub text: Option<String>,
}

impl Debuggee {
    /// Starts `NAME.py` of this folder, up to the point where it waits for its breakpoints.
    pub fn start(python: &Python, name: &str) -> Result<Debuggee> {
        let facts = InitializeRequestArguments { adapter_id: "pausa".to_owned(), ..Default::default() };
        Self::start_as(facts, AttachArguments::default(), python, "events", &[name, "made"])
    }

    /// Starts the first of the programs of a folder in `tests` for a client that says this of itself.
    pub fn start_as(
        facts: InitializeRequestArguments,
        attach: AttachArguments,
        python: &Python,
        folder: &str,
        names: &[&str],
    ) -> Result<Debuggee> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
        let mut markers = Markers::default();
        for name in names {
            let file = PathBuf::from(format!("{name}.py"));
            let source = std::fs::read_to_string(folder.join(&file)).map_err(|error| error.to_string())?;
            markers.add(&file, &source)?;
        }
        let name = names.first().ok_or("no program")?;
        let target = Target::File(folder.join(format!("{name}.py")));
        let launch = Launch::new(python.path.clone(), target, Vec::new());
        let started = pausa_hub::launch(&launch).map_err(|error| error.to_string())?;
        let (client, events) = Client::over(started.stream).map_err(|error| error.to_string())?;
        let debuggee = Debuggee { client, events, seen: RefCell::default(), process: started.process, folder, markers };
        debuggee.request::<Initialize>(facts)?;
        debuggee.request::<Attach>(attach)?;
        debuggee.until::<events::Initialized>()?;
        Ok(debuggee)
    }

    /// A file of the program's folder.
    pub fn source(&self, file: &str) -> Source {
        Source { path: Some(self.folder.join(file).display().to_string()), ..Default::default() }
    }

    /// Sets breakpoints at markers of a file, each with `set` applied to it; their ids.
    pub fn set_breakpoints(&self, file: &str, places: &[(&str, &str, &str)]) -> Result<Vec<i64>> {
        let path = self.folder.join(file).display().to_string();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let breakpoints = places.iter().map(|(marker, condition, hit_condition)| {
            let line = self.markers.line(marker).ok_or_else(|| format!("no marker @{marker}"))?;
            let (condition, hit_condition) = (some(condition), some(hit_condition));
            Ok(SourceBreakpoint { line: i64::from(line), condition, hit_condition, ..Default::default() })
        });
        let breakpoints = Some(breakpoints.collect::<Result<Vec<_>>>()?);
        let source = Source { path: Some(path), ..Default::default() };
        let answer =
            self.request::<SetBreakpoints>(SetBreakpointsArguments { source, breakpoints, ..Default::default() })?;
        Ok(answer.breakpoints.iter().filter_map(|breakpoint| breakpoint.id).collect())
    }

    /// Sets a log point at a marker, and a plain breakpoint at another one.
    pub fn set_log_point(&self, file: &str, at: &str, message: &str, stop_at: &str) -> Result<()> {
        let path = self.folder.join(file).display().to_string();
        let line =
            |marker: &str| self.markers.line(marker).map(i64::from).ok_or_else(|| format!("no marker @{marker}"));
        let log_message = Some(message.to_owned());
        let breakpoints = vec![
            SourceBreakpoint { line: line(at)?, log_message, ..Default::default() },
            SourceBreakpoint { line: line(stop_at)?, ..Default::default() },
        ];
        let source = Source { path: Some(path), ..Default::default() };
        let arguments = SetBreakpointsArguments { source, breakpoints: Some(breakpoints), ..Default::default() };
        self.request::<SetBreakpoints>(arguments).map(drop)
    }

    /// The lines that log points say until the thread stops or the program ends; the stop, if there is one.
    pub fn said(&self) -> Result<(Vec<String>, Option<Stop>)> {
        let mut text = String::new();
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        loop {
            match self.events.recv_timeout(DEADLINE) {
                Ok(event) if event.is::<events::Output>() => {
                    let output = event.body_as::<events::Output>().map_err(|error| error.to_string())?;
                    text.push_str(&output.output);
                }
                Ok(event) if event.is::<events::Stopped>() => {
                    let stopped = event.body_as::<events::Stopped>().map_err(|error| error.to_string())?;
                    let thread = stopped.thread_id.ok_or("a stop without a thread")?;
                    return Ok((lines(&text), Some(Stop { thread, breakpoints: Vec::new(), text: stopped.text })));
                }
                Ok(_) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Ok((lines(&text), None)),
                Err(error) => return Err(format!("waited in vain for output: {error}")),
            }
        }
    }

    /// Steps over the line that the thread is at.
    pub fn next(&self, stop: &Stop) -> Result<()> {
        self.request::<Next>(NextArguments { thread_id: stop.thread, ..Default::default() }).map(drop)
    }

    /// Lets the program begin.
    pub fn begin(&self) -> Result<()> {
        self.request::<ConfigurationDone>(Default::default()).map(drop)
    }

    /// Waits for the next stop; None when the program ended.
    pub fn stop(&self) -> Result<Option<Stop>> {
        let Some(event) = self.until::<events::Stopped>()? else { return Ok(None) };
        let stopped: StoppedEvent = event.body_as::<events::Stopped>().map_err(|error| error.to_string())?;
        let thread = stopped.thread_id.ok_or("a stop without a thread")?;
        let breakpoints = stopped.hit_breakpoint_ids.unwrap_or_default();
        Ok(Some(Stop { thread, breakpoints, text: stopped.text }))
    }

    /// Lets the program go on.
    pub fn resume(&self, stop: &Stop) -> Result<()> {
        self.request::<Continue>(ContinueArguments { thread_id: stop.thread, ..Default::default() }).map(drop)
    }

    /// Asks the program to stop wherever it is.
    pub fn pause(&self) -> Result<()> {
        self.request::<Pause>(PauseArguments { thread_id: 1 })
    }

    /// Goes away without a word, and waits for the program's own end.
    pub fn leave(self) -> Result<Ended> {
        self.client.close();
        let (process, (ended, end)) = (self.process.clone(), std::sync::mpsc::channel());
        let waiting = move || ended.send(process.wait());
        std::thread::Builder::new().spawn(waiting).map_err(|error| error.to_string())?;
        end.recv_timeout(DEADLINE).map_err(|_| "the program does not end".to_owned())
    }

    /// An expression's value in the innermost frame of the stopped thread.
    pub fn evaluate(&self, stop: &Stop, expression: &str) -> Result<String> {
        let levels = Some(1);
        let stack =
            self.request::<StackTrace>(StackTraceArguments { thread_id: stop.thread, levels, ..Default::default() })?;
        let frame_id = stack.stack_frames.first().map(|frame| frame.id);
        let expression = expression.to_owned();
        Ok(self.request::<Evaluate>(EvaluateArguments { expression, frame_id, ..Default::default() })?.result)
    }

    /// Sets a data breakpoint on what an expression names in the innermost frame, as the only one; its id.
    pub fn watch(&self, stop: &Stop, expression: &str) -> Result<i64> {
        let levels = Some(1);
        let stack =
            self.request::<StackTrace>(StackTraceArguments { thread_id: stop.thread, levels, ..Default::default() })?;
        let frame_id = stack.stack_frames.first().map(|frame| frame.id);
        let name = expression.to_owned();
        let info =
            self.request::<DataBreakpointInfo>(DataBreakpointInfoArguments { name, frame_id, ..Default::default() })?;
        let data_id = info.data_id.ok_or(info.description)?;
        let breakpoints = vec![DataBreakpoint { data_id, ..Default::default() }];
        let answer = self.request::<SetDataBreakpoints>(SetDataBreakpointsArguments { breakpoints })?;
        answer.breakpoints.first().and_then(|breakpoint| breakpoint.id).ok_or_else(|| "no id".to_owned())
    }

    /// What the interpreter delivered so far.
    pub fn events(&self) -> Result<EventsResponse> {
        self.request::<Events>(())
    }

    /// The program's resident memory in KiB.
    pub fn resident(&self) -> Result<i64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.pid()))
            .map_err(|error| format!("the program's memory is not known: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        line.trim().trim_end_matches(" kB").parse().map_err(|error| format!("{line}: {error}"))
    }

    /// Asks, and waits for the answer.
    pub fn request<R: Request>(&self, arguments: R::Arguments) -> Result<R::Response> {
        self.client.request_within::<R>(arguments, DEADLINE).map_err(|error| format!("{}: {error}", R::COMMAND))
    }

    /// The connection, for who does not want to wait.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The names of the events that were received so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.borrow().clone()
    }

    /// The line of a marker.
    pub fn line(&self, marker: &str) -> Result<i64> {
        let line = self.markers.line(marker).ok_or_else(|| format!("no marker @{marker}"))?;
        Ok(i64::from(line))
    }

    /// Skips the events before one of this kind; None when there are no more.
    pub fn until<E: events::Event>(&self) -> Result<Option<Event>> {
        loop {
            let received = self.events.recv_timeout(DEADLINE);
            self.seen.borrow_mut().extend(received.as_ref().ok().map(|event| event.event.clone()));
            match received {
                Ok(event) if event.is::<E>() => return Ok(Some(event)),
                Ok(_) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return Ok(None),
                Err(error) => return Err(format!("waited in vain for `{}`: {error}", E::EVENT)),
            }
        }
    }
}

impl Drop for Debuggee {
    fn drop(&mut self) {
        self.process.kill();
    }
}
