//! The real command on a pseudo-terminal: what a person sees and presses.

#[cfg(test)]
mod screen;

use std::fs;
use std::io::Read;
use std::path::Path;

use nix::sys::stat::Mode;
use screen::Terminal;
use tempfile::TempDir;

#[cfg(test)]
fn program(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("prog.py"), text).expect("a program");
    folder
}

#[cfg(test)]
fn start(folder: &Path) -> Terminal {
    Terminal::start(folder, &["prog.py"], &[])
}

#[test]
fn a_session_with_colours_and_an_exit_code() {
    let folder = program("import sys\nname = 'Ada'\nprint('hello', name)\nsys.exit(3)\n");
    let mut terminal = start(folder.path());
    terminal.wait_for("Stopped at entry: prog.py:1 in <module>");
    terminal.command("b 3");
    terminal.wait_for("Breakpoint 1 at prog.py:3");
    terminal.command("c");
    terminal.wait_for("Breakpoint 1: prog.py:3 in <module>");
    terminal.command("p name");
    terminal.wait_for("'Ada'");
    assert!(terminal.has_colours());
    terminal.command("c");
    terminal.wait_for("hello Ada");
    terminal.wait_for("The program ended with exit code 3.");
    terminal.command("q");
    assert_eq!(terminal.end(), 3);
}

#[test]
fn a_stop_is_told_on_a_line_of_its_own() {
    let folder = program("def dot():\n    print('.', end='', flush=True)\n\ndot()\ndot()\n");
    let mut terminal = start(folder.path());
    terminal.command("b 2");
    for _ in 0..3 {
        terminal.wait_for_prompt();
        terminal.command("c");
    }
    terminal.wait_for("The program ended");
    assert!(terminal.text().contains(".\nBreakpoint 1: prog.py:2 in dot"), "{}", terminal.text());
    assert!(terminal.text().contains(".\nThe program ended"), "{}", terminal.text());
}

#[test]
fn no_color_means_none() {
    let folder = program("x = 1\n");
    let mut terminal = Terminal::start(folder.path(), &["prog.py"], &[("NO_COLOR", "1")]);
    terminal.command("if x: y = 'text'");
    terminal.wait_for_prompt();
    assert!(!terminal.has_colours(), "{}", terminal.text());
    terminal.type_keys("\x04");
    terminal.wait_for("The program was still running and is killed.");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn ctrl_c_pauses_a_loop_and_clears_a_line() {
    let folder = program("print('rea' + 'dy')\ngo_on = True\nwhile go_on: pass\nprint('over')\n");
    let mut terminal = start(folder.path());
    terminal.command("c");
    terminal.wait_for("ready");
    terminal.type_keys("\x03");
    terminal.wait_for("Paused: prog.py:3 in <module>");
    terminal.wait_for_prompt();
    let prompts = terminal.text().matches("(pausa)").count();
    terminal.type_keys("q\x03");
    terminal.wait_until("a fresh prompt", |screen| screen.matches("(pausa)").count() > prompts);
    terminal.command("go_on = False");
    terminal.command("c");
    terminal.wait_for("over");
    terminal.wait_for("The program ended with exit code 0.");
    terminal.command("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_second_ctrl_c_is_the_program_s() {
    let text = "import time\n\
        try:\n    print('wait' + 'ing')\n    while True: time.sleep(0.01)\n\
        except KeyboardInterrupt:\n    print('caught')\n";
    let folder = program(text);
    let mut terminal = start(folder.path());
    terminal.command("c");
    terminal.wait_for("waiting");
    terminal.type_keys("\x03\x03");
    // The pause and the interrupt are on their way at once: either may be first. None is lost, though the program has only
    // just begun to run: two signals to pausa would be one, so the keys must be keys by then.
    terminal
        .wait_until("the pause or the interrupt", |screen| screen.contains("Paused: ") || screen.contains("caught"));
    if !terminal.text().contains("caught") {
        terminal.command("c");
    }
    terminal.wait_for("caught");
    terminal.wait_for("The program ended with exit code 0.");
    terminal.command("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_program_reads_the_keyboard_while_it_runs_and_while_it_is_asked() {
    let folder = program("import sys\nprint(sys.stdin.isatty(), 'hello ' + input('name? '))\nx = 1\n");
    let mut terminal = Terminal::start(folder.path(), &["-b", "3", "prog.py"], &[]);
    terminal.wait_for("name? ");
    terminal.type_keys("Ada\r");
    terminal.wait_for("True hello Ada");
    terminal.command("p input('more? ')");
    terminal.wait_for("\nmore? ");
    terminal.type_keys("Bob\r");
    terminal.wait_for("'Bob'");
    terminal.command("c");
    terminal.wait_for("The program ended with exit code 0.");
    terminal.command("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn an_endless_evaluation_is_ended_by_ctrl_c() {
    let folder = program("x = 1\n");
    let mut terminal = start(folder.path());
    terminal.command("print('turning'); [0 for _ in iter(int, 1)]");
    terminal.wait_for("\nturning");
    terminal.type_keys("\x03");
    terminal.wait_for("error: KeyboardInterrupt");
    terminal.command("p 6 * 7");
    terminal.wait_for("42");
    terminal.command("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn lines_are_completed_continued_and_remembered() {
    let folder = program("def work():\n    return 1\nvariable = 4\nwork()\n");
    let mut terminal = start(folder.path());
    terminal.command("n");
    terminal.command("n");
    terminal.wait_for_prompt();
    terminal.type_keys("p variab\t");
    terminal.wait_for("(pausa) p variable");
    terminal.type_keys(" * 2\r");
    terminal.wait_for("Step: prog.py:4");
    terminal.wait_for_prompt();
    terminal.type_keys("for i in range(2):\r    print('i is', i)\r\r");
    terminal.wait_for("i is 1");
    terminal.command("q");
    assert_eq!(terminal.end(), 0);
    let mut again = start(folder.path());
    again.wait_for_prompt();
    again.type_keys("\x1b[A");
    again.wait_for("(pausa) q");
    again.type_keys("\r");
    assert_eq!(again.end(), 0);
}

#[test]
fn the_program_sees_the_window_s_size() {
    // A handler may not print what the program is printing: both write past the buffer.
    let text = "import os, signal\ndef show(*_): os.write(1, b'size %d %d\\n' % os.get_terminal_size())\nshow()\n\
        signal.signal(signal.SIGWINCH, show)\nos.write(1, b'ready\\n')\nwhile True: signal.pause()\n";
    let folder = program(text);
    let mut terminal = start(folder.path());
    terminal.command("c");
    terminal.wait_for("size 100 40");
    terminal.wait_for("ready");
    terminal.resize(30, 90);
    terminal.wait_for("size 90 30");
    terminal.vanish();
    terminal.end();
}

#[test]
fn a_window_that_closes_takes_pausa_and_the_program_along() {
    for run in [true, false] {
        let folder = program("import signal\nalive = open('alive', 'w')\nprint('ready')\nwhile True: signal.pause()\n");
        let alive = folder.path().join("alive");
        nix::unistd::mkfifo(&alive, Mode::S_IRWXU).unwrap();
        let mut terminal = Terminal::start(folder.path(), &["-b", "4", "prog.py"], &[]);
        // Opening waits for the program to open its end; reading ends when the program has.
        let mut end = fs::File::open(&alive).unwrap();
        terminal.wait_for("Breakpoint 1: ");
        terminal.wait_for_prompt();
        if run {
            terminal.command("cl");
            terminal.command("c");
        }
        terminal.vanish();
        assert_eq!(end.read(&mut [0]).unwrap(), 0);
        terminal.end();
    }
}
