//! The ways in for editors: `pausa dap`, and `pausa --listen FILE`.
//!
//! Called by `main`. Invariant: on `pausa dap`'s standard output there are protocol messages and nothing else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{io, thread};

use clap::Parser;
use pausa_hub::adapter::{Door, Held, Token, serve};
use pausa_hub::{Address, Debuggee, Expected, Launch, Listener, Stream, Streams, wrapper};

/// Speaks the Debug Adapter Protocol, for editors.
#[derive(Debug, Parser)]
#[command(name = "pausa dap", max_term_width = 100)]
pub struct Arguments {
    /// Wait for editors at ADDRESS: PORT, HOST:PORT or unix:PATH. Without it, standard input and output are used.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<Address>,
    /// The Python that runs programs whose launch configuration names none: a version such as 3.13, a command, or a path.
    #[arg(long, value_name = "PYTHON")]
    python: Option<OsString>,
    /// The file with the secret that editors have to show (or PAUSA_TOKEN): needed to listen beyond this machine.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// The arguments of `pausa dap`, if that is what a command line says; `--python` may stand before it, as
/// `python -m pausa` puts it there.
pub fn asked_for(words: &[OsString]) -> Option<Vec<OsString>> {
    let is = |at: usize, word: &str| words.get(at).is_some_and(|own| own == word);
    let at = if is(0, "--python") { 2 } else { 0 };
    is(at, "dap")
        .then(|| words.iter().enumerate().filter(|(own, _)| *own != at).map(|(_, word)| word.clone()).collect())
}

/// Serves editors until the input ends, or for ever.
pub fn run(words: Vec<OsString>) -> Result<i32, String> {
    let words = [OsString::from("pausa dap")].into_iter().chain(words);
    let arguments = Arguments::try_parse_from(words).map_err(crate::usage)?;
    let token = Token::find(arguments.token_file.as_deref())?;
    let door = Door::Any(arguments.python);
    let Some(address) = arguments.listen else {
        // Who started us over our own streams needs no token.
        serve(io::stdin(), io::stdout(), door, None);
        return Ok(0);
    };
    let listener = Listener::bind(&address, token.is_some()).map_err(|error| error.to_string())?;
    eprintln!("pausa listens at {}", listener.address());
    welcome(&listener, &door, token.as_ref())?;
    Ok(0)
}

/// Serves each who comes, on threads of their own.
fn welcome(listener: &Listener, door: &Door, token: Option<&Token>) -> Result<(), String> {
    loop {
        let stream = listener.accept().map_err(|error| format!("cannot listen any more: {error}"))?;
        let (door, token) = (door.clone(), token.cloned());
        let serving =
            thread::Builder::new().name("pausa-client".into()).spawn(move || serve_stream(stream, door, token));
        if let Err(error) = serving {
            eprintln!("pausa: an editor was turned away: {error}");
        }
    }
}

fn serve_stream(stream: Stream, door: Door, token: Option<Token>) {
    if let Ok(reader) = stream.try_clone() {
        serve(reader, stream.ending(), door, token);
    }
}

/// How editors and a program that is there before them find each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// Editors come to this address, one after another.
    Listen(Address),
    /// One editor's adapter waits at this address.
    Connect(Address),
}

/// A program that editors may attach to.
pub struct Attachable {
    /// How they find it.
    pub meeting: Meeting,
    /// It does not start before the first one says so.
    pub wait: bool,
    /// What they have to show.
    pub token_file: Option<PathBuf>,
}

/// A meeting that is prepared: what can go wrong before the program starts has not gone wrong.
enum Prepared {
    Listening(Listener),
    Connected(Stream),
}

impl Prepared {
    fn new(meeting: &Meeting, token: Option<&Token>) -> Result<Self, String> {
        match meeting {
            Meeting::Listen(address) => {
                Listener::bind(address, token.is_some()).map(Self::Listening).map_err(|error| error.to_string())
            }
            Meeting::Connect(address) => {
                let failed = |error| format!("nobody listens at {address}: {error}; attach with \"listen\" first");
                Stream::connect(address).map(Self::Connected).map_err(failed)
            }
        }
    }

    /// Where it takes place, in words.
    fn place(&self, meeting: &Meeting) -> String {
        match (self, meeting) {
            (Self::Listening(listener), _) => listener.address().to_string(),
            (_, Meeting::Listen(address) | Meeting::Connect(address)) => address.to_string(),
        }
    }

    /// Lets editors in, on threads of their own.
    fn begin(self, held: &Arc<Held>, token: Option<Token>) -> io::Result<()> {
        let door = Door::Held(Arc::clone(held));
        let meet = move || match self {
            Self::Listening(listener) => {
                if let Err(why) = welcome(&listener, &door, token.as_ref()) {
                    eprintln!("pausa: {why}");
                }
            }
            Self::Connected(stream) => serve_stream(stream, door, token),
        };
        thread::Builder::new().name("pausa-meeting".into()).spawn(meet).map(drop)
    }
}

/// Runs a program to its end, with whoever comes to debug it; its exit code.
pub fn run_attachable(attachable: &Attachable, launch: Launch, name: String) -> Result<i32, String> {
    let token = Token::find(attachable.token_file.as_deref())?;
    let prepared = Prepared::new(&attachable.meeting, token.as_ref())?;
    wrapper::leave_interrupts_to_the_program().map_err(lost)?;
    let mut launch = Launch { streams: Streams::Foreground, ..launch };
    // The secret is ours, and none of the program's and of those that it starts.
    launch.environment.push((Token::VARIABLE.into(), None));
    let Debuggee { stream, process, .. } = pausa_hub::launch(&launch).map_err(|error| error.to_string())?;
    let (pid, child) = (Some(process.pid()), Some(process.clone()));
    let held = Held::new(Stream::Unix(stream), child, pid, name, attachable.wait).map_err(lost)?;
    if let Prepared::Listening(listener) = &prepared {
        eprintln!("pausa listens at {}", listener.address());
    }
    let held = Arc::new(held);
    prepared.begin(&held, token).map_err(lost)?;
    held.run().map_err(lost)?;
    Ok(process.wait().exit_code())
}

/// Serves a program that runs already and dials `socket`. Says on standard output where editors find it, or why not.
pub fn hold(meeting: &Meeting, socket: &Path, name: String) -> Result<i32, String> {
    pausa_hub::leave_terminal();
    let prepared = Token::find(None).and_then(|token| {
        let prepared = Prepared::new(meeting, token.as_ref())?;
        let expected = Expected::at(socket).map_err(|error| error.to_string())?;
        Ok((prepared, token, expected))
    });
    let (prepared, token, expected) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => {
            println!("error: {why}");
            return Ok(2);
        }
    };
    println!("{}", prepared.place(meeting));
    let (stream, pid) = expected.accept().map_err(|error| error.to_string())?;
    let held = Arc::new(Held::new(Stream::Unix(stream), None, pid, name, false).map_err(lost)?);
    prepared.begin(&held, token).map_err(lost)?;
    held.run().map_err(lost)?;
    Ok(0)
}

fn lost(error: io::Error) -> String {
    format!("the connection to the program failed: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_word_is_the_command() {
        let asked = |words: &[&str]| {
            asked_for(&words.iter().map(OsString::from).collect::<Vec<_>>())
                .map(|words| words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>())
        };
        assert_eq!(asked(&["dap"]).unwrap(), [""; 0]);
        assert_eq!(asked(&["--python", "p", "dap", "--listen", "1"]).unwrap(), ["--python", "p", "--listen", "1"]);
        assert_eq!(asked(&["./dap"]), None);
        assert_eq!(asked(&["prog.py", "dap"]), None);
        assert_eq!(asked(&["--python", "dap"]), None);
    }

    #[test]
    fn the_definition_holds() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
