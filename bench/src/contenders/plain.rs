//! Python alone, or with a handler that does nothing.
//!
//! Called by `Contender::begin`. Invariant: nothing ever stops here; the program ends with its `Plain`.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Move, Run, Session};
use crate::Result;
use crate::lab::Lab;

/// A program of Python's own.
pub struct Plain {
    child: Child,
}

impl Plain {
    /// Starts it, with the handler of this name.
    pub(super) fn start(lab: &Lab, run: &Run, handler: Option<&str>) -> Result<Self> {
        if matches!(handler, Some("start" | "line" | "raise")) && lab.minor < 12 {
            return Err("no sys.monitoring before 3.12".to_owned());
        }
        let mut command = Command::new(&lab.python);
        if let Some(handler) = handler {
            let beside = std::env::current_exe().map(|own| own.with_file_name("libpausa_agent.so"));
            let agent = beside.map_err(|error| format!("the program does not know its own path: {error}"))?;
            command.arg(lab.workload("handlers.py")).arg(handler).env("AGENT", agent);
        }
        command.arg(&run.program).args(&run.words).stdin(Stdio::null());
        let child = command.spawn().map_err(|error| format!("Python cannot be started: {error}"))?;
        Ok(Self { child })
    }
}

impl Session for Plain {
    fn stops(&self) -> bool {
        false
    }

    fn pid(&self) -> Option<i32> {
        i32::try_from(self.child.id()).ok()
    }

    fn stopped(&mut self) -> Result<()> {
        Err("nothing stops here".to_owned())
    }

    fn go(&mut self, _how: Move) -> Result<()> {
        Err("nothing stops here".to_owned())
    }

    fn pause(&mut self) -> Result<()> {
        Err("nothing stops here".to_owned())
    }

    fn messages(&mut self, expected: u64) -> Result<u64> {
        Ok(expected)
    }

    fn setting(&self) -> Duration {
        Duration::ZERO
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        // It fails if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
