//! The Debug Adapter Protocol: types, framing, a client end and a server end.
//!
//! Knows nothing else of ours. [`types`], [`requests`] and [`events`] are made from the official schema; [`extensions`]
//! is what the agent adds. Invariant: names on the wire are exactly the specification's, reading is lax, and no bytes
//! from a peer can make either end panic.
//!
//! ```
//! use std::os::unix::net::UnixStream;
//! use std::thread;
//! use pausa_dap::{Client, Connection, ErrorBody, events, requests, types};
//!
//! let (ours, theirs) = UnixStream::pair()?;
//!
//! // The agent's end: a loop over the requests; answers and events may be sent from any thread.
//! let (mut incoming, outgoing) = Connection::over(theirs)?;
//! let agent = thread::spawn(move || {
//!     while let Ok(Some(request)) = incoming.next_request() {
//!         match request.command.as_str() {
//!             "threads" => {
//!                 let main = types::Thread { id: 1, name: "MainThread".into() };
//!                 let answer = types::ThreadsResponse { threads: vec![main] };
//!                 outgoing.respond_as::<requests::Threads>(&request, Ok(answer));
//!                 outgoing.event::<events::Exited>(types::ExitedEvent { exit_code: 3 });
//!             }
//!             name => outgoing.respond(&request, Err(ErrorBody::new(ErrorBody::UNKNOWN, format!("what is {name}?")))),
//!         }
//!     }
//! });
//!
//! // The client's end: requests wait for their answers, events arrive on a channel.
//! let (client, events) = Client::over(ours)?;
//! assert_eq!(client.request::<requests::Threads>(())?.threads[0].name, "MainThread");
//! let event = events.recv()?;
//! assert_eq!(event.body_as::<events::Exited>()?.exit_code, 3);
//!
//! let evaluation = client.send::<requests::Evaluate>(types::EvaluateArguments {
//!     expression: "1 / 0".into(),
//!     frame_id: Some(7),
//!     ..Default::default()
//! })?;
//! let _cancellable = evaluation.seq();
//! assert_eq!(evaluation.wait().unwrap_err().to_string(), "what is evaluate?");
//!
//! drop(client); // the last one: the connection ends, and with it the agent's loop
//! agent.join().unwrap();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod capabilities;
pub mod client;
pub mod extensions;
pub mod framing;
mod generated;
mod inbox;
pub mod message;
mod outbox;
pub mod server;
mod typed;
#[cfg(unix)]
mod unix;
mod values;

pub use client::{Client, Pending, RequestError};
pub use generated::{events, requests, types};
pub use inbox::{Inbox, ReceiveError};
pub use message::{Event, Message};
pub use outbox::Outbox;
pub use server::{Connection, ErrorBody, Incoming, Outgoing, Requests, Ticket};
pub use typed::read;
pub use values::IntegerOrString;
