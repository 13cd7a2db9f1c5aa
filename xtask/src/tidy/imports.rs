//! Who may import whom: the table of ARCHITECTURE.md, held against the manifests.
//!
//! Called by `tidy`. Invariant: a crate that is not in the table is a fault, so that no room appears without a rule.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::files::File;

/// A crate of the workspace and what it depends on directly.
pub struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    /// Whether it becomes part of what is built, as opposed to tests and build scripts.
    shipped: bool,
}

/// What a crate may use.
struct Room {
    name: &'static str,
    ours: &'static [&'static str],
    others: Others,
}

/// Which crates of other people a crate may ship with.
enum Others {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

/// All that may enter a stranger's process.
const AGENT: &[&str] = &[
    "pyo3",
    "pyo3-ffi",
    "serde",
    "serde_json",
    "crossbeam-channel",
    "rustc-hash",
    "bitflags",
    "thiserror",
    "libc",
    "base64",
];

/// What would tie a room to the interpreter inside.
const INTERPRETER: &[&str] = &["pyo3", "pyo3-ffi"];

const ROOMS: &[Room] = &[
    Room { name: "engine", ours: &[], others: Others::Only(&[]) },
    Room {
        name: "cpython",
        ours: &["engine"],
        others: Others::Only(&["pyo3", "pyo3-ffi", "rustc-hash", "libc", "bitflags"]),
    },
    Room { name: "dap", ours: &[], others: Others::Only(&["serde", "serde_json", "thiserror"]) },
    Room {
        name: "session",
        ours: &["engine", "dap"],
        others: Others::Only(&["base64", "serde", "serde_json", "thiserror"]),
    },
    Room { name: "agent", ours: &["engine", "cpython", "dap", "session"], others: Others::Only(AGENT) },
    Room { name: "attach", ours: &[], others: Others::Only(&["nix", "thiserror"]) },
    Room { name: "report", ours: &["dap"], others: Others::Only(&[]) },
    Room { name: "hub", ours: &["attach", "dap", "report"], others: Others::AllBut(INTERPRETER) },
    Room { name: "terminal", ours: &["dap", "report"], others: Others::AllBut(INTERPRETER) },
    Room { name: "cli", ours: &["attach", "hub", "terminal", "dap"], others: Others::AllBut(INTERPRETER) },
    Room { name: "testkit", ours: &["dap", "hub"], others: Others::AllBut(INTERPRETER) },
    Room { name: "bench", ours: &["dap", "hub", "testkit"], others: Others::AllBut(INTERPRETER) },
    Room { name: "xtask", ours: &[], others: Others::AllBut(INTERPRETER) },
];

/// What tests everywhere may use.
const TESTKIT: &str = "testkit";

const TABLE: &str = "the import table (ARCHITECTURE.md and xtask/src/tidy/imports.rs)";

/// The workspace's crates, as cargo reads their manifests.
pub fn packages(workspace: &Path) -> Result<Vec<Package>, String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(workspace)
        .output()
        .map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    Ok(list(&metadata, "packages").map(package).collect())
}

/// Every dependency is one that the table allows.
pub fn check(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .flat_map(|package| match room(short(&package.name)) {
            Some(room) => package.dependencies.iter().filter_map(|dependency| fault(room, dependency)).collect(),
            None => vec![format!("{} is not in {TABLE}: add it, with what it may use", package.name)],
        })
        .collect()
}

/// ARCHITECTURE.md says the same about our own crates as the table here.
pub fn check_document(files: &[File]) -> Vec<String> {
    let Some(document) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md is missing: it holds the import table".into()];
    };
    ROOMS.iter().filter(|room| room.name != "xtask").filter_map(|room| document_fault(room, &document.text)).collect()
}

fn document_fault(room: &Room, document: &str) -> Option<String> {
    let starts = [format!("| crates/{} |", room.name), format!("| {} |", room.name)];
    let row = document.lines().find(|line| starts.iter().any(|start| line.starts_with(start)));
    let Some(may_use) = row.and_then(|row| row.split('|').nth(3)) else {
        return Some(format!("ARCHITECTURE.md: the table of rooms has no row for {}", room.name));
    };
    let mut said: Vec<&str> = may_use.split(',').map(str::trim).filter(|name| self::room(name).is_some()).collect();
    let mut held = room.ours.to_vec();
    said.sort_unstable();
    held.sort_unstable();
    (said != held).then(|| {
        format!(
            "ARCHITECTURE.md: {} may use [{}], xtask/src/tidy/imports.rs says [{}]: make them agree",
            room.name,
            said.join(", "),
            held.join(", ")
        )
    })
}

fn fault(room: &Room, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let allowed = match our_name(name) {
        Some(TESTKIT) if !dependency.shipped => true,
        Some(ours) => room.ours.contains(&ours),
        None if !dependency.shipped => true,
        None => match room.others {
            Others::Only(names) => names.contains(&name),
            Others::AllBut(names) => !names.contains(&name),
        },
    };
    (!allowed).then(|| format!("{} may not use {name}: {TABLE} forbids it", room.name))
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// A crate of ours without its prefix.
fn our_name(package: &str) -> Option<&str> {
    package.strip_prefix("pausa-")
}

fn short(package: &str) -> &str {
    our_name(package).unwrap_or(package)
}

fn package(json: &Value) -> Package {
    Package { name: text(json, "name"), dependencies: list(json, "dependencies").map(dependency).collect() }
}

/// Cargo's `kind` is null, `dev` or `build`.
fn dependency(json: &Value) -> Dependency {
    Dependency { name: text(json, "name"), shipped: json.get("kind").is_none_or(Value::is_null) }
}

fn list<'a>(json: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    json.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text(json: &Value, name: &str) -> String {
    json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(package_name: &str, dependencies: Value) -> Vec<String> {
        check(&[package(&json!({"name": package_name, "dependencies": dependencies}))])
    }

    #[test]
    fn what_the_table_forbids_is_a_fault() {
        for (name, dependency) in [
            ("pausa-engine", json!({"name": "libc", "kind": null})),
            ("pausa-engine", json!({"name": "pausa-dap", "kind": "dev"})),
            ("pausa-session", json!({"name": "pyo3", "kind": null})),
            ("pausa-terminal", json!({"name": "pausa-hub", "kind": null})),
            ("pausa-agent", json!({"name": "tempfile", "kind": null})),
            ("pausa-hub", json!({"name": "pausa-testkit", "kind": null})),
        ] {
            assert_eq!(faults(name, json!([dependency])).len(), 1, "{name} {dependency}");
        }
        assert_eq!(faults("pausa-gossip", json!([])).len(), 1);
    }

    #[test]
    fn what_the_table_allows_is_none() {
        let dependencies = json!([
            {"name": "pausa-engine", "kind": null},
            {"name": "pyo3", "kind": null},
            {"name": "proptest", "kind": "dev"},
            {"name": "pausa-testkit", "kind": "dev"},
        ]);
        assert_eq!(faults("pausa-cpython", dependencies), Vec::<String>::new());
    }

    #[test]
    fn nothing_enters_the_agent_by_a_side_door() {
        let agent = room("agent").expect("the agent has a row");
        for inner in agent.ours.iter().filter_map(|name| room(name)) {
            let Others::Only(names) = inner.others else { panic!("{} may use anything", inner.name) };
            assert!(names.iter().all(|name| AGENT.contains(name)), "{}", inner.name);
        }
    }

    #[test]
    fn the_document_has_to_agree() {
        let document = |row: &str| vec![File { path: "ARCHITECTURE.md".into(), text: row.into() }];
        let told = |row: &str| check_document(&document(row)).iter().any(|fault| fault.contains("terminal"));
        assert!(!told("| crates/terminal | the prompt | dap, report | engine, hub |"));
        assert!(told("| crates/terminal | the prompt | dap, hub | engine |"));
        assert!(told("nothing"));
    }
}
