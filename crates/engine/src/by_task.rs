//! Breakpoints that belong to tasks: only in those of a name, or with hits that are counted for each task by itself.
//!
//! Written as `task NAME` or `task NAME if CONDITION` where a condition stands, and as `per task` behind a hit condition.
//! Read by `session`, asked by `cpython` at a hit. Invariant: what is Python is never taken for a name: only a text that
//! does not compile is read here.

use crate::glob;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByTask {
    /// A task's name, or a pattern of names.
    pub name: Option<String>,
    /// Hits are counted for each task by itself.
    pub counts_each: bool,
}

impl ByTask {
    /// True if tasks matter.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.name.is_some() || self.counts_each
    }

    /// True for the task of this name, or outside of tasks if no name is wanted.
    #[must_use]
    pub fn admits(&self, task: Option<&str>) -> bool {
        match (&self.name, task) {
            (None, _) => true,
            (Some(pattern), Some(name)) => pattern == name || glob::matches(pattern, name),
            (Some(_), None) => false,
        }
    }

    /// The name, and what is left of the condition: `task worker-* if n > 3`, `task "a name"`.
    #[must_use]
    pub fn parse_condition(text: &str) -> Option<(String, Option<&str>)> {
        let rest = text.trim().strip_prefix("task")?;
        let rest = rest.starts_with(char::is_whitespace).then(|| rest.trim_start())?;
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
        let (name, rest) = match quote {
            Some(quote) => rest.get(1..)?.split_once(quote)?,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        let rest = rest.trim();
        let condition = match rest.strip_prefix("if") {
            Some(condition) if condition.starts_with(char::is_whitespace) => Some(condition.trim()),
            None if rest.is_empty() => None,
            _ => return None,
        };
        (!name.is_empty()).then(|| (name.to_owned(), condition))
    }

    /// A hit condition without `per task`, and whether that stood there.
    #[must_use]
    pub fn parse_hits(text: &str) -> (&str, bool) {
        let text = text.trim();
        match text.strip_suffix("task").map(|text| text.trim_end().strip_suffix("per")) {
            Some(Some(hits)) => (hits.trim_end(), true),
            _ => (text, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_name_tasks() {
        let name = |name: &str, condition| Some((name.to_owned(), condition));
        assert_eq!(ByTask::parse_condition("task Task-3"), name("Task-3", None));
        assert_eq!(ByTask::parse_condition(" task worker-* if n > 3 "), name("worker-*", Some("n > 3")));
        assert_eq!(ByTask::parse_condition("task 'the first' if x"), name("the first", Some("x")));
        for text in ["task", "tasks", "task a b", "task 'open", "task ''", "task a iffy", "x"] {
            assert_eq!(ByTask::parse_condition(text), None, "{text}");
        }
    }

    #[test]
    fn hits_are_counted_for_each() {
        assert_eq!(ByTask::parse_hits(">= 3 per task"), (">= 3", true));
        assert_eq!(ByTask::parse_hits("% 2"), ("% 2", false));
    }

    #[test]
    fn a_pattern_admits_names() {
        let by = |name: &str| ByTask { name: Some(name.into()), counts_each: false };
        assert!(by("worker-*").admits(Some("worker-1")));
        assert!(by("a[1]").admits(Some("a[1]")), "a name may look like a pattern");
        assert!(!by("worker").admits(Some("worker-1")) && !by("*").admits(None));
        assert!(ByTask::default().admits(None));
    }
}
