//! What the system says of a process: who owns it, what it runs, what is mapped, its threads.
//!
//! Called by `doctor`, `list` and `visit`; `hub` asks for its root. Invariant: all of it is read from `/proc`, nothing
//! touches the process.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::memory::Address;

/// A process of this machine, by its id.
#[derive(Clone, Debug)]
pub struct Process {
    pid: i32,
    status: String,
}

/// A file that is mapped, at its lowest address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    pub base: Address,
    pub end: Address,
    pub path: PathBuf,
}

impl Module {
    /// The file's name, without the system's note that it was deleted.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(" (deleted)").unwrap_or(&name).to_owned()
    }
}

impl Process {
    /// A process that exists.
    ///
    /// # Errors
    /// If there is none of this id.
    pub fn find(pid: i32) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        Ok(Self { pid, status })
    }

    /// Its id.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Its id as it sees itself: in its own namespace of process ids.
    pub fn inner_pid(&self) -> i32 {
        self.field("NSpid:").and_then(|ids| ids.split_whitespace().last()?.parse().ok()).unwrap_or(self.pid)
    }

    /// The user that it runs as, for the file system too.
    pub fn user(&self) -> u32 {
        self.ids("Uid:")
    }

    /// The group that it runs as.
    pub fn group(&self) -> u32 {
        self.ids("Gid:")
    }

    /// Its program's name, as the system shortens it.
    pub fn name(&self) -> &str {
        self.field("Name:").unwrap_or_default()
    }

    /// Its root folder, seen from here: its mount namespace may be another one.
    pub fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.pid))
    }

    /// Its command line.
    pub fn command_line(&self) -> Vec<OsString> {
        let bytes = fs::read(self.file("cmdline")).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
        bytes.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_vec())).collect()
    }

    /// The file that it runs, as far as the system tells us.
    pub fn executable(&self) -> Option<PathBuf> {
        fs::read_link(self.file("exe")).ok()
    }

    /// A variable of the environment that it was started with.
    pub(crate) fn variable(&self, name: &str) -> Option<OsString> {
        let environment = fs::read(self.file("environ")).ok()?;
        let mut variables = environment.split(|byte| *byte == 0);
        variables
            .find_map(|variable| variable.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
            .map(|value| OsString::from_vec(value.to_vec()))
    }

    /// What its threads do that do nothing of Python's: the system calls they are in, for people.
    #[must_use]
    pub fn calls(&self) -> String {
        let calls = self.threads().into_iter().take(4).map(|thread| {
            let task = format!("/proc/{}/task/{thread}", self.pid);
            let waits = fs::read_to_string(format!("{task}/wchan")).unwrap_or_default();
            let runs = fs::read_to_string(format!("{task}/syscall")).is_ok_and(|call| call.starts_with("running"));
            match waits.trim() {
                _ if runs => format!("thread {thread} runs C code"),
                "" | "0" => format!("thread {thread} runs"),
                waits => format!("thread {thread} waits in {waits}"),
            }
        });
        calls.collect::<Vec<_>>().join(", ")
    }

    /// How large its stacks may grow that do.
    pub(crate) fn stack_limit(&self) -> u64 {
        let limits = fs::read_to_string(self.file("limits")).unwrap_or_default();
        let soft = limits.lines().find_map(|line| line.strip_prefix("Max stack size")?.split_whitespace().next());
        soft.map_or(0, |soft| soft.parse().unwrap_or(u64::MAX))
    }

    /// True if it has ended, or is about to: a zombie.
    pub(crate) fn has_ended(&self) -> bool {
        self.field("State:").is_some_and(|state| state.starts_with(['Z', 'X']))
    }

    /// True if it was stopped by a signal, as Ctrl-Z does.
    pub(crate) fn is_stopped(&self) -> bool {
        self.field("State:").is_some_and(|state| state.starts_with('T'))
    }

    /// The process that traces it, if one does.
    pub(crate) fn tracer(&self) -> Option<i32> {
        self.field("TracerPid:")?.parse().ok().filter(|pid| *pid != 0)
    }

    /// True if it has a thread of this name.
    pub(crate) fn has_thread(&self, name: &str) -> bool {
        self.threads().iter().any(|thread| {
            let own = fs::read_to_string(self.file("task").join(thread.to_string()).join("comm"));
            own.is_ok_and(|own| own.trim_end() == name)
        })
    }

    /// The process that a thread belongs to.
    pub(crate) fn group_leader(&self) -> Option<i32> {
        self.field("Tgid:")?.parse().ok()
    }

    /// The ids of its threads, the main one first.
    pub(crate) fn threads(&self) -> Vec<i32> {
        let entries = fs::read_dir(self.file("task")).into_iter().flatten().flatten();
        let mut ids: Vec<i32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        ids.sort_by_key(|id| (*id != self.pid, *id));
        ids
    }

    /// Its threads by the number that each has for the process itself, and by the one it has here: two where the process
    /// lives in another namespace of process ids.
    pub(crate) fn numbered_threads(&self) -> Vec<(i32, i32)> {
        let number = |task: i32| {
            let status = fs::read_to_string(self.file("task").join(task.to_string()).join("status")).ok()?;
            let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
            ids.split_whitespace().last()?.parse().ok()
        };
        let is_here = self.inner_pid() == self.pid;
        let threads = self.threads().into_iter();
        threads.filter_map(|task| Some((if is_here { task } else { number(task)? }, task))).collect()
    }

    /// The files that are mapped, each once.
    pub(crate) fn modules(&self) -> io::Result<Vec<Module>> {
        fs::read_to_string(self.file("maps")).map(|maps| parse_maps(&maps))
    }

    /// What `find` has read, read again.
    pub(crate) fn again(&self) -> io::Result<Self> {
        Self::find(self.pid)
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.pid.to_string()).join(name)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
    }

    /// The last of four numbers: real, effective, saved, file system.
    fn ids(&self, name: &str) -> u32 {
        self.field(name).and_then(|ids| ids.split_whitespace().nth(3)?.parse().ok()).unwrap_or(u32::MAX)
    }
}

fn parse_maps(maps: &str) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for line in maps.lines() {
        let Some((base, end, path)) = parse_line(line) else { continue };
        match modules.iter_mut().find(|module| module.path == path) {
            Some(module) => module.end = end,
            None => modules.push(Module { base, end, path }),
        }
    }
    modules
}

/// `START-END PERMISSIONS OFFSET DEVICE INODE PATH`, for paths only.
fn parse_line(line: &str) -> Option<(Address, Address, PathBuf)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let path = &rest[rest.find('/')?..];
    Some((Address::from_str_radix(start, 16).ok()?, Address::from_str_radix(end, 16).ok()?, path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_module_from_its_first_page_on() {
        let maps = "\
00400000-0041f000 r--p 00000000 fe:00 11 /opt/my python/bin/python3.14 (deleted)
0041f000-0073d000 r-xp 0001f000 fe:00 11 /opt/my python/bin/python3.14 (deleted)
2a000000-2a021000 rw-p 00000000 00:00 0  [heap]
7f0000000000-7f0000001000 rw-p 00000000 00:00 0
";
        let modules = parse_maps(maps);
        assert_eq!(modules.len(), 1);
        assert_eq!((modules[0].base, modules[0].end), (0x40_0000, 0x73_d000));
        assert_eq!(modules[0].name(), "python3.14");
    }

    #[test]
    fn we_are_a_process() {
        let own = Process::find(std::process::id().cast_signed()).unwrap();
        assert!(!own.has_ended() && own.tracer().is_none());
        assert_eq!(own.user(), nix::unistd::geteuid().as_raw());
        assert_eq!(own.threads().first(), Some(&own.pid()));
        assert_eq!(own.inner_pid(), own.pid());
        assert!(own.executable().is_some() && !own.command_line().is_empty());
    }
}
