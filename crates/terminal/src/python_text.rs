//! Just enough of Python's lexical rules to know what is inside a string, a comment or a bracket.
//!
//! Used by `parse` (where `;;` separates commands) and by the prompt (does a statement go on in the next line?).
//! Invariant: never fails; what is not Python is read as far as it goes.

/// Where the text stands after its last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many brackets are open.
    pub depth: usize,
    /// True within a string that goes over lines.
    pub in_long_string: bool,
    /// True within a string of one line that was never closed.
    pub in_short_string: bool,
    /// True if the last line ends in a backslash.
    pub continued: bool,
}

/// Walks over the text and calls `code` with each character outside strings and comments, and its position.
pub fn scan(text: &str, mut code: impl FnMut(usize, char, usize)) -> Standing {
    let mut at = Standing::default();
    let mut quote: Option<(char, bool)> = None;
    let mut rest = text.char_indices().peekable();
    while let Some((position, c)) = rest.next() {
        at.continued = false;
        match quote {
            Some((mark, long)) => {
                let here = &text[position..];
                if c == '\\' {
                    rest.next();
                } else if long && is_triple(here, mark) {
                    rest.next();
                    rest.next();
                    quote = None;
                } else if !long && (c == mark || c == '\n') {
                    quote = None;
                }
            }
            None if c == '"' || c == '\'' => {
                let long = is_triple(&text[position..], c);
                if long {
                    rest.next();
                    rest.next();
                }
                quote = Some((c, long));
            }
            None if c == '#' => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            None => {
                match c {
                    '(' | '[' | '{' => at.depth += 1,
                    ')' | ']' | '}' => at.depth = at.depth.saturating_sub(1),
                    '\\' => at.continued = matches!(&text[position + 1..], "" | "\n"),
                    _ => {}
                }
                code(position, c, at.depth);
            }
        }
    }
    at.in_long_string = matches!(quote, Some((_, true)));
    at.in_short_string = matches!(quote, Some((_, false)));
    at
}

fn is_triple(text: &str, mark: char) -> bool {
    let mut chars = text.chars();
    (0..3).all(|_| chars.next() == Some(mark))
}

/// True if Python's own prompt would ask for another line after this text.
///
/// As there, a compound statement goes on until an empty line.
pub fn is_incomplete(text: &str) -> bool {
    let mut last = None;
    let standing = scan(text, |_, c, depth| {
        if !c.is_whitespace() {
            last = Some((c, depth));
        }
    });
    if standing.depth > 0 || standing.in_long_string || standing.continued {
        return true;
    }
    let lines = text.trim_start_matches('\n');
    let several = lines.contains('\n');
    let opens_block = last == Some((':', 0)) || lines.starts_with('@');
    if several { opens_block || (starts_block(lines) && !text.ends_with('\n')) } else { opens_block }
}

/// True if the first logical line opens a block or is a decorator, so that an empty line must end it.
fn starts_block(text: &str) -> bool {
    if text.starts_with('@') {
        return true;
    }
    let mut before_newline = None;
    let mut opens = None;
    scan(text, |_, c, depth| {
        if c == '\n' && depth == 0 && opens.is_none() {
            opens = Some(before_newline == Some(':'));
        }
        if !c.is_whitespace() {
            before_newline = Some(c);
        }
    });
    opens.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_strings_and_blocks_ask_for_more() {
        for text in [
            "f(",
            "x = [1,",
            "'''a",
            "x = \\",
            "if x:",
            "if x: # why",
            "def f():\n    pass",
            "@wraps",
            "for x in (1,\n2):\n  y",
        ] {
            assert!(is_incomplete(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_whole_or_broken_does_not() {
        for text in [
            "x",
            "x = '('",
            "f()",
            "if x: y",
            "'it",
            "d[1:]",
            "x = {1: 2}",
            "# (",
            "def f():\n    pass\n",
            "x = [1,\n2]",
            "lambda: 1",
        ] {
            assert!(!is_incomplete(text), "{text:?}");
        }
    }
}
