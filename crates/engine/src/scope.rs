//! Whose code it is: the user's program, or a library that stepping stays out of. Called by `cpython`.
//!
//! Invariant: a pure function of a path; a file is never out of scope because of its base name.

/// The name of the code by which pausa evaluates.
const OWN: &str = "<pausa>";

/// Where libraries live.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Folders of the standard library, of installed packages and of pausa; each without a trailing slash.
    library_roots: Vec<String>,
    /// Files and folders that are the user's although they lie in one of those.
    own: Vec<String>,
    /// True if everything but pausa counts as the user's.
    all_code: bool,
}

impl Scope {
    /// Libraries below `library_roots`.
    #[must_use]
    pub fn new(library_roots: Vec<String>) -> Self {
        Self { library_roots, own: Vec::new(), all_code: false }
    }

    /// Counts a file or folder as the user's wherever it lies (the program that was started).
    pub fn add_own(&mut self, path: String) {
        self.own.push(path);
    }

    /// Whether stepping goes everywhere.
    pub fn set_all_code(&mut self, all_code: bool) {
        self.all_code = all_code;
    }

    /// True if the code of this path is the user's: `path` is a real path or a name such as `<string>`.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        (self.all_code && path != OWN) || self.is_users(path)
    }

    /// True if the code of this path is the user's, whatever stepping was asked to include.
    #[must_use]
    pub fn is_users(&self, path: &str) -> bool {
        if path.starts_with("<frozen ") || path == OWN {
            return false;
        }
        if self.own.iter().any(|root| is_below(path, root)) {
            return true;
        }
        let library = path.contains("/site-packages/") || path.contains("/dist-packages/");
        !library && !self.library_roots.iter().any(|root| is_below(path, root))
    }
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::Scope;

    fn scope() -> Scope {
        Scope::new(vec!["/usr/lib/python3.14".into()])
    }

    #[test]
    fn libraries_are_out_and_names_do_not_matter() {
        let scope = scope();
        assert!(!scope.contains("/usr/lib/python3.14/io.py"));
        assert!(!scope.contains("/home/u/venv/lib/python3.14/site-packages/flask/app.py"));
        assert!(!scope.contains("<frozen importlib._bootstrap>"));
        assert!(scope.contains("/home/u/io.py"));
        assert!(scope.contains("/usr/lib/python3.14-stuff/x.py"));
        assert!(scope.contains("<string>"));
    }

    #[test]
    fn the_program_is_the_users_wherever_it_lies() {
        let mut scope = scope();
        scope.add_own("/venv/lib/python3.14/site-packages/tool".into());
        assert!(scope.contains("/venv/lib/python3.14/site-packages/tool/__main__.py"));
        assert!(!scope.contains("/venv/lib/python3.14/site-packages/toolbox/x.py"));
    }

    #[test]
    fn all_code_is_everything() {
        let mut scope = scope();
        scope.set_all_code(true);
        assert!(scope.contains("/usr/lib/python3.14/io.py"));
    }
}
