//! What a client has set in a program, for the program that takes its place at a restart.
//!
//! Kept by `link` for its audience. Invariant: a breakpoint has one number for the client, whatever agents call it.

use std::collections::HashMap;

use pausa_dap::requests::Request as _;
use pausa_dap::requests::{
    SetBreakpoints, SetDataBreakpoints, SetExceptionBreakpoints, SetFunctionBreakpoints, SetInstructionBreakpoints,
};
use serde_json::Value;

/// What is set as a whole: a request, and for breakpoints in files the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub command: String,
    source: Value,
}

impl Key {
    /// What a request sets, if it sets something that outlives the program: data and instructions do not.
    pub fn of(command: &str, arguments: &Value) -> Option<Self> {
        let lasts = [SetBreakpoints::COMMAND, SetFunctionBreakpoints::COMMAND, SetExceptionBreakpoints::COMMAND];
        let source = arguments.get("source").and_then(|source| source.get("path").or(source.get("name")));
        lasts
            .contains(&command)
            .then(|| Self { command: command.to_owned(), source: source.cloned().unwrap_or_default() })
    }
}

struct Kept {
    key: Key,
    arguments: Value,
    /// The client's numbers of its breakpoints.
    ids: Vec<Option<i64>>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Settings {
    kept: Vec<Kept>,
    /// The client's numbers of breakpoints that the agent of today calls otherwise.
    known: HashMap<i64, i64>,
    /// What is added to the others.
    base: i64,
    /// The greatest number that the client has seen.
    highest: i64,
}

impl Settings {
    /// The client sets something.
    pub fn set(&mut self, key: &Key, arguments: &Value) {
        self.kept.retain(|kept| kept.key != *key);
        self.kept.push(Kept { key: key.clone(), arguments: arguments.clone(), ids: Vec::new() });
    }

    /// The agent has answered it: its numbers become the client's.
    pub fn answered(&mut self, key: &Key, body: &mut Value) {
        self.rename(body);
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.key == *key) {
            kept.ids = ids(body);
        }
    }

    /// Another agent takes over. What it is to be told, in order.
    pub fn carry_over(&mut self) -> Vec<(Key, Value)> {
        self.known.clear();
        self.base = self.highest;
        self.kept.iter().map(|kept| (kept.key.clone(), kept.arguments.clone())).collect()
    }

    /// It has answered: the client's breakpoints are these now. What it does not know yet of them, as it would be told.
    pub fn carried_over(&mut self, key: &Key, body: &mut Value) {
        if let Some(kept) = self.kept.iter().find(|kept| kept.key == *key) {
            let pairs = ids(body).into_iter().zip(&kept.ids);
            self.known.extend(pairs.filter_map(|(theirs, ours)| Some((theirs?, (*ours)?))));
        }
        self.rename(body);
    }

    /// Puts the client's numbers into what the agent sends.
    pub fn rename(&mut self, body: &mut Value) {
        for breakpoint in body.get_mut("breakpoints").and_then(Value::as_array_mut).into_iter().flatten() {
            self.rename_one(breakpoint.get_mut("id"));
        }
        self.rename_one(body.get_mut("breakpoint").and_then(|breakpoint| breakpoint.get_mut("id")));
        for id in body.get_mut("hitBreakpointIds").and_then(Value::as_array_mut).into_iter().flatten() {
            self.rename_one(Some(id));
        }
    }

    fn rename_one(&mut self, id: Option<&mut Value>) {
        let Some(id) = id else { return };
        let Some(theirs) = id.as_i64() else { return };
        let ours = self.known.get(&theirs).copied().unwrap_or(theirs + self.base);
        self.highest = self.highest.max(ours);
        *id = ours.into();
    }
}

/// True for requests whose answers hold numbers of breakpoints.
pub(crate) fn numbers_breakpoints(command: &str) -> bool {
    let all = [
        SetBreakpoints::COMMAND,
        SetFunctionBreakpoints::COMMAND,
        SetExceptionBreakpoints::COMMAND,
        SetDataBreakpoints::COMMAND,
        SetInstructionBreakpoints::COMMAND,
    ];
    all.contains(&command)
}

/// The numbers of an answer's breakpoints, in order.
fn ids(body: &Value) -> Vec<Option<i64>> {
    let breakpoints = body.get("breakpoints").and_then(Value::as_array).into_iter().flatten();
    breakpoints.map(|breakpoint| breakpoint.get("id").and_then(Value::as_i64)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(settings: &mut Settings, path: &str, theirs: &[i64]) -> Vec<i64> {
        let arguments = json!({ "source": { "path": path }, "breakpoints": [] });
        let key = Key::of("setBreakpoints", &arguments).unwrap();
        settings.set(&key, &arguments);
        let mut body = answer(theirs);
        settings.answered(&key, &mut body);
        ids(&body).into_iter().flatten().collect()
    }

    fn answer(theirs: &[i64]) -> Value {
        json!({ "breakpoints": theirs.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() })
    }

    #[test]
    fn a_breakpoint_keeps_its_number_over_a_restart() {
        let mut settings = Settings::default();
        assert_eq!(set(&mut settings, "/a", &[1, 2]), [1, 2]);
        assert_eq!(set(&mut settings, "/b", &[3]), [3]);
        assert_eq!(set(&mut settings, "/a", &[2, 4]), [2, 4]);

        let told = settings.carry_over();
        assert_eq!(told.len(), 2);
        settings.carried_over(&told[0].0, &mut answer(&[1]));
        settings.carried_over(&told[1].0, &mut answer(&[2, 3]));
        let mut stopped = json!({ "hitBreakpointIds": [1, 2, 3] });
        settings.rename(&mut stopped);
        assert_eq!(stopped["hitBreakpointIds"], json!([3, 2, 4]));
        // A new one takes no number that the client knows.
        assert_eq!(set(&mut settings, "/c", &[4]), [8]);
        let mut changed = json!({ "reason": "changed", "breakpoint": { "id": 2 } });
        settings.rename(&mut changed);
        assert_eq!(changed["breakpoint"]["id"], 2);
    }

    #[test]
    fn only_what_lasts_is_kept() {
        for passing in ["setInstructionBreakpoints", "setDataBreakpoints", "setVariable"] {
            assert_eq!(Key::of(passing, &Value::Null), None);
        }
    }
}
