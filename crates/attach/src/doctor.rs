//! Whether a process can be attached to, and else why not and what would help.
//!
//! Called by `hub` before a visit, by `pausa attach --check` and by `pausa ps`. Invariant: only looks, and proposes
//! nothing that weakens the system for others.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::unistd::{Pid, Uid, User};

use crate::elf::NoImage;
use crate::interpreter::{self, Interpreter, NoInterpreter, Version, Way};
use crate::memory::Memory;
use crate::process::{Module, Process};

/// The versions that the agent is for.
const OLDEST: (u8, u8) = (3, 10);
const NEWEST: (u8, u8) = (3, 15);

/// The name of the thread that the agent serves its client on.
const AGENTS_THREAD: &str = "pausa-session";

/// The first version with PEP 768.
const REMOTE_SCRIPTS: (u8, u8) = (3, 14);

/// A process that can be attached to, as far as can be seen without touching it.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The process.
    pub process: Process,
    /// Its Python.
    pub version: Version,
    /// How it would be entered.
    pub way: Way,
    pub(crate) interpreter: Interpreter,
    pub(crate) modules: Vec<Module>,
}

/// Why a process cannot be attached to: one line that says what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hindrance {
    /// There is no process of this id.
    #[error("there is no process {0}; `pausa ps` lists the Python processes")]
    NoProcess(i32),
    /// It has ended and is only waited for.
    #[error("process {0} has ended already")]
    Ended(i32),
    /// It stands still.
    #[error("process {0} is stopped (by Ctrl-Z or SIGSTOP) and can do nothing: `kill -CONT {0}`, then attach")]
    Stopped(i32),
    /// It is no Python.
    #[error("process {pid} ({name}) runs no Python; `pausa ps` lists the Python processes")]
    NotPython {
        /// Its id.
        pid: i32,
        /// Its program.
        name: String,
    },
    /// It is a Python that is not CPython.
    #[error("process {pid} runs {name}, and pausa debugs CPython only; run the program with CPython to debug it")]
    OtherPython {
        /// Its id.
        pid: i32,
        /// Which Python.
        name: String,
    },
    /// It is older than the agent's interface.
    #[error("process {pid} runs Python {version}, and pausa debugs 3.10 to 3.15; run the program with one of these")]
    TooOld {
        /// Its id.
        pid: i32,
        /// Its version.
        version: Version,
    },
    /// Nobody knows yet how it looks inside.
    #[error("process {pid} runs Python {version}, which is newer than this pausa knows: `pip install --upgrade pausa`")]
    TooNew {
        /// Its id.
        pid: i32,
        /// Its version.
        version: Version,
    },
    /// It has no GIL.
    #[error(
        "process {0} runs a free-threaded build of Python, which pausa cannot debug yet; run the program with the usual \
         build"
    )]
    FreeThreaded(i32),
    /// It cannot load a library.
    #[error(
        "{name} of process {pid} is linked statically and can load no library, so not pausa's agent either; run the \
         program with a Python that can import extension modules"
    )]
    Static {
        /// Its id.
        pid: i32,
        /// The file.
        name: String,
    },
    /// It is for another kind of processor.
    #[error(
        "process {pid} runs a Python for {machine}, and this pausa is for {}; install pausa for that architecture in the \
         process's environment and attach with it",
        std::env::consts::ARCH
    )]
    OtherArchitecture {
        /// Its id.
        pid: i32,
        /// What it is for.
        machine: String,
    },
    /// It lives with another C library.
    #[error(
        "process {0} uses the C library musl, and this pausa is for glibc; install pausa in that container (or \
         environment) and attach with that one"
    )]
    Musl(i32),
    /// It belongs to somebody else.
    #[error("process {pid} belongs to {user}: attach as that user, or as root: `sudo pausa attach {pid}`")]
    OtherUser {
        /// Its id.
        pid: i32,
        /// Whose it is.
        user: String,
    },
    /// Yama lets only parents trace.
    #[error(
        "this system lets a process be traced by its parents only (kernel.yama.ptrace_scope is 1): `sudo pausa attach \
         {0}`, or start the program by `pausa --listen PORT FILE`, or by `setpriv --ptracer any python FILE`"
    )]
    YamaParents(i32),
    /// Yama lets only administrators trace.
    #[error(
        "this system lets only administrators trace (kernel.yama.ptrace_scope is 2): `sudo pausa attach {0}`, or start the \
         program by `pausa --listen PORT FILE`"
    )]
    YamaAdministrators(i32),
    /// Yama lets nobody trace.
    #[error(
        "this system lets nobody trace (kernel.yama.ptrace_scope is 3, until it is started again): start the program by \
         `pausa --listen PORT FILE`, or have it call pausa.listen(PORT)"
    )]
    YamaNobody,
    /// It keeps even its own user out.
    #[error(
        "process {0} hides from its own user (it has changed its user or capabilities, or called prctl(PR_SET_DUMPABLE)): \
         `sudo pausa attach {0}`"
    )]
    Hidden(i32),
    /// We are root, but a root without that right, as in containers.
    #[error(
        "root may not trace here: this container lacks the capability SYS_PTRACE. Start it with `docker run \
         --cap-add=SYS_PTRACE`, or attach from the host, or use `kubectl debug --profile=sysadmin`"
    )]
    NoCapability,
    /// The system call is filtered away from us.
    #[error(
        "a filter (seccomp) keeps pausa from calling ptrace, which Python {version} is entered by: start the container \
         with `docker run --cap-add=SYS_PTRACE`, or attach from the host"
    )]
    Filtered {
        /// The target's version.
        version: Version,
    },
    /// Something that we do not know of keeps us out.
    #[error(
        "the system does not let pausa into process {pid} ({error}): a security module may forbid it (`sudo dmesg | grep \
         -i denied` tells)"
    )]
    Denied {
        /// Its id.
        pid: i32,
        /// What the system said.
        error: String,
    },
    /// The interpreter was told to let nobody in.
    #[error("process {pid} lets no debugger in ({switch}); start it without that to attach to it")]
    SwitchedOff {
        /// Its id.
        pid: i32,
        /// By which switch.
        switch: &'static str,
    },
    /// Only one can trace.
    #[error("process {pid} is traced by process {tracer} ({name}): only one can; end that one, or have it let go")]
    Traced {
        /// Its id.
        pid: i32,
        /// Who traces it.
        tracer: i32,
        /// What that is.
        name: String,
    },
    /// We are in it already.
    #[error(
        "process {0} is being debugged by pausa already, or waits for an editor (pausa.listen), and only one debugger can \
         be in it: leave it there, then attach"
    )]
    Debugged(i32),
    /// Our way of having a thread make a call is not for it.
    #[error(
        "process {pid} cannot be entered by ptrace: {why}; run the program with Python 3.14 or later, or by `pausa --listen PORT FILE`"
    )]
    NoTrace {
        /// Its id.
        pid: i32,
        /// Why.
        why: &'static str,
    },
}

/// Looks whether a process can be attached to.
///
/// # Errors
/// Says why it cannot.
pub fn examine(pid: i32) -> Result<Examined, Hindrance> {
    let process = Process::find(pid).map_err(|_| Hindrance::NoProcess(pid))?;
    if process.has_ended() {
        return Err(Hindrance::Ended(pid));
    }
    let modules = process.modules().map_err(|error| denied(&process, &error))?;
    if modules.is_empty() && process.executable().is_none() {
        // What the kernel itself runs has no memory of its own.
        return Err(Hindrance::NotPython { pid, name: process.name().to_owned() });
    }
    if let Some(name) = other_python(&modules) {
        return Err(Hindrance::OtherPython { pid, name });
    }
    let memory = Memory::open(pid).map_err(|error| denied(&process, &error))?;
    let interpreter = interpreter::find(&memory, &modules).map_err(|why| unfit(&process, why))?;
    let version = interpreter.version;
    check_version(pid, &interpreter)?;
    if modules.iter().any(|module| module.name().starts_with("ld-musl-")) {
        return Err(Hindrance::Musl(pid));
    }
    let way = if (version.major, version.minor) >= REMOTE_SCRIPTS { Way::RemoteScript } else { Way::Trace };
    if process.is_stopped() {
        return Err(Hindrance::Stopped(pid));
    }
    if process.has_thread(AGENTS_THREAD) {
        return Err(Hindrance::Debugged(pid));
    }
    match way {
        Way::RemoteScript => check_switch(&process, &memory, &interpreter)?,
        Way::Trace => check_trace(&process, &interpreter)?,
    }
    Ok(Examined { process, version, way, interpreter, modules })
}

fn check_version(pid: i32, interpreter: &Interpreter) -> Result<(), Hindrance> {
    let version = interpreter.version;
    let minor = (version.major, version.minor);
    if minor < OLDEST {
        return Err(Hindrance::TooOld { pid, version });
    }
    if minor > NEWEST || (minor >= REMOTE_SCRIPTS && interpreter.offsets.is_none()) {
        return Err(Hindrance::TooNew { pid, version });
    }
    if interpreter.free_threaded { Err(Hindrance::FreeThreaded(pid)) } else { Ok(()) }
}

/// What is not CPython, by the name of its library or program.
fn other_python(modules: &[Module]) -> Option<String> {
    let is_pypy = |name: &str| name.starts_with("libpypy") || name.starts_with("pypy");
    modules.iter().any(|module| is_pypy(&module.name())).then(|| "PyPy".to_owned())
}

fn unfit(process: &Process, why: NoInterpreter) -> Hindrance {
    let pid = process.pid();
    match why {
        NoInterpreter::Unfit(name, NoImage::Static) => Hindrance::Static { pid, name },
        NoInterpreter::Unfit(_, NoImage::OtherMachine(number)) => {
            Hindrance::OtherArchitecture { pid, machine: machine(number) }
        }
        NoInterpreter::None | NoInterpreter::Unfit(_, NoImage::Unreadable) => {
            let name = process.executable().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
            Hindrance::NotPython { pid, name: name.unwrap_or_else(|| process.name().to_owned()) }
        }
    }
}

/// The name of a processor by its ELF number.
fn machine(number: u16) -> String {
    let name = match number {
        3 => "x86",
        40 => "arm",
        62 => "x86_64",
        183 => "aarch64",
        243 => "riscv64",
        other => return format!("another processor (ELF machine {other})"),
    };
    name.to_owned()
}

/// PEP 768's off switches.
fn check_switch(process: &Process, memory: &Memory, interpreter: &Interpreter) -> Result<(), Hindrance> {
    let Some(offsets) = &interpreter.offsets else { return Ok(()) };
    let on =
        crate::remote::is_enabled(memory, interpreter.runtime, offsets).map_err(|error| denied(process, &error))?;
    if on {
        return Ok(());
    }
    let in_command = |word: &str| process.command_line().iter().any(|own| own.to_string_lossy().contains(word));
    let switch = if process.variable("PYTHON_DISABLE_REMOTE_DEBUG").is_some_and(|value| !value.is_empty()) {
        "PYTHON_DISABLE_REMOTE_DEBUG is set in its environment"
    } else if in_command("disable-remote-debug") || in_command("disable_remote_debug") {
        "it was started with -X disable_remote_debug"
    } else {
        "its Python was built --without-remote-debug, or configured so by its program"
    };
    Err(Hindrance::SwitchedOff { pid: process.pid(), switch })
}

/// What entering by ptrace needs.
pub(crate) fn check_trace(process: &Process, interpreter: &Interpreter) -> Result<(), Hindrance> {
    let pid = process.pid();
    if let Some(tracer) = process.tracer() {
        // What traces is a thread; people know processes.
        let of_thread = Process::find(tracer).ok();
        let tracer = of_thread.as_ref().and_then(Process::group_leader).unwrap_or(tracer);
        let name = Process::find(tracer).map(|process| process.name().to_owned()).unwrap_or_default();
        return Err(Hindrance::Traced { pid, tracer, name });
    }
    if is_filtered() {
        return Err(Hindrance::Filtered { version: interpreter.version });
    }
    let no_trace = |why| Err(Hindrance::NoTrace { pid, why });
    if cfg!(not(target_arch = "x86_64")) {
        return no_trace("pausa does so on x86-64 only");
    }
    if interpreter.functions.is_none() {
        return no_trace("its Python does not export the C API");
    }
    if process.field("x86_Thread_features:").is_some_and(|features| features.contains("shstk")) {
        return no_trace("its processor guards return addresses (a shadow stack)");
    }
    Ok(())
}

/// True if ptrace is filtered away from us: for a process that is not traced it then says something else than usual.
fn is_filtered() -> bool {
    let us = Process::find(std::process::id().cast_signed());
    us.is_ok_and(|us| us.field("Seccomp:") == Some("2")) && ptrace::detach(Pid::this(), None) != Err(Errno::ESRCH)
}

/// What decides whether one process may look into another.
#[derive(Clone, Debug)]
struct Rights {
    own_user: u32,
    user: u32,
    /// We have CAP_SYS_PTRACE.
    capable: bool,
    /// `kernel.yama.ptrace_scope`.
    yama: u8,
    /// The system counts the process as its user's.
    open: bool,
}

/// The capability's number (capabilities(7)).
const CAP_SYS_PTRACE: u32 = 19;

impl Rights {
    fn read(process: &Process) -> Self {
        let us = Process::find(std::process::id().cast_signed()).ok();
        let capabilities = us.and_then(|us| u64::from_str_radix(us.field("CapEff:")?, 16).ok()).unwrap_or_default();
        let yama = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok();
        // A process that hides has files of root's in /proc.
        let owner = fs::metadata(format!("/proc/{}/maps", process.pid())).map(|data| data.uid());
        Self {
            own_user: Uid::effective().as_raw(),
            user: process.user(),
            capable: capabilities & 1 << CAP_SYS_PTRACE != 0,
            yama: yama.and_then(|text| text.trim().parse().ok()).unwrap_or_default(),
            open: owner.is_ok_and(|owner| owner == process.user()),
        }
    }

    fn hindrance(&self, pid: i32, error: &io::Error) -> Hindrance {
        if self.yama == 3 {
            return Hindrance::YamaNobody;
        }
        if self.own_user == 0 && !self.capable {
            return Hindrance::NoCapability;
        }
        if self.own_user != self.user && !self.capable {
            let name = User::from_uid(Uid::from_raw(self.user)).ok().flatten().map(|user| user.name);
            return Hindrance::OtherUser { pid, user: name.unwrap_or_else(|| format!("user {}", self.user)) };
        }
        match self.yama {
            1 if !self.capable => Hindrance::YamaParents(pid),
            2 if !self.capable => Hindrance::YamaAdministrators(pid),
            _ if !self.open && !self.capable => Hindrance::Hidden(pid),
            _ => Hindrance::Denied { pid, error: error.to_string() },
        }
    }
}

/// Why the system did not let us look.
pub(crate) fn denied(process: &Process, error: &io::Error) -> Hindrance {
    let pid = process.pid();
    match process.again() {
        Err(_) => Hindrance::NoProcess(pid),
        Ok(now) if now.has_ended() => Hindrance::Ended(pid),
        Ok(_) if error.kind() == ErrorKind::PermissionDenied => Rights::read(process).hindrance(pid, error),
        Ok(_) => Hindrance::Denied { pid, error: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rights: &Rights) -> Hindrance {
        rights.hindrance(7, &ErrorKind::PermissionDenied.into())
    }

    #[test]
    fn the_first_thing_that_keeps_us_out_is_told() {
        let own = Rights { own_user: 1000, user: 1000, capable: false, yama: 0, open: true };
        assert!(matches!(told(&own), Hindrance::Denied { .. }));
        assert_eq!(told(&Rights { open: false, ..own.clone() }), Hindrance::Hidden(7));
        assert_eq!(told(&Rights { yama: 1, ..own.clone() }), Hindrance::YamaParents(7));
        assert_eq!(told(&Rights { yama: 2, ..own.clone() }), Hindrance::YamaAdministrators(7));
        assert_eq!(told(&Rights { yama: 3, ..own.clone() }), Hindrance::YamaNobody);
        let others = Rights { user: 0, yama: 1, ..own.clone() };
        assert_eq!(told(&others), Hindrance::OtherUser { pid: 7, user: "root".into() });
        assert_eq!(told(&Rights { own_user: 0, ..own.clone() }), Hindrance::NoCapability);
        let able = Rights { own_user: 0, capable: true, yama: 2, ..own };
        assert!(matches!(told(&able), Hindrance::Denied { .. }));
    }

    #[test]
    fn what_would_help_is_a_command() {
        for hindrance in [
            Hindrance::YamaParents(7),
            Hindrance::YamaAdministrators(7),
            Hindrance::OtherUser { pid: 7, user: "www-data".into() },
            Hindrance::Hidden(7),
        ] {
            assert!(hindrance.to_string().contains("`sudo pausa attach 7`"), "{hindrance}");
        }
    }

    #[test]
    fn we_are_no_python() {
        let own = std::process::id().cast_signed();
        assert!(matches!(examine(own), Err(Hindrance::NotPython { .. })));
        assert_eq!(examine(i32::MAX).unwrap_err(), Hindrance::NoProcess(i32::MAX));
    }
}
