//! The choice among interpreters, with shell scripts in their place.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::scripts;

struct Machine {
    root: TempDir,
    places: Places,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let places = Places {
            environment: None,
            path: vec![at("first"), at("second")],
            managed: vec![at("versions")],
            usual: vec![at("usual")],
        };
        Self { root, places }
    }

    fn script(&self, file: &str, body: &str) -> PathBuf {
        let path = self.root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        scripts::write(&path, body);
        path
    }

    fn cpython(&self, file: &str, version: &str) -> PathBuf {
        self.script(file, &format!("echo pausa cpython {version} False"))
    }

    fn chosen(&self) -> Python {
        choose_default(&self.places).unwrap()
    }

    fn named(&self, name: &str) -> Result<Python, ChooseError> {
        choose_named(name.as_ref(), &self.places)
    }
}

#[test]
fn the_default_wins_if_it_will_do() {
    let machine = Machine::new();
    let default = machine.cpython("first/python3", "3.12.0");
    machine.cpython("first/python3.14", "3.14.0");
    assert_eq!(machine.chosen(), Python { path: default, version: (3, 12, 0), passed_over: None });
}

#[test]
fn the_active_environment_comes_first() {
    let mut machine = Machine::new();
    machine.cpython("first/python3", "3.14.0");
    let environment = machine.cpython("venv/bin/python", "3.13.1");
    machine.places.environment = Some(machine.root.path().join("venv"));
    assert_eq!(machine.chosen().path, environment);
}

#[test]
fn a_default_that_is_too_old_is_passed_over_and_said_to_be() {
    let machine = Machine::new();
    machine.cpython("first/python3", "3.9.18");
    let newest = machine.cpython("second/python3.15", "3.15.0");
    machine.cpython("first/python3.12", "3.12.1");
    let chosen = machine.chosen();
    assert_eq!(chosen.path, newest);
    assert_eq!(chosen.passed_over.as_deref(), Some("python3 is 3.9.18; pausa needs 3.10 or later"));
}

#[test]
fn a_command_that_does_not_start_gives_way_to_version_managers_newest_first() {
    let machine = Machine::new();
    machine.cpython("first/python3", "3.9.18");
    machine.script("first/python3.13", "echo 'python3.13: command not found' >&2; exit 127");
    machine.cpython("versions/3.9.18/bin/python3", "3.9.18");
    let managed = machine.cpython("versions/3.13.0/bin/python3", "3.13.0");
    assert_eq!(machine.chosen().path, managed);
}

#[test]
fn other_implementations_and_free_threaded_builds_are_refused() {
    let machine = Machine::new();
    machine.script("first/pypy3", "echo pausa pypy 3.13.1 False");
    machine.script("first/python3.14t", "echo pausa cpython 3.14.0 True");
    let said = |name: &str| machine.named(name).unwrap_err().to_string();
    assert_eq!(said("pypy3"), "pypy3 is pypy, not CPython; pausa needs CPython 3.10 or later");
    assert!(said("python3.14t").starts_with("python3.14t is a free-threaded build"));
}

#[test]
fn none_suitable_names_what_was_found() {
    let machine = Machine::new();
    let old = machine.cpython("first/python3", "3.9.18");
    let said = choose_default(&machine.places).unwrap_err().to_string();
    let expected = format!(
        "no suitable Python was found ({} is 3.9.18); install CPython 3.10 or later, or name one with --python",
        old.display()
    );
    assert_eq!(said, expected);
}

#[test]
fn a_version_is_found_wherever_it_is() {
    let machine = Machine::new();
    machine.cpython("first/python3", "3.14.0");
    let managed = machine.cpython("versions/3.13.2/bin/python3", "3.13.2");
    assert_eq!(machine.named("3.13").unwrap().path, managed);
    assert_eq!(machine.named("3.13.2").unwrap().path, managed);
    assert_eq!(machine.named("3").unwrap().version, (3, 14, 0));
    assert_eq!(
        machine.named("3.15").unwrap_err().to_string(),
        "no Python called 3.15 was found; name one by version, command or path"
    );
}

#[test]
fn a_name_is_a_path_a_folder_or_a_command() {
    let machine = Machine::new();
    let python = machine.cpython("venv/bin/python", "3.13.1");
    let venv = machine.root.path().join("venv");
    assert_eq!(machine.named(python.to_str().unwrap()).unwrap().path, python);
    assert_eq!(machine.named(venv.to_str().unwrap()).unwrap().path, python);
    let command = machine.cpython("second/python3.12", "3.12.4");
    assert_eq!(machine.named("python3.12").unwrap().path, command);
    let said = machine.named("/no/such/python").unwrap_err().to_string();
    assert_eq!(said, "no Python called /no/such/python was found; name one by version, command or path");
}

#[test]
fn a_named_one_that_is_too_old_is_refused() {
    let machine = Machine::new();
    machine.cpython("first/python3", "3.9.18");
    let said = machine.named("python3").unwrap_err().to_string();
    assert_eq!(said, "python3 is 3.9.18; pausa needs CPython 3.10 or later");
}

#[test]
fn a_command_that_is_no_python_is_refused() {
    let machine = Machine::new();
    machine.script("first/python3.13", "exit 127");
    let said = machine.named("python3.13").unwrap_err().to_string();
    assert_eq!(said, "python3.13 is not a Python, or does not start; name one by version, command or path");
}
