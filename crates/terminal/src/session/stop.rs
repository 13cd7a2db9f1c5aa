//! A stop: what holds while the program does.
//!
//! Part of the session; made when the agent says `stopped`, dropped at resume. Invariant: all frames and ids in it are
//! of this stop.

use std::path::PathBuf;

use pausa_dap::types::{StackFrame, StackFramePresentationHint, StoppedEvent, StoppedEventReason};
use pausa_dap::{extensions, requests, types};

use super::sources::Sources;
use super::{By, Session};
use crate::breakpoints::Breakpoint;
use crate::fault::{Fault, Outcome};
use crate::render::{self, path_of};

/// How many frames are asked for at first: a deep recursion should not make each step slow.
const FIRST_FRAMES: i64 = 20;

/// Where the program holds still, and what the user looks at.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Counts the stops of a session.
    pub serial: u64,
    /// The thread looked at.
    pub thread: i64,
    /// Its frames, innermost first.
    pub frames: Vec<StackFrame>,
    /// False if there are more.
    pub complete: bool,
    /// The frame looked at.
    pub selected: usize,
    /// The exception whose frames these are, by its place in the list of `exceptions`; 0 for the thread itself.
    pub exception: usize,
    /// The last line that was listed.
    pub listed: Option<i64>,
    /// The texts looked at.
    pub sources: Sources,
}

impl Stop {
    /// The frame looked at.
    pub fn frame(&self) -> Option<&StackFrame> {
        self.frames.get(self.selected)
    }

    /// Its id.
    pub fn frame_id(&self) -> Option<i64> {
        self.frame().map(|frame| frame.id)
    }

    /// Its file.
    pub fn file(&self) -> Option<PathBuf> {
        self.frame().map(|frame| PathBuf::from(path_of(frame)))
    }

    /// The files of all frames.
    pub fn files(&self) -> Vec<PathBuf> {
        self.frames.iter().map(|frame| PathBuf::from(path_of(frame))).collect()
    }
}

/// True for a frame that is not of the user's program.
pub fn is_subtle(frame: &StackFrame) -> bool {
    frame.presentation_hint == Some(StackFramePresentationHint::Subtle)
}

/// True for a line of a stack that is no frame: it says what the frames behind it are.
pub fn is_label(frame: &StackFrame) -> bool {
    frame.presentation_hint == Some(StackFramePresentationHint::Label)
}

impl Session {
    /// The present stop.
    pub fn stopped(&mut self) -> Outcome<&mut Stop> {
        self.stop.as_mut().ok_or_else(not_running)
    }

    /// The frame looked at.
    pub fn frame(&mut self) -> Outcome<StackFrame> {
        self.stopped()?.frame().cloned().ok_or_else(|| Fault::from("this thread runs no Python code"))
    }

    /// Takes in a stop: who stopped, where, and which breakpoints were hit. Then tells the user.
    pub(super) fn take_stop(&mut self, event: StoppedEvent) -> Outcome {
        self.hold_others();
        self.last_stop += 1;
        let thread = event.thread_id.unwrap_or_default();
        self.stop = Some(Stop { serial: self.last_stop, thread, ..Stop::default() });
        let threads = self.client()?.request::<requests::Threads>(())?.threads;
        self.threads.update(threads);
        self.fetch_frames(Some(FIRST_FRAMES))?;
        let pinned = matches!(
            event.reason,
            StoppedEventReason::Breakpoint
                | StoppedEventReason::FunctionBreakpoint
                | StoppedEventReason::DataBreakpoint
                | StoppedEventReason::Step
        );
        if !pinned {
            self.select_visible()?;
        }
        let ids = event.hit_breakpoint_ids.clone().unwrap_or_default();
        let numbers = self.kept.breakpoints.stopped(&ids);
        self.tell_over(&numbers);
        let hit: Vec<_> = numbers.iter().filter_map(|number| self.kept.breakpoints.get(*number)).cloned().collect();
        let part = hit.iter().find_map(|breakpoint| Some((breakpoint.column?, breakpoint.end_column)));
        let by = std::mem::take(&mut self.by);
        let by = if event.reason == StoppedEventReason::Step { by } else { By::Lines };
        let scripts: Vec<_> = hit.iter().flat_map(|breakpoint| breakpoint.commands.clone()).collect();
        if !scripts.iter().any(|line| line.trim() == "silent") {
            self.tell_stop(event, numbers, part)?;
            match by {
                By::Lines => {}
                By::Instructions => self.show_instruction(),
                By::Expressions => self.show_computed()?,
            }
        }
        self.input.insert(scripts.into_iter(), Some(self.last_stop));
        self.remove_temporary(&hit)
    }

    /// Tells where and why, and at which part of the line if it is not the line as a whole: from which column to which.
    fn tell_stop(&mut self, event: StoppedEvent, breakpoints: Vec<u32>, part: Option<(i64, Option<i64>)>) -> Outcome {
        let exception = match event.reason {
            StoppedEventReason::Exception => self.exception(&event),
            _ => None,
        };
        let note = event.text.clone();
        let is_pause = event.reason == StoppedEventReason::Pause;
        let is_data = event.reason == StoppedEventReason::DataBreakpoint;
        let tells = is_data || event.reason == StoppedEventReason::FunctionBreakpoint;
        let told = event.description.clone().filter(|_| tells);
        let is_step = event.reason == StoppedEventReason::Step;
        let thread = event.thread_id.and_then(|id| self.threads.name(id)).map(str::to_owned);
        let stopped = render::stop::Stopped { event, breakpoints, exception, thread: thread.as_deref() };
        let frame = self.stop.as_ref().and_then(Stop::frame).cloned();
        let line = render::stop::line(&self.screen.look, &stopped, frame.as_ref());
        self.tell_process();
        self.screen.line(&line);
        if let Some(told) = told {
            self.screen.line(&told);
        }
        match note {
            // What the calls of the line have returned: `retval` shows it.
            Some(_) if is_step => {}
            Some(note) if is_pause || (is_data && !note.starts_with("condition ")) => {
                self.screen.line(&format!("({note})"))
            }
            Some(note) => self.screen.error(&Fault::Text(note)),
            None => {}
        }
        if let Some(frame) = frame {
            self.show_line(&frame);
            if let Some((start, end)) = part {
                self.show_part(&frame, start, end);
            }
        }
        if is_pause {
            self.tell_deadlocks()?;
        }
        self.show_displays()
    }

    /// A program that was paused may hang: says so if its threads wait for one another.
    fn tell_deadlocks(&mut self) -> Outcome {
        match self.client()?.request::<extensions::Locks>(()) {
            Ok(found) => self.say(pausa_report::locks::deadlocks(&found)),
            // An interpreter whose frames cannot be read: `locks` says it.
            Err(_) => Ok(()),
        }
    }

    /// Prints the source line that a frame is at.
    pub fn show_line(&mut self, frame: &StackFrame) {
        let text = self.text_of(frame);
        if let Some(line) = render::source::current_line(&self.screen.look, &text, frame.line) {
            self.screen.line(&line);
        }
    }

    /// How far the step that comes goes at a time.
    pub fn goes_by(&mut self, by: By) {
        self.by = by;
    }

    /// Marks the expression that the step has ended behind, and tells its value and those of expressions in it.
    fn show_computed(&mut self) -> Outcome {
        let found = self.client()?.request::<extensions::Computed>(())?;
        let frame = self.stop.as_ref().and_then(Stop::frame).cloned();
        if let (Some(frame), Some(last)) = (frame, found.values.last())
            && let (true, Some(start)) = (frame.line == last.line, last.column)
        {
            self.show_part(&frame, start, last.end_column.filter(|_| last.end_line == Some(last.line)));
        }
        self.say(pausa_report::expressions::values(&found))
    }

    /// Marks the part of its line that the frame is at, and tells the instruction.
    fn show_instruction(&mut self) {
        let Some(frame) = self.stop.as_ref().and_then(Stop::frame).cloned() else { return };
        if let Some(end) = frame.end_column {
            let end = Some(end).filter(|_| frame.end_line == Some(frame.line));
            self.show_part(&frame, frame.column, end);
        }
        if let Some(line) = crate::commands::bytecode::current(self, &frame) {
            self.screen.line(&line);
        }
    }

    /// Marks a part of the line that a frame is at.
    fn show_part(&mut self, frame: &StackFrame, start: i64, end: Option<i64>) {
        let text = self.text_of(frame);
        if let Some(marks) = render::source::current_part(&self.screen.look, &text, frame.line, start, end) {
            self.screen.line(&marks);
        }
    }

    /// `Uncaught ValueError: message`.
    fn exception(&self, event: &StoppedEvent) -> Option<String> {
        let arguments = types::ExceptionInfoArguments { thread_id: event.thread_id? };
        let info = self.running.as_ref()?.client.request::<requests::ExceptionInfo>(arguments).ok()?;
        // `Uncaught exception`: its type stands for the last word.
        let how = event.description.as_deref().and_then(|text| text.strip_suffix(" exception")).unwrap_or("Uncaught");
        let message = info.description.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
        let separator = if message.is_empty() { "" } else { ": " };
        Some(format!("{how} {}{separator}{message}", info.exception_id))
    }

    fn remove_temporary(&mut self, hit: &[Breakpoint]) -> Outcome {
        for breakpoint in hit.iter().filter(|breakpoint| breakpoint.temporary) {
            let group = self.kept.breakpoints.group_of(breakpoint.number);
            self.kept.breakpoints.remove(breakpoint.number);
            if let Some(group) = group {
                self.send_group(&group)?;
            }
        }
        Ok(())
    }

    fn fetch_frames(&mut self, levels: Option<i64>) -> Outcome {
        let thread_id = self.stopped()?.thread;
        let arguments = types::StackTraceArguments { thread_id, levels, ..Default::default() };
        let answer = self.client()?.request::<requests::StackTrace>(arguments)?;
        let stop = self.stopped()?;
        let got = i64::try_from(answer.stack_frames.len()).unwrap_or(i64::MAX);
        stop.complete = levels.is_none_or(|levels| got < levels || answer.total_frames == Some(got));
        stop.frames = answer.stack_frames;
        Ok(())
    }

    /// All frames of the thread, innermost first.
    pub fn all_frames(&mut self) -> Outcome<Vec<StackFrame>> {
        if !self.stopped()?.complete {
            self.fetch_frames(None)?;
        }
        Ok(self.stopped()?.frames.clone())
    }

    /// The indices of the frames that a user sees: those of the program, and the selected one.
    pub fn visible_frames(&mut self) -> Outcome<Vec<usize>> {
        let all_code = self.settings.all_code;
        let frames = self.all_frames()?;
        let selected = self.stopped()?.selected;
        let every = all_code || frames.iter().all(|frame| is_label(frame) || is_subtle(frame));
        let visible = |(index, frame)| every || index == selected || !is_subtle(frame);
        Ok(frames
            .iter()
            .enumerate()
            .filter(|(index, frame)| visible((*index, frame)))
            .map(|(index, _)| index)
            .collect())
    }

    /// Selects the innermost frame of the user's program.
    fn select_visible(&mut self) -> Outcome {
        let all_code = self.settings.all_code;
        let is_shown = |frame: &StackFrame| (all_code || !is_subtle(frame)) && !is_label(frame);
        let visible = |frames: &[StackFrame]| frames.iter().position(is_shown);
        let mut found = visible(&self.stopped()?.frames);
        if found.is_none() {
            found = visible(&self.all_frames()?);
        }
        self.stopped()?.selected = found.unwrap_or(0);
        Ok(())
    }

    /// Looks at another thread.
    pub fn select_thread(&mut self, thread: i64) -> Outcome {
        let stop = self.stopped()?;
        stop.thread = thread;
        stop.exception = 0;
        stop.listed = None;
        self.fetch_frames(Some(FIRST_FRAMES))?;
        self.select_visible()
    }

    /// Looks at the frames that an exception was in.
    pub fn select_exception(&mut self, number: usize, frames: Vec<StackFrame>) -> Outcome {
        let stop = self.stopped()?;
        (stop.exception, stop.frames, stop.complete, stop.listed) = (number, frames, true, None);
        self.select_visible()
    }

    /// Looks at another frame.
    pub fn select_frame(&mut self, index: usize) -> Outcome {
        let stop = self.stopped()?;
        stop.selected = index;
        stop.listed = None;
        Ok(())
    }
}

/// What is said when there is no program to ask.
pub(super) fn not_running() -> Fault {
    "the program is not running (`run` starts it again)".into()
}
