//! Each row of docs/java.md names the sessions that show it, and they are there.

use std::fs;

use pausa_testkit::binaries::root;

#[test]
fn each_row_names_sessions_that_are_there() {
    let page = fs::read_to_string(root().join("docs/java.md")).unwrap();
    let rows =
        page.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let mut count = 0;
    for row in rows {
        let shown = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<_> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no session shows: {row}");
        for name in names {
            for extension in ["py", "session"] {
                let path = root().join(format!("tests/sessions/{name}.{extension}"));
                assert!(path.exists(), "{} is not there", path.display());
            }
        }
        count += 1;
    }
    assert!(count >= 15, "{count} rows");
}
