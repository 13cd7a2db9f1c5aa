//! Programs that only start a Python, and pass its words on: `env`, and a shell with one plain command.
//!
//! Used by `interpreters`. Invariant: what is changed is what was surely understood; a command in which a shell would see
//! more than words, or which sets what a Python reads, stays as it is.

/// The words of one program, where `rewrite` has found something to change in those of the Python that it starts.
pub fn rewrite<T>(
    program: &[u8],
    words: &[Vec<u8>],
    rewrite: impl Fn(&[Vec<u8>]) -> Option<(Vec<Vec<u8>>, T)>,
) -> Option<(Vec<Vec<u8>>, T)> {
    match base(program) {
        b"env" => {
            let at = 1 + assignments(words.get(1..)?)?;
            let (changed, found) = rewrite(words.get(at..)?)?;
            Some((words.iter().take(at).cloned().chain(changed).collect(), found))
        }
        b"sh" | b"dash" | b"bash" if words.get(1).is_some_and(|word| word == b"-c") => {
            let (text, found) = rewrite_command(words.get(2)?, rewrite)?;
            let mut changed = words.to_vec();
            *changed.get_mut(2)? = text;
            Some((changed, found))
        }
        _ => None,
    }
}

/// The same for a shell's command.
pub fn rewrite_command<T>(
    text: &[u8],
    rewrite: impl Fn(&[Vec<u8>]) -> Option<(Vec<Vec<u8>>, T)>,
) -> Option<(Vec<u8>, T)> {
    let words = plain_words(text)?;
    let execs = usize::from(words.first().is_some_and(|word| word == b"exec"));
    let at = execs + assignments(words.get(execs..)?)?;
    // What a shell takes for an assignment is none in quotes.
    if at > execs && text.contains(&b'\'') {
        return None;
    }
    let (changed, found) = rewrite(words.get(at..)?)?;
    let mut parts: Vec<Vec<u8>> = words.into_iter().take(at).collect();
    parts.extend(changed.iter().map(|word| [b"'", word.as_slice(), b"'"].concat()));
    Some((parts.join(&b' '), found))
}

/// A program's name without its folder.
pub fn base(program: &[u8]) -> &[u8] {
    program.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

/// How many words set variables, before the program comes; None if one sets what a Python reads.
fn assignments(words: &[Vec<u8>]) -> Option<usize> {
    let name =
        |word: &[u8]| word.iter().position(|&byte| byte == b'=').and_then(|at| word.get(..at).map(<[u8]>::to_vec));
    let names: Vec<Vec<u8>> = words.iter().map_while(|word| name(word)).collect();
    let is_plain = |name: &Vec<u8>| {
        !name.starts_with(b"PYTHON") && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    names.iter().all(is_plain).then_some(names.len())
}

/// A command's words, if it is one command of nothing but words that stand for themselves.
fn plain_words(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let (mut word, mut is_quoted) = (None::<Vec<u8>>, false);
    for &byte in text {
        match byte {
            b'\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            byte if is_quoted => word.get_or_insert_default().push(byte),
            b' ' => words.extend(word.take()),
            byte if byte.is_ascii_alphanumeric() || b"_-./=+,:@%".contains(&byte) => {
                word.get_or_insert_default().push(byte);
            }
            _ => return None,
        }
    }
    words.extend(word);
    (!is_quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `-I` away behind a Python.
    fn without(words: &[Vec<u8>]) -> Option<(Vec<Vec<u8>>, ())> {
        let at = words.iter().position(|word| word == b"-I").filter(|_| base(&words[0]) == b"python")?;
        Some((words.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, word)| word.clone()).collect(), ()))
    }

    fn command(text: &str) -> Option<String> {
        rewrite_command(text.as_bytes(), without).map(|(text, ())| String::from_utf8(text).unwrap())
    }

    #[test]
    fn one_plain_command_of_a_shell_is_understood() {
        assert_eq!(command("/v/python -I a.py"), Some("'/v/python' 'a.py'".into()));
        assert_eq!(command("exec A=b python -I a.py"), Some("exec A=b 'python' 'a.py'".into()));
        assert_eq!(
            command("'/a b/python'  -I -c 'print(1); x' ''"),
            Some("'/a b/python' '-c' 'print(1); x' ''".into())
        );
        for other in [
            "python -I a.py && true",
            "python -I \"a.py\"",
            "python -I $A",
            "python -I *.py",
            "python -I a.py > b",
            "cd a\npython -I b.py",
            "PYTHONPATH=a python -I b.py",
            "'A=b' python -I c.py",
            "python -I 'a",
            "~/python -I a.py",
            "time python -I a.py",
            "",
        ] {
            assert_eq!(command(other), None, "{other}");
        }
    }

    #[test]
    fn env_and_shells_pass_words_on() {
        let said = |text: &str| {
            let words: Vec<Vec<u8>> = text.split('|').map(|word| word.as_bytes().to_vec()).collect();
            rewrite(&words[0].clone(), &words, without).map(|(words, ())| String::from_utf8(words.join(&b'|')).unwrap())
        };
        assert_eq!(said("/usr/bin/env|python|-I|a.py"), Some("/usr/bin/env|python|a.py".into()));
        assert_eq!(said("env|A=b|python|-I|a.py"), Some("env|A=b|python|a.py".into()));
        assert_eq!(said("/bin/sh|-c|python -I a.py|x"), Some("/bin/sh|-c|'python' 'a.py'|x".into()));
        for other in [
            "env|-i|python|-I",
            "env|PYTHONHOME=a|python|-I",
            "env",
            "sh|-ec|python -I",
            "sh|a.sh|-I",
            "nice|python|-I",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
