//! What a client may do: all, or only look; and a line in a log for what it has the program run or change.
//!
//! Asked by `Session::handle` before each request. Invariant: set once, by who starts the agent, and no request of a
//! client's changes it; what is not known to only look is refused to who may only look.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use pausa_dap::requests::Request;
use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{extensions, requests};
use serde_json::{Value, json};

/// The id of errors about what a client may not do.
const FORBIDDEN: i64 = 12;

/// What clients of this process may do.
#[derive(Clone, Default)]
pub struct Policy {
    read_only: bool,
    log: Option<Arc<Mutex<File>>>,
}

/// Requests that run no code of the user's choice and change nothing of the program's.
const LOOKS: &[&str] = &[
    requests::Initialize::COMMAND,
    extensions::Attach::COMMAND,
    requests::ConfigurationDone::COMMAND,
    requests::SetBreakpoints::COMMAND,
    requests::BreakpointLocations::COMMAND,
    requests::SetFunctionBreakpoints::COMMAND,
    requests::SetExceptionBreakpoints::COMMAND,
    requests::Threads::COMMAND,
    requests::StackTrace::COMMAND,
    requests::Scopes::COMMAND,
    requests::Variables::COMMAND,
    requests::Source::COMMAND,
    requests::ExceptionInfo::COMMAND,
    requests::Continue::COMMAND,
    requests::Next::COMMAND,
    requests::StepIn::COMMAND,
    requests::StepOut::COMMAND,
    requests::Pause::COMMAND,
    requests::GotoTargets::COMMAND,
    requests::StepInTargets::COMMAND,
    requests::Disassemble::COMMAND,
    requests::SetInstructionBreakpoints::COMMAND,
    requests::Modules::COMMAND,
    requests::LoadedSources::COMMAND,
    requests::Locations::COMMAND,
    requests::ReadMemory::COMMAND,
    requests::Cancel::COMMAND,
    requests::Disconnect::COMMAND,
    extensions::Until::COMMAND,
    extensions::NextCall::COMMAND,
    extensions::StepExpression::COMMAND,
    extensions::Computed::COMMAND,
    extensions::Release::COMMAND,
    extensions::FrameCode::COMMAND,
    extensions::Events::COMMAND,
    extensions::Locks::COMMAND,
    extensions::Stacks::COMMAND,
    extensions::Tasks::COMMAND,
];

/// Requests with something that the program is made to run or that changes it, and where that stands in the arguments.
const LOGGED: &[(&str, &[&str])] = &[
    (requests::Evaluate::COMMAND, &["expression", "context"]),
    (requests::SetVariable::COMMAND, &["name", "value"]),
    (requests::SetExpression::COMMAND, &["expression", "value"]),
    (requests::WriteMemory::COMMAND, &["memoryReference", "offset", "data"]),
    (extensions::ForceReturn::COMMAND, &["expression"]),
    (extensions::Throw::COMMAND, &["expression"]),
    (extensions::Reload::COMMAND, &["file"]),
    (requests::Completions::COMMAND, &["text"]),
    (requests::DataBreakpointInfo::COMMAND, &["name"]),
    (extensions::Instances::COMMAND, &["expression"]),
    (extensions::Referrers::COMMAND, &["expression"]),
    (extensions::Size::COMMAND, &["expression"]),
    (requests::Goto::COMMAND, &["targetId"]),
    (requests::RestartFrame::COMMAND, &["frameId"]),
    (requests::TerminateThreads::COMMAND, &["threadIds"]),
    (requests::Terminate::COMMAND, &[]),
];

/// What tells a breakpoint or filter apart from others, for the log.
const PLACES: &[&str] = &["line", "column", "name", "dataId", "instructionReference", "offset", "filterId"];

impl Policy {
    /// One under which clients may only look, or do all, and that logs in a file, which is made for its owner only.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn new(read_only: bool, log: Option<&Path>) -> Result<Self, String> {
        let open = |path: &Path| {
            let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
            file.map(|file| Arc::new(Mutex::new(file)))
                .map_err(|error| format!("the audit log {} cannot be written: {error}", path.display()))
        };
        Ok(Self { read_only, log: log.map(open).transpose()? })
    }

    /// True if clients may only look.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Logs what is to be logged, and refuses what is not allowed.
    pub(crate) fn judge(&self, request: &Incoming) -> Result<(), ErrorBody> {
        let allowed = !self.read_only || only_looks(request);
        if let Some(log) = &self.log {
            self.write(log, request, allowed)?;
        }
        if allowed {
            return Ok(());
        }
        let text = format!("'{}' is not allowed: this program was attached to with --read-only", request.command);
        Err(ErrorBody::new(FORBIDDEN, text))
    }

    /// What cannot be logged is not done.
    fn write(&self, log: &Mutex<File>, request: &Incoming, allowed: bool) -> Result<(), ErrorBody> {
        for what in logged(request) {
            let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
            let line = json!({
                "time": time, "pid": std::process::id(), "request": request.command, "arguments": what, "allowed": allowed,
            });
            let written = log.lock().unwrap_or_else(PoisonError::into_inner).write_all(format!("{line}\n").as_bytes());
            let text = |error| format!("'{}' is not done: the audit log cannot be written: {error}", request.command);
            written.map_err(|error| ErrorBody::new(FORBIDDEN, text(error)))?;
        }
        Ok(())
    }
}

/// A breakpoint only looks if it has no condition and no message, in which there may be calls.
fn only_looks(request: &Incoming) -> bool {
    let ends_it = request.command == requests::Disconnect::COMMAND
        && request.arguments.get("terminateDebuggee") == Some(&Value::Bool(true));
    LOOKS.contains(&request.command.as_str()) && !ends_it && expressions(request).next().is_none()
}

/// Expressions that breakpoints and exception filters come with, each with what it belongs to. They are evaluated as often
/// as their place is come to; that they are set is told once.
fn expressions(request: &Incoming) -> impl Iterator<Item = Value> {
    let source = request.arguments.get("source").and_then(|source| source.get("path")).cloned();
    let lists = ["breakpoints", "filterOptions"].into_iter().filter_map(|name| request.arguments.get(name)?.as_array());
    lists.flatten().flat_map(move |entry| {
        let source = source.clone();
        ["condition", "logMessage"].into_iter().filter_map(move |name| {
            let text = entry.get(name).filter(|text| !text.is_null() && text.as_str() != Some(""))?;
            let place = PLACES.iter().filter_map(|place| Some(((*place).to_owned(), entry.get(*place)?.clone())));
            let mut told: serde_json::Map<String, Value> = place.collect();
            told.extend(source.clone().map(|path| ("source".to_owned(), path)));
            told.insert(name.to_owned(), text.clone());
            Some(Value::Object(told))
        })
    })
}

/// What is to be logged of a request.
fn logged(request: &Incoming) -> Vec<Value> {
    if let Some((_, fields)) = LOGGED.iter().find(|(command, _)| *command == request.command) {
        let arguments =
            fields.iter().filter_map(|name| Some(((*name).to_owned(), request.arguments.get(*name)?.clone())));
        return vec![Value::Object(arguments.collect())];
    }
    expressions(request).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(command: &str, arguments: Value) -> Incoming {
        Incoming { seq: 1, command: command.into(), arguments }
    }

    #[test]
    fn who_may_only_look_runs_and_changes_nothing() {
        let policy = Policy::new(true, None).unwrap();
        let allowed = |command: &str, arguments: Value| policy.judge(&request(command, arguments)).is_ok();
        assert!(allowed("stackTrace", json!({})) && allowed("setBreakpoints", json!({"breakpoints": [{"line": 1}]})));
        assert!(!allowed("evaluate", json!({"expression": "1"})) && !allowed("pausa/new", json!({})));
        assert!(!allowed("setBreakpoints", json!({"breakpoints": [{"line": 1, "condition": "f()"}]})));
        // Clients send what they have no text for as an empty one.
        assert!(allowed("setBreakpoints", json!({"breakpoints": [{"line": 1, "condition": "", "logMessage": null}]})));
        assert!(allowed("disconnect", json!({})) && !allowed("disconnect", json!({"terminateDebuggee": true})));
        assert!(Policy::default().judge(&request("evaluate", json!({}))).is_ok());
    }

    /// What the log holds after these requests.
    fn written(name: &str, read_only: bool, sent: &[(&str, Value)]) -> Vec<Value> {
        let path = std::env::temp_dir().join(format!("pausa-audit-{name}-{}", std::process::id()));
        let policy = Policy::new(read_only, Some(&path)).unwrap();
        for (command, arguments) in sent {
            let _ = policy.judge(&request(command, arguments.clone()));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn what_is_run_is_logged_whether_it_is_allowed_or_not() {
        let sent = [("evaluate", json!({"expression": "f()", "context": "repl"})), ("threads", json!({}))];
        let lines = written("forbidden", true, &sent);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["arguments"], json!({"expression": "f()", "context": "repl"}));
        assert_eq!(lines[0]["allowed"], json!(false));
    }

    #[test]
    fn each_request_that_has_something_run_is_a_line_of_the_log() {
        let texts = [
            ("evaluate", json!({"expression": "x", "context": "watch"})),
            ("evaluate", json!({"expression": "x", "context": "hover"})),
            ("setVariable", json!({"name": "x", "value": "f()"})),
            ("setExpression", json!({"expression": "x", "value": "f()"})),
            ("writeMemory", json!({"memoryReference": "0x1", "data": ""})),
            ("completions", json!({"text": "x."})),
            ("dataBreakpointInfo", json!({"name": "f().x"})),
            ("restartFrame", json!({"frameId": 1})),
            ("terminateThreads", json!({"threadIds": [1]})),
            ("pausa/forceReturn", json!({"expression": "f()"})),
            ("pausa/throw", json!({"expression": "E()"})),
            ("pausa/size", json!({"expression": "x"})),
            ("pausa/instances", json!({"expression": "C"})),
            ("pausa/referrers", json!({"expression": "x"})),
            ("pausa/reload", json!({"file": "f.py"})),
        ];
        let lines = written("each", false, &texts);
        assert_eq!(lines.len(), texts.len());
        for (line, (command, arguments)) in lines.iter().zip(&texts) {
            assert_eq!((&line["request"], &line["allowed"]), (&json!(command), &json!(true)));
            assert!(line["arguments"].as_object().unwrap().iter().all(|(name, value)| arguments[name] == *value));
        }
        // Nobody who may only look may do any of them.
        let policy = Policy::new(true, None).unwrap();
        assert!(texts.iter().all(|(command, arguments)| policy.judge(&request(command, arguments.clone())).is_err()));
    }

    #[test]
    fn conditions_and_messages_are_lines_that_say_where_they_are() {
        let breakpoints = json!([{"line": 3, "condition": "f()"}, {"line": 4, "logMessage": "{g()}"}, {"line": 5}]);
        let sent = [
            ("setBreakpoints", json!({"source": {"path": "/a.py"}, "breakpoints": breakpoints})),
            ("setFunctionBreakpoints", json!({"breakpoints": [{"name": "f", "condition": "x"}]})),
            ("setDataBreakpoints", json!({"breakpoints": [{"dataId": "d", "condition": "y"}]})),
            ("setInstructionBreakpoints", json!({"breakpoints": [{"instructionReference": "i", "condition": "z"}]})),
            (
                "setExceptionBreakpoints",
                json!({"filters": [], "filterOptions": [{"filterId": "raised", "condition": "e"}]}),
            ),
        ];
        let told: Vec<Value> =
            written("conditions", false, &sent).iter().map(|line| line["arguments"].clone()).collect();
        let expected = [
            json!({"source": "/a.py", "line": 3, "condition": "f()"}),
            json!({"source": "/a.py", "line": 4, "logMessage": "{g()}"}),
            json!({"name": "f", "condition": "x"}),
            json!({"dataId": "d", "condition": "y"}),
            json!({"instructionReference": "i", "condition": "z"}),
            json!({"filterId": "raised", "condition": "e"}),
        ];
        assert_eq!(told, expected);
    }
}
