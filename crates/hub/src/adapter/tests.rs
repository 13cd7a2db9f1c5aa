//! Any bytes and any requests: the conversation goes on or ends, and each request that can be read is answered.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use pausa_dap::framing::Decoder;
use pausa_dap::message::Message;
use pausa_dap::requests::COMMANDS;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Door, serve};
use crate::Stream;

/// Sends bytes, ends the stream, and gives what was answered.
fn converse(bytes: &[u8]) -> Vec<Message> {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let theirs = Stream::Unix(theirs);
    let reader = theirs.try_clone().unwrap();
    // A Python that is none, so that whatever is launched by chance is not.
    let serving = thread::spawn(move || serve(reader, theirs.ending(), Door::Any(Some("/no/python".into())), None));
    let mut writer = ours.try_clone().unwrap();
    let bytes = bytes.to_vec();
    let writing = thread::spawn(move || {
        // It ends the stream when it has read enough.
        let _gone = writer.write_all(&bytes).and_then(|()| writer.shutdown(Shutdown::Write));
    });
    let mut answered = Vec::new();
    // One that is ended while bytes are on their way to it is reset.
    let _reset = ours.read_to_end(&mut answered);
    serving.join().unwrap();
    writing.join().unwrap();
    let mut decoder = Decoder::new();
    decoder.feed(&answered);
    std::iter::from_fn(|| decoder.next_message().unwrap()).collect()
}

fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec(("[a-zA-Z]{1,10}|source|path|breakpoints|threadId|token|requestId|env|args", inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn command() -> impl Strategy<Value = String> {
    // To listen would wait for somebody to come.
    let known: Vec<&str> = COMMANDS.iter().copied().filter(|name| *name != "attach").collect();
    prop_oneof![proptest::sample::select(known).prop_map(str::to_owned), "\\PC{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_end_the_conversation_and_nothing_else(bytes in vec(any::<u8>(), 0..400), known in any::<bool>()) {
        let mut sent = if known { frame(&json!({"seq": 1, "type": "request", "command": "initialize"})) } else { Vec::new() };
        sent.extend(bytes);
        converse(&sent);
    }

    #[test]
    fn every_request_is_answered_whatever_it_carries(requests in vec((command(), anything()), 0..12)) {
        let mut sent = frame(&json!({
            "seq": 1, "type": "request", "command": "initialize", "arguments": { "adapterID": "x" },
        }));
        let mut expected = 1;
        for (at, (command, arguments)) in requests.iter().enumerate() {
            sent.extend(frame(&json!({
                "seq": at + 2, "type": "request", "command": command, "arguments": arguments,
            })));
            expected += 1;
            if command == "disconnect" {
                break;
            }
        }
        let answers = converse(&sent);
        let mut numbers: Vec<i64> = answers.iter().filter_map(|message| match message {
            Message::Response(response) => Some(response.request_seq),
            _ => None,
        }).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, (1..=expected).collect::<Vec<i64>>());
    }

    #[test]
    fn half_a_message_is_no_message(cut in 1_usize..60) {
        let whole = frame(&json!({"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "x"}}));
        let answers = converse(&whole[..cut.min(whole.len() - 1)]);
        prop_assert!(answers.is_empty());
    }
}
