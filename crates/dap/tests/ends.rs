//! The two ends over a socket pair: every request comes to an end, whatever the other end does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, in its helpers too")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pausa_dap::extensions::{Attach, AttachArguments};
use pausa_dap::framing::{Decoder, encode};
use pausa_dap::message::{self, Message};
use pausa_dap::{Client, Connection, ErrorBody, Event, Incoming, Outgoing, RequestError, Requests};
use pausa_dap::{events, requests, types};
use serde_json::{Value, json};

/// Long enough for any machine, short enough to end a test that hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// No answer is on its way, so any wait is long enough.
const SHORT: Duration = Duration::from_millis(10);

fn ends() -> (Client, Receiver<Event>, Requests, Outgoing) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (client, events) = Client::over(ours).unwrap();
    let (requests, outgoing) = Connection::over(theirs).unwrap();
    (client, events, requests, outgoing)
}

/// An agent that answers each request by `answer` until the client closes.
fn agent(mut requests: Requests, outgoing: Outgoing, answer: fn(&Incoming, &Outgoing)) -> JoinHandle<()> {
    thread::spawn(move || {
        while let Some(request) = requests.next_request().unwrap() {
            answer(&request, &outgoing);
        }
    })
}

/// The other end of a socket, without any of our code but the framing.
struct Raw {
    socket: UnixStream,
    decoder: Decoder,
}

impl Raw {
    fn client() -> (Client, Receiver<Event>, Self) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (client, events) = Client::over(ours).unwrap();
        theirs.set_read_timeout(Some(LIMIT)).unwrap();
        (client, events, Self { socket: theirs, decoder: Decoder::new() })
    }

    fn read(&mut self) -> Message {
        loop {
            if let Some(message) = self.decoder.next_message().unwrap() {
                return message;
            }
            let mut chunk = [0; 512];
            let count = self.socket.read(&mut chunk).unwrap();
            assert!(count > 0, "the stream ended");
            self.decoder.feed(&chunk[..count]);
        }
    }

    fn request(&mut self) -> message::Request {
        match self.read() {
            Message::Request(request) => request,
            other => panic!("not a request: {other}"),
        }
    }
}

fn evaluate(expression: &str) -> types::EvaluateArguments {
    types::EvaluateArguments { expression: expression.into(), ..Default::default() }
}

#[test]
fn a_request_gets_its_answer_and_events_keep_their_order() {
    let (client, events, requests, outgoing) = ends();
    let agent = agent(requests, outgoing, |request, outgoing| {
        let arguments = request.parse::<requests::Continue>().unwrap();
        outgoing.event::<events::Thread>(types::ThreadEvent {
            reason: types::ThreadEventReason::Started,
            thread_id: arguments.thread_id,
        });
        outgoing.respond_as::<requests::Continue>(request, Ok(types::ContinueResponse::default()));
        outgoing.event::<events::Terminated>(types::TerminatedEvent::default());
    });
    client.request::<requests::Continue>(types::ContinueArguments { thread_id: 7, single_thread: None }).unwrap();
    let started = events.recv_timeout(LIMIT).unwrap();
    assert_eq!(started.body_as::<events::Thread>().unwrap().thread_id, 7);
    assert!(events.recv_timeout(LIMIT).unwrap().is::<events::Terminated>());
    drop(client);
    agent.join().unwrap();
}

#[test]
fn answers_may_come_in_any_order() {
    let (client, _events, mut requests, outgoing) = ends();
    let slow = client.send::<requests::Evaluate>(evaluate("slow")).unwrap();
    let cancel = client
        .send::<requests::Cancel>(types::CancelArguments { request_id: Some(slow.seq()), ..Default::default() })
        .unwrap();
    assert!(slow.wait_timeout(SHORT).is_none());

    let evaluate = requests.next_request().unwrap().unwrap();
    let asked = requests.next_request().unwrap().unwrap();
    assert_eq!(asked.parse::<requests::Cancel>().unwrap().request_id, Some(evaluate.seq));
    outgoing.respond_as::<requests::Cancel>(&asked, Ok(()));
    cancel.wait().unwrap();
    let late = evaluate.ticket();
    outgoing.respond(late, Err(ErrorBody::new(7, "interrupted").with_code("cancelled")));

    let error = slow.wait_timeout(LIMIT).unwrap().unwrap_err();
    assert!(error.is_cancelled());
    assert_eq!(error.to_string(), "interrupted");
}

#[test]
fn a_refusal_says_why() {
    let (client, _events, requests, outgoing) = ends();
    let agent = agent(requests, outgoing, |request, outgoing| {
        let refusal = request.parse::<requests::Next>().unwrap_err();
        outgoing.respond(request, Err(refusal.shown()));
    });
    let error = client.request_custom("next", json!({"threadId": "one"})).unwrap_err();
    assert!(error.to_string().starts_with("next: invalid type"), "{error}");
    let RequestError::Refused { body, .. } = error else { panic!("{error}") };
    assert_eq!(body["error"]["id"], ErrorBody::INVALID);
    assert_eq!(body["error"]["showUser"], true);
    drop(client);
    agent.join().unwrap();
}

#[test]
fn what_is_open_fails_when_the_stream_ends() {
    let (client, events, mut requests, outgoing) = ends();
    let open = client.send::<requests::Threads>(()).unwrap();
    requests.next_request().unwrap().unwrap();
    outgoing.close();
    assert!(matches!(open.wait(), Err(RequestError::Closed)));
    assert_eq!(events.recv_timeout(LIMIT), Err(RecvTimeoutError::Disconnected));
    assert!(matches!(client.request::<requests::Threads>(()), Err(RequestError::Closed)));
    assert!(client.is_closed());
}

#[test]
fn a_request_within_a_time_ends_then() {
    let (client, _events, mut requests, outgoing) = ends();
    assert!(matches!(client.request_within::<requests::Threads>((), SHORT), Err(RequestError::Timeout)));
    // The answer that nobody waits for any more does no harm.
    let late = requests.next_request().unwrap().unwrap();
    outgoing.respond(&late, Ok(json!({"threads": []})));
    let next = client.send::<requests::Threads>(()).unwrap();
    let request = requests.next_request().unwrap().unwrap();
    outgoing.respond(&request, Ok(json!({"threads": [{"id": 1, "name": "a"}]})));
    assert_eq!(next.wait().unwrap().threads.len(), 1);
}

#[test]
fn a_peer_that_is_gone_is_no_error_for_the_agent() {
    let (client, _events, mut requests, outgoing) = ends();
    drop(client);
    assert!(requests.next_request().unwrap().is_none());
    while !outgoing.is_closed() {
        outgoing.event::<events::Output>(types::OutputEvent::default());
    }
    outgoing.event::<events::Output>(types::OutputEvent::default());
}

#[test]
fn many_threads_share_a_client() {
    let (client, _events, requests, outgoing) = ends();
    let agent = agent(requests, outgoing, |request, outgoing| {
        let arguments = request.parse::<requests::Evaluate>().unwrap();
        let answer = types::EvaluateResponse { result: arguments.expression, ..Default::default() };
        outgoing.respond_as::<requests::Evaluate>(request, Ok(answer));
    });
    thread::scope(|scope| {
        for worker in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for count in 0..100 {
                    let text = format!("{worker}.{count}");
                    let answer = client.request_within::<requests::Evaluate>(evaluate(&text), LIMIT).unwrap();
                    assert_eq!(answer.result, text);
                }
            });
        }
    });
    drop(client);
    agent.join().unwrap();
}

#[test]
fn numbers_follow_the_order_of_sending() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (_requests, outgoing) = Connection::over(theirs).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| outgoing.event::<events::Initialized>(())));
        }
    });
    let mut raw = Raw { socket: ours, decoder: Decoder::new() };
    for expected in 1..=200 {
        let Message::Event(event) = raw.read() else { panic!("not an event") };
        assert_eq!(event.seq, expected);
    }
}

#[test]
fn a_client_refuses_what_it_is_asked() {
    let (_client, _events, mut raw) = Raw::client();
    let question = message::Request { seq: 12, command: "runInTerminal".into(), arguments: Value::Null };
    raw.socket.write_all(&encode(&Message::Request(question))).unwrap();
    let Message::Response(refusal) = raw.read() else { panic!("not a response") };
    assert_eq!((refusal.request_seq, refusal.success), (12, false));
    assert_eq!(refusal.message.as_deref(), Some("this client does not support `runInTerminal`"));
}

#[test]
fn an_answer_of_another_form_is_malformed() {
    let (client, _events, mut raw) = Raw::client();
    let pending = client.send::<requests::Threads>(()).unwrap();
    let request = raw.request();
    assert_eq!((request.command.as_str(), request.arguments), ("threads", Value::Null));
    let answer =
        message::Response { request_seq: request.seq, success: true, body: json!([]), ..message::Response::default() };
    raw.socket.write_all(&encode(&Message::Response(answer))).unwrap();
    let error = pending.wait().unwrap_err();
    assert!(error.to_string().starts_with("`threads`: "), "{error}");
}

#[test]
fn garbage_ends_the_connection() {
    let (client, events, mut raw) = Raw::client();
    let pending = client.send::<requests::Threads>(()).unwrap();
    raw.socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    assert!(matches!(pending.wait(), Err(RequestError::Closed)));
    assert_eq!(events.recv_timeout(LIMIT), Err(RecvTimeoutError::Disconnected));
}

#[test]
fn the_agent_sees_a_message_cut_short() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let (mut requests, _outgoing) = Connection::over(theirs).unwrap();
    ours.write_all(b"Content-Length: 10\r\n\r\n{").unwrap();
    drop(ours);
    let error = requests.next_request().unwrap_err();
    assert!(error.is_fatal(), "{error}");
}

#[test]
fn attach_says_what_it_leaves_out() {
    let arguments: AttachArguments = serde_json::from_value(json!({"stopOnEntry": true, "name": "x"})).unwrap();
    assert_eq!(arguments, AttachArguments { stop_on_entry: true, ..AttachArguments::default() });
    let request = Incoming { seq: 1, command: "attach".into(), arguments: Value::Null };
    assert_eq!(request.parse::<Attach>().unwrap(), AttachArguments::default());
}
