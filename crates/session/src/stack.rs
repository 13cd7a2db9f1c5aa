//! Requests about threads and their frames. Called by `Session::handle`.
//!
//! Invariant: frames are answered with the ids of the current stop only.

use pausa_dap::server::Incoming;
use pausa_dap::{IntegerOrString, extensions, requests, types};
use pausa_engine::port::{Commands, Frame, FrameId, FrameKind, Levels, SourceFile};

use crate::client::count;
use crate::{Session, Shared, instructions, refused, sources, tasks, thread};

impl Session {
    pub(crate) fn threads(&self, request: &Incoming) {
        self.ask::<requests::Threads>(request, |commands, _, shared| {
            let threads = commands.threads().into_iter();
            let threads = threads.map(|thread| types::Thread { id: thread.id.0, name: thread.name });
            let threads = threads.chain(tasks::as_threads(commands, shared)).collect();
            Ok(types::ThreadsResponse { threads })
        });
    }

    pub(crate) fn stack_trace(&self, request: &Incoming) {
        self.ask::<requests::StackTrace>(request, |commands, arguments, shared| {
            let format = arguments.format.unwrap_or_default();
            let levels = Levels {
                start: count("startFrame", arguments.start_frame)?,
                count: count("levels", arguments.levels)?,
                hidden: format.include_all == Some(true),
            };
            let stack = commands.stack(thread(arguments.thread_id), levels).map_err(refused)?;
            let mut frames = Vec::with_capacity(stack.frames.len());
            for frame in stack.frames {
                let name = name(commands, &frame, &format);
                frames.push(stack_frame(frame, name, shared));
            }
            shared.after_answer.push(sources::tell_of_changes);
            Ok(types::StackTraceResponse { stack_frames: frames, total_frames: i64::try_from(stack.total).ok() })
        });
    }

    pub(crate) fn frame_code(&self, request: &Incoming) {
        self.ask::<extensions::FrameCode>(request, |commands, arguments, _| {
            let id = FrameId(arguments.frame_id);
            let (first, last) = commands.code_lines(id).map_err(refused)?;
            Ok(extensions::FrameCodeResponse { first_line: first.into(), last_line: last.into() })
        });
    }

    pub(crate) fn events(&self, request: &Incoming) {
        self.ask::<extensions::Events>(request, |commands: &mut dyn Commands, (), _| {
            let counts = commands.event_counts();
            Ok(extensions::EventsResponse {
                backend: counts.backend.to_owned(),
                delivered: counts.delivered.into_iter().map(|(name, count)| (name.to_owned(), count as i64)).collect(),
                set_events_calls: counts.set_events_calls as i64,
                code_objects: counts.code_objects as i64,
            })
        });
    }
}

/// A frame's name with what the client wants to see in it.
fn name(commands: &mut dyn Commands, frame: &Frame, format: &types::StackFrameFormat) -> String {
    let mut name = frame.name.clone();
    if frame.kind == FrameKind::Label {
        return name;
    }
    if format.module == Some(true)
        && let Some(module) = &frame.module
    {
        name = format!("{module}.{name}");
    }
    if format.parameters == Some(true) {
        let parameters = commands.parameters(frame.id).unwrap_or_default().into_iter().map(|parameter| {
            let mut parts = Vec::new();
            if format.parameter_names != Some(false) {
                parts.push(parameter.name);
            }
            if format.parameter_types == Some(true) {
                parts.push(format!("{}{}", if parts.is_empty() { "" } else { ": " }, parameter.value.type_name));
            }
            if format.parameter_values == Some(true) {
                parts.push(format!("{}{}", if parts.is_empty() { "" } else { "=" }, parameter.value.text));
            }
            parts.concat()
        });
        name = format!("{name}({})", parameters.collect::<Vec<_>>().join(", "));
    }
    if format.line == Some(true) {
        name = format!("{name}:{}", frame.line);
    }
    name
}

pub(crate) fn stack_frame(frame: Frame, name: String, shared: &Shared) -> types::StackFrame {
    let client = &shared.client;
    if frame.kind == FrameKind::Label {
        return label(frame, name);
    }
    let file = SourceFile { path: frame.path, on_disk: frame.on_disk, in_scope: frame.in_scope };
    let instruction = frame.instruction.map(instructions::reference);
    types::StackFrame {
        id: frame.id.0,
        name,
        line: client.line(frame.line),
        column: client.column(frame.columns.map_or(1, |columns| columns.start)),
        end_line: frame.columns.map(|columns| client.line(columns.end_line)),
        end_column: frame.columns.map(|columns| client.column(columns.end)),
        source: Some(sources::source(file, shared)),
        module_id: frame.module.map(IntegerOrString::String),
        presentation_hint: (!frame.in_scope).then(|| "subtle".into()),
        instruction_pointer_reference: instruction,
        ..Default::default()
    }
}

fn label(frame: Frame, name: String) -> types::StackFrame {
    types::StackFrame { id: frame.id.0, name, presentation_hint: Some("label".into()), ..Default::default() }
}
