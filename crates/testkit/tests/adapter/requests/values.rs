//! Variables, evaluation, memory.

use serde_json::json;

use super::Case;

const OVER: &str = "over";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "scopes",
            |scene| Ok(json!({ "frameId": scene.frame()?["id"] })),
            |body| body["scopes"][0]["variablesReference"].as_i64() > Some(0),
        )
        .wrong(|_| vec![(json!({ "frameId": 999 }), OVER), (json!({}), "frameId")]),
        Case::new(
            "variables",
            |scene| Ok(json!({ "variablesReference": scene.locals()? })),
            |body| body["variables"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "numbers")),
        )
        .wrong(|_| vec![(json!({ "variablesReference": 999 }), OVER), (json!({}), "variablesReference")]),
        Case::new(
            "evaluate",
            |scene| Ok(json!({ "expression": "numbers", "frameId": scene.frame()?["id"], "context": "repl" })),
            |body| body["result"] == "[1, 2, 3]" && body["indexedVariables"] == 3,
        )
        .wrong(|_| {
            vec![
                (json!({ "expression": "1", "frameId": 999 }), OVER),
                (json!({ "expression": "1 +", "context": "watch" }), "SyntaxError"),
                (json!({}), "expression"),
            ]
        }),
        Case::new(
            "setVariable",
            |scene| Ok(json!({ "variablesReference": scene.locals()?, "name": "numbers", "value": "[4]" })),
            |body| body["value"] == "[4]",
        )
        .wrong(|_| {
            vec![
                (json!({ "variablesReference": 999, "name": "x", "value": "1" }), OVER),
                (json!({ "name": "x" }), "setVariable"),
            ]
        }),
        Case::new(
            "setExpression",
            |scene| Ok(json!({ "expression": "box.data", "value": "b'x'", "frameId": scene.frame()?["id"] })),
            |body| body["value"] == "b'x'",
        )
        .wrong(|_| {
            vec![
                (json!({ "expression": "1", "value": "2" }), ""),
                (json!({ "expression": "x", "value": "2", "frameId": 999 }), OVER),
                (json!({ "expression": "x" }), "value"),
            ]
        }),
        Case::new(
            "completions",
            |scene| Ok(json!({ "text": "numb", "column": 5, "frameId": scene.frame()?["id"] })),
            |body| body["targets"][0]["label"] == "numbers",
        )
        .wrong(|_| vec![(json!({ "text": "a", "column": 99 }), "column"), (json!({ "column": 1 }), "text")])
        // There is nothing to be offered.
        .runs_anyway(),
        Case::new(
            "readMemory",
            |scene| {
                let reference = scene.evaluate("box.data")?["memoryReference"].clone();
                Ok(json!({ "memoryReference": reference, "count": 3 }))
            },
            |body| body["data"] == "YWJj",
        )
        .wrong(|_| {
            vec![
                (json!({ "memoryReference": "999", "count": 1 }), OVER),
                (json!({ "memoryReference": "x", "count": 1 }), "no memory 'x'"),
                (json!({ "memoryReference": "1" }), "count"),
            ]
        }),
        Case::new(
            "writeMemory",
            |scene| {
                let reference = scene.evaluate("box.data")?["memoryReference"].clone();
                Ok(json!({ "memoryReference": reference, "data": "eHl6" }))
            },
            |body| body["bytesWritten"] == 3,
        )
        .wrong(|_| {
            vec![
                (json!({ "memoryReference": "999", "data": "eA==" }), OVER),
                (json!({ "memoryReference": "1", "data": "=" }), ""),
                (json!({ "memoryReference": "1" }), "data"),
            ]
        }),
    ]
}
