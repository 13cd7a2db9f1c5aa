//! Evaluation in its contexts, cancelling it, limits, `await`, completions.

use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{Cancel, Completions, Evaluate, SetExpression};
use pausa_dap::types::{CancelArguments, CompletionsArguments, EvaluateArguments, SetExpressionArguments};
use pausa_dap::{RequestError, events};
use pausa_testkit::Result;

use crate::{Stopped, check, everything, on_each_python, refusal, same};

#[test]
fn each_context_does_what_it_is_for() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        // What is shown unasked runs nothing; a watch runs its expression and no `__repr__`.
        let hover = stopped.evaluate_in("hover", "account")?;
        check(hover.result.contains("Account object"), || hover.result.clone())?;
        check(stopped.evaluate_in("hover", "account.balance").is_err(), || "a hover ran a property".into())?;
        let watch = stopped.evaluate_in("watch", "[account]")?;
        check(watch.result.contains("Account object"), || watch.result.clone())?;
        same(stopped.evaluate("Account.calls")?, "[]".into())?;
        same(stopped.evaluate_in("watch", "account.balance")?.result, "[10, 20]".into())?;
        same(stopped.evaluate_in("repl", "account")?.result, "Account!".into())?;
        let lines = "total = 0\nfor step in range(4):\n    total += step\ntotal";
        same(stopped.evaluate_in("repl", lines)?.result, "6".into())?;
        stopped.debuggee.until::<events::Invalidated>()?;
        same(stopped.evaluate_in("repl", "number = 9")?.result, String::new())?;
        same(stopped.evaluate("number")?, "9".into())?;
        same(stopped.evaluate_in("clipboard", "'x' * 20_000")?.result.len(), 20_002)?;
        let set = SetExpressionArguments {
            expression: "nested['a'][0]['b']".into(),
            value: "[number]".into(),
            frame_id: Some(stopped.frame),
            format: None,
        };
        same(stopped.ask::<SetExpression>(set)?.value, "[9]".into())?;
        same(stopped.evaluate("nested")?, "{'a': [{'b': [9]}]}".into())
    })
}

fn endless(stopped: &Stopped) -> EvaluateArguments {
    let expression = "while True: pass".into();
    EvaluateArguments { expression, frame_id: Some(stopped.frame), context: Some("repl".into()), ..Default::default() }
}

/// An evaluation is cancelled while it runs, and one that waits behind it before it begins.
#[test]
fn evaluations_can_be_cancelled() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let client = stopped.debuggee.client();
        let failed = |error: RequestError| error.to_string();
        let running = client.send::<Evaluate>(endless(&stopped)).map_err(failed)?;
        let waiting = client.send::<Evaluate>(endless(&stopped)).map_err(failed)?;
        // The progress of the first says that it runs; it is cancelled by that, the other by its request.
        let begun = stopped.debuggee.until::<events::ProgressStart>()?.ok_or("no progress")?;
        let begun = begun.body_as::<events::ProgressStart>().map_err(|error| error.to_string())?;
        same((begun.request_id, begun.cancellable), (Some(running.seq()), Some(true)))?;
        let cancel = |request_id, progress_id| stopped.ask::<Cancel>(CancelArguments { request_id, progress_id });
        cancel(Some(waiting.seq()), None)?;
        cancel(None, Some(begun.progress_id.clone()))?;
        for outcome in [running.wait(), waiting.wait()] {
            check(outcome.as_ref().is_err_and(RequestError::is_cancelled), || format!("{outcome:?}"))?;
        }
        let ended = stopped.debuggee.until::<events::ProgressEnd>()?.ok_or("no end")?;
        let ended = ended.body_as::<events::ProgressEnd>().map_err(|error| error.to_string())?;
        same(ended.progress_id, begun.progress_id)?;
        same(stopped.evaluate("number")?, "255".into())
    })
}

/// One that catches what ends it is interrupted until it gives up.
#[test]
fn a_limit_ends_an_evaluation() -> Result<()> {
    on_each_python(|python| {
        let attach = AttachArguments { evaluation_time_limit: 100, ..AttachArguments::default() };
        let stopped = Stopped::for_client(everything(), attach, python, "values", "stop")?;
        let stubborn = "caught = 0\nwhile caught < 2:\n    try:\n        while True: pass\n    except BaseException:\n        caught += 1\nwhile True: pass";
        for text in ["while True: pass", stubborn] {
            let why = refusal(stopped.evaluate_in("repl", text))?;
            check(why.contains("too long"), || why.clone())?;
        }
        same(stopped.evaluate("number")?, "255".into())
    })
}

/// What can be awaited without the event loop is; for the rest there is a clear word, and the loop is as it was.
#[test]
fn coroutines_are_awaited_where_they_can_be() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "tasks", "stop")?;
        same(stopped.evaluate_in("repl", "await double(21)")?.result, "42".into())?;
        same(stopped.evaluate_in("watch", "[await double(n) for n in (1, 2)]")?.result, "[2, 4]".into())?;
        same(stopped.evaluate_in("repl", "await asyncio.sleep(0, 'slept')")?.result, "'slept'".into())?;
        same(stopped.evaluate_in("repl", "local = await double(local)\nlocal")?.result, "10".into())?;
        same(stopped.evaluate_in("repl", "await done")?.result, "'result'".into())?;
        let with = "async with Door() as door:\n    inside = await double(door)";
        same(stopped.evaluate_in("repl", with)?.result, String::new())?;
        same(stopped.evaluate("Door.closed")?, "True".into())?;
        let waits = refusal(stopped.evaluate_in("repl", "await asyncio.sleep(10)"))?;
        check(waits.contains("event loop"), || waits.clone())?;
        let waits = refusal(stopped.evaluate_in("repl", "await pending"))?;
        check(waits.contains("event loop"), || waits.clone())?;
        check(waits.contains("__await__"), || waits.clone())?;
        stopped.debuggee.set_breakpoints("tasks.py", &[("plain", "", ""), ("end", "", "")])?;
        check(stopped.go_on()?, || "no second stop".into())?;
        let outside = refusal(stopped.evaluate_in("repl", "await double(1)"))?;
        check(outside.contains("outside"), || outside.clone())?;
        check(stopped.go_on()?, || "no third stop".into())?;
        same(stopped.evaluate("outcome")?, "(10, 'others ran', 'set later')".into())
    })
}

#[test]
fn completions_are_placed() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let complete = |text: &str, column: i64, line: Option<i64>| {
            let frame_id = Some(stopped.frame);
            let arguments = CompletionsArguments { text: text.into(), column, line, frame_id };
            Ok::<_, String>(stopped.ask::<Completions>(arguments)?.targets)
        };
        let found = complete("'😀' + accou", 13, None)?;
        let item = found.iter().find(|item| item.label == "account").ok_or("no account")?;
        // In UTF-16 code units, from 1.
        same((item.start, item.length), (Some(8), Some(5)))?;
        let found = complete("first\naccount.bal", 12, Some(2))?;
        let labels: Vec<_> = found.iter().map(|item| item.label.as_str()).collect();
        same(labels, vec!["balance"])?;
        let found = complete("print(odd['say", 15, None)?;
        same(found.len(), 1)?;
        same((found[0].label.as_str(), found[0].start, found[0].length), ("say \"hi\"", Some(12), Some(3)))?;
        check(complete("whi", 4, None)?.iter().any(|item| item.label == "while"), || "no keyword".into())?;
        let refused = refusal(complete("x", 9, None))?;
        check(refused.contains("column"), || refused.clone())?;
        same(stopped.evaluate("Account.calls")?, "[]".into())
    })
}

/// A second client's request of a stop that is over is refused, and none is left unanswered.
#[test]
fn stale_references_are_refused() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "values", "stop")?;
        stopped.debuggee.set_breakpoints("values.py", &[("after", "", "")])?;
        let (frame, account) = (stopped.frame, stopped.variable("Locals", "account")?);
        check(stopped.go_on()?, || "no second stop".into())?;
        let now = std::mem::replace(&mut stopped.frame, frame);
        check(stopped.evaluate("1").is_err(), || "a frame of another stop was taken".into())?;
        check(stopped.children(&account).is_err(), || "a value of another stop was taken".into())?;
        stopped.frame = now;
        same(stopped.evaluate("1")?, "1".into())
    })
}
