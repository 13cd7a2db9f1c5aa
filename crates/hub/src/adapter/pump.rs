//! Carries what comes from a debuggee to who listens: its agent's messages and what the program writes.
//!
//! Run by the debuggee's thread in `adapter`. Invariant: what the program wrote before it stopped is shown before the
//! stop, and all that it wrote before it ended before its end.

use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::{ChildStderr, ChildStdout};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use pausa_dap::framing::Decoder;
use pausa_dap::message::Message;

use super::link::Link;
use crate::{Output, Stream};

const CHUNK: usize = 16 * 1024;

/// What a debuggee says, by where it comes from. Each is None once it has ended.
pub(crate) struct Pump<'a> {
    link: &'a Link,
    agent: Option<(Stream, Decoder)>,
    stdout: Option<Written<ChildStdout>>,
    stderr: Option<Written<ChildStderr>>,
    /// Closes when the program has ended.
    ended: Option<UnixStream>,
}

impl<'a> Pump<'a> {
    /// A pump for a debuggee: with neither a process nor its output known, it is done when the agent is.
    pub fn new(link: &'a Link, agent: Option<Stream>, output: Option<Output>, ended: Option<UnixStream>) -> Self {
        let (stdout, stderr) = match output {
            Some(Output { stdout, stderr }) => {
                (Some(Written::new(stdout, "stdout")), Some(Written::new(stderr, "stderr")))
            }
            None => (None, None),
        };
        Self { link, agent: agent.map(|stream| (stream, Decoder::new())), stdout, stderr, ended }
    }

    /// Carries until the program has ended, or until the agent has gone from one that is not ours.
    pub fn run(&mut self) {
        while self.agent.is_some() || self.ended.is_some() {
            let [stdout, stderr, agent, ended] = self.wait(PollTimeout::NONE);
            self.take_output(stdout, stderr);
            if agent {
                self.take_messages();
            }
            if ended && !agent {
                self.ended = None;
                self.drain_output();
                self.agent = None;
            }
        }
        self.link.close();
    }

    /// What has something to say, or has ended: standard output, standard error, the agent, the process.
    fn wait(&self, timeout: PollTimeout) -> [bool; 4] {
        let sources: [Option<BorrowedFd<'_>>; 4] = [
            self.stdout.as_ref().map(|written| written.pipe.as_fd()),
            self.stderr.as_ref().map(|written| written.pipe.as_fd()),
            self.agent.as_ref().map(|(stream, _)| stream.as_fd()),
            self.ended.as_ref().map(AsFd::as_fd),
        ];
        let mut polled: Vec<PollFd<'_>> =
            sources.iter().flatten().map(|fd| PollFd::new(*fd, PollFlags::POLLIN)).collect();
        match poll(&mut polled, timeout) {
            Err(Errno::EINTR) => return [false; 4],
            // No more is to be had from descriptors that cannot be polled: reading them will say why.
            Err(_) => return sources.map(|source| source.is_some()),
            Ok(_) => {}
        }
        let mut ready = polled.iter().map(|polled| polled.any().unwrap_or(true));
        sources.map(|source| source.is_some() && ready.next().unwrap_or(false))
    }

    fn take_output(&mut self, stdout: bool, stderr: bool) {
        if stdout
            && let Some(written) = &mut self.stdout
            && !written.take(self.link)
        {
            self.stdout = None;
        }
        if stderr
            && let Some(written) = &mut self.stderr
            && !written.take(self.link)
        {
            self.stderr = None;
        }
    }

    /// Shows all that the program has written so far.
    fn drain_output(&mut self) {
        loop {
            let [stdout, stderr, ..] = self.wait(PollTimeout::ZERO);
            if !stdout && !stderr {
                return;
            }
            self.take_output(stdout, stderr);
        }
    }

    fn take_messages(&mut self) {
        let Some((stream, decoder)) = &mut self.agent else { return };
        let mut chunk = [0; CHUNK];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => {
                self.agent = None;
                self.link.close();
                return;
            }
            Ok(count) => decoder.feed(chunk.get(..count).unwrap_or_default()),
        }
        while let Some(message) = self.next_message() {
            if matches!(&message, Message::Event(event) if event.event != "output") {
                self.drain_output();
            }
            self.link.deliver(message);
        }
    }

    /// The next whole message; what is no message is passed over, or ends the agent's stream.
    fn next_message(&mut self) -> Option<Message> {
        loop {
            let (_, decoder) = self.agent.as_mut()?;
            match decoder.next_message() {
                Ok(message) => return message,
                Err(error) if error.is_fatal() => {
                    self.agent = None;
                    self.link.close();
                }
                Err(_) => {}
            }
        }
    }
}

/// One stream that the program writes.
struct Written<R> {
    pipe: R,
    category: &'static str,
    /// The beginning of a character whose rest is still to come.
    rest: Vec<u8>,
}

impl<R: Read> Written<R> {
    fn new(pipe: R, category: &'static str) -> Self {
        Self { pipe, category, rest: Vec::new() }
    }

    /// Reads once and shows it; false at the end.
    fn take(&mut self, link: &Link) -> bool {
        let mut chunk = [0; CHUNK];
        let count = self.pipe.read(&mut chunk).unwrap_or(0);
        self.rest.extend_from_slice(chunk.get(..count).unwrap_or_default());
        let whole = if count == 0 { self.rest.len() } else { whole_characters(&self.rest) };
        let text = String::from_utf8_lossy(self.rest.get(..whole).unwrap_or_default()).into_owned();
        self.rest.drain(..whole);
        if let Some(audience) = link.audience().filter(|_| !text.is_empty()) {
            audience.client.output(self.category, text);
        }
        count != 0
    }
}

/// How many of the bytes do not belong to a character whose rest is missing.
fn whole_characters(bytes: &[u8]) -> usize {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        // Whole, or wrong in the middle: then only the last bytes count.
        _ => {
            let tail = bytes.len().saturating_sub(3);
            let start = (tail..bytes.len()).find(|&at| is_unfinished(bytes.get(at..).unwrap_or_default()));
            start.unwrap_or(bytes.len())
        }
    }
}

fn is_unfinished(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_never_cut() {
        assert_eq!(whole_characters("aé".as_bytes()), 3);
        assert_eq!(whole_characters(&"aé".as_bytes()[..2]), 1);
        assert_eq!(whole_characters(&"\u{1F40D}".as_bytes()[..3]), 0);
        assert_eq!(whole_characters(b"\xffab"), 3);
        assert_eq!(whole_characters(b"\xffa\xc3"), 2);
    }
}
