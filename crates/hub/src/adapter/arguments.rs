//! What editors send with `launch` and `attach`: debugpy's vocabulary, and our `token`.
//!
//! Read by `plan` and `adapter`. Invariant: what is not listed here is passed over (editors send much of their own), and
//! what is listed is honoured, refused, or answered with a word in the console.

use std::collections::BTreeMap;

use pausa_dap::ErrorBody;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::child::Claim;
use super::path_mappings::PathMapping;

/// What `launch` says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LaunchArguments {
    pub program: Option<String>,
    pub module: Option<String>,
    pub code: Option<OneOrMany>,
    pub args: Option<OneOrMany>,
    pub cwd: Option<String>,
    pub env: Option<BTreeMap<String, Value>>,
    pub env_file: Option<String>,
    pub python: Option<OneOrMany>,
    pub python_path: Option<String>,
    pub python_args: Option<OneOrMany>,
    pub console: Option<Console>,
    pub console_name: Option<String>,
    pub console_title: Option<String>,
    pub redirect_output: Option<bool>,
    pub no_debug: Option<bool>,
    #[serde(flatten)]
    pub common: CommonArguments,
}

/// What `attach` says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AttachArguments {
    pub connect: Option<Endpoint>,
    pub listen: Option<Endpoint>,
    pub host: Option<String>,
    pub port: Option<Port>,
    pub process_id: Option<Value>,
    /// A child of another session's program, which waits to be fetched.
    pub pausa_child: Option<Claim>,
    /// With `processId`: nothing may be evaluated or assigned.
    pub read_only: bool,
    /// With `processId`: the file for a line about each evaluation and assignment.
    pub audit_log: Option<String>,
    #[serde(flatten)]
    pub common: CommonArguments,
}

/// What both say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CommonArguments {
    pub stop_on_entry: Option<bool>,
    pub just_my_code: Option<bool>,
    pub show_return_value: Option<bool>,
    /// Milliseconds; 0 for any number.
    pub evaluation_time_limit: u64,
    /// asyncio's tasks among the threads.
    pub tasks: bool,
    /// A step lets all threads run, or its own only.
    pub stepping_resumes_all_threads: Option<bool>,
    pub path_mappings: Option<Vec<PathMapping>>,
    pub token: Option<String>,
    pub debug_options: Option<Vec<String>>,
    /// Children of the program become sessions of their own.
    pub sub_process: Option<bool>,
    /// All else, for what has to be answered with a word.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl CommonArguments {
    /// An option by its own field or by its old name in `debugOptions`.
    pub fn option(&self, field: Option<bool>, old_name: &str) -> Option<bool> {
        let old = || self.debug_options.as_ref()?.iter().any(|option| option == old_name).then_some(true);
        field.or_else(old)
    }

    pub fn stop_on_entry(&self) -> bool {
        self.option(self.stop_on_entry, "StopOnEntry").unwrap_or(false)
    }

    pub fn sub_process(&self) -> bool {
        self.sub_process != Some(false)
    }

    pub fn just_my_code(&self) -> bool {
        match self.just_my_code {
            Some(just_my_code) => just_my_code,
            None => self.option(None, "DebugStdLib") != Some(true),
        }
    }
}

/// A text, or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn into_many(self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// Where the program's input and output are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Console {
    #[serde(rename = "internalConsole")]
    Internal,
    #[serde(rename = "integratedTerminal")]
    Integrated,
    #[serde(rename = "externalTerminal")]
    External,
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Endpoint {
    pub host: Option<String>,
    pub port: Port,
}

/// A port: editors' variables make texts of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Port {
    Number(u16),
    Text(String),
}

impl Port {
    pub fn number(&self) -> Option<u16> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

/// Reads what a request carries; a fault is ready to be answered.
pub(crate) fn read<T: DeserializeOwned + Default>(command: &str, arguments: Value) -> Result<T, ErrorBody> {
    if arguments.is_null() {
        return Ok(T::default());
    }
    // A field that an editor leaves open is null: as good as absent.
    let arguments = match arguments {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    };
    pausa_dap::read(arguments).map_err(|error| ErrorBody::new(ErrorBody::INVALID, format!("{command}: {error}")))
}

/// One line for each thing that was asked for and that pausa does not do.
pub(crate) fn words(others: &Map<String, Value>) -> Vec<String> {
    WORDS
        .iter()
        .filter(|(name, unless, _)| others.get(*name).is_some_and(|value| is_asked_for(value) != *unless))
        .map(|(name, unless, word)| format!("\"{name}\": {}: {word}", others.get(*name).map_or(*unless, is_asked_for)))
        .collect()
}

fn is_asked_for(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Object(fields) => {
            fields.get("enable").or(fields.get("enabled")).is_none_or(|on| on == &Value::Bool(true))
        }
        Value::Array(items) => !items.is_empty(),
        Value::Null => false,
        _ => true,
    }
}

/// Fields of debugpy's that pausa does not honour, the setting that needs no word, and the word.
const WORDS: &[(&str, bool, &str)] = &[
    ("subProcessId", false, "pausa has the editor start the sessions of children itself"),
    ("django", false, "breakpoints in templates are not supported; the Python code of Django needs no setting"),
    ("jinja", false, "breakpoints in templates are not supported; the Python code of Jinja needs no setting"),
    ("pyramid", false, "breakpoints in templates are not supported; the Python code of Pyramid needs no setting"),
    ("gevent", false, "greenlets are not told apart; code in them stops all the same"),
    ("guiEventLoop", false, "no event loop runs while the program is stopped"),
    ("autoReload", false, "code that changes on disk is reloaded on request only, by `reload`"),
    ("autoStartBrowser", false, "open the browser yourself"),
    (
        "breakOnSystemExit",
        false,
        "SystemExit stops the program only by the filter option \"SystemExit\" of the filter \"raised\"",
    ),
    ("rules", false, "which code is yours is decided by justMyCode alone"),
    ("logToFile", false, "pausa writes no log"),
    ("restart", false, "the session ends with the connection: attach again"),
    ("debugpyArgs", false, "these are options of debugpy's own"),
    ("onTerminate", false, "the program ends by SIGTERM when it is terminated"),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_editor_sends_is_read() {
        let arguments: LaunchArguments = read(
            "launch",
            json!({
                "type": "debugpy", "request": "launch", "name": "x", "program": "/a.py", "args": ["1"], "env": {"A": 1},
                "python": ["/p", "-X", "dev"], "console": "integratedTerminal", "justMyCode": null, "__sessionId": "1",
                "pathMappings": [{"localRoot": "/l", "remoteRoot": "."}], "debugOptions": ["StopOnEntry"],
            }),
        )
        .unwrap();
        assert_eq!(arguments.python.clone().unwrap().into_many(), ["/p", "-X", "dev"]);
        assert_eq!(arguments.console, Some(Console::Integrated));
        assert!(arguments.common.stop_on_entry() && arguments.common.just_my_code());
        let attach: AttachArguments = read("attach", json!({"connect": {"port": "5678"}})).unwrap();
        assert_eq!(attach.connect.unwrap().port.number(), Some(5678));
    }

    #[test]
    fn a_fault_names_what_is_wrong() {
        let error = read::<LaunchArguments>("launch", json!({"console": "wall"})).unwrap_err();
        assert!(error.format.contains("wall") && error.format.starts_with("launch"), "{}", error.format);
        assert!(read::<LaunchArguments>("launch", json!([])).is_err());
    }

    #[test]
    fn only_what_is_asked_for_and_not_done_gets_a_word() {
        let said = |arguments: Value| words(arguments.as_object().unwrap());
        assert_eq!(said(json!({"gevent": false, "django": false, "logToFile": false})), [""; 0]);
        assert_eq!(said(json!({"autoReload": {"enable": false}, "rules": [], "workspaceFolder": "/w"})), [""; 0]);
        let words = said(json!({"gevent": true, "logToFile": true}));
        assert!(words[0].starts_with("\"gevent\": true: ") && words[1].starts_with("\"logToFile\": true: "));
    }
}
