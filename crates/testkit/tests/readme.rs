//! The README's tutorial is the transcript `tests/sessions/tutorial/readme.session`, which runs on every Python.

use std::fs;

use pausa_testkit::binaries::root;

#[test]
fn the_tutorial_is_a_session_that_is_tested() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let session = fs::read_to_string(root().join("tests/sessions/tutorial/readme.session")).unwrap();
    let tutorial = readme.split_once("## Tutorial").unwrap().1.split_once("\n## ").unwrap().0;
    let shown = tutorial.lines().filter_map(|line| line.strip_prefix("    "));
    let shown: Vec<&str> = shown.skip_while(|line| !line.starts_with("$ pausa")).collect();
    let tested = session.lines().filter(|line| !line.starts_with('#') && !line.starts_with("exit "));
    assert_eq!(shown, tested.collect::<Vec<_>>());
}
