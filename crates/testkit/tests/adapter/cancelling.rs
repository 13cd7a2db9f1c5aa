//! `cancel`, at whichever moment it comes: before the evaluation has its turn, as it begins, while it runs.

use pausa_testkit::Result;
use serde_json::json;

use crate::{check, stopped_at};

/// Shorter in all than the time after which an interruption is repeated: one that is lost is seen.
const BRIEF: &str = "[__import__('time').sleep(0.01) for _ in range(30)]";

#[test]
fn a_cancel_right_behind_its_evaluation_is_not_lost() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    let frame = editor.done("stackTrace", json!({ "threadId": 1 }))?["stackFrames"][0]["id"].clone();
    for round in 0..100 {
        let evaluate = editor.send("evaluate", json!({ "expression": BRIEF, "frameId": frame, "context": "repl" }));
        editor.done("cancel", json!({ "requestId": evaluate }))?;
        let answer = editor.answer_to(evaluate)?;
        check(answer["message"] == "cancelled" && answer["success"] == false, || format!("round {round}: {answer}"))?;
        // What follows is not ended by it.
        let answer = editor.done("evaluate", json!({ "expression": "1 + 1", "frameId": frame, "context": "repl" }))?;
        check(answer["result"] == "2", || format!("round {round}: {answer}"))?;
    }
    Ok(())
}
