//! The processes that the program starts, as the terminal knows them, on top of the hub.
//!
//! Used by all launchers. Invariant: a child is only ever killed as the process that reported, not as a later one with its id.

use std::sync::Arc;

use pausa_hub::{Children, Fate as HubFate, Service, Undebugged};
use pausa_terminal::debuggee::{Arrival, Ended, Fate, Newcomer, Relative, Welcome};

use crate::launcher::describe;

/// Opens the place where they report.
pub fn open(welcome: Welcome) -> Result<Children, String> {
    let welcome = Arc::new(welcome);
    let pass = {
        let welcome = Arc::clone(&welcome);
        move |Undebugged { pid, reason }| welcome(Arrival::Undebugged { pid, reason })
    };
    let welcome = move |child: pausa_hub::Child| {
        // One whose stream cannot be shared is let go, and runs on undebugged.
        let Ok(reader) = child.stream.try_clone() else { return };
        welcome(Arrival::Debugged(Newcomer {
            reader: Box::new(reader),
            writer: Box::new(child.stream),
            process: Arc::new(Process(child.process)),
        }));
    };
    Children::welcome(welcome, pass).map_err(|error| error.to_string())
}

/// What has become of a process, in the terminal's words.
pub fn fate(fate: HubFate) -> Fate {
    match fate {
        HubFate::Ended(how) => Fate::Ended(how.map(ended)),
        HubFate::Replaced => Fate::Replaced,
        HubFate::Undebugged => Fate::Undebugged,
    }
}

/// How a process ended, in the terminal's words.
pub fn ended(ended: pausa_hub::Ended) -> Ended {
    match ended {
        pausa_hub::Ended::Code(code) => Ended::Code(code),
        pausa_hub::Ended::Signal(signal) => Ended::Signal(signal),
    }
}

struct Process(pausa_hub::Relative);

impl Relative for Process {
    fn pid(&self) -> i32 {
        self.0.pid()
    }

    fn command(&self) -> String {
        self.0.command()
    }

    fn service(&self) -> Option<&'static str> {
        self.0.service().map(|service| match service {
            Service::ResourceTracker => "multiprocessing's resource tracker",
            Service::ForkServer => "multiprocessing's fork server",
        })
    }

    fn fate(&self) -> Fate {
        fate(self.0.fate())
    }

    fn wait(&self) -> Option<Ended> {
        self.0.wait().map(ended)
    }

    fn describe(&self, ended: Ended) -> String {
        describe(ended)
    }

    fn kill(&self) {
        self.0.kill();
    }
}
