//! `pausa/reload`: the functions of an edited file put in place of those that the program has.
//!
//! Used by `session` and by the terminal. Invariant: all of a file is reloaded, or nothing of it.

use serde::{Deserialize, Serialize};

use crate::requests::Request;
use crate::types::Breakpoint;

/// See the module.
pub enum Reload {}

impl Request for Reload {
    type Arguments = ReloadArguments;
    type Response = ReloadResponse;
    const COMMAND: &'static str = "pausa/reload";
}

/// The arguments of [`Reload`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadArguments {
    /// A file, or the name of a module.
    pub file: String,
}

/// The answer to [`Reload`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadResponse {
    /// The file.
    pub path: String,
    /// False if nothing was done; then the entries say why.
    pub done: bool,
    /// What became of its functions and classes.
    pub entries: Vec<ReloadEntry>,
    /// How many functions only stand at other lines.
    pub moved: i64,
    /// The breakpoints that are wanted at other lines now.
    pub carried: Vec<CarriedBreakpoint>,
    /// Those that stand otherwise than before.
    pub breakpoints: Vec<Breakpoint>,
}

/// What became of one function, class or name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReloadEntry {
    /// `replaced`, `added`, `removed`, `refused`, `running` or `missing`.
    pub deed: String,
    /// The qualified name.
    pub name: String,
    /// A line in the file, or of the frame that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// Why, or which thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A breakpoint that has moved with its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CarriedBreakpoint {
    /// The breakpoint.
    pub id: i64,
    /// Where it is wanted now.
    pub line: i64,
}
