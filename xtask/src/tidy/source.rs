//! Rust text without its comments and literals, so that a rule sees code only.
//!
//! Used by `rules`. Invariant: lines stay where they are; what is taken out becomes blanks.

/// The text with every comment, string and character literal blanked.
pub fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let before = code.chars().next_back();
        let skipped = skipped(rest, before);
        if skipped == 0 {
            code.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        } else {
            let (literal, after) = rest.split_at_checked(skipped).unwrap_or((rest, ""));
            code.extend(literal.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    code
}

/// How long the comment or literal at the beginning of `rest` is; 0 if there is none.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    match rest.as_bytes() {
        [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment(rest),
        [b'"', ..] => string(rest),
        [b'r', b'"' | b'#', ..] if !in_word => raw_string(rest),
        [b'\'', ..] => character(rest),
        _ => 0,
    }
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let bytes = rest.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        match bytes.get(index..index + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                index += 1;
                continue;
            }
        }
        index += 2;
        if depth == 0 {
            return index;
        }
    }
    rest.len()
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (index, letter) in rest.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return index + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> usize {
    let hashes = rest.chars().skip(1).take_while(|letter| *letter == '#').count();
    let start = 1 + hashes;
    if rest.as_bytes().get(start) != Some(&b'"') {
        // A raw identifier.
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let body = rest.get(start + 1..).unwrap_or_default();
    body.find(&end).map_or(rest.len(), |found| start + 1 + found + end.len())
}

/// A character literal, as opposed to a lifetime.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((escape, _))) => {
            let after = escape + 1;
            rest.get(after..).and_then(|tail| tail.find('\'')).map_or(0, |found| after + found + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn only_code_is_left() {
        for (text, left) in [
            ("a // unsafe\nb", "a b"),
            ("a /* x /* y */ z */ b", "a b"),
            (r#"a("un\"safe", b)"#, "a( , b)"),
            (r##"a(r#"un"safe"#, r#type)"##, "a( , r#type)"),
            (r"a('\'', '\u{1f}', 'b', b'x')", "a( , , , b )"),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
        ] {
            let code = code(text);
            assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), left, "{text}");
            assert_eq!(code.chars().count(), text.chars().count());
            assert_eq!(code.lines().count(), text.lines().count());
        }
    }
}
