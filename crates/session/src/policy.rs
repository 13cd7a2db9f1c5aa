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
    (requests::Goto::COMMAND, &["targetId"]),
    (requests::Terminate::COMMAND, &[]),
];

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

/// Expressions that breakpoints and exception filters come with.
fn expressions(request: &Incoming) -> impl Iterator<Item = &Value> {
    let lists = ["breakpoints", "filterOptions"].into_iter().filter_map(|name| request.arguments.get(name)?.as_array());
    lists.flatten().flat_map(|entry| ["condition", "logMessage"].into_iter().filter_map(|name| entry.get(name)))
}

/// What is to be logged of a request.
fn logged(request: &Incoming) -> Vec<Value> {
    if let Some((_, fields)) = LOGGED.iter().find(|(command, _)| *command == request.command) {
        let arguments =
            fields.iter().filter_map(|name| Some(((*name).to_owned(), request.arguments.get(*name)?.clone())));
        return vec![Value::Object(arguments.collect())];
    }
    expressions(request).cloned().collect()
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
        assert!(allowed("disconnect", json!({})) && !allowed("disconnect", json!({"terminateDebuggee": true})));
        assert!(Policy::default().judge(&request("evaluate", json!({}))).is_ok());
    }

    #[test]
    fn what_is_run_is_logged_whether_it_is_allowed_or_not() {
        let path = std::env::temp_dir().join(format!("pausa-audit-{}", std::process::id()));
        let policy = Policy::new(true, Some(&path)).unwrap();
        assert!(policy.judge(&request("evaluate", json!({"expression": "f()", "context": "repl"}))).is_err());
        assert!(policy.judge(&request("threads", json!({}))).is_ok());
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let line: Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(line["arguments"], json!({"expression": "f()", "context": "repl"}));
        assert_eq!(line["allowed"], json!(false));
    }
}
