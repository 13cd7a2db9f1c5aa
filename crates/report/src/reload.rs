//! What became of a file that was reloaded.
//!
//! Invariant: what was done to each function is said, and why nothing was.

use pausa_dap::extensions::{ReloadEntry, ReloadResponse};

/// The line above those of a file of which nothing was replaced.
#[must_use]
pub fn refusal(name: &str) -> String {
    format!("nothing of {name} was replaced:")
}

/// Why nothing was replaced.
#[must_use]
pub fn reasons(found: &ReloadResponse) -> Vec<String> {
    found.entries.iter().map(|entry| format!("  {}", line(entry))).collect()
}

/// What was done; of a file by its name for users.
#[must_use]
pub fn done(found: &ReloadResponse, name: &str) -> Vec<String> {
    let (told, others): (Vec<_>, Vec<_>) =
        found.entries.iter().partition(|entry| !["running", "missing"].contains(&entry.deed.as_str()));
    let mut lines = vec![match (told.is_empty(), found.moved) {
        (true, 0) => format!("Nothing of {name} has changed."),
        (_, 0) => format!("Reloaded {name}:"),
        (true, 1) => format!("Reloaded {name}: 1 function only stands at another line."),
        (true, moved) => format!("Reloaded {name}: {moved} functions only stand at other lines."),
        (false, 1) => format!("Reloaded {name}; 1 function only stands at another line:"),
        (false, moved) => format!("Reloaded {name}; {moved} functions only stand at other lines:"),
    }];
    lines.extend(told.into_iter().chain(others).map(|entry| format!("  {}", line(entry))));
    lines
}

fn line(entry: &ReloadEntry) -> String {
    let at = entry.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let note = entry.note.as_deref().unwrap_or_default();
    match entry.deed.as_str() {
        "running" if note == "suspended" => format!("goes on in the old code: {}{at}, suspended", entry.name),
        "running" => format!("goes on in the old code: {}{at}, in {note}", entry.name),
        "missing" => {
            format!("not there: {}, as the statement in line {} was not run", entry.name, entry.line.unwrap_or(0))
        }
        "refused" => format!("{}{at}: {note}", entry.name),
        deed if note.is_empty() => format!("{deed} {}{at}", entry.name),
        deed => format!("{deed} {}{at}: {note}", entry.name),
    }
}
