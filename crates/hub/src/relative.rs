//! A process of the debug run that is no child of ours: known by its agent's connection.
//!
//! Made by `children`, kept by front ends. Its parent reaps it, so that what became of it is read while the system still
//! has it. Invariant: a signal is only ever sent to the process that dialled, not to a later one with its id.

use std::os::unix::net::UnixStream;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::install::is_agent;
use crate::{Ended, linux};

/// What has become of a process whose agent has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has ended; how, if that could be read.
    Ended(Option<Ended>),
    /// It runs another program now.
    Replaced,
    /// It runs on as it was, without its agent: the program has closed the connection, or somebody has let it go.
    Undebugged,
}

impl Fate {
    /// Of a process of which the system says this. To be asked when its agent's stream has ended: a process that is about to
    /// end knows its exit status, and one that becomes another program has left its memory, before its files are closed.
    /// `image` is that of the program whose agent it was: what the process runs now may have one too.
    pub(crate) fn of(pid: i32, image: Option<u64>, status: Option<&linux::Status>) -> Self {
        match status {
            Some(status) if status.ends => Self::Ended(Some(Ended::from_wait_status(status.exit_code))),
            Some(status) if image == Some(status.image) && linux::has_mapped(pid, is_agent) => Self::Undebugged,
            Some(_) => Self::Replaced,
            None => Self::Ended(None),
        }
    }
}

/// What a process does for the program that its author has not written: `multiprocessing` starts it, and it ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// It removes what the program leaves behind.
    ResourceTracker,
    /// It forks the program's processes. Those are none.
    ForkServer,
}

impl Service {
    fn of(pid: i32, parent: i32) -> Option<Self> {
        let own = Self::by_words(&linux::words(pid))?;
        // What a fork server forks has its words.
        let is_forked = own == Self::ForkServer && Self::by_words(&linux::words(parent)) == Some(own);
        (!is_forked).then_some(own)
    }

    /// By what `multiprocessing` has a Python run (3.10 to 3.15).
    fn by_words(words: &[String]) -> Option<Self> {
        let code = words.iter().skip_while(|word| *word != "-c").nth(1)?;
        let is = |module: &str| code.starts_with(&format!("from multiprocessing.{module} import main;"));
        match () {
            () if is("resource_tracker") => Some(Self::ResourceTracker),
            () if is("forkserver") => Some(Self::ForkServer),
            () => None,
        }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Relative {
    pid: i32,
    parent: i32,
    /// When it began, in the system's own ticks: what tells it from a later process with the same id.
    began: u64,
    /// The program that it ran when it was met.
    image: u64,
    service: Option<Service>,
}

impl Relative {
    /// The process at the other end of a connection.
    pub(crate) fn of(stream: &UnixStream) -> Option<Self> {
        let pid = linux::peer(stream)?;
        let status = linux::Status::of(pid)?;
        let service = Service::of(pid, status.parent);
        Some(Self { pid, parent: status.parent, began: status.began, image: status.image, service })
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The process id that its parent had when it was met.
    pub fn parent(&self) -> i32 {
        self.parent
    }

    /// Its command line, for people.
    pub fn command(&self) -> String {
        linux::words(self.pid).join(" ")
    }

    /// What it does for the program, if `multiprocessing` has started it for that only.
    pub fn service(&self) -> Option<Service> {
        self.service
    }

    /// What has become of it. To be asked when its agent's stream has ended.
    pub fn fate(&self) -> Fate {
        Fate::of(self.pid, Some(self.image), self.status().as_ref())
    }

    /// Waits for its end; how it ended, if its parent has not taken that.
    pub fn wait(&self) -> Option<Ended> {
        let open = linux::open_process(self.pid);
        while let Some(status) = self.status() {
            if status.ends {
                return Some(Ended::from_wait_status(status.exit_code));
            }
            linux::wait_ended(open.as_ref());
        }
        None
    }

    fn status(&self) -> Option<linux::Status> {
        linux::Status::of(self.pid).filter(|status| status.began == self.began)
    }

    /// Kills it. No harm if it has ended.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// Sends it SIGINT.
    pub fn interrupt(&self) {
        self.signal(Signal::SIGINT);
    }

    fn signal(&self, signal: Signal) {
        if self.status().is_some() {
            // The one possible failure is that it ended meanwhile.
            let _ = signal::kill(Pid::from_raw(self.pid), signal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Service;

    #[test]
    fn a_service_is_known_by_what_it_runs() {
        let of = |words: &[&str]| Service::by_words(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let tracker = "from multiprocessing.resource_tracker import main;main(7)";
        assert_eq!(of(&["python", "-B", "-c", tracker]), Some(Service::ResourceTracker));
        let server = "from multiprocessing.forkserver import main; main(7, 9, [], **{})";
        assert_eq!(of(&["python", "-c", server]), Some(Service::ForkServer));
        assert_eq!(of(&["python", "-c", "from multiprocessing.spawn import spawn_main; spawn_main()"]), None);
        assert_eq!(of(&["python", "a.py", tracker]), None);
    }
}
