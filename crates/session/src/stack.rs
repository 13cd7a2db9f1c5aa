//! Requests about threads, frames and sources. Called by `Session::handle`.
//!
//! Invariant: frames are answered with the ids of the current stop only.

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{extensions, requests, types};
use pausa_engine::port::{Commands, Frame, FrameId};

use crate::{REFUSED, Session, Shared, refused, thread};

impl Session {
    pub(crate) fn threads(&self, request: &Incoming) {
        self.ask::<requests::Threads>(request, |commands, _, _| {
            let threads =
                commands.threads().into_iter().map(|thread| types::Thread { id: thread.id.0, name: thread.name });
            Ok(types::ThreadsResponse { threads: threads.collect() })
        });
    }

    pub(crate) fn stack_trace(&self, request: &Incoming) {
        self.ask::<requests::StackTrace>(request, |commands, arguments, shared| {
            let stack = commands.stack(thread(arguments.thread_id)).map_err(refused)?;
            let total = stack.len();
            let start = arguments.start_frame.and_then(|start| usize::try_from(start).ok()).unwrap_or(0);
            let levels = arguments.levels.and_then(|levels| usize::try_from(levels).ok()).filter(|&levels| levels > 0);
            let frames = stack.into_iter().skip(start).take(levels.unwrap_or(usize::MAX));
            Ok(types::StackTraceResponse {
                stack_frames: frames.map(|frame| stack_frame(frame, shared)).collect(),
                total_frames: Some(total as i64),
            })
        });
    }

    pub(crate) fn frame_code(&self, request: &Incoming) {
        self.ask::<extensions::FrameCode>(request, |commands, arguments, _| {
            let id = FrameId(arguments.frame_id);
            let (first, last) = commands.code_lines(id).map_err(refused)?;
            Ok(extensions::FrameCodeResponse { first_line: first.into(), last_line: last.into() })
        });
    }

    pub(crate) fn source(&self, request: &Incoming) {
        self.ask::<requests::Source>(request, |commands, arguments, shared| {
            let path =
                shared.source_path(arguments.source_reference).or(arguments.source.and_then(|source| source.path));
            let path = path.ok_or_else(|| ErrorBody::new(REFUSED, "there is no such source"))?;
            let content = commands.source(&path).map_err(refused)?;
            Ok(types::SourceResponse { content, mime_type: Some("text/x-python".into()) })
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

fn stack_frame(frame: Frame, shared: &Shared) -> types::StackFrame {
    let reference = if frame.on_disk { None } else { Some(shared.source_reference(&frame.path)) };
    let source = types::Source {
        name: frame.path.rsplit('/').next().map(str::to_owned),
        path: Some(frame.path),
        source_reference: reference,
        ..Default::default()
    };
    types::StackFrame {
        id: frame.id.0,
        name: frame.name,
        line: frame.line.into(),
        column: 1,
        source: Some(source),
        presentation_hint: (!frame.in_scope).then(|| "subtle".into()),
        ..Default::default()
    }
}
