//! `tasks`, `task`.
//!
//! Part of the table of commands. Invariant: looking at another task moves none.

use pausa_dap::extensions::{self, Task, TasksArguments, TasksResponse};

use super::looking::show_selected;
use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::render;
use crate::session::Session;

/// How many tasks are listed unless more are asked for.
const LISTED: usize = 100;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["tasks"],
        usage: "[COUNT | all]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists asyncio's tasks: where each stands, what it waits for and who waits for it. Cancelled ones and those \
            that failed without anybody having noticed are among them.",
        run: tasks,
    },
    Command {
        names: &["task"],
        usage: "NAME",
        takes: Takes::Nothing,
        resumes: false,
        help: "Looks at another task: its stack, its variables, and steps are its own.",
        run: task,
    },
];

fn tasks(session: &mut Session, arguments: &str) -> Outcome {
    let most = match arguments.trim() {
        "all" => usize::MAX,
        text => super::count(text, LISTED)?,
    };
    let selected = session.stopped()?.thread;
    let found = fetch(session, Some(most))?;
    if found.tasks.is_empty() {
        return session.say(["No tasks."]);
    }
    for task in &found.tasks {
        let is_selected = task.thread_id == selected || task.runs_on == Some(selected);
        let lines = render::tasks::entry(&session.screen.look, task, is_selected);
        session.say(lines)?;
    }
    let more = usize::try_from(found.total).unwrap_or(0).saturating_sub(found.tasks.len());
    if more > 0 {
        session.say([format!("… and {more} more: `tasks all` lists them")])?;
    }
    Ok(())
}

fn fetch(session: &mut Session, most: Option<usize>) -> Outcome<TasksResponse> {
    let count = most.and_then(|most| i64::try_from(most).ok()).filter(|most| *most > 0);
    Ok(session.client()?.request::<extensions::Tasks>(TasksArguments { start: None, count })?)
}

fn task(session: &mut Session, arguments: &str) -> Outcome {
    let wanted = needed(arguments, "the name of a task")?;
    session.stopped()?;
    let found = fetch(session, None)?.tasks;
    let task = named(&found, wanted)?;
    session.select_thread(task.thread_id)?;
    show_selected(session)
}

/// The task of a name; of several the one that a number behind the name chooses. A number alone is one of asyncio's names.
fn named<'a>(tasks: &'a [Task], wanted: &str) -> Outcome<&'a Task> {
    let of_name = |name: &str| tasks.iter().filter(|task| task.name == name).collect::<Vec<_>>();
    let by_number = || wanted.parse::<u64>().ok().map(|number| of_name(&format!("Task-{number}")));
    let found = match of_name(wanted) {
        found if !found.is_empty() => found,
        _ => by_number().unwrap_or_default(),
    };
    match found.as_slice() {
        [only] => Ok(only),
        [] => {
            let chosen = wanted.rsplit_once(' ').and_then(|(name, number)| {
                let index = number.parse::<usize>().ok()?.checked_sub(1)?;
                of_name(name.trim()).get(index).copied()
            });
            chosen.ok_or_else(|| format!("there is no task '{wanted}': see `tasks`").into())
        }
        several => Err(format!("{} tasks have that name: say which, as in `task {wanted} 1`", several.len()).into()),
    }
}
