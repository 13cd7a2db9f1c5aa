//! Interpreters that are told to ignore their environment (`-E`, `-I`), which is how they would find us.
//!
//! Used by `calls`. They are started without the option and without the variables that it would have kept from them; our
//! `sitecustomize.py` brings the variables back, and the agent sets `sys.flags` to what they would be. Invariant:
//! only words are changed that a Python itself reads; a program that is not surely a Python keeps its words.

use crate::named::Named;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::environment::{Environment, encoded};
use super::starters;

/// Options with a value of their own, in the next word if not in the same.
const WITH_VALUE: &[u8] = b"WX";
/// Options after which the program and its words come.
const LAST: &[u8] = b"cm";

/// An interpreter that looks for no `sitecustomize.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithoutSite;

impl WithoutSite {
    /// Why it runs undebugged, for people.
    pub const REASON: &str = "a Python with -S does not run `site`, by which pausa gets in";
}

/// What is changed about an interpreter's words, if something is: the words, and the option that was left out.
type Plain = Result<Option<(Vec<Vec<u8>>, &'static str)>, WithoutSite>;

/// The words without what isolates the interpreter, if something does; the environment is then what it would have read.
pub fn without_isolation<'py>(
    words: &Bound<'py, PyAny>,
    executable: Option<Bound<'py, PyAny>>,
    environment: &mut Environment,
) -> PyResult<Result<Option<Bound<'py, PyAny>>, WithoutSite>> {
    let Some(executable) = executable else { return Ok(Ok(None)) };
    let program = encoded(&executable)?;
    let words: Vec<Vec<u8>> = words.try_iter()?.map(|word| encoded(&word?)).collect::<PyResult<_>>()?;
    let found = if is_python(&program) { plain(&words) } else { Ok(starters::rewrite(&program, &words, of_python)) };
    let (plain, flags) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Ok(None)),
        Err(without) => return Ok(Err(without)),
    };
    environment.ignore_python(flags);
    let py = executable.py();
    Ok(Ok(Some(PyList::new(py, plain.iter().map(|word| PyBytes::new(py, word)))?.into_any())))
}

/// The same for a shell's command.
pub fn command_without_isolation(command: &[u8], environment: &mut Environment) -> Option<Vec<u8>> {
    let (command, flags) = starters::rewrite_command(command, of_python)?;
    environment.ignore_python(flags);
    Some(command)
}

/// [`plain`] for words of which the first one is the program.
fn of_python(words: &[Vec<u8>]) -> Option<(Vec<Vec<u8>>, &'static str)> {
    words.first().filter(|program| is_python(program))?;
    plain(words).ok().flatten()
}

/// Has `sys.flags` say what it would with the option that was left out: `E` or `I`. What a program starts by them (as
/// `multiprocessing` does) gets the option from there.
pub fn set_flags(py: Python<'_>, option: &str) -> PyResult<()> {
    let flags = crate::modules::import(py, "sys")?.named("flags")?;
    let names: Vec<String> = flags.get_type().named("__match_args__")?.extract()?;
    let meant: &[&str] =
        if option == "I" { &["isolated", "ignore_environment", "no_user_site"] } else { &["ignore_environment"] };
    for (index, _) in names.iter().enumerate().filter(|(_, name)| meant.contains(&name.as_str())) {
        let one = 1_i32.into_pyobject(py)?.into_any();
        // SAFETY: a struct sequence with this many fields, all of which are set; the new reference is given away, and what
        // was there, a small integer that everybody has, is let go first.
        unsafe {
            let index = ffi::Py_ssize_t::try_from(index)?;
            ffi::Py_DECREF(ffi::PyStructSequence_GetItem(flags.as_ptr(), index));
            ffi::PyStructSequence_SetItem(flags.as_ptr(), index, one.into_ptr());
        }
    }
    Ok(())
}

/// True for a file that is called as Pythons are.
fn is_python(path: &[u8]) -> bool {
    let rest = starters::base(path).strip_prefix(b"python").unwrap_or(b"-");
    rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// The words without `E` and `I` among an interpreter's options, and which of them it was. None if there is neither.
fn plain(words: &[Vec<u8>]) -> Plain {
    let mut flags = None;
    let mut plain: Vec<Vec<u8>> = words.first().cloned().into_iter().collect();
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        let options = match word.as_slice() {
            [b'-', b'-', ..] | [b'-'] => return Ok(finish(plain, word, rest, flags)),
            [b'-', options @ ..] => options,
            _ => return Ok(finish(plain, word, rest, flags)),
        };
        let mut kept = vec![b'-'];
        let mut options = options.iter();
        while let Some(&option) = options.next() {
            match option {
                b'S' => return Err(WithoutSite),
                b'E' => flags = flags.or(Some("E")),
                b'I' => flags = Some("I"),
                option if WITH_VALUE.contains(&option) || LAST.contains(&option) => {
                    kept.push(option);
                    let value: Vec<u8> = options.by_ref().copied().collect();
                    let is_apart = value.is_empty();
                    kept.extend(value);
                    plain.push(std::mem::replace(&mut kept, vec![b'-']));
                    if is_apart {
                        plain.extend(rest.next().cloned());
                    }
                    if LAST.contains(&option) {
                        plain.extend(rest.cloned());
                        return Ok(flags.map(|flags| (plain, flags)));
                    }
                }
                option => kept.push(option),
            }
        }
        if kept.len() > 1 {
            plain.push(kept);
        }
    }
    Ok(flags.map(|flags| (plain, flags)))
}

/// The program's own words begin with `word`.
fn finish<'a>(
    mut plain: Vec<Vec<u8>>,
    word: &[u8],
    rest: impl Iterator<Item = &'a Vec<u8>>,
    flags: Option<&'static str>,
) -> Option<(Vec<Vec<u8>>, &'static str)> {
    plain.push(word.to_vec());
    plain.extend(rest.cloned());
    flags.map(|flags| (plain, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &str) -> Option<(String, &'static str)> {
        let words: Vec<Vec<u8>> = words.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        plain(&words).unwrap().map(|(plain, flags)| (String::from_utf8(plain.join(&b' ')).unwrap(), flags))
    }

    #[test]
    fn only_the_interpreter_s_own_options_are_taken_away() {
        assert_eq!(said("python -E a.py -E"), Some(("python a.py -E".into(), "E")));
        assert_eq!(
            said("python -uE -W error -X dev -m mod -I"),
            Some(("python -u -W error -X dev -m mod -I".into(), "E"))
        );
        assert_eq!(said("python -Im pip -E"), Some(("python -m pip -E".into(), "I")));
        assert_eq!(said("python -Ic x"), Some(("python -c x".into(), "I")));
        assert_eq!(said("python -Werror -E - x"), Some(("python -Werror - x".into(), "E")));
        for same in ["python a.py -E", "python -c -E", "python -W -E a", "python", "python --help -E"] {
            assert_eq!(said(same), None, "{same}");
        }
        for without_site in [&b"-ES"[..], b"-S", b"-BIS"] {
            assert_eq!(plain(&[b"python".to_vec(), without_site.to_vec(), b"a.py".to_vec()]), Err(WithoutSite));
        }
    }

    #[test]
    fn a_python_is_known_by_its_name() {
        for python in ["python", "/usr/bin/python3", "/v/bin/python3.14"] {
            assert!(is_python(python.as_bytes()), "{python}");
        }
        for other in ["python-config", "/usr/bin/env", "pypy3", "ipython", "python3-config"] {
            assert!(!is_python(other.as_bytes()), "{other}");
        }
    }
}
