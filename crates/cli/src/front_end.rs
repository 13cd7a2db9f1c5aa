//! The commands that pausa runs itself. In a program that was started without us, `pausa.breakpoint()` runs
//! `pausa __spawn unix:PATH`, which starts `pausa __terminal unix:PATH`, whose prompt shares the program's terminal. In
//! an editor's terminal, `pausa __launch unix:PATH PYTHON ARGS…` runs the program. `pausa.listen()` runs
//! `pausa __listen listen=ADDRESS unix:PATH NAME`, which starts `pausa __hold …`, the server for editors.
//!
//! Called by `main`. Invariant: each is there for one program and is gone with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use pausa_terminal::Settings;
use pausa_terminal::debuggee::{Launched, Launcher, Welcome};

use crate::adapter::{self, Meeting};

/// One of the hidden commands.
pub enum Request {
    /// Start a prompt and return when it listens.
    Spawn(PathBuf),
    /// Be that prompt.
    Terminal(PathBuf),
    /// Start a server for editors and return when it listens; its words.
    Listen(Vec<OsString>),
    /// Be that server.
    Hold(Meeting, PathBuf, String),
    /// Run a Python with arguments in an editor's terminal, for an adapter that listens at the socket.
    Launch(PathBuf, PathBuf, Vec<OsString>),
}

/// The hidden command that a command line is, if it is one.
pub fn asked_for(words: &[OsString]) -> Option<Request> {
    if let [command, words @ ..] = words
        && let [meeting, address, name] = words
        && let Some(meeting) = read_meeting(meeting.to_str()?)
    {
        let socket = PathBuf::from(address.to_str()?.strip_prefix("unix:")?);
        return match command.to_str()? {
            "__listen" => Some(Request::Listen(words.to_vec())),
            "__hold" => Some(Request::Hold(meeting, socket, name.to_string_lossy().into_owned())),
            _ => None,
        };
    }
    let [command, address, rest @ ..] = words else { return None };
    let path = PathBuf::from(address.to_str()?.strip_prefix("unix:")?);
    match (command.to_str()?, rest) {
        ("__spawn", []) => Some(Request::Spawn(path)),
        ("__terminal", []) => Some(Request::Terminal(path)),
        ("__launch", [python, arguments @ ..]) => Some(Request::Launch(path, python.into(), arguments.to_vec())),
        _ => None,
    }
}

/// `listen=ADDRESS` or `connect=ADDRESS`.
fn read_meeting(text: &str) -> Option<Meeting> {
    let (way, address) = text.split_once('=')?;
    match way {
        "listen" => address.parse().ok().map(Meeting::Listen),
        "connect" => address.parse().ok().map(Meeting::Connect),
        _ => None,
    }
}

/// Runs it.
pub fn run(request: Request) -> Result<i32, String> {
    match request {
        Request::Spawn(socket) => pausa_hub::start_front_end(&socket).map(|()| 0).map_err(|error| error.to_string()),
        Request::Terminal(socket) => prompt(&socket),
        Request::Listen(words) => {
            println!("{}", pausa_hub::start_holder(&words).map_err(|error| error.to_string())?);
            Ok(0)
        }
        Request::Hold(meeting, socket, name) => adapter::hold(&meeting, &socket, name),
        Request::Launch(socket, python, arguments) => {
            pausa_hub::wrapper::run(&socket, python, arguments).map_err(|error| error.to_string())
        }
    }
}

fn prompt(socket: &Path) -> Result<i32, String> {
    let settings = Settings { connected: true, ..crate::settings()? };
    let launcher = Connected { socket: socket.to_owned(), children: None };
    pausa_terminal::run(settings, Box::new(launcher)).map_err(|error| error.to_string())
}

/// A program that runs already and dials us.
struct Connected {
    socket: PathBuf,
    children: Option<pausa_hub::Children>,
}

impl Launcher for Connected {
    fn launch(&mut self, _arguments: Option<Vec<OsString>>) -> Result<Launched, String> {
        let stream = pausa_hub::listen(&self.socket).map_err(|error| error.to_string())?;
        Ok(Launched {
            reader: Box::new(stream.try_clone().map_err(|error| error.to_string())?),
            writer: Box::new(stream),
            process: None,
            python: "A program that was started without pausa".into(),
        })
    }

    fn program_file(&self) -> Option<PathBuf> {
        None
    }

    fn can_restart(&self) -> bool {
        false
    }

    fn follow_children(&mut self, welcome: Welcome) -> Result<Option<String>, String> {
        self.children = Some(crate::children::open(welcome)?);
        Ok(self.children.as_ref().map(|children| children.address().to_owned()))
    }

    fn cleanup(&self) -> fn() {
        pausa_hub::remove_folders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_meant() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        assert!(
            matches!(asked_for(&words(&["__terminal", "unix:/a/b"])), Some(Request::Terminal(path)) if path == Path::new("/a/b"))
        );
        assert!(matches!(asked_for(&words(&["__spawn", "unix:/a"])), Some(Request::Spawn(_))));
        for other in [&["__spawn"][..], &["__spawn", "/a"], &["prog.py", "unix:/a"], &["__spawn", "unix:/a", "b"]] {
            assert!(asked_for(&words(other)).is_none());
        }
    }
}
