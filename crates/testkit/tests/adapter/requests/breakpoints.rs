//! What makes the program stop.

use serde_json::{Value, json};

use super::Case;

fn is_verified(body: &Value) -> bool {
    body["breakpoints"][0]["verified"] == true
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "setBreakpoints",
            |scene| Ok(json!({ "source": scene.source(), "breakpoints": [{ "line": 10, "condition": "number" }] })),
            is_verified,
        )
        .wrong(|_| {
            vec![
                (json!({ "breakpoints": [] }), "source"),
                (json!({ "source": {}, "breakpoints": [{ "line": "x" }] }), "setBreakpoints"),
                (json!({ "source": {} }), "path"),
            ]
        })
        .runs_anyway(),
        Case::new(
            "breakpointLocations",
            |scene| Ok(json!({ "source": scene.source(), "line": 10 })),
            |body| body["breakpoints"][0]["line"] == 10,
        )
        .wrong(|scene| {
            vec![
                (json!({ "source": {}, "line": 1 }), "path"),
                (json!({ "source": scene.source() }), "line"),
                (Value::Null, "breakpointLocations"),
            ]
        })
        .runs_anyway(),
        Case::new("setFunctionBreakpoints", |_| Ok(json!({ "breakpoints": [{ "name": "double" }] })), is_verified)
            .wrong(|_| vec![(json!({ "breakpoints": [{}] }), "name"), (Value::Null, "setFunctionBreakpoints")])
            .runs_anyway(),
        Case::new("setExceptionBreakpoints", |_| Ok(json!({ "filters": ["uncaught"] })), is_verified)
            .wrong(|_| vec![(json!({}), "filters"), (json!({ "filters": [3] }), "setExceptionBreakpoints")])
            .runs_anyway(),
        Case::new(
            "dataBreakpointInfo",
            |scene| Ok(json!({ "variablesReference": scene.locals()?, "name": "numbers" })),
            |body| body["dataId"].is_string(),
        )
        .wrong(|_| vec![(json!({ "variablesReference": 1 }), "name"), (Value::Null, "dataBreakpointInfo")])
        // What cannot be watched is no fault: it has no id, and a reason.
        .runs_anyway(),
        Case::new(
            "setDataBreakpoints",
            |scene| {
                let locals = scene.locals()?;
                let asked = json!({ "variablesReference": locals, "name": "numbers" });
                let info = scene.editor.done("dataBreakpointInfo", asked)?;
                Ok(json!({ "breakpoints": [{ "dataId": info["dataId"] }] }))
            },
            is_verified,
        )
        .wrong(|_| vec![(json!({ "breakpoints": [{}] }), "dataId"), (json!({}), "breakpoints")])
        .runs_anyway(),
        Case::new(
            "setInstructionBreakpoints",
            |scene| {
                let frame = scene.frame()?;
                Ok(json!({ "breakpoints": [{ "instructionReference": frame["instructionPointerReference"] }] }))
            },
            is_verified,
        )
        .wrong(|_| {
            vec![(json!({ "breakpoints": [{}] }), "instructionReference"), (json!({}), "setInstructionBreakpoints")]
        })
        .runs_anyway(),
    ]
}
