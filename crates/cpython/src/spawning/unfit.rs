//! Children of which is known, as they are started, that they run undebugged: whoever debugs this process is told.
//!
//! Called by `calls`. Those that find out themselves say so themselves (python/pausa/_launch). Invariant: it is said once in
//! a process, and nobody is waited for.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Relay;

/// The socket beside the one that agents dial (hub/undebugged).
const NAME: &str = "undebugged";

static IS_SAID: AtomicBool = AtomicBool::new(false);

/// Says it of the process with this id.
pub fn say(relay: &Relay, pid: i64, reason: &str) {
    if IS_SAID.swap(true, Ordering::Relaxed) {
        return;
    }
    let path = relay.address.strip_prefix("unix:").map(Path::new).and_then(Path::parent);
    let stream = path.and_then(|folder| UnixStream::connect(folder.join(NAME)).ok());
    if let Some(mut stream) = stream {
        // Who has gone meanwhile need not know.
        let _ = writeln!(stream, "{pid} {reason}");
    }
}
