//! The `.session` format: what it holds, reading it, writing it back.
//!
//! `session` reads the expected transcript, runs it, and writes the actual one with the same types.
//! Invariant: `Transcript::parse(text).to_string() == text` for every text that this module wrote.

use std::fmt;

use crate::Result;
use crate::matching::ANY_LINES;

/// The prompts that a command may follow, in the terminal and in a transcript.
pub const PROMPTS: [&str; 4] = ["(pausa) ", "(com) ", ">>> ", "...     "];
/// The command that stands for the end of input.
pub const END_OF_INPUT: &str = "<eof>";
/// The command that stands for an empty line where a bare prompt would mean something else.
pub const EMPTY: &str = "<empty>";

/// One `.session` file: a few lines of why, and the commands that are run one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The lines before the first run, `# ` included.
    pub header: Vec<String>,
    /// What is run.
    pub runs: Vec<Run>,
}

/// One `$ COMMAND` and its conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Lines between the run before and this one.
    pub notes: Vec<String>,
    /// The command line, without `$ `.
    pub command: String,
    /// What it printed before the first prompt.
    pub output: Vec<String>,
    /// The conversation.
    pub steps: Vec<Step>,
    /// How it ended, as text; None for success of a command that is not pausa.
    pub ending: Option<String>,
}

/// One command at a prompt and what was printed until the next prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Comment lines above it, `## ` included.
    pub notes: Vec<String>,
    /// One of [`PROMPTS`].
    pub prompt: String,
    /// What is typed.
    pub command: String,
    /// What is done while it runs.
    pub cues: Vec<Cue>,
    /// What it printed.
    pub output: Vec<String>,
}

/// Something the runner does while a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    /// `<wait "TEXT">`: go on when the command's output holds this text.
    Wait(String),
    /// `<interrupt>`: send SIGINT to pausa.
    Interrupt,
    /// `<type "TEXT">`: type a line for the program to read.
    Type(String),
}

impl Cue {
    fn parse(line: &str) -> Option<Cue> {
        if line == "<interrupt>" {
            return Some(Cue::Interrupt);
        }
        let (kind, text) = line.strip_prefix('<')?.strip_suffix("\">")?.split_once(" \"")?;
        match kind {
            "wait" => Some(Cue::Wait(text.to_owned())),
            "type" => Some(Cue::Type(text.to_owned())),
            _ => None,
        }
    }
}

impl Run {
    /// True if its whole output is one text, because its commands come from a pipe and not from the transcript.
    pub fn is_piped(&self) -> bool {
        self.command.contains(" | ")
    }
}

impl Transcript {
    /// Reads a `.session` file's text.
    pub fn parse(text: &str) -> Result<Transcript> {
        let mut transcript = Transcript::default();
        let mut notes = Vec::new();
        for line in text.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                let mut between = transcript.runs.last_mut().map(take_trailing_notes).unwrap_or_default();
                between.append(&mut notes);
                let run = Run { notes: between, command: command.to_owned(), ..Run::default() };
                transcript.runs.push(run);
                continue;
            }
            match transcript.runs.last_mut() {
                None => transcript.header.push(line.to_owned()),
                Some(run) => add_line(run, line, &mut notes)?,
            }
        }
        if transcript.runs.is_empty() {
            return Err("the transcript has no line `$ COMMAND`".to_owned());
        }
        Ok(transcript)
    }
}

fn add_line(run: &mut Run, line: &str, notes: &mut Vec<String>) -> Result<()> {
    if run.ending.is_some() {
        if !line.is_empty() && !line.starts_with('#') {
            return Err(format!("only `$ COMMAND`, comments and empty lines may follow `exit`, not `{line}`"));
        }
        notes.push(line.to_owned());
    } else if is_ending(line) {
        run.ending = Some(line.to_owned());
    } else if line.starts_with("## ") {
        notes.push(line.to_owned());
    } else if let Some((prompt, command)) = split_prompt(line).filter(|_| !run.is_piped()) {
        let notes = std::mem::take(notes);
        run.steps.push(Step { notes, prompt: prompt.to_owned(), command: command.to_owned(), ..Step::default() });
    } else {
        match run.steps.last_mut() {
            None => run.output.push(line.to_owned()),
            Some(step) => match Cue::parse(line) {
                Some(cue) if step.output.is_empty() => step.cues.push(cue),
                _ => step.output.push(line.to_owned()),
            },
        }
    }
    Ok(())
}

fn is_ending(line: &str) -> bool {
    line.strip_prefix("exit ").is_some_and(|code| code.parse::<u8>().is_ok()) || line.starts_with("killed by SIG")
}

fn split_prompt(line: &str) -> Option<(&'static str, &str)> {
    PROMPTS.iter().find_map(|prompt| match line.strip_prefix(prompt) {
        Some(command) => Some((*prompt, command)),
        // A bare `...` is a wildcard.
        None => (line == prompt.trim_end() && line != ANY_LINES).then_some((*prompt, "")),
    })
}

/// The blank lines and comments that end a run without an ending belong to the next run.
fn take_trailing_notes(run: &mut Run) -> Vec<String> {
    let ended = run.ending.is_some();
    let output = run.steps.last_mut().map_or(&mut run.output, |step| &mut step.output);
    let keep = output.iter().rposition(|line| !line.is_empty() && !line.starts_with("# ")).map_or(0, |last| last + 1);
    if ended { Vec::new() } else { output.split_off(keep) }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.header)?;
        for run in &self.runs {
            write_lines(f, &run.notes)?;
            writeln!(f, "$ {}", run.command)?;
            write_lines(f, &run.output)?;
            for step in &run.steps {
                write_step(f, step)?;
            }
            write_lines(f, run.ending.as_slice())?;
        }
        Ok(())
    }
}

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
    write_lines(f, &step.notes)?;
    writeln!(f, "{}", format!("{}{}", step.prompt, step.command).trim_end())?;
    for cue in &step.cues {
        match cue {
            Cue::Wait(text) => writeln!(f, "<wait \"{text}\">")?,
            Cue::Interrupt => writeln!(f, "<interrupt>")?,
            Cue::Type(text) => writeln!(f, "<type \"{text}\">")?,
        }
    }
    write_lines(f, &step.output)
}

fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[String]) -> fmt::Result {
    lines.iter().try_for_each(|line| writeln!(f, "{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# A breakpoint in a loop.
# files: examples/counter.py
$ ln -s a b

# Then the program.
$ pausa loop.py 1
Stopped at entry: loop.py:1 in <module>

-> 1  import sys
## Where the loop spins.
(pausa) c
<wait \"ready\">
<interrupt>
<type \"an answer\">
ready
Paused: loop.py:@spin in <module>
(pausa)
(pausa) commands 1
(com) p x
(com) end
(pausa) for n in x:
...         print(n)
...     <empty>
...
(pausa) q
exit 0

$ printf 'q\\n' | pausa loop.py
(pausa) bye
killed by SIGKILL
";

    #[test]
    fn what_is_read_is_written_back() {
        assert_eq!(Transcript::parse(TEXT).unwrap().to_string(), TEXT);
    }

    #[test]
    fn parts_are_told_apart() {
        let read = Transcript::parse(TEXT).unwrap();
        assert_eq!(read.header.len(), 2);
        let [link, session, piped] = &read.runs[..] else { panic!("{:?}", read.runs) };
        assert_eq!((link.command.as_str(), link.ending.as_deref()), ("ln -s a b", None));
        assert_eq!(link.output, [""; 0]);
        assert_eq!(session.notes, ["", "# Then the program."]);
        assert_eq!(session.output.len(), 3);
        assert_eq!(session.steps[0].notes, ["## Where the loop spins."]);
        assert_eq!(
            session.steps[0].cues,
            [Cue::Wait("ready".to_owned()), Cue::Interrupt, Cue::Type("an answer".to_owned())]
        );
        assert_eq!(session.steps[0].output, ["ready", "Paused: loop.py:@spin in <module>"]);
        assert_eq!(session.steps[1].command, "");
        assert_eq!(session.steps[3].prompt, "(com) ");
        assert_eq!(piped.output, ["(pausa) bye"]);
        assert_eq!(piped.ending.as_deref(), Some("killed by SIGKILL"));
    }

    #[test]
    fn text_after_the_end_is_refused() {
        let error = Transcript::parse("$ pausa a.py\nexit 0\nmore\n").unwrap_err();
        assert!(error.contains("`more`"), "{error}");
    }
}
