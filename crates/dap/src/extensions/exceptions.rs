//! The exceptions that the one of a stop comes from or holds, each with the frames that it was in.
//!
//! Used by `session` and the prompt. Invariant: an exception is known by its place in the list, which holds for one stop.

use serde::{Deserialize, Serialize};

use crate::requests::Request;
use crate::types::StackFrame;

/// `pausa/exceptions`: the exception that a thread is stopped at, first, and all that it comes from or holds.
pub enum Exceptions {}

impl Request for Exceptions {
    type Arguments = ExceptionsArguments;
    type Response = ExceptionsResponse;
    const COMMAND: &'static str = "pausa/exceptions";
}

/// The arguments of [`Exceptions`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionsArguments {
    /// The thread.
    pub thread_id: i64,
}

/// The answer to [`Exceptions`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionsResponse {
    /// None if the thread is not stopped at an exception.
    pub exceptions: Vec<LinkedException>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedException {
    /// Its type's qualified name.
    pub type_name: String,
    /// Its text.
    pub message: String,
    /// What it is to the one before it that is a step less deep.
    pub link: ExceptionLink,
    /// Which member of a group it is, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<i64>,
    /// How many links away from the exception of the stop it is.
    pub depth: usize,
}

/// What an exception is to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExceptionLink {
    /// The exception of the stop.
    Itself,
    /// `__cause__`.
    Cause,
    /// `__context__`.
    Context,
    /// One of `exceptions`.
    Member,
}

/// `pausa/exceptionStack`: the frames that one of them was in, innermost first.
pub enum ExceptionStack {}

impl Request for ExceptionStack {
    type Arguments = ExceptionStackArguments;
    type Response = ExceptionStackResponse;
    const COMMAND: &'static str = "pausa/exceptionStack";
}

/// The arguments of [`ExceptionStack`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionStackArguments {
    /// The thread.
    pub thread_id: i64,
    /// The exception's place in the list.
    pub exception: usize,
}

/// The answer to [`ExceptionStack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionStackResponse {
    /// The frames; their variables can be read.
    pub stack_frames: Vec<StackFrame>,
}
