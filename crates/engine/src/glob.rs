//! Patterns as shells have them: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`. Used for names of functions.
//!
//! Invariant: any text is a pattern; a `[` that is never closed stands for itself.

/// The characters that make a text a pattern.
pub const SPECIAL: [char; 3] = ['*', '?', '['];

/// True if the text is what the pattern says.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    matches_from(&pattern, &text)
}

/// The same for dotted names, component by component: a `*` matches no dot.
#[must_use]
pub fn matches_path(pattern: &str, name: &str) -> bool {
    let (patterns, names) = (pattern.split('.'), name.split('.'));
    patterns.clone().count() == names.clone().count()
        && patterns.zip(names).all(|(pattern, name)| matches(pattern, name))
}

/// The last `*` met is remembered, and tried with one character more whenever the rest does not fit.
fn matches_from(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut star = None;
    while of < text.len() {
        match step(pattern, at, text.get(of).copied()) {
            Step::Star => {
                star = Some((at, of));
                at += 1;
            }
            Step::Fits(next) => (at, of) = (next, of + 1),
            Step::Fails => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    (at, of) = (back + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|&left| left == '*')
}

enum Step {
    Star,
    Fits(usize),
    Fails,
}

fn step(pattern: &[char], at: usize, character: Option<char>) -> Step {
    let fits = |is: bool, next: usize| if is { Step::Fits(next) } else { Step::Fails };
    match pattern.get(at) {
        None => Step::Fails,
        Some('*') => Step::Star,
        Some('?') => Step::Fits(at + 1),
        Some('[') => match set(pattern, at) {
            Some((end, negated, members)) => {
                let is_member = character.is_some_and(|character| holds(members, character));
                fits(is_member != negated, end + 1)
            }
            None => fits(character == Some('['), at + 1),
        },
        Some(&plain) => fits(character == Some(plain), at + 1),
    }
}

/// Where a set ends, if it is negated, and its members; a `]` that comes first is a member.
fn set(pattern: &[char], at: usize) -> Option<(usize, bool, &[char])> {
    let negated = pattern.get(at + 1) == Some(&'!');
    let from = at + 1 + usize::from(negated);
    let end = pattern.iter().skip(from + 1).position(|&character| character == ']')? + from + 1;
    Some((end, negated, pattern.get(from..end)?))
}

fn holds(members: &[char], character: char) -> bool {
    let mut rest = members;
    loop {
        match rest {
            [low, '-', high, after @ ..] => {
                if (*low..=*high).contains(&character) {
                    return true;
                }
                rest = after;
            }
            [member, after @ ..] => {
                if *member == character {
                    return true;
                }
                rest = after;
            }
            [] => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{matches, matches_path};

    #[test]
    fn what_shells_have() {
        for (pattern, text) in [
            ("*", ""),
            ("test_*", "test_x"),
            ("*_x", "test_x_x"),
            ("a*b*c", "abxbc"),
            ("?", "é"),
            ("[a-c]x", "bx"),
            ("[!a-c]", "d"),
            ("[]]", "]"),
            ("[", "["),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*b", "abc"), ("?", ""), ("[a-c]", "d"), ("[!a]", "a"), ("", "a"), ("a", "")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(matches_path("C.*", "C.run") && !matches_path("*", "C.run") && !matches_path("C.*", "C.D.run"));
    }
}
