//! A task in the list of them.
//!
//! Called by `tasks`. Invariant: the user's frames stand in the order of `where`, the newest last.

use pausa_dap::extensions::Task;

use super::Look;
use super::colours::Ink;

/// The lines of a task: its name and what it does, its frames, who waits for it.
pub fn entry(look: &Look, task: &Task, selected: bool) -> Vec<String> {
    let mark = if selected { look.ink(Ink::Mark, ">") } else { " ".into() };
    let mut first = format!("{mark} {}: {}", task.name, doing(task));
    if !task.awaited_by.is_empty() {
        first += &format!(", awaited by {}", task.awaited_by.join(", "));
    }
    if let Some(created) = &task.created {
        first += &format!(", created at {}", look.file_line(created.path.as_ref(), created.line));
    }
    let frames = task.frames.iter().rev().map(|frame| format!("      {}", look.place(frame)));
    std::iter::once(first).chain(frames).collect()
}

fn doing(task: &Task) -> String {
    let detail = task.detail.as_deref().unwrap_or("something");
    match task.state.as_str() {
        "waiting" => format!("waits for {detail}"),
        "cancelling" => format!("being cancelled, waits for {detail}"),
        "failed" => format!("failed, never retrieved: {detail}"),
        state => state.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, plain};
    use super::*;

    #[test]
    fn a_task_says_what_it_does_and_who_waits() {
        let task = Task {
            name: "Task-2".into(),
            state: "waiting".into(),
            detail: Some("Task-3".into()),
            frames: vec![frame("/home/me/a.py", 3, "fetch"), frame("/home/me/a.py", 9, "work")],
            awaited_by: vec!["Task-1".into()],
            ..Task::default()
        };
        let expected =
            ["> Task-2: waits for Task-3, awaited by Task-1", "      a.py:9 in work", "      a.py:3 in fetch"];
        assert_eq!(entry(&plain(), &task, true), expected);
        let failed = Task { state: "failed".into(), detail: Some("ValueError: bad".into()), ..Task::default() };
        assert_eq!(entry(&plain(), &failed, false), ["  : failed, never retrieved: ValueError: bad"]);
    }
}
