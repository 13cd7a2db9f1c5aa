//! Brings the agent into a program that is already running, of whatever environment, container or user.
//!
//! Called by the `pausa` command and by `adapter`. What the program needs is put where it can read it, in a private
//! folder of its own user, and the agent dials us there. Invariant: nobody but the process that is meant is let in; the
//! folder is gone with what this returns.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::Uid;
use pausa_attach::{Examined, Hindrance, Process, Version, Visit, VisitError, as_our_own, examine};
use tempfile::TempDir;

use crate::install::Install;
use crate::{LaunchError, linux, rendezvous};

/// How often it is looked whether the program needs something of us while we wait for it.
const GLANCE: u16 = 5;

/// How long an agent may take to leave.
const LEAVING: Duration = Duration::from_millis(500);

/// After how long the user is told what is waited for, and how often.
const TELL: Duration = Duration::from_secs(1);

/// What a program is attached to with.
#[derive(Clone, Debug)]
pub struct Attach {
    /// The process.
    pub pid: i32,
    /// How the agent hears of events, if the user has chosen.
    pub backend: Option<String>,
    /// Clients may only look: nothing is evaluated or assigned.
    pub read_only: bool,
    /// Where the agent writes a line for each evaluation and assignment: a path of the program's own file system.
    pub audit_log: Option<PathBuf>,
    /// How long the program may stay in calls that do not come back to Python code.
    pub patience: Duration,
}

impl Attach {
    /// With all rights, and half a minute for the program to let us in.
    #[must_use]
    pub fn new(pid: i32) -> Self {
        Self { pid, backend: None, read_only: false, audit_log: None, patience: Duration::from_secs(30) }
    }
}

/// A program that has been attached to.
pub struct Attached {
    /// The agent's end of the protocol.
    pub stream: UnixStream,
    /// The program's Python.
    pub version: Version,
    /// The program's name, for people.
    pub name: String,
    /// What the program might still look for.
    pub luggage: Luggage,
}

/// The folder with what the program needs of us, which goes with this. It is locked as long as we live.
#[derive(Clone)]
pub struct Luggage(Arc<(TempDir, Arc<File>, File)>);

/// Attaches. `given_up` ends the attempt when it closes; `tell` hears what is waited for.
pub fn attach(
    attach: &Attach,
    given_up: Option<&UnixStream>,
    tell: &mut (dyn FnMut(&str) + Send),
) -> Result<Attached, LaunchError> {
    let failed = |error: String| LaunchError::Agent(error);
    let examined = look(attach.pid).map_err(|error| failed(error.to_string()))?;
    let install = Install::find()?;
    // On a thread of its own: whatever it traces is let go when that ends.
    let entered = thread::scope(|scope| {
        let entering = thread::Builder::new()
            .name("pausa-attach".into())
            .spawn_scoped(scope, || enter(attach, &examined, &install, given_up, tell))
            .map_err(LaunchError::Wait)?;
        entering.join().unwrap_or(Err(LaunchError::Abandoned))
    });
    let (stream, luggage) = entered?;
    let command = examined.process.command_line();
    let name = command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    Ok(Attached { stream, version: examined.version, name, luggage })
}

/// Looks at the process; the agent of a visit that has just ended goes in a moment.
fn look(pid: i32) -> Result<Examined, Hindrance> {
    let deadline = Instant::now() + LEAVING;
    loop {
        match examine(pid) {
            Err(Hindrance::Debugged(_)) if Instant::now() < deadline => linux::pause(GLANCE),
            examined => return examined,
        }
    }
}

fn enter(
    attach: &Attach,
    examined: &Examined,
    install: &Install,
    given_up: Option<&UnixStream>,
    tell: &mut dyn FnMut(&str),
) -> Result<(UnixStream, Luggage), LaunchError> {
    let place = Place::find(&examined.process).map_err(LaunchError::Agent)?;
    let luggage = place.luggage(install, attach, examined.process.inner_pid())?;
    let listener = rendezvous::bind(&luggage.path("agent"))?;
    luggage.give_to(&examined.process).map_err(|source| luggage.fault(source))?;
    let script = place.seen(&luggage).join("enter.py");
    let script = script.to_str().ok_or_else(|| LaunchError::Agent("the folder's name is no text".into()))?;
    let failed = |error: VisitError| LaunchError::Agent(error.to_string());
    let mut visit = Visit::begin(examined, script).map_err(failed)?;
    let waiting = Waiting { attach, process: &examined.process, listener: &listener, luggage: &luggage, given_up };
    let dialled = waiting.wait(&mut visit, tell);
    visit.end(dialled.is_ok());
    // No thread has the path of an older script any more: ours has taken its place.
    place.sweep(&examined.process, &luggage);
    dialled.map(|stream| (stream, luggage.clone()))
}

/// Waiting for the agent.
struct Waiting<'a> {
    attach: &'a Attach,
    process: &'a Process,
    listener: &'a UnixListener,
    luggage: &'a Luggage,
    given_up: Option<&'a UnixStream>,
}

impl Waiting<'_> {
    fn wait(&self, visit: &mut Visit<'_>, tell: &mut dyn FnMut(&str)) -> Result<UnixStream, LaunchError> {
        let begun = Instant::now();
        let mut next_word = begun + TELL;
        loop {
            if let Some(stream) = self.glance()? {
                return Ok(stream);
            }
            if let Ok(reason) = fs::read_to_string(self.luggage.path("reason")) {
                return Err(LaunchError::Agent(format!("process {} cannot be debugged: {reason}", self.attach.pid)));
            }
            visit.go_on().map_err(|error| LaunchError::Agent(error.to_string()))?;
            let waited = begun.elapsed();
            if waited > self.attach.patience {
                return Err(LaunchError::Agent(self.describe("did not come back to Python code", waited)));
            }
            if Instant::now() >= next_word {
                next_word += TELL;
                tell(&self.describe("has not come back to Python code yet", waited));
            }
        }
    }

    /// Waits a moment for the agent of the process that is meant.
    fn glance(&self) -> Result<Option<UnixStream>, LaunchError> {
        let mut polled = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        polled.extend(self.given_up.map(|given_up| PollFd::new(given_up.as_fd(), PollFlags::POLLIN)));
        match poll(&mut polled, PollTimeout::from(GLANCE)) {
            Err(nix::errno::Errno::EINTR) | Ok(0) => return Ok(None),
            Err(errno) => return Err(LaunchError::Wait(errno.into())),
            Ok(_) => {}
        }
        let ready: Vec<bool> = polled.iter().map(|polled| polled.any().unwrap_or(true)).collect();
        if ready.get(1) == Some(&true) {
            return Err(LaunchError::Abandoned);
        }
        let (stream, _) = self.listener.accept().map_err(LaunchError::Wait)?;
        Ok((linux::peer(&stream) == Some(self.attach.pid)).then_some(stream))
    }

    fn describe(&self, what: &str, waited: Duration) -> String {
        let busy = self.process.calls();
        let where_ = if busy.is_empty() { String::new() } else { format!(" ({busy})") };
        format!("process {} {what} after {} s{where_}", self.attach.pid, waited.as_secs())
    }
}

/// A folder that the program can read and run code from.
struct Place {
    /// As the program sees it.
    seen: PathBuf,
    /// Kept open, under the number that is in paths: it is there for us as long as we need it, whatever becomes of the
    /// program.
    folder: Arc<File>,
}

/// Where there may be such a folder.
const FOLDERS: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run"];

impl Place {
    fn find(process: &Process) -> Result<Self, String> {
        let root = process.root();
        for seen in FOLDERS {
            let path = root.join(seen.trim_start_matches('/'));
            let runs_code =
                statvfs(&path).is_ok_and(|about| !about.flags().intersects(FsFlags::ST_NOEXEC | FsFlags::ST_RDONLY));
            if let (true, Ok(folder)) = (runs_code, File::open(&path)) {
                let place = Self { seen: seen.into(), folder: Arc::new(folder) };
                if tempfile::Builder::new().tempfile_in(place.path()).is_ok() {
                    return Ok(place);
                }
            }
        }
        Err(format!(
            "process {} sees no folder that pausa could put its agent in: one of {} must be writable and allow code \
             (mount it without noexec and ro, as with `docker run --tmpfs /tmp:exec`)",
            process.pid(),
            FOLDERS.join(", ")
        ))
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.folder.as_raw_fd()))
    }

    /// A folder's path as the program sees it.
    fn seen(&self, luggage: &Luggage) -> PathBuf {
        self.seen.join(luggage.0.0.path().file_name().unwrap_or_default())
    }

    /// Packs what the program needs.
    fn luggage(&self, install: &Install, attach: &Attach, inner_pid: i32) -> Result<Luggage, LaunchError> {
        let failed = |source| LaunchError::Socket { path: self.seen.clone(), source };
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix(PREFIX).permissions(Permissions::from_mode(0o700)).tempdir_in(self.path());
        let folder = folder.map_err(failed)?;
        let lock = File::open(folder.path()).and_then(|lock| lock.lock().map(|()| lock)).map_err(failed)?;
        let luggage = Luggage(Arc::new((folder, Arc::clone(&self.folder), lock)));
        copy_library(&install.agent, &luggage.path("agent.so")).map_err(|source| luggage.fault(source))?;
        let entry = fs::read_to_string(install.package.join("_enter.py"));
        let text = script(&entry.map_err(|source| luggage.fault(source))?, &self.seen(&luggage), inner_pid, attach);
        fs::write(luggage.path("enter.py"), text).map_err(|source| luggage.fault(source))?;
        Ok(luggage)
    }

    /// Removes what was brought for this process by a pausa that was killed before the process had come to it.
    fn sweep(&self, process: &Process, own: &Luggage) {
        let heading = heading(process.pid());
        for entry in fs::read_dir(self.path()).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if Some(name.as_os_str()) == own.0.0.path().file_name() || !name.to_string_lossy().starts_with(PREFIX) {
                continue;
            }
            // Anybody may make a folder of that name there, or a link: what is opened is what is looked at and emptied.
            let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW;
            let Ok(folder) = OpenOptions::new().read(true).custom_flags(flags).open(entry.path()) else { continue };
            let owner = folder.metadata().map(|data| data.uid()).unwrap_or(u32::MAX);
            let inside = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
            if ![process.user(), Uid::effective().as_raw()].contains(&owner)
                || !is_abandoned(&folder, &inside, &heading)
            {
                continue;
            }
            for file in FILES {
                let _gone = fs::remove_file(inside.join(file));
            }
            let _gone = fs::remove_dir(inside.join(ENTERED));
            let _gone = fs::remove_dir(entry.path());
        }
    }
}

/// Copies what of a shared library is loaded: what is said of it for debuggers lies behind that, and is most of the file.
fn copy_library(from: &Path, to: &Path) -> io::Result<()> {
    let mut library = File::open(from)?;
    let mut head = [0; 64];
    library.read_exact(&mut head)?;
    let Some(size) = loaded_size(&library, &head).filter(|size| *size > head.len() as u64) else {
        return fs::copy(from, to).map(drop);
    };
    // No sections are there any more: where they are listed, how many they are, which has their names.
    head[40..48].fill(0);
    head[60..64].fill(0);
    let mut copy = OpenOptions::new().write(true).create_new(true).mode(0o700).open(to)?;
    copy.write_all(&head)?;
    io::copy(&mut library.take(size - head.len() as u64), &mut copy).map(drop)
}

/// How far in a file of ELF's 64-bit kind that lies which is loaded. None for another one.
fn loaded_size(library: &File, head: &[u8; 64]) -> Option<u64> {
    let long = |bytes: &[u8], at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let short = |bytes: &[u8], at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    if !head.starts_with(&[0x7f, b'E', b'L', b'F', 2, 1]) {
        return None;
    }
    let (start, size, count) = (long(head, 32)?, u64::from(short(head, 54)?), u64::from(short(head, 56)?));
    let mut end = start + size * count;
    for index in 0..count {
        let mut header = [0; 56];
        library.read_exact_at(&mut header, start + index * size).ok()?;
        end = end.max(long(&header, 8)?.checked_add(long(&header, 32)?)?);
    }
    Some(end)
}

/// What the folder holds, and the folder in it that the first thread to come makes (`_enter.py`).
const FILES: [&str; 5] = ["enter.py", "agent.so", "agent", "reason", "reason.new"];
const ENTERED: &str = "entered";

/// How its name begins, and no other folder's of ours.
const PREFIX: &str = "pausa-attach-";

/// How its script begins.
fn heading(pid: i32) -> String {
    format!("# For process {pid}.\n")
}

/// How old a folder without a script is that nobody is just making.
const FORGOTTEN: Duration = Duration::from_secs(10);

/// True for a folder whose maker has gone, with a script that begins so, or with one for a process that has gone too, or
/// with none yet. `inside` is its path.
fn is_abandoned(folder: &File, inside: &Path, heading: &str) -> bool {
    let is_old = || {
        let changed = folder.metadata().and_then(|data| data.modified()).ok();
        changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age > FORGOTTEN)
    };
    let is_for_it = match fs::read_to_string(inside.join("enter.py")) {
        Ok(text) => text.starts_with(heading) || has_gone(&text),
        Err(error) => error.kind() == io::ErrorKind::NotFound && inside.join("agent.so").is_file() && is_old(),
    };
    is_for_it && folder.try_lock().is_ok()
}

/// True for a script whose process is no more.
fn has_gone(script: &str) -> bool {
    let pid = script.strip_prefix("# For process ").and_then(|rest| rest.split_once('.')?.0.parse().ok());
    pid.is_some_and(|pid: i32| Process::find(pid).is_err())
}

impl Luggage {
    fn path(&self, name: &str) -> PathBuf {
        self.0.0.path().join(name)
    }

    /// Makes it the program's user's.
    fn give_to(&self, process: &Process) -> io::Result<()> {
        if process.user() == Uid::effective().as_raw() {
            return Ok(());
        }
        let (user, group) = (Some(process.user()), Some(process.group()));
        for entry in fs::read_dir(self.0.0.path())? {
            chown(entry?.path(), user, group)?;
        }
        chown(self.0.0.path(), user, group)
    }

    fn fault(&self, source: io::Error) -> LaunchError {
        LaunchError::Socket { path: self.0.0.path().to_owned(), source }
    }
}

/// The entry's text, and its call. `inner_pid` is the process's id as it sees itself. Afterwards the function and its names,
/// which have each other, are no garbage that waits for the next collection.
fn script(entry: &str, folder: &Path, inner_pid: i32, attach: &Attach) -> String {
    let text = |text: &str| {
        let escaped: String = text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
        format!("'{escaped}'")
    };
    let mut options = Vec::new();
    if let Some(backend) = &attach.backend {
        options.push(format!("'backend': {}", text(backend)));
    }
    if attach.read_only {
        options.push("'read_only': True".to_owned());
    }
    if let Some(log) = &attach.audit_log {
        options.push(format!("'audit_log': {}", text(&log.to_string_lossy())));
    }
    let call = format!(
        "_pausa_enter({}, {inner_pid}, {}, {{{}}})\ndel _pausa_enter",
        text(&folder.to_string_lossy()),
        text(env!("CARGO_PKG_VERSION")),
        options.join(", ")
    );
    format!("{}{}\n", heading(attach.pid), as_our_own(&format!("{entry}\n\n{call}\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_handed_over_is_read_as_python() {
        let attach = Attach { read_only: true, audit_log: Some("/a'b".into()), ..Attach::new(7) };
        let text = script("def _pausa_enter(): 'x'", Path::new("/tmp/x"), 7, &attach);
        let code: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(matches!(code.as_slice(), [line] if line.starts_with("__import__('builtins').exec(")), "{text}");
        assert!(!text.contains("/a'b"), "{text}");
    }
}
