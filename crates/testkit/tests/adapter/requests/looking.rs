//! What there is: threads, stacks, sources, modules, exceptions, bytecode.

use serde_json::{Value, json};

use super::Case;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("threads", |_| Ok(Value::Null), |body| body["threads"][0]["name"] == "MainThread")
            .wrong(|_| Vec::new())
            .runs_anyway(),
        Case::new(
            "stackTrace",
            |scene| Ok(json!({ "threadId": scene.thread })),
            |body| body["stackFrames"][0]["name"] == "<module>",
        )
        .wrong(|_| vec![(json!({ "threadId": 99 }), "99"), (json!({}), "threadId")])
        .runs_anyway(),
        // Also when the program runs: it has the text, or its file.
        Case::new(
            "source",
            |scene| Ok(json!({ "source": scene.source(), "sourceReference": 0 })),
            |body| body["content"].as_str().is_some_and(|text| text.starts_with("import sys")),
        )
        .wrong(|_| vec![(json!({ "sourceReference": 99 }), "no such source"), (json!({}), "sourceReference")])
        .runs_anyway(),
        Case::new(
            "modules",
            |_| Ok(json!({ "startModule": 0, "moduleCount": 5 })),
            |body| body["modules"].as_array().is_some_and(|modules| modules.len() == 5),
        )
        .wrong(|_| vec![(json!({ "startModule": "x" }), "modules")])
        .runs_anyway(),
        Case::new(
            "loadedSources",
            |_| Ok(json!({})),
            |body| body["sources"].as_array().is_some_and(|all| !all.is_empty()),
        )
        .wrong(|_| Vec::new())
        .runs_anyway(),
        Case::new(
            "locations",
            |scene| Ok(json!({ "locationReference": scene.evaluate("double")?["valueLocationReference"] })),
            |body| body["line"].is_number() && body["source"]["path"].is_string(),
        )
        .wrong(|_| vec![(json!({ "locationReference": 9999 }), ""), (json!({}), "locationReference")]),
        Case::new(
            "exceptionInfo",
            |scene| Ok(json!({ "threadId": scene.thread })),
            |body| body["exceptionId"] == "IndexError" && body["breakMode"] == "always",
        )
        .at("raises")
        .wrong(|_| vec![(json!({ "threadId": 99 }), ""), (json!({}), "threadId")]),
        Case::new(
            "disassemble",
            |scene| {
                let reference = scene.frame()?["instructionPointerReference"].clone();
                Ok(json!({ "memoryReference": reference, "instructionCount": 4 }))
            },
            |body| body["instructions"].as_array().is_some_and(|all| all.len() == 4),
        )
        .wrong(|_| {
            vec![
                (json!({ "memoryReference": "x", "instructionCount": 1 }), ""),
                (json!({ "memoryReference": "0x1" }), "instructionCount"),
            ]
        })
        // Code stays, whoever runs.
        .runs_anyway(),
    ]
}
