//! A `$ COMMAND` line of a transcript: a shell's words without a shell.
//!
//! Forms: `[NAME=VALUE]... PROGRAM [ARGUMENT]...`, before it `cd FOLDER && ` or `printf 'TEXT' | `.
//! `session` runs what this reads. Invariant: no part is interpreted by a shell, so a session runs alike everywhere.

use crate::Result;

/// What a `$ COMMAND` line asks to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// Where, relative to the session's folder.
    pub folder: Option<String>,
    /// Variables added to its environment.
    pub environment: Vec<(String, String)>,
    /// The program's name and its arguments.
    pub words: Vec<String>,
    /// All its input at once, where it is not a conversation.
    pub input: Option<String>,
}

impl CommandLine {
    /// Reads a line.
    pub fn parse(line: &str) -> Result<CommandLine> {
        let mut words = split_words(line)?;
        let mut command = CommandLine::default();
        if let [cd, folder, and, ..] = &words[..]
            && (cd.as_str(), and.as_str()) == ("cd", "&&")
        {
            command.folder = Some(folder.clone());
            words.drain(..3);
        }
        if let [printf, text, bar, ..] = &words[..]
            && (printf.as_str(), bar.as_str()) == ("printf", "|")
        {
            command.input = Some(text.replace("\\n", "\n"));
            words.drain(..3);
        }
        let variables = words.iter().take_while(|word| is_assignment(word)).count();
        command.words = words.split_off(variables);
        command.environment =
            words.iter().filter_map(|word| word.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        if command.words.is_empty() {
            return Err(format!("`$ {line}` names no program"));
        }
        Ok(command)
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

fn split_words(line: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if open == c => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(format!("`$ {line}` has a quote that does not end"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_in_a_shell() {
        let command = CommandLine::parse(r#"pausa -b 'f if x == "a b"' -c "" main.py"#).unwrap();
        assert_eq!(command.words, ["pausa", "-b", "f if x == \"a b\"", "-c", "", "main.py"]);
        assert!(CommandLine::parse("pausa 'x").is_err());
    }

    #[test]
    fn folder_input_and_environment() {
        let command = CommandLine::parse("cd sub && A_1=x=y pausa ../main.py B=2").unwrap();
        assert_eq!(command.folder.as_deref(), Some("sub"));
        assert_eq!(command.environment, [("A_1".to_owned(), "x=y".to_owned())]);
        assert_eq!(command.words, ["pausa", "../main.py", "B=2"]);
        let command = CommandLine::parse(r"printf 'b 6\nq\n' | pausa main.py").unwrap();
        assert_eq!(command.input.as_deref(), Some("b 6\nq\n"));
        assert_eq!(command.words, ["pausa", "main.py"]);
    }
}
