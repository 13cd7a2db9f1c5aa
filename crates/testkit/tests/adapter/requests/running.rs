//! What has the program run, or a thread go elsewhere.

use serde_json::{Value, json};

use super::{Case, Scene};

const NO_THREAD: &str = "99";

fn of_thread(scene: &mut Scene) -> pausa_testkit::Result<Value> {
    Ok(json!({ "threadId": scene.thread }))
}

fn without_thread(_: &mut Scene) -> Vec<(Value, &'static str)> {
    vec![(json!({ "threadId": 99 }), NO_THREAD), (json!({}), "threadId"), (Value::Null, "")]
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "continue",
            |scene| {
                let breakpoints = json!([{ "line": crate::line(super::NAME, "raises")? }]);
                scene.editor.done("setBreakpoints", json!({ "source": scene.source(), "breakpoints": breakpoints }))?;
                of_thread(scene)
            },
            |body| body["allThreadsContinued"] == true,
        )
        .wrong(|_| vec![(json!({ "threadId": 99, "singleThread": true }), NO_THREAD), (json!({}), "threadId")])
        .stops(),
        Case::new("next", of_thread, Value::is_null).wrong(without_thread).stops(),
        Case::new("stepIn", of_thread, Value::is_null)
            .wrong(|scene| {
                let mut wrong = without_thread(scene);
                wrong.push((json!({ "threadId": 1, "targetId": 99 }), NO_THREAD));
                wrong
            })
            .stops(),
        Case::new("stepOut", of_thread, Value::is_null).at("inside").wrong(without_thread).stops(),
        Case::new("stepBack", of_thread, Value::is_null).wrong(|_| vec![(Value::Null, "")]),
        Case::new("reverseContinue", of_thread, Value::is_null).wrong(|_| vec![(Value::Null, "")]),
        Case::new("pause", of_thread, Value::is_null)
            .wrong(|_| vec![(json!({}), "threadId"), (json!(3), "")])
            .runs_anyway(),
        Case::new(
            "stepInTargets",
            |scene| Ok(json!({ "frameId": scene.frame()?["id"] })),
            |body| body["targets"].as_array().is_some_and(|targets| targets.len() == 2),
        )
        .wrong(|_| vec![(json!({ "frameId": 999 }), "frame"), (json!({}), "frameId")]),
        Case::new(
            "gotoTargets",
            |scene| Ok(json!({ "source": scene.source(), "line": crate::line(super::NAME, "stop")? })),
            |body| body["targets"][0]["line"].is_number(),
        )
        .wrong(|scene| vec![(json!({ "source": scene.source() }), "line"), (json!({ "line": 3 }), "source")])
        .runs_anyway(),
        Case::new(
            "goto",
            |scene| {
                let wanted = json!({ "source": scene.source(), "line": crate::line(super::NAME, "stop")? - 1 });
                let targets = scene.editor.done("gotoTargets", wanted)?;
                Ok(json!({ "threadId": scene.thread, "targetId": targets["targets"][0]["id"] }))
            },
            Value::is_null,
        )
        .wrong(|_| vec![(json!({ "threadId": 1, "targetId": 99 }), NO_THREAD), (json!({ "threadId": 1 }), "targetId")])
        .stops(),
        Case::new("restartFrame", |scene| Ok(json!({ "frameId": scene.frame()?["id"] })), Value::is_null)
            .at("inside")
            .wrong(|_| vec![(json!({ "frameId": 999 }), "frame"), (json!({}), "frameId")])
            .stops(),
        Case::new("terminateThreads", |_| Ok(json!({ "threadIds": [] })), Value::is_null)
            .wrong(|_| {
                vec![
                    (json!({ "threadIds": [1] }), "main thread"),
                    (json!({ "threadIds": [99] }), NO_THREAD),
                    (json!({ "threadIds": 1 }), "terminateThreads"),
                ]
            })
            .runs_anyway(),
    ]
}
