//! `where`, `up`, `down`, `frame`, `info`.
//!
//! Part of the table of commands. Invariant: frames are counted from the innermost, 0, among those that are shown.

use super::{Command, Takes, count};
use crate::fault::Outcome;
use crate::render;
use crate::session::{Session, is_label};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["w", "where", "bt"],
        usage: "[COUNT | all]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the stack, the newest frame last: the frames of the program, the newest COUNT of them, or all \
            frames, those of the standard library too.",
        run: stack,
    },
    Command {
        names: &["u", "up"],
        usage: "[COUNT]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Selects the frame that called this one.",
        run: up,
    },
    Command {
        names: &["d", "down"],
        usage: "[COUNT]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Selects the frame that this one called.",
        run: down,
    },
    Command {
        names: &["frame", "f"],
        usage: "[NUMBER]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the selected frame, or selects one: 0 is the newest.",
        run: frame,
    },
    Command {
        names: &["info"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows what runs: the Python, the process, how much the interpreter reported to pausa.",
        run: info,
    },
];

fn stack(session: &mut Session, arguments: &str) -> Outcome {
    let visible = session.visible_frames()?;
    let frames = session.all_frames()?;
    let mut indices = match arguments {
        "all" => (0..frames.len()).collect(),
        text => {
            let most = count(text, usize::MAX)?;
            visible.into_iter().take(most).collect::<Vec<_>>()
        }
    };
    indices.reverse();
    let selected = session.stopped()?.selected;
    for index in indices {
        let Some(frame) = frames.get(index) else { continue };
        let text = session.text_of(frame);
        let lines = render::stack::entry(&session.screen.look, frame, text.shown(frame.line), index == selected);
        session.say(lines)?;
    }
    Ok(())
}

fn up(session: &mut Session, arguments: &str) -> Outcome {
    let steps = count(arguments, 1)?;
    let (visible, position) = position(session)?;
    if position + 1 >= visible.len() {
        return Err("this is the oldest frame".into());
    }
    let to = position.saturating_add(steps).min(visible.len() - 1);
    select(session, visible.get(to).copied())
}

fn down(session: &mut Session, arguments: &str) -> Outcome {
    let steps = count(arguments, 1)?;
    let (visible, position) = position(session)?;
    if position == 0 {
        return Err("this is the newest frame".into());
    }
    select(session, visible.get(position.saturating_sub(steps)).copied())
}

fn frame(session: &mut Session, arguments: &str) -> Outcome {
    let (visible, position) = position(session)?;
    let number = count(arguments, position)?;
    match visible.get(number) {
        Some(index) => select(session, Some(*index)),
        None => {
            Err(format!("there is no frame {number}: they go from 0 to {}", visible.len().saturating_sub(1)).into())
        }
    }
}

/// The frames that are shown and can be selected, and where among them the selected one is.
fn position(session: &mut Session) -> Outcome<(Vec<usize>, usize)> {
    let frames = session.all_frames()?;
    let is_frame = |index: &usize| frames.get(*index).is_some_and(|frame| !is_label(frame));
    let visible: Vec<_> = session.visible_frames()?.into_iter().filter(is_frame).collect();
    let selected = session.stopped()?.selected;
    let position = visible.iter().position(|index| *index == selected).unwrap_or(0);
    Ok((visible, position))
}

fn select(session: &mut Session, index: Option<usize>) -> Outcome {
    session.select_frame(index.unwrap_or(0))?;
    show_selected(session)
}

/// Prints the selected frame and the line it is at.
pub fn show_selected(session: &mut Session) -> Outcome {
    let frame = session.frame()?;
    let text = session.text_of(&frame);
    let lines = render::stack::entry(&session.screen.look, &frame, text.shown(frame.line), true);
    session.say(lines)
}

fn info(session: &mut Session, _arguments: &str) -> Outcome {
    let Some(running) = &session.running else { return session.say(["No program runs."]) };
    let mut lines = vec![running.python.clone()];
    lines.extend(running.process.pid().map(|pid| format!("Process {pid}")));
    let events = running.client.request::<pausa_dap::extensions::Events>(())?;
    let delivered: Vec<_> = events.delivered.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let delivered = if delivered.is_empty() { "none".to_owned() } else { delivered.join(", ") };
    let (backend, known) = (events.backend, events.code_objects);
    lines.push(format!("Events by sys.{backend}: {delivered}; {known} code objects known"));
    session.say(lines)
}
