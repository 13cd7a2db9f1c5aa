//! An agent that plays a program from a list of stops, and a session that talks to it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use pausa_dap::{Connection, ErrorBody, Incoming, Outgoing, events, types};
use serde_json::{Value, json};

use crate::debuggee::{Ended, Fate, Launched, Launcher, Process};
use crate::happenings::Happening;
use crate::input::{LineReader, Prompt, Surroundings, Typed};
use crate::render::Look;
use crate::screen::Screen;
use crate::session::{Session, Settings};

/// What the program does when it is let run.
#[derive(Clone, Debug)]
pub enum Play {
    /// Stops at a line, with a reason, at the breakpoint of this index among those sent last.
    Stop(&'static str, i64, Option<usize>),
    /// Runs until it is paused. The session gets a Ctrl-C.
    Spin,
    /// Does not hear of the pause, only of the signal. The session gets two Ctrl-C.
    Deaf,
    /// Ends.
    End(i32),
    /// Ends, and what it wrote last comes after that is known.
    LastWords(&'static str),
}

impl Play {
    pub fn stop(reason: &'static str, line: i64) -> Self {
        Self::Stop(reason, line, None)
    }

    /// A stop at the first breakpoint.
    pub fn hit(line: i64) -> Self {
        Self::Stop("breakpoint", line, Some(0))
    }
}

/// What was said and done.
pub struct Said {
    pub screen: String,
    pub code: i32,
    pub requests: Vec<(String, Value)>,
    pub killed: usize,
    pub interrupts: usize,
    pub launches: Vec<Option<Vec<OsString>>>,
}

impl Said {
    #[track_caller]
    pub fn has(&self, text: &str) {
        assert!(self.screen.contains(text), "{text:?} is not in\n{}", self.screen);
    }

    pub fn arguments(&self, command: &str) -> Vec<Value> {
        self.requests.iter().filter(|(name, _)| name == command).map(|(_, arguments)| arguments.clone()).collect()
    }
}

pub fn talk(plays: Vec<Play>, typed: &str) -> Said {
    talk_with(Settings { stop_on_entry: true, ..Settings::default() }, plays, typed)
}

/// Runs a session in a fresh folder with a program of 30 lines.
pub fn talk_with(settings: Settings, plays: Vec<Play>, typed: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prog.py");
    let text: String = (1..=30).map(|line| format!("line {line}\n")).collect();
    std::fs::write(&file, text).unwrap();
    let world = Arc::new(World { file: file.clone(), state: Mutex::new(State::new(plays)), changed: Condvar::new() });
    let launcher = Box::new(FakeLauncher(world.clone()));
    let reader = Box::new(Script(typed.lines().map(str::to_owned).collect()));
    let screen = Arc::new(Mutex::new(Vec::new()));
    let look = Look { colours: false, directory: folder.path().to_owned() };
    let settings = Settings { directory: folder.path().to_owned(), ..settings };
    let mut session = Session::new(settings, launcher, reader, Screen::new(Box::new(Buffer(screen.clone())), look));
    world.state.lock().unwrap().keyboard = Some(session.wires().1);
    let code = session.run();
    drop(session);
    let screen = String::from_utf8(screen.lock().unwrap().clone()).unwrap();
    let state = world.state.lock().unwrap();
    Said {
        screen,
        code,
        requests: state.requests.clone(),
        killed: state.killed,
        interrupts: state.interrupts,
        launches: state.launches.clone(),
    }
}

struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Script(VecDeque<String>);

impl LineReader for Script {
    fn read(&mut self, prompt: Prompt, screen: &mut Screen) -> Typed {
        screen.text(prompt.text());
        self.0.pop_front().map_or(Typed::End, Typed::Line)
    }

    fn prepare(&mut self, _surroundings: Surroundings) {}
}

struct World {
    file: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    plays: VecDeque<Play>,
    line: i64,
    requests: Vec<(String, Value)>,
    keyboard: Option<Sender<Happening>>,
    /// Ids of the breakpoints sent last.
    ids: Vec<i64>,
    last_id: i64,
    spinning: bool,
    hanging: Option<Incoming>,
    evaluations: i64,
    ended: Option<Ended>,
    end_is_known: bool,
    last_words: Option<&'static str>,
    killed: usize,
    interrupts: usize,
    launches: Vec<Option<Vec<OsString>>>,
}

impl State {
    fn new(plays: Vec<Play>) -> Self {
        Self {
            plays: plays.into(),
            line: 1,
            requests: Vec::new(),
            keyboard: None,
            ids: Vec::new(),
            last_id: 0,
            spinning: false,
            hanging: None,
            evaluations: 0,
            ended: None,
            end_is_known: false,
            last_words: None,
            killed: 0,
            interrupts: 0,
            launches: Vec::new(),
        }
    }

    fn press_ctrl_c(&self) {
        self.keyboard.as_ref().unwrap().send(Happening::Interrupt).unwrap();
    }
}

struct FakeLauncher(Arc<World>);

impl Launcher for FakeLauncher {
    fn launch(&mut self, arguments: Option<Vec<OsString>>) -> Result<Launched, String> {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let world = self.0.clone();
        let mut state = world.state.lock().unwrap();
        state.launches.push(arguments);
        state.ended = None;
        drop(state);
        thread::spawn(move || serve(&world, theirs));
        Ok(Launched {
            reader: Box::new(ours.try_clone().unwrap()),
            writer: Box::new(ours),
            process: Some(Arc::new(FakeProcess(self.0.clone()))),
            python: "Python".into(),
        })
    }

    fn program_file(&self) -> Option<PathBuf> {
        Some(self.0.file.clone())
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn follow_children(&mut self, _welcome: crate::debuggee::Welcome) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn cleanup(&self) -> fn() {
        || {}
    }
}

struct FakeProcess(Arc<World>);

impl World {
    fn end(&self, ended: Ended) {
        self.state.lock().unwrap().ended.get_or_insert(ended);
        self.changed.notify_all();
    }
}

impl Process for FakeProcess {
    fn pid(&self) -> i32 {
        1
    }

    fn wait(&self) -> Ended {
        let mut state = self.0.changed.wait_while(self.0.state.lock().unwrap(), |state| state.ended.is_none()).unwrap();
        state.end_is_known = true;
        self.0.changed.notify_all();
        state.ended.unwrap()
    }

    fn fate(&self) -> Fate {
        self.0.state.lock().unwrap().ended.map_or(Fate::Replaced, |ended| Fate::Ended(Some(ended)))
    }

    fn describe(&self, ended: Ended) -> String {
        match ended {
            Ended::Code(code) => format!("ended with exit code {code}"),
            Ended::Signal(_) => "was killed by SIGKILL".into(),
        }
    }

    fn kill(&self) {
        self.0.state.lock().unwrap().killed += 1;
        self.0.end(Ended::Signal(9));
    }

    fn interrupt(&self) {
        self.0.state.lock().unwrap().interrupts += 1;
        self.0.end(Ended::Code(1));
    }

    fn terminal(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn resize(&self, _rows: u16, _columns: u16) -> io::Result<()> {
        Ok(())
    }
}

fn serve(world: &World, stream: UnixStream) {
    let (mut incoming, out) = Connection::over(stream).unwrap();
    while let Ok(Some(request)) = incoming.next_request() {
        let mut state = world.state.lock().unwrap();
        state.requests.push((request.command.clone(), request.arguments.clone()));
        if !respond(&mut state, world, &request, &out) {
            drop(state);
            world.end(Ended::Signal(9));
            out.close();
            return;
        }
        let ended = state.ended;
        let last_words = state.last_words.take();
        drop(state);
        if ended.is_some() {
            world.changed.notify_all();
            if let Some(words) = last_words {
                drop(world.changed.wait_while(world.state.lock().unwrap(), |state| !state.end_is_known).unwrap());
                out.event::<events::Output>(types::OutputEvent { output: words.into(), ..Default::default() });
            }
            out.close();
            world.changed.notify_all();
        }
    }
}

/// Answers a request; false if the program dies of it.
fn respond(state: &mut State, world: &World, request: &Incoming, out: &Outgoing) -> bool {
    let answer = match request.command.as_str() {
        "attach" => {
            out.respond(request, Ok(Value::Null));
            out.event::<events::Initialized>(());
            return true;
        }
        "configurationDone" | "next" | "stepIn" | "continue" | "goto" => {
            out.respond(request, Ok(json!({})));
            play(state, out);
            return true;
        }
        "pause" => {
            if state.spinning {
                state.spinning = false;
                stopped(state, out, "pause", 5, None);
            }
            json!({})
        }
        "setBreakpoints" => set_breakpoints(state, &request.arguments),
        "threads" => json!({"threads": [{"id": 11, "name": "MainThread"}, {"id": 22, "name": "worker"}]}),
        "stackTrace" => stack(state, world),
        "scopes" => json!({"scopes": [
            {"name": "Locals", "variablesReference": 1, "expensive": false},
            {"name": "Globals", "variablesReference": 2, "expensive": true}]}),
        "variables" if request.arguments["variablesReference"] == 1 => json!({"variables": [
            {"name": "n", "value": "1", "variablesReference": 0, "presentationHint": {"attributes": ["argument"]}},
            {"name": "m", "value": "2", "variablesReference": 0}]}),
        "variables" => json!({"variables": [
            {"name": "g", "value": "3", "variablesReference": 0},
            {"name": "__name__", "value": "'__main__'", "variablesReference": 0}]}),
        "pausa/frameCode" => json!({"firstLine": 1, "lastLine": 8}),
        "gotoTargets" => json!({"targets": [{"id": 1, "label": "4", "line": 4}]}),
        "evaluate" => return evaluate(state, request, out),
        "cancel" => {
            let hanging = state.hanging.take().unwrap();
            out.respond(&hanging, Err(ErrorBody::new(9, "KeyboardInterrupt").with_code("cancelled")));
            json!({})
        }
        _ => json!({}),
    };
    out.respond(request, Ok(answer));
    true
}

fn play(state: &mut State, out: &Outgoing) {
    match state.plays.pop_front() {
        Some(Play::Stop(reason, line, index)) => {
            let id = index.and_then(|index| state.ids.get(index).copied());
            stopped(state, out, reason, line, id);
        }
        Some(Play::Spin) => {
            state.spinning = true;
            state.press_ctrl_c();
        }
        Some(Play::Deaf) => {
            state.press_ctrl_c();
            state.press_ctrl_c();
        }
        Some(Play::End(code)) => state.ended = Some(Ended::Code(code)),
        Some(Play::LastWords(words)) => {
            state.last_words = Some(words);
            state.ended = Some(Ended::Code(0));
        }
        None => panic!("the play has no more acts"),
    }
}

fn stopped(state: &mut State, out: &Outgoing, reason: &str, line: i64, id: Option<i64>) {
    state.line = line;
    out.event::<events::Stopped>(types::StoppedEvent {
        reason: reason.into(),
        thread_id: Some(11),
        hit_breakpoint_ids: id.map(|id| vec![id]),
        ..Default::default()
    });
}

fn set_breakpoints(state: &mut State, arguments: &Value) -> Value {
    let later = arguments["source"]["path"].as_str().unwrap().ends_with("later.py");
    let wanted = arguments["breakpoints"].as_array().unwrap().clone();
    state.ids.clear();
    let set = wanted.iter().map(|breakpoint| {
        state.last_id += 1;
        state.ids.push(state.last_id);
        let line = breakpoint["line"].as_i64().unwrap();
        match line {
            _ if later => {
                json!({"id": state.last_id, "verified": false, "reason": "pending", "message": "later.py to be imported"})
            }
            1000.. => json!({"id": state.last_id, "verified": false, "reason": "failed",
                "message": format!("line {line} is past the last line")}),
            9 => json!({"id": state.last_id, "verified": true, "line": 10}),
            _ => json!({"id": state.last_id, "verified": true, "line": line}),
        }
    });
    json!({"breakpoints": set.collect::<Vec<_>>()})
}

fn stack(state: &State, world: &World) -> Value {
    let file = world.file.display().to_string();
    json!({"stackFrames": [
        {"id": 1, "name": "f", "line": state.line, "column": 1, "source": {"path": file}},
        {"id": 2, "name": "run", "line": 3, "column": 1, "source": {"path": "/lib/runpy.py"},
            "presentationHint": "subtle"},
        {"id": 3, "name": "<module>", "line": 20, "column": 1, "source": {"path": file}}]})
}

fn evaluate(state: &mut State, request: &Incoming, out: &Outgoing) -> bool {
    let (text, context) = (&request.arguments["expression"], &request.arguments["context"]);
    let (text, context) = (text.as_str().unwrap(), context.as_str().unwrap());
    let result = match text {
        "die" => return false,
        "hang" => {
            state.hanging = Some(request.clone());
            state.press_ctrl_c();
            return true;
        }
        "boom" => Err(ErrorBody::new(9, "NameError: name 'boom' is not defined")),
        "tick" => {
            state.evaluations += 1;
            Ok(json!({"result": ((state.evaluations / 2) % 2).to_string(), "variablesReference": 0}))
        }
        text => Ok(json!({"result": format!("<{context} {text}>"), "variablesReference": 0})),
    };
    out.respond(request, result);
    true
}
