//! `.pdbrc`: commands from the home folder, then from the working directory.
//!
//! Read once by the session, before its first prompt. Invariant: a file that cannot be read is as good as none.

use std::path::Path;

/// The commands of both files, in order; one file only if both are the same.
pub fn commands(home: Option<&Path>, directory: &Path) -> Vec<String> {
    let home = home.filter(|home| !same(home, directory));
    let folders = home.into_iter().chain([directory]);
    folders
        .filter_map(|folder| std::fs::read_to_string(folder.join(".pdbrc")).ok())
        .flat_map(|text| lines(&text))
        .collect()
}

fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_end);
    lines.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_comes_first_and_comments_are_left_out() {
        let home = tempfile::tempdir().unwrap();
        let here = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(".pdbrc"), "alias x p %1\n# no\n\n").unwrap();
        std::fs::write(here.path().join(".pdbrc"), "b 3\n").unwrap();
        assert_eq!(commands(Some(home.path()), here.path()), ["alias x p %1", "b 3"]);
        assert_eq!(commands(Some(here.path()), here.path()), ["b 3"]);
        assert!(commands(None, Path::new("/nowhere")).is_empty());
    }
}
