//! docs/right.md names a test for each defect of others: each of them is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pausa_testkit::binaries::root;

/// All Rust text below a folder.
fn rust(folder: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            text.push_str(&rust(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path)?);
        }
    }
    Ok(text)
}

#[test]
fn every_test_that_is_named_is_there() {
    let text = fs::read_to_string(root().join("docs/right.md")).unwrap();
    // Number, defect, what pausa does, what shows it.
    let rows = text.lines().filter(|line| line.starts_with("| W"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect();
    let all: BTreeSet<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    assert_eq!(all, (1..=17).map(|number| format!("W{number}")).collect());
    for row in rows {
        let (number, shown) = (row[0], row[3]);
        let mut found = 0;
        for part in shown.split([',', ';']).map(str::trim) {
            if let Some((place, test)) = part.split_once(": `") {
                let folder = match place {
                    "hub" => "crates/hub/src".to_owned(),
                    place => format!("crates/testkit/tests/{place}"),
                };
                let test = test.trim_end_matches('`');
                // An option of a program, told beside what it shows.
                if !test.starts_with('-') && !test.contains("` of `") {
                    assert!(
                        rust(&root().join(folder)).unwrap().contains(&format!("fn {test}(")),
                        "{number}: no test {part}"
                    );
                    found += 1;
                }
            } else if part.contains('/') && !part.contains(' ') {
                for file in [".py", ".session"] {
                    let path = root().join("tests/sessions").join(format!("{part}{file}"));
                    assert!(path.exists(), "{number}: no session {part}{file}");
                }
                found += 1;
            } else {
                assert!(
                    part.contains("](performance.md)") || part.starts_with("events: `--"),
                    "{number}: what is {part}?"
                );
            }
        }
        // What a handled exception costs is a matter of figures.
        assert!(found > 0 || number == "W8", "{number} names no test");
    }
}
