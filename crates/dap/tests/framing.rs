//! Properties of the framing: what is written can be read however the stream cuts it, and no bytes make it panic.

use pausa_dap::framing::{Decoder, FramingError, encode};
use pausa_dap::message::{Event, Message, Request, Response};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

fn message() -> impl Strategy<Value = Message> {
    let request = (any::<i64>(), any::<String>(), json())
        .prop_map(|(seq, command, arguments)| Message::Request(Request { seq, command, arguments }));
    let response = (any::<i64>(), any::<i64>(), any::<bool>(), any::<String>(), any::<Option<String>>(), json())
        .prop_map(|(seq, request_seq, success, command, message, body)| {
            Message::Response(Response { seq, request_seq, success, command, message, body })
        });
    let event = (any::<i64>(), any::<String>(), json())
        .prop_map(|(seq, event, body)| Message::Event(Event { seq, event, body }));
    prop_oneof![request, response, event]
}

/// Feeds the bytes in pieces of the given lengths (the last one takes the rest) and takes all messages after each.
fn decode(mut bytes: &[u8], pieces: &[usize]) -> (Vec<Message>, Option<FramingError>) {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    for length in pieces.iter().copied().chain([usize::MAX]) {
        let (piece, rest) = bytes.split_at(length.min(bytes.len()));
        bytes = rest;
        decoder.feed(piece);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) if error.is_fatal() => return (messages, Some(error)),
                Err(_) => {}
            }
        }
    }
    (messages, None)
}

proptest! {
    #[test]
    fn a_round_trip_under_any_chunking(messages in vec(message(), 0..5), pieces in vec(0_usize..40, 0..200)) {
        let bytes: Vec<u8> = messages.iter().flat_map(encode).collect();
        prop_assert_eq!(decode(&bytes, &pieces), (messages.clone(), None));
        prop_assert_eq!(decode(&bytes, &vec![1; bytes.len()]), (messages, None));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..500), pieces in vec(0_usize..40, 0..20)) {
        decode(&bytes, &pieces);
    }

    #[test]
    fn nearly_right_bytes_are_read_alike_however_they_are_cut(
        parts in vec(
            prop_oneof![
                "(?i)content-length: ?[0-9]{1,2}",
                Just("\r\n".to_owned()),
                Just("\r\n\r\n".to_owned()),
                Just(r#"{"type":"event","event":"x"}"#.to_owned()),
                "[ -~]{0,6}",
            ],
            0..12,
        ),
        pieces in vec(0_usize..20, 0..40),
    ) {
        let bytes = parts.concat().into_bytes();
        prop_assert_eq!(decode(&bytes, &pieces), decode(&bytes, &[]));
    }
}
