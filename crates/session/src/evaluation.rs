//! Requests that evaluate or complete what the user types. Called by `Session::handle`.
//!
//! Invariant: code of the program runs only where the user asked for an evaluation, and each can be ended.

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{requests, types};
use pausa_engine::port::{Completion, EvaluateMode, FrameId};

use crate::client::ClientFacts;
use crate::pending::Ends;
use crate::progress::{cancel, request_of_progress};
use crate::variables::{References, format, hint_of_value, some};
use crate::{Session, refused};

impl Session {
    pub(crate) fn evaluate(&self, request: &Incoming) {
        self.ask_long::<requests::Evaluate>(request, |commands, arguments, shared| {
            let mode = mode(arguments.context.as_ref().map(|context| context.as_str()));
            let (frame, form) = (arguments.frame_id.map(FrameId), format(arguments.format));
            let value = commands.evaluate(frame, &arguments.expression, mode, form);
            if mode == EvaluateMode::Statement {
                // It may have changed anything, also if it raised in the end.
                shared.invalidate();
            }
            let value = value.map_err(refused)?;
            let references = References::of(&value, &shared.client);
            Ok(types::EvaluateResponse {
                presentation_hint: hint_of_value(&value),
                result: value.text,
                r#type: Some(value.type_name).filter(|name| !name.is_empty()),
                variables_reference: references.children,
                named_variables: some(value.named),
                indexed_variables: some(value.indexed),
                memory_reference: references.memory,
                value_location_reference: references.definition,
            })
        });
    }

    pub(crate) fn cancel(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Cancel>(request) else { return };
        let by_progress = arguments.progress_id.as_deref().and_then(request_of_progress);
        for seq in arguments.request_id.into_iter().chain(by_progress) {
            cancel(seq, Ends::Cancelled, &self.debuggee, &self.shared);
        }
        self.outgoing.respond_as::<requests::Cancel>(request, Ok(()));
    }

    pub(crate) fn completions(&self, request: &Incoming) {
        self.ask::<requests::Completions>(request, |commands, arguments, shared| {
            let (text, column) = wanted_line(&arguments, &shared.client)?;
            let characters = characters_before(&text, column)?;
            let found = commands.completions(arguments.frame_id.map(FrameId), &text, characters);
            let targets =
                found.into_iter().enumerate().map(|(at, found)| item(at, found, &text, characters, &shared.client));
            Ok(types::CompletionsResponse { targets: targets.collect() })
        });
    }
}

fn mode(context: Option<&str>) -> EvaluateMode {
    match context {
        Some("repl") => EvaluateMode::Statement,
        Some("hover" | "variables") => EvaluateMode::Quiet,
        Some("watch") => EvaluateMode::Watch,
        Some("clipboard") => EvaluateMode::Full,
        Some("pausa:pretty") => EvaluateMode::Pretty,
        Some("pausa:whatis") => EvaluateMode::WhatIs,
        Some("pausa:source") => EvaluateMode::Source,
        _ => EvaluateMode::Expression,
    }
}

/// The line that is to be completed, and the column in it, in UTF-16 code units from 0.
fn wanted_line(arguments: &types::CompletionsArguments, client: &ClientFacts) -> Result<(String, usize), ErrorBody> {
    let line = arguments.line.map_or(Ok(0), |line| client.line_from_client(line))?;
    let text = arguments.text.split('\n').nth(line).unwrap_or_default();
    Ok((text.to_owned(), client.column_from_client(arguments.column)?))
}

/// How many characters stand before a column, which is counted in UTF-16 code units.
fn characters_before(text: &str, column: usize) -> Result<usize, ErrorBody> {
    let mut units = 0;
    for (characters, character) in text.chars().enumerate() {
        if units >= column {
            return Ok(characters);
        }
        units += character.len_utf16();
    }
    let fits = units >= column;
    let too_far = || ErrorBody::new(ErrorBody::INVALID, format!("completions: the text ends before column {column}"));
    fits.then(|| text.chars().count()).ok_or_else(too_far)
}

fn item(at: usize, found: Completion, text: &str, characters: usize, client: &ClientFacts) -> types::CompletionItem {
    let units = |from: usize, count: usize| text.chars().skip(from).take(count).map(char::len_utf16).sum::<usize>();
    let first = characters.saturating_sub(found.length);
    let (start, length) = (units(0, first), units(first, found.length));
    types::CompletionItem {
        label: found.text.clone(),
        text: Some(found.text),
        // The order in which they were found: those of the program's own before others.
        sort_text: Some(format!("{at:06}")),
        start: u32::try_from(start + 1).ok().map(|start| client.column(start)),
        length: i64::try_from(length).ok(),
        r#type: Some(found.kind.into()),
        ..Default::default()
    }
}
