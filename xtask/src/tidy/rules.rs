//! The rules about the text of files.
//!
//! Called by `tidy`. Invariant: a rule is a function from the files to its faults.

use std::fmt::Display;

use super::files::File;
use super::source;

const LONG: usize = 600;

/// Who may touch memory by hand: the fence, and what writes into a process from outside.
const UNSAFE_ROOMS: [&str; 2] = ["crates/cpython/", "crates/attach/"];

/// In the agent, a file may that says so: the interpreter finds its module's entry point by an exported name.
const UNSAFE_IF_MARKED: &str = "crates/agent/";
const UNSAFE_MARK: &str = "allow(unsafe_code";

/// Every module says what it is.
pub fn headers(files: &[File]) -> Vec<String> {
    let headless = |file: &&File| file.is_rust() && !in_tests(file) && !file.text.starts_with("//!");
    files
        .iter()
        .filter(headless)
        .map(|file| format!("{}:1: open it with `//!`: what it is, who calls it, its invariant", file.path))
        .collect()
}

/// `unsafe` stays behind the fence.
pub fn unsafe_code(files: &[File]) -> Vec<String> {
    let suspect = |file: &&File| {
        let marked = file.path.starts_with(UNSAFE_IF_MARKED) && file.text.contains(UNSAFE_MARK);
        file.is_rust() && !marked && !UNSAFE_ROOMS.iter().any(|room| file.path.starts_with(room))
    };
    let rooms =
        "unsafe belongs to crates/cpython and crates/attach (or a file of crates/agent that allows it): move it";
    files.iter().filter(suspect).flat_map(|file| code_lines(file, |line| has_word(line, "unsafe"), rooms)).collect()
}

/// Tests wait for events.
pub fn sleeps(files: &[File]) -> Vec<String> {
    let advice = "a test does not sleep: wait for an event with a deadline";
    let sleeps = |line: &str| has_word(line, "sleep") && line.contains("sleep(");
    let mut faults = Vec::new();
    for file in files {
        if file.is_rust() {
            let Some(first) = first_test_line_of(file) else { continue };
            faults.extend(matching_lines(&source::code(&file.text), first, sleeps, &file.path, advice));
        } else if file.path.starts_with("tests/") && file.path.ends_with(".py") && !is_debuggee(file) {
            faults.extend(matching_lines(&file.text, 1, sleeps, &file.path, advice));
        }
    }
    faults
}

/// The project is the same on every machine. (Homes of invented people are material for Rust tests.)
pub fn machine_paths(files: &[File]) -> Vec<String> {
    let advice = "this path is one machine's: make it relative, or leave it out";
    let mut faults = Vec::new();
    for file in files {
        let tests = if file.is_rust() { first_test_line_of(file).unwrap_or(usize::MAX) } else { usize::MAX };
        for (number, line) in numbered(&file.text) {
            let folders = if number < tests { &MACHINE_FOLDERS[..] } else { &MACHINE_FOLDERS[..2] };
            if folders.iter().any(|folder| names_a_machine(line, folder)) {
                faults.push(format!("{}:{number}: {advice}", file.path));
            }
        }
    }
    faults
}

/// Files to think about: a warning only.
pub fn long_files(files: &[File]) -> Vec<String> {
    let lines = |file: &File| file.text.lines().count();
    files
        .iter()
        .filter(|file| file.is_rust() && !file.path.contains("/generated/") && lines(file) > LONG)
        .map(|file| format!("{}: {} lines; over {LONG}, see if it holds two topics", file.path, lines(file)))
        .collect()
}

/// testkit's modules are read as often as any other's, so they have headers too.
fn in_tests(file: &File) -> bool {
    file.is_test() && !file.path.starts_with("crates/testkit/src/")
}

/// A program that is debugged may do anything.
fn is_debuggee(file: &File) -> bool {
    file.path.starts_with("tests/sessions/")
}

/// Where the tests begin in a Rust file, if it has any.
fn first_test_line_of(file: &File) -> Option<usize> {
    if file.is_test() {
        return Some(1);
    }
    let opens = |(_, line): &(usize, &str)| has_word(line, "mod") && line.ends_with('{');
    let marked = numbered(&file.text).zip(numbered(&file.text).skip(1));
    marked.filter(|(mark, _)| mark.1 == "#[cfg(test)]").map(|(_, module)| module).find(opens).map(|(number, _)| number)
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn code_lines(file: &File, is_fault: impl Fn(&str) -> bool, advice: &str) -> Vec<String> {
    matching_lines(&source::code(&file.text), 1, is_fault, &file.path, advice)
}

fn matching_lines(
    text: &str,
    first: usize,
    is_fault: impl Fn(&str) -> bool,
    path: impl Display,
    advice: &str,
) -> Vec<String> {
    numbered(text)
        .filter(|(number, line)| *number >= first && is_fault(line))
        .map(|(number, _)| format!("{path}:{number}: {advice}"))
        .collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(index, _)| {
        let before = line.get(..index).and_then(|text| text.chars().next_back());
        let after = line.get(index + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where homes and build machines' checkouts are; those that hold people come last. (The names stand apart from their
/// slashes so that this file is not its own first fault.)
const MACHINE_FOLDERS: [&str; 4] = ["root", "work", "home", "Users"];

/// An absolute path into such a folder.
fn names_a_machine(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}");
    line.match_indices(&path).any(|(index, _)| {
        let before = line.get(..index).and_then(|text| text.chars().next_back());
        let rest = line.get(index + path.len()..).unwrap_or_default();
        !before.is_some_and(continues_a_path) && leads_to_a_person(folder, rest)
    })
}

fn continues_a_path(letter: char) -> bool {
    is_word(letter) || matches!(letter, '.' | '-' | '/' | '~' | '}' | '$' | ')' | '>')
}

/// `rest` is what follows the folder's name. Homes have a name in them, and examples use one of nobody.
fn leads_to_a_person(folder: &str, rest: &str) -> bool {
    let ends = !rest.chars().next().is_some_and(|letter| is_word(letter) || letter == '-');
    if matches!(folder, "root" | "work") {
        return ends;
    }
    let name: String = rest.chars().skip(1).take_while(|letter| is_word(*letter)).collect();
    rest.starts_with('/')
        && name.len() > 1
        && !matches!(name.as_str(), "user" | "you" | "me" | "name" | "USER" | "NAME")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Vec<File> {
        vec![File { path: path.into(), text: text.into() }]
    }

    #[test]
    fn a_module_without_a_header_is_a_fault() {
        assert_eq!(headers(&file("crates/hub/src/lib.rs", "use std::io;\n")).len(), 1);
        assert_eq!(headers(&file("crates/testkit/src/lib.rs", "use std::io;\n")).len(), 1);
        assert!(headers(&file("crates/hub/src/lib.rs", "//! The hub.\n")).is_empty());
        assert!(headers(&file("crates/hub/tests/launch.rs", "use std::io;\n")).is_empty());
    }

    #[test]
    fn unsafe_has_its_rooms() {
        let text = "//! No unsafe here.\n#![deny(unsafe_code)]\nlet a = unsafe { b };\n";
        let faults = unsafe_code(&file("crates/hub/src/lib.rs", text));
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("crates/hub/src/lib.rs:3: "), "{faults:?}");
        assert!(unsafe_code(&file("crates/cpython/src/lib.rs", text)).is_empty());
        assert_eq!(unsafe_code(&file("crates/agent/src/lib.rs", text)).len(), 1);
        let marked = format!("{text}#[allow(unsafe_code, reason = \"the export\")]");
        assert!(unsafe_code(&file("crates/agent/src/module.rs", &marked)).is_empty());
    }

    #[test]
    fn tests_do_not_sleep() {
        let text =
            "fn f() { thread::sleep(d); }\n#[cfg(test)]\nmod tests {\n    fn g() { sleep(d); /* sleep( */ }\n}\n";
        let faults = sleeps(&file("crates/hub/src/lib.rs", text));
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("crates/hub/src/lib.rs:4: "), "{faults:?}");
        assert_eq!(sleeps(&file("crates/hub/tests/launch.rs", text)).len(), 2);
        assert_eq!(sleeps(&file("tests/terminal/run.py", "time.sleep(1)\n")).len(), 1);
        assert!(sleeps(&file("tests/sessions/threads/naps.py", "time.sleep(1)\n")).is_empty());
    }

    #[test]
    fn paths_of_a_machine_are_seen() {
        for (folder, rest, seen) in [
            ("root", "/.cargo", true),
            ("root", "`", true),
            ("root", "s of trees", false),
            ("home", "/jane/src", true),
            ("home", "/you/src", false),
            ("home", "/u/src", false),
            ("home", " is where", false),
            ("Users", "/jane", true),
            ("work", "/main", true),
            ("workspace", "/x", false),
        ] {
            let line = format!("see /{folder}{rest}");
            assert_eq!(!machine_paths(&file("README.md", &line)).is_empty(), seen, "{line}");
            let inner = format!("see some/{folder}{rest} and ~/{folder}{rest}");
            assert!(machine_paths(&file("README.md", &inner)).is_empty(), "{inner}");
        }
    }

    #[test]
    fn tests_may_invent_homes() {
        let home = "/home/";
        let text = format!("let a = \"{home}jane\";\n#[cfg(test)]\nmod tests {{\nlet a = \"{home}jane\";\n");
        assert_eq!(machine_paths(&file("crates/hub/src/lib.rs", &text)).len(), 1);
        assert!(machine_paths(&file("crates/hub/tests/launch.rs", &text)).is_empty());
    }

    #[test]
    fn a_long_file_is_named() {
        assert_eq!(long_files(&file("crates/hub/src/lib.rs", &"\n".repeat(LONG + 1))).len(), 1);
        assert!(long_files(&file("crates/dap/src/generated/types.rs", &"\n".repeat(LONG + 1))).is_empty());
    }
}
