//! A visit: has a script run in a process that does not wait for it, and takes back what it needed for that.
//!
//! Called by `hub`. The script's path is one of the process's own mount namespace. It may be run by more than one thread,
//! or late, or never: it has to be such that only its first run counts. Invariant: after [`Visit::end`] nothing of a visit
//! is left but what a script that has not run yet may still need.

use std::io;
use std::time::{Duration, Instant};

use crate::doctor::{self, Examined, Hindrance};
use crate::interpreter::Way;
use crate::memory::Memory;
use crate::remote::Armed;
use crate::trace::{Call, Errands, STANDS_STILL};

/// How long threads that were handed a script have before a blocked one is asked to run it.
const PATIENCE: Duration = Duration::from_millis(20);

/// How often, after that, threads are looked at.
const INTERVAL: Duration = Duration::from_millis(50);

/// Why a visit could not begin.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The process cannot be visited.
    #[error(transparent)]
    Hindered(#[from] Hindrance),
    /// Something went wrong with it.
    #[error("process {pid} could not be entered: {source}")]
    Failed {
        /// Its id.
        pid: i32,
        /// What the system said.
        source: io::Error,
    },
}

/// A visit under way.
pub struct Visit<'a> {
    examined: &'a Examined,
    script: String,
    armed: Option<Armed>,
    errands: Option<Errands>,
    next_look: Instant,
}

impl<'a> Visit<'a> {
    /// Asks for the script at this path to be run.
    ///
    /// # Errors
    /// Says why that cannot be.
    pub fn begin(examined: &'a Examined, script: &str) -> Result<Self, VisitError> {
        let next_look = Instant::now() + PATIENCE;
        let mut visit = Self { examined, script: script.to_owned(), armed: None, errands: None, next_look };
        match examined.way {
            Way::RemoteScript => visit.hand_over()?,
            Way::Trace => visit.trace()?,
        }
        Ok(visit)
    }

    /// To be called now and then until the script has run: sees to threads that have come, and to those that are blocked.
    ///
    /// # Errors
    /// If the process has gone, or lets us in no more.
    pub fn go_on(&mut self) -> Result<(), VisitError> {
        if Instant::now() < self.next_look {
            return Ok(());
        }
        self.next_look = Instant::now() + INTERVAL;
        if let Some(armed) = &mut self.armed {
            armed.arm_newcomers().map_err(|error| failed(self.examined, error))?;
        }
        if self.errands.is_none() && !self.may_trace() {
            return Ok(());
        }
        let threads = self.examined.process.threads();
        let errands = self.errands()?;
        errands.lend_any(&threads).map_err(|error| failed(self.examined, error))
    }

    /// Takes back what has not been used, and what is not needed any more. `entered` says that the script has begun.
    pub fn end(mut self, entered: bool) {
        // What cannot be taken back because the process has gone, has gone with it.
        if let Some(armed) = self.armed.take() {
            let _ = armed.disarm();
        }
        // One that was handed a script needs none, but may have those of a visit that was cut off.
        if self.errands.is_none() && self.may_trace() && Errands::are_left(&self.examined.process) {
            let _ = self.errands();
        }
        if let Some(errands) = self.errands.take() {
            let _ = errands.end(entered);
        }
    }

    fn hand_over(&mut self) -> Result<(), VisitError> {
        let Some(offsets) = self.examined.interpreter.offsets.clone() else { return Ok(()) };
        let memory = Memory::open_for_writing(self.examined.process.pid())
            .map_err(|error| doctor::denied(&self.examined.process, &error))?;
        let armed = Armed::new(&self.examined.process, memory, &self.examined.interpreter, offsets, &self.script);
        self.armed = Some(armed.map_err(|error| failed(self.examined, error))?);
        Ok(())
    }

    fn trace(&mut self) -> Result<(), VisitError> {
        let examined = self.examined;
        let main = examined.process.pid();
        let errands = self.errands()?;
        let begun = match errands.lend(main) {
            // It is in Python code, or in a call that has not let the interpreter go: it comes by a safe point later.
            Ok(Call::NotNow) => errands.register(main),
            other => other.map(drop),
        };
        begun.map_err(|error| failed(examined, error))
    }

    /// True if a thread may be made to call, which a script that is handed over does not need.
    fn may_trace(&self) -> bool {
        doctor::check_trace(&self.examined.process, &self.examined.interpreter).is_ok()
    }

    fn errands(&mut self) -> Result<&mut Errands, VisitError> {
        if self.errands.is_none() {
            doctor::check_trace(&self.examined.process, &self.examined.interpreter)?;
            let errands = Errands::prepare(self.examined, &source(&self.script));
            self.errands = Some(errands.map_err(|error| failed(self.examined, error))?);
        }
        match &mut self.errands {
            Some(errands) => Ok(errands),
            None => Err(failed(self.examined, io::ErrorKind::NotFound.into())),
        }
    }
}

fn failed(examined: &Examined, source: io::Error) -> VisitError {
    let pid = examined.process.pid();
    match (source.kind(), source.raw_os_error()) {
        (_, Some(nix::libc::ESRCH)) | (io::ErrorKind::NotFound, _) => Hindrance::Ended(pid).into(),
        _ if source.to_string() == STANDS_STILL => Hindrance::Stopped(pid).into(),
        (io::ErrorKind::PermissionDenied, _) => doctor::denied(&examined.process, &source).into(),
        _ => VisitError::Failed { pid, source },
    }
}

/// Python that runs the script's text. A script that has gone is none of its business.
fn source(script: &str) -> String {
    let text = format!(
        "import _io, builtins
try:
    with _io.open({}, 'rb') as file:
        text = file.read()
except builtins.OSError:
    text = b''
builtins.exec(builtins.compile(text, '<pausa>', 'exec'), {{'__builtins__': builtins}})
",
        literal(script)
    );
    as_our_own(&text)
}

/// One line of Python that runs a text among names of its own and by the name that all code of pausa's has, which nothing
/// stops in and no stack shows. The line itself runs among the names of `__main__` and leaves none there.
#[must_use]
pub fn as_our_own(text: &str) -> String {
    let builtins = "__import__('builtins')";
    let text = literal(text);
    format!("{builtins}.exec({builtins}.compile({text}, '<pausa>', 'exec'), {{'__builtins__': {builtins}}})")
}

/// A literal of bytes in which nothing is Python.
fn literal(text: &str) -> String {
    let escaped: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("b'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_so_that_nothing_in_it_is_python() {
        assert_eq!(literal("/a'b"), "b'\\x2f\\x61\\x27\\x62'");
        assert!(source("/tmp/a'b").len() < 3800, "it has room in the region");
    }
}
