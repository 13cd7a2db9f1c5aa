//! asyncio's tasks as an editor sees them: among the threads if it asks, with stacks that go on with those that wait.

use pausa_dap::extensions::{AttachArguments, Tasks, TasksArguments};
use pausa_dap::requests::{Continue, Scopes, StackTrace, Threads, Variables};
use pausa_dap::types::{
    ContinueArguments, ScopesArguments, StackFrame, StackFramePresentationHint, StackTraceArguments, VariablesArguments,
};
use pausa_testkit::Result;
use pausa_testkit::pythons::Python;

use crate::{Stopped, check, everything, on_each_python, same};

/// Task numbers are above this one.
const FIRST_TASK: i64 = 1 << 24;

fn at_stop(python: &Python, tasks: bool) -> Result<Stopped> {
    let attach = AttachArguments { tasks, ..AttachArguments::default() };
    Stopped::for_client(everything(), attach, python, "waiting", "stop")
}

fn stack(stopped: &Stopped, thread_id: i64) -> Result<Vec<StackFrame>> {
    Ok(stopped.ask::<StackTrace>(StackTraceArguments { thread_id, ..Default::default() })?.stack_frames)
}

/// The user's frames and the labels, by name.
fn shown(frames: &[StackFrame]) -> Vec<String> {
    let is_subtle = |frame: &&StackFrame| frame.presentation_hint != Some(StackFramePresentationHint::Subtle);
    frames.iter().filter(is_subtle).map(|frame| frame.name.clone()).collect()
}

fn locals(stopped: &Stopped, frame: &StackFrame) -> Result<Vec<String>> {
    let scopes = stopped.ask::<Scopes>(ScopesArguments { frame_id: frame.id })?.scopes;
    let Some(scope) = scopes.first() else { return Ok(Vec::new()) };
    let arguments = VariablesArguments { variables_reference: scope.variables_reference, ..Default::default() };
    let variables = stopped.ask::<Variables>(arguments)?.variables;
    Ok(variables.iter().map(|variable| format!("{} = {}", variable.name, variable.value)).collect())
}

#[test]
fn tasks_are_threads_for_those_who_ask() -> Result<()> {
    on_each_python(|python| {
        let stopped = at_stop(python, true)?;
        let threads = stopped.ask::<Threads>(())?.threads;
        let tasks: Vec<_> = threads.iter().filter(|thread| thread.id >= FIRST_TASK).collect();
        let names: Vec<_> = tasks.iter().map(|thread| thread.name.as_str()).collect();
        same(names, ["Task-1", "Task-2", "Task-3"].to_vec())?;
        same(stopped.ask::<Threads>(())?.threads, threads.clone())?;
        let [main, running, suspended] = tasks[..] else { return Err("three tasks".into()) };

        let frames = stack(&stopped, suspended.id)?;
        let expected = ["work", "awaited by Task-1", "main", "Task-3 was created by", "main", "<module>"];
        same(shown(&frames), expected.map(str::to_owned).to_vec())?;
        let work = frames.iter().find(|frame| frame.name == "work").ok_or("no frame of work")?;
        same(locals(&stopped, work)?, vec!["number = 2".into()])?;
        let past = frames.last().ok_or("no frame")?;
        same(locals(&stopped, past)?, Vec::new())?;
        let label = frames.iter().find(|frame| frame.name.starts_with("awaited")).ok_or("no label")?;
        same(label.presentation_hint.clone(), Some(StackFramePresentationHint::Label))?;

        let frames = stack(&stopped, running.id)?;
        same(shown(&frames)[..3].to_vec(), ["inner", "work", "awaited by Task-1"].map(str::to_owned).to_vec())?;
        let frames = stack(&stopped, main.id)?;
        same(shown(&frames)[..2].to_vec(), ["main", "Task-1 was created by"].map(str::to_owned).to_vec())
    })
}

#[test]
fn a_stack_in_a_task_comes_in_pages() -> Result<()> {
    on_each_python(|python| {
        let stopped = at_stop(python, false)?;
        same(stopped.ask::<Threads>(())?.threads.len(), 1)?;
        let all = stopped.frames()?;
        let expected = ["inner", "work", "<module>", "awaited by Task-1", "main", "Task-2 was created by", "main"];
        same(shown(&all)[..7].to_vec(), expected.map(str::to_owned).to_vec())?;
        let label = all.iter().position(|frame| frame.name.starts_with("awaited")).ok_or("no label")?;
        let start_frame = i64::try_from(label).ok();
        let arguments =
            StackTraceArguments { thread_id: stopped.stop.thread, start_frame, levels: Some(2), ..Default::default() };
        let page = stopped.ask::<StackTrace>(arguments)?;
        same(page.total_frames, i64::try_from(all.len()).ok())?;
        let names: Vec<_> = page.stack_frames.iter().map(|frame| frame.name.as_str()).collect();
        same(names, ["awaited by Task-1", all[label + 1].name.as_str()].to_vec())
    })
}

#[test]
fn tasks_are_told_with_what_they_do() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = at_stop(python, false)?;
        let told = stopped.ask::<Tasks>(TasksArguments::default())?;
        same(told.total, 3)?;
        let states: Vec<_> = told.tasks.iter().map(|task| (task.name.as_str(), task.state.as_str())).collect();
        same(states, [("Task-1", "waiting"), ("Task-2", "running"), ("Task-3", "ready")].to_vec())?;
        let [main, running, ready] = &told.tasks[..] else { return Err("three tasks".into()) };
        same(main.detail.as_deref(), Some("gather of Task-2, Task-3"))?;
        same(running.runs_on, Some(stopped.stop.thread))?;
        same(ready.awaited_by.clone(), vec!["Task-1".to_owned()])?;
        check(ready.created.is_some(), || "the debug mode knows where a task was created".into())?;
        let page = stopped.ask::<Tasks>(TasksArguments { start: Some(1), count: Some(1) })?;
        same((page.total, page.tasks[0].name.as_str()), (3, "Task-2"))?;
        // A task's number is a thread's in all requests that take one.
        let gone = ready.thread_id;
        stopped.ask::<Continue>(ContinueArguments { thread_id: running.thread_id, ..Default::default() })?;
        stopped.stop = stopped.debuggee.stop()?.ok_or("no second stop")?;
        stopped.debuggee.set_breakpoints("waiting.py", &[])?;
        check(stack(&stopped, gone)?.len() > 2, || "the task runs and has a stack".into())?;
        check(stack(&stopped, FIRST_TASK + 999).is_err(), || "there is no such task".into())
    })
}
