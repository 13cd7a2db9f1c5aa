//! Where the client has files that lie elsewhere for the program: `pathMappings`.
//!
//! Applied by `link` to all that passes. Invariant: only paths of sources and modules change, whole folders at a time,
//! and what one direction has changed the other changes back.

use serde::Deserialize;
use serde_json::Value;

/// One folder on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PathMapping {
    /// Where the client has it.
    pub local_root: String,
    /// Where the program has it.
    pub remote_root: String,
}

/// All of them, the first that fits wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathMappings(Vec<(String, String)>);

impl PathMappings {
    /// `.` as a remote root is `folder`, the program's working directory, where that is known.
    pub fn new(mappings: Vec<PathMapping>, folder: Option<&str>) -> Self {
        let remote = |root: &str| match (root, folder) {
            ("." | "./", Some(folder)) => normal(folder),
            _ => normal(root),
        };
        Self(mappings.iter().map(|mapping| (normal(&mapping.local_root), remote(&mapping.remote_root))).collect())
    }

    /// What the client sends, for the program.
    pub fn to_remote(&self, message: &mut Value) {
        self.walk(message, &|path| self.find(path, |(local, remote)| (local, remote)));
    }

    /// What the program sends, for the client.
    pub fn to_local(&self, message: &mut Value) {
        self.walk(message, &|path| self.find(path, |(local, remote)| (remote, local)));
    }

    fn find<'a>(
        &'a self,
        path: &str,
        direction: impl Fn(&'a (String, String)) -> (&'a String, &'a String),
    ) -> Option<String> {
        self.0.iter().map(direction).find_map(|(from, to)| moved(path, from, to))
    }

    fn walk(&self, value: &mut Value, map: &dyn Fn(&str) -> Option<String>) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, map)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    match (name.as_str(), &mut *field) {
                        ("source" | "module", Value::Object(_)) => change_path(field, map),
                        ("sources" | "modules", Value::Array(items)) => {
                            items.iter_mut().for_each(|item| change_path(item, map));
                        }
                        _ => {}
                    }
                    self.walk(field, map);
                }
            }
            _ => {}
        }
    }
}

fn change_path(holder: &mut Value, map: &dyn Fn(&str) -> Option<String>) {
    if let Some(Value::String(path)) = holder.get_mut("path")
        && let Some(moved) = map(path)
    {
        *path = moved;
    }
}

/// `path` below `to` if it lies below `from`.
fn moved(path: &str, from: &str, to: &str) -> Option<String> {
    let below = path.strip_prefix(from)?;
    // A root that is `/` itself has nothing left of it.
    (below.is_empty() || below.starts_with('/')).then(|| format!("{to}{below}"))
}

/// A root without slashes at its end.
fn normal(root: &str) -> String {
    root.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn mappings(roots: &[(&str, &str)]) -> PathMappings {
        let mapping = |(local, remote): &(&str, &str)| PathMapping {
            local_root: (*local).to_owned(),
            remote_root: (*remote).to_owned(),
        };
        PathMappings::new(roots.iter().map(mapping).collect(), Some("/srv/here"))
    }

    #[test]
    fn a_folder_is_mapped_whole() {
        let mappings = mappings(&[("/home/me/app/", "/app"), ("/home/me/lib", ".")]);
        for (local, remote) in [
            ("/home/me/app/a/b.py", "/app/a/b.py"),
            ("/home/me/app", "/app"),
            ("/home/me/application/a.py", "/home/me/application/a.py"),
            ("/home/me/lib/x.py", "/srv/here/x.py"),
        ] {
            let mut message = json!({ "source": { "path": local }, "lines": [1] });
            mappings.to_remote(&mut message);
            assert_eq!(message["source"]["path"], remote);
            mappings.to_local(&mut message);
            assert_eq!(message["source"]["path"], local);
        }
    }

    #[test]
    fn sources_are_found_wherever_they_stand_and_nothing_else_is_touched() {
        let mappings = mappings(&[("/l", "/r")]);
        let mut message = json!({
            "stackFrames": [{ "name": "/r/x", "source": { "path": "/r/a.py", "sources": [{ "path": "/r/b.py" }] } }],
            "breakpoint": { "source": { "path": "/r/c.py" }, "message": "/r/c.py" },
            "modules": [{ "path": "/r/d.py", "name": "/r" }],
            "variables": [{ "name": "path", "value": "/r/a.py" }],
        });
        mappings.to_local(&mut message);
        assert_eq!(
            message,
            json!({
                "stackFrames": [{ "name": "/r/x", "source": { "path": "/l/a.py", "sources": [{ "path": "/l/b.py" }] } }],
                "breakpoint": { "source": { "path": "/l/c.py" }, "message": "/r/c.py" },
                "modules": [{ "path": "/l/d.py", "name": "/r" }],
                "variables": [{ "name": "path", "value": "/r/a.py" }],
            })
        );
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_path(below in "(/[a-z.]{1,5}){1,4}", other in "(/[a-z]{1,4}){1,3}") {
            let mappings = mappings(&[("/local/root", "/remote"), ("/second", "/elsewhere/deep")]);
            for path in [format!("/local/root{below}"), format!("/second{below}"), format!("/x{other}")] {
                let mut message = json!({ "source": { "path": path } });
                mappings.to_remote(&mut message);
                mappings.to_local(&mut message);
                prop_assert_eq!(&message["source"]["path"], &json!(path));
            }
        }

        #[test]
        fn any_message_survives(text in "\\PC{0,40}") {
            if let Ok(mut value) = serde_json::from_str::<Value>(&text) {
                mappings(&[("/", "/r"), ("", "")]).to_remote(&mut value);
            }
        }
    }
}
