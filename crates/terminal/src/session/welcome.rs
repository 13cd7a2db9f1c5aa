//! New processes of the program: each is told what to stop at, and may run, without waiting for the prompt.
//!
//! Called on a thread of each newcomer's own. Invariant: a process has not run a line of the program before every breakpoint
//! was answered; what the user changes meanwhile is sent when the session takes it in, by the version of what it was told.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pausa_dap::extensions::{Attach, AttachArguments};
use pausa_dap::{Client, Event, events, requests, types};

use super::start::{answer, send};
use crate::breakpoints::{Answers, Breakpoints, Group};
use crate::catches::Catches;
use crate::debuggee::{Newcomer, Relative};
use crate::fault::{Fault, Outcome};

/// What a process is told before it runs.
#[derive(Clone, Default)]
pub struct Recipe {
    /// Counts the changes.
    pub version: u64,
    /// What to stop at; data is a process's own.
    pub breakpoints: Breakpoints,
    /// At which exceptions.
    pub catches: Catches,
    /// How to debug.
    pub attach: AttachArguments,
    /// Another process has stopped, and holds all.
    pub holds: bool,
}

/// The recipe as it is now.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Recipe>>);

impl Shared {
    /// It, locked.
    pub fn lock(&self) -> MutexGuard<'_, Recipe> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that runs, and stops where it was told to.
pub struct Welcomed {
    /// Its agent.
    pub client: Client,
    /// What it has told since.
    pub events: Receiver<Event>,
    /// The process.
    pub process: Arc<dyn Relative>,
    /// What it said of the breakpoints.
    pub answers: Answers,
    /// The version of the recipe that it was told.
    pub version: u64,
    /// It was asked to pause, because another process holds all.
    pub is_held: bool,
}

/// Welcomes a process.
pub fn welcome(newcomer: Newcomer, recipe: &Recipe) -> Outcome<Welcomed> {
    let Newcomer { reader, writer, process } = newcomer;
    let (client, events) = Client::new(reader, writer).map_err(|error| Fault::Text(error.to_string()))?;
    introduce(&client)?;
    client.request::<Attach>(recipe.attach.clone())?;
    while !events.recv().map_err(|_| Fault::Gone)?.is::<events::Initialized>() {}
    let mut answers = Answers::default();
    for group in recipe.breakpoints.groups() {
        answers.take_in(tell(&client, &recipe.breakpoints, &group)?);
    }
    client.request::<requests::SetExceptionBreakpoints>(recipe.catches.to_send())?;
    if recipe.holds {
        ask_to_pause(&client);
    }
    client.request::<requests::ConfigurationDone>(Default::default())?;
    Ok(Welcomed { client, events, process, answers, version: recipe.version, is_held: recipe.holds })
}

/// Asks a process to hold still. The stop is the answer that counts, and the connection's end that of one that is gone.
pub fn ask_to_pause(client: &Client) {
    drop(client.send::<requests::Pause>(types::PauseArguments { thread_id: 0 }));
}

/// Lets a process that holds still run on; one that is gone will be told of.
pub fn run_on(client: &Client) {
    drop(client.send::<requests::Continue>(types::ContinueArguments::default()));
}

/// Says who we are.
pub fn introduce(client: &Client) -> Outcome {
    client.request::<requests::Initialize>(types::InitializeRequestArguments {
        adapter_id: "pausa".into(),
        client_id: Some("pausa-terminal".into()),
        client_name: Some("pausa".into()),
        columns_start_at1: Some(true),
        lines_start_at1: Some(true),
        supports_variable_type: Some(true),
        supports_variable_paging: Some(true),
        ..Default::default()
    })?;
    Ok(())
}

/// Sends a group to a process that is not the one looked at; what it says of them, by their numbers.
pub fn tell(
    client: &Client,
    breakpoints: &Breakpoints,
    group: &Group,
) -> Outcome<Vec<(u32, crate::breakpoints::Answer)>> {
    if *group == Group::Data {
        return Ok(Vec::new());
    }
    let numbers: Vec<u32> = breakpoints.to_send(group).iter().map(|breakpoint| breakpoint.number).collect();
    let answers = send(client, breakpoints, group)?;
    Ok(numbers.into_iter().zip(answers.into_iter().map(answer)).collect())
}
