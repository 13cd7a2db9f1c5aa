//! Reads what a user typed: several commands in a line, a command's name and arguments, or a Python statement.
//!
//! Called by the session for each line. Invariant: text inside strings is never taken apart.

use crate::python_text;

/// One command of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed<'a> {
    /// Nothing, or a comment.
    Empty,
    /// A word that may be a command's name, and what follows it.
    Word(&'a str, &'a str),
    /// Python that is executed in the selected frame.
    Python(&'a str),
}

/// Takes a line apart at `;;` outside strings. The parts are trimmed.
pub fn split_commands(line: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut last = None;
    python_text::scan(line, |at, c, _| {
        if c != ';' {
            last = None;
        } else if last == at.checked_sub(1) && last.is_some() {
            cuts.push(at - 1);
            last = None;
        } else {
            last = Some(at);
        }
    });
    let mut parts = Vec::new();
    let mut from = 0;
    for cut in cuts {
        parts.push(line[from..cut].trim());
        from = cut + 2;
    }
    parts.push(line[from..].trim());
    parts
}

/// Tells a command from a statement, by its look alone.
///
/// `n = 5`, `s.strip()` and `list(x)` are Python although `n`, `s` and `list` are commands; `p(x)` is the command `p`,
/// because an expression is what follows it anyway (`takes_expression`).
pub fn parse(line: &str, takes_expression: impl Fn(&str) -> bool) -> Parsed<'_> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Parsed::Empty;
    }
    if let Some(statement) = line.strip_prefix('!') {
        return Parsed::Python(statement.trim());
    }
    if let Some(about) = line.strip_prefix('?') {
        return Parsed::Word("help", about.trim());
    }
    let end = line.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    if word.is_empty() {
        return Parsed::Python(line);
    }
    let arguments = rest.trim_start();
    let glued = !rest.is_empty() && arguments.len() == rest.len();
    if is_assignment(arguments) || (glued && !takes_expression(word)) {
        return Parsed::Python(line);
    }
    Parsed::Word(word, arguments)
}

/// True for `= 5`, `+= 1` and `: int = 3`, not for `== 5`.
fn is_assignment(text: &str) -> bool {
    let text =
        text.strip_prefix(':').map_or(text, |annotation| annotation.find('=').map_or("", |at| &annotation[at..]));
    let bare = text.trim_start_matches(['+', '-', '*', '/', '%', '&', '|', '^', '@', '<', '>']);
    let operator = &text[..text.len() - bare.len()];
    let comparison = matches!(operator, "<" | ">");
    bare.starts_with('=') && !bare.starts_with("==") && !comparison && operator.len() <= 2
}

/// `LOCATION if CONDITION`, or `LOCATION, CONDITION` as in pdb.
///
/// # Errors
/// If there is to be a condition and none is written.
pub fn split_condition(text: &str) -> Result<(&str, Option<&str>), String> {
    let comma = text.find(',').map(|at| (at, at + 1));
    let word = find_if(text);
    let cut = match (comma, word) {
        (Some(comma), Some(word)) => Some(comma.min(word)),
        (comma, word) => comma.or(word),
    };
    match cut {
        Some((end, start)) => {
            let condition = text[start..].trim();
            if condition.is_empty() {
                return Err("the condition is missing".into());
            }
            Ok((text[..end].trim(), Some(condition)))
        }
        None => Ok((text.trim(), None)),
    }
}

/// `LOCATION task NAME`, with or without a condition, or only that: the agent reads `task NAME if CONDITION` as a condition.
///
/// # Errors
/// As [`split_condition`]; if no name is written.
pub fn split_task(text: &str) -> Result<(&str, Option<String>), String> {
    let (location, condition) = split_condition(text)?;
    let Some((location, name)) = location.split_once(" task ").or_else(|| Some((location.strip_suffix(" task")?, "")))
    else {
        return Ok((location, condition.map(str::to_owned)));
    };
    let name = name.trim();
    if name.is_empty() {
        return Err("the name of the task is missing".into());
    }
    let condition = condition.map(|condition| format!(" if {condition}")).unwrap_or_default();
    Ok((location.trim(), Some(format!("task {name}{condition}"))))
}

fn find_if(text: &str) -> Option<(usize, usize)> {
    let at = text.find(" if ").or_else(|| text.strip_suffix(" if").map(str::len))?;
    Some((at, (at + 4).min(text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Parsed<'_> {
        parse(line, |word| matches!(word, "p" | "pp"))
    }

    #[test]
    fn two_semicolons_separate_commands_but_not_in_strings() {
        assert_eq!(split_commands("s;; p x ;;c"), ["s", "p x", "c"]);
        assert_eq!(split_commands("p ';;' ;; p \"a;;b\""), ["p ';;'", "p \"a;;b\""]);
        assert_eq!(split_commands("x = 1; y = 2"), ["x = 1; y = 2"]);
        assert_eq!(split_commands("s;;"), ["s", ""]);
        assert_eq!(split_commands("a;;;b"), ["a", ";b"]);
    }

    #[test]
    fn commands_and_statements_are_told_apart() {
        assert_eq!(parsed("b 6"), Parsed::Word("b", "6"));
        assert_eq!(parsed("p(x)"), Parsed::Word("p", "(x)"));
        assert_eq!(parsed("p x == 3"), Parsed::Word("p", "x == 3"));
        assert_eq!(parsed("? until"), Parsed::Word("help", "until"));
        assert_eq!(parsed("  # nothing"), Parsed::Empty);
        for line in ["n = 5", "n += 1", "s.strip()", "list(x)", "n: int = 3", "s[0]", "n, s = 1, 2", "(1)", "c <<= 2"] {
            assert_eq!(parsed(line), Parsed::Python(line));
        }
        assert_eq!(parsed("! n = 5"), Parsed::Python("n = 5"));
        assert_eq!(parsed("n == 5"), Parsed::Word("n", "== 5"));
    }

    #[test]
    fn conditions_are_cut_off_both_ways() {
        assert_eq!(split_condition("6"), Ok(("6", None)));
        assert_eq!(split_condition("f.py:6 if x, y"), Ok(("f.py:6", Some("x, y"))));
        assert_eq!(split_condition("f.py:6, x if y else z"), Ok(("f.py:6", Some("x if y else z"))));
        assert_eq!(split_condition("notify if x"), Ok(("notify", Some("x"))));
        assert!(split_condition("6 if").is_err() && split_condition("6,").is_err());
    }
}
