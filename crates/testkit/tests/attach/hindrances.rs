//! Each reason why a process cannot be attached to, in a process that has it.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use pausa_testkit::Result;

use crate::places::is_root;
use crate::target::{DEADLINE, Target};
use crate::{all_pythons, built, check, program, python, said, same};

/// Checks that `--check` refuses with these words, on one line.
fn refused(pid: &str, words: &[&str]) -> Result<()> {
    let (_, error, code) = said(&["attach", "--check", pid])?;
    same(code, Some(2))?;
    check(error.lines().count() == 1, || format!("more than a line: {error}"))?;
    check(words.iter().all(|word| error.contains(word)), || format!("{error:?} does not say {words:?}"))
}

/// A process that is no Python; killed when the test is over.
struct Other(std::process::Child);

impl Other {
    fn start(command: &mut Command) -> Result<Self> {
        command.spawn().map(Self).map_err(|error| error.to_string())
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

fn sleep_as(name: &str) -> Result<(Other, tempfile::TempDir)> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join(name);
    fs::copy("/bin/sleep", &path).map_err(|error| error.to_string())?;
    Ok((Other::start(Command::new(path).arg("1000"))?, folder))
}

#[test]
fn what_is_no_cpython() -> Result<()> {
    refused("2147483647", &["no process", "pausa ps"])?;
    // It has ended, and nobody has asked how.
    let ended = Other::start(&mut Command::new("true"))?;
    while !fs::read_to_string(format!("/proc/{}/stat", ended.id())).unwrap_or_default().contains(") Z ") {
        std::thread::yield_now();
    }
    refused(&ended.id(), &["has ended already"])?;
    let (sleep, _folder) = sleep_as("sleep")?;
    refused(&sleep.id(), &["(sleep)", "runs no Python"])?;
    let (pypy, _folder) = sleep_as("pypy3.11")?;
    refused(&pypy.id(), &["PyPy", "CPython only"])
}

#[test]
fn a_python_that_is_linked_statically() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (source, program) = (folder.path().join("main.c"), folder.path().join("python3"));
    fs::write(&source, "#include <unistd.h>\nint main(void) { for (;;) pause(); }\n").map_err(|e| e.to_string())?;
    let compiled = Command::new("cc").arg("-static").arg("-o").arg(&program).arg(&source).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no C compiler that links statically");
        return Ok(());
    }
    let python = Other::start(&mut Command::new(program))?;
    refused(&python.id(), &["python3", "statically"])
}

#[test]
fn a_python_of_another_c_library() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let library = folder.path().join("ld-musl-x86_64.so.1");
    fs::write(&library, "a library").map_err(|error| error.to_string())?;
    let mut command = Command::new(&python()?.path);
    command.arg(program("target.py")).arg("musl").arg(&library);
    refused(&Target::of(command)?.id(), &["musl", "install pausa"])
}

#[test]
fn a_python_that_is_too_old() -> Result<()> {
    // One beside those that are tested with, as version managers have them.
    let beside = |minor: u32| {
        let found = all_pythons().ok()?.iter().filter_map(|python| python.path.ancestors().nth(3));
        let entries = found.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("3.{minor}.")))
            .map(|entry| entry.path().join("bin/python3"))
            .find(|path| path.is_file())
    };
    let old: Vec<PathBuf> = (8..10).filter_map(beside).collect();
    if old.is_empty() {
        eprintln!("skipped: no Python 3.8 or 3.9 is here");
    }
    for path in old {
        refused(&Target::start(&path, "sleeping")?.id(), &["runs Python 3.", "3.10 to 3.15"])?;
    }
    Ok(())
}

/// A Python of another architecture: what is read of it is the head of its file.
#[test]
fn a_python_of_another_architecture() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let library = folder.path().join("libpython3.12.so.1.0");
    // ELF, 64 bits, little endian, for aarch64: as an emulator has it mapped.
    let mut head = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
    head.resize(4096, 0);
    head[18..20].copy_from_slice(&183_u16.to_le_bytes());
    fs::write(&library, head).map_err(|error| error.to_string())?;
    // A program that is not Python itself has it mapped.
    let mapper = folder.path().join("main.c");
    let program = folder.path().join("qemu");
    let text = format!(
        "#include <fcntl.h>\n#include <sys/mman.h>\n#include <unistd.h>\nint main(void) {{ \
         mmap(0, 4096, PROT_READ, MAP_PRIVATE, open(\"{}\", O_RDONLY), 0); write(1, \"ready\\n\", 6); for (;;) pause(); }}\n",
        library.display()
    );
    fs::write(&mapper, text).map_err(|error| error.to_string())?;
    let compiled = Command::new("cc").arg("-o").arg(&program).arg(&mapper).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no C compiler");
        return Ok(());
    }
    let target = Target::of(Command::new(program))?;
    refused(&target.id(), &["for aarch64", "install pausa for that architecture"])
}

/// A program that looks from outside as if it had a Python in it, with these symbols; none without a C compiler.
fn with_symbols(name: &str, symbols: &str) -> Result<Option<(Target, tempfile::TempDir)>> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (source, program) = (folder.path().join("main.c"), folder.path().join(name));
    let text =
        format!("#include <unistd.h>\n{symbols}\nint main(void) {{ write(1, \"ready\\n\", 6); for (;;) pause(); }}\n");
    fs::write(&source, text).map_err(|error| error.to_string())?;
    let compiled = Command::new("cc").arg("-rdynamic").arg("-o").arg(&program).arg(&source).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no C compiler");
        return Ok(None);
    }
    Ok(Some((Target::of(Command::new(program))?, folder)))
}

/// `_PyRuntime` as 3.13 and later begin it, with this version and without or with the GIL.
fn runtime(version: u32, free_threaded: bool) -> String {
    let free_threaded = u8::from(free_threaded);
    format!(
        "struct {{ char cookie[8]; unsigned long version, free_threaded, others[400]; }} _PyRuntime = {{ {{'x','d','e','b',\
         'u','g','p','y'}}, {version}UL, {free_threaded} }};"
    )
}

#[test]
fn a_python_that_is_too_new() -> Result<()> {
    if let Some((target, _folder)) = with_symbols("python3.16", &runtime(0x0310_00f0, false))? {
        refused(&target.id(), &["runs Python 3.16.0", "newer than this pausa knows", "--upgrade"])?;
    }
    // A version that is known, with another table than the one that is known of it: a pre-release.
    if let Some((target, _folder)) = with_symbols("python3.14", &runtime(0x030e_00a1, false))? {
        refused(&target.id(), &["runs Python 3.14.0", "newer than this pausa knows"])?;
    }
    Ok(())
}

#[test]
fn a_python_that_says_it_has_no_lock() -> Result<()> {
    let Some((target, _folder)) = with_symbols("python3.13t", &runtime(0x030d_00f0, true))? else { return Ok(()) };
    refused(&target.id(), &["free-threaded", "usual build"])
}

#[test]
fn a_python_that_cannot_be_made_to_call() -> Result<()> {
    let symbols = "unsigned long Py_Version = 0x030c01f0; char _PyRuntime[4096];";
    let Some((target, _folder)) = with_symbols("python3.12", symbols)? else { return Ok(()) };
    refused(&target.id(), &["cannot be entered by ptrace", "does not export the C API", "pausa --listen"])
}

/// One without the GIL, beside those that are tested with.
#[test]
fn a_python_without_the_lock() -> Result<()> {
    let folders = all_pythons()?.iter().filter_map(|python| python.path.ancestors().nth(3));
    let beside = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let free = beside.filter(|entry| entry.file_name().to_string_lossy().ends_with('t'));
    let free: Vec<PathBuf> = free.map(|entry| entry.path().join("bin/python3")).filter(|path| path.is_file()).collect();
    if free.is_empty() {
        eprintln!("skipped: no free-threaded Python (3.13t, 3.14t) is here");
    }
    for path in free {
        refused(&Target::start(&path, "threads")?.id(), &["free-threaded", "usual build"])?;
    }
    Ok(())
}

#[test]
fn a_python_that_lets_nobody_in() -> Result<()> {
    for python in all_pythons()?.iter().filter(|python| python.has_remote_scripts()) {
        let mut by_variable = Command::new(&python.path);
        by_variable.env("PYTHON_DISABLE_REMOTE_DEBUG", "1").arg(program("target.py")).arg("busy");
        refused(&Target::of(by_variable)?.id(), &["PYTHON_DISABLE_REMOTE_DEBUG is set"])?;
        let mut by_option = Command::new(&python.path);
        by_option.args(["-X", "disable-remote-debug"]).arg(program("target.py")).arg("busy");
        refused(&Target::of(by_option)?.id(), &["-X disable_remote_debug"])?;
        refused(&Target::start(&python.path, "closed")?.id(), &["configured so by its program"])?;
    }
    Ok(())
}

#[test]
fn one_that_stands_still_and_one_that_is_traced() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "busy")?;
        let pid = Pid::from_raw(target.pid().cast_signed());
        if !python.has_remote_scripts() {
            ptrace::seize(pid, ptrace::Options::empty()).map_err(|errno| errno.to_string())?;
            refused(&target.id(), &["is traced by process", &std::process::id().to_string()])?;
            ptrace::interrupt(pid).map_err(|errno| errno.to_string())?;
            nix::sys::wait::waitpid(pid, None).map_err(|errno| errno.to_string())?;
            ptrace::detach(pid, None).map_err(|errno| errno.to_string())?;
        }
        target.signal(Signal::SIGSTOP)?;
        let state = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        while !state().contains(") T ") {
            std::thread::yield_now();
        }
        refused(&target.id(), &["is stopped", &format!("kill -CONT {pid}")])?;
    }
    Ok(())
}

/// `pausa attach --check` as somebody with less rights than we have.
fn checked_by(words: &[&str], pid: &str) -> Result<String> {
    let output = Command::new(words.first().ok_or("no command")?)
        .args(&words[1..])
        .arg(built()?.join("pausa"))
        .args(["attach", "--check", pid])
        .arg0("setpriv")
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    check(output.status.code() == Some(2) && text.lines().count() == 1, || format!("{words:?}: {text}"))?;
    Ok(text)
}

#[test]
fn who_has_not_the_right() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    // pausa is copied where that user can run it.
    let target = Target::start(&python()?.path, "busy")?;
    let bounded = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];
    let text = checked_by(&bounded, &target.id())?;
    check(text.contains("SYS_PTRACE") && text.contains("--cap-add"), || text.clone())?;
    let folder = tempfile::Builder::new().tempdir_in("/tmp").map_err(|error| error.to_string())?;
    let copy = folder.path().join("pausa");
    fs::copy(built()?.join("pausa"), &copy).map_err(|error| error.to_string())?;
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    let check_as_nobody = |pid: &str| -> Result<String> {
        let mut command = Command::new(nobody[0]);
        command.args(&nobody[1..]).arg(&copy).args(["attach", "--check", pid]);
        let output = command.output().map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let text = check_as_nobody(&target.id())?;
    check(text.contains("belongs to root") && text.contains("sudo pausa attach"), || text.clone())?;
    let mut hidden = Command::new(nobody[0]);
    hidden.args(&nobody[1..]).arg(&python()?.path).arg(program("target.py")).arg("hidden");
    if let Ok(hidden) = Target::of(hidden) {
        let text = check_as_nobody(&hidden.id())?;
        check(text.contains("hides from its own user"), || text.clone())?;
    }
    Ok(())
}

/// What `kernel.yama.ptrace_scope` is is told by a file, which is another one in a mount namespace of ours: a system's own is
/// not changed for a test. What keeps us out is real: the process has a capability that who asks has not.
#[test]
fn what_yama_allows_is_read() -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let folder = tempfile::Builder::new().tempdir_in("/tmp").map_err(|error| error.to_string())?;
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    let copy = folder.path().join("pausa");
    fs::copy(built()?.join("pausa"), &copy).map_err(|error| error.to_string())?;
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    // Whether it is a Python cannot be seen.
    let mut able = Command::new("setpriv");
    let target =
        Other::start(able.args(nobody).args(["--inh-caps=+net_raw", "--ambient-caps=+net_raw", "sleep", "1000"]))?;
    let name = || fs::read_to_string(format!("/proc/{}/comm", target.id())).unwrap_or_default();
    let deadline = Instant::now() + DEADLINE;
    while name().trim() != "sleep" {
        check(Instant::now() < deadline, || "setpriv starts no sleep".into())?;
        std::thread::yield_now();
    }
    let said = [
        ("1", "by its parents only (kernel.yama.ptrace_scope is 1)", "setpriv --ptracer any"),
        ("2", "only administrators trace (kernel.yama.ptrace_scope is 2)", "sudo pausa attach"),
        ("3", "nobody trace (kernel.yama.ptrace_scope is 3", "pausa --listen"),
        ("0", "a security module may forbid it", "dmesg"),
    ];
    for (scope, what, help) in said {
        let script = "mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama && \
                      echo $0 > /proc/sys/kernel/yama/ptrace_scope && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", script, scope, "setpriv"]).args(nobody);
        command.arg(&copy).args(["attach", "--check", &target.id()]);
        let output = command.output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        check(output.status.code() == Some(2) && text.contains(what) && text.contains(help), || {
            format!("with {scope}: {text}{}", String::from_utf8_lossy(&output.stdout))
        })?;
    }
    Ok(())
}

#[test]
fn a_filter_that_forbids_ptrace() -> Result<()> {
    let Some(old) = all_pythons()?.iter().find(|python| !python.has_remote_scripts()) else { return Ok(()) };
    let target = Target::start(&old.path, "busy")?;
    let output = Command::new(&python()?.path)
        .arg(program("filtered.py"))
        .arg(built()?.join("pausa"))
        .args(["attach", "--check", &target.id()])
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    check(text.contains("seccomp") && text.contains("--cap-add=SYS_PTRACE"), || text.clone())
}
