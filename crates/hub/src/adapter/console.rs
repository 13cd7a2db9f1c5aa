//! The commands of an editor's debug console: lines that begin with `%`, for what the specification has no request for.
//!
//! Asked by `session` for each `evaluate` and `completions`; `link` sends what [`Command::read`] wants of the agent and hands the
//! answer to [`Awaited::told`]. Invariant: a line without `%` is none of ours, and one with it is never evaluated, as it is no
//! Python; the texts are those of the prompt.

use std::path::{Path, PathBuf};

use pausa_dap::requests::Request;
use pausa_dap::types::{
    CompletionItem, CompletionsArguments, CompletionsResponse, EvaluateArguments, EvaluateArgumentsContext,
    StackTraceArguments, StackTraceResponse,
};
use pausa_dap::{Incoming, extensions, requests};
use pausa_report as report;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::to_value;

/// A line for us.
pub(crate) struct Line {
    text: String,
    frame: Option<i64>,
}

/// The line of a request, if it is one for us.
pub(crate) fn line(request: &Incoming) -> Option<Line> {
    if request.command != requests::Evaluate::COMMAND {
        return None;
    }
    let arguments = request.parse::<requests::Evaluate>().ok()?;
    let EvaluateArguments { context, expression, frame_id: frame, .. } = arguments;
    let text = expression.trim().strip_prefix('%')?.to_owned();
    (context == Some(EvaluateArgumentsContext::Repl)).then_some(Line { text, frame })
}

/// Where the program stands.
pub(crate) struct Standing {
    /// The thread that stopped last.
    pub thread: Option<i64>,
    /// The program's working directory, if that can be read.
    pub folder: Option<PathBuf>,
}

/// What a line wants.
pub(crate) enum Command {
    /// A text, at once.
    Say(String),
    /// Something of the agent.
    Ask(Question),
}

/// A request for the agent, and what its answer is for.
pub(crate) struct Question {
    pub command: &'static str,
    pub arguments: Value,
    pub awaited: Awaited,
}

/// What is awaited from the agent.
pub(crate) enum Awaited {
    Locks,
    Instances,
    Referrers,
    Size,
    Reload,
    /// The frames, for the file of this one, which is to be reloaded.
    File(Option<i64>),
    /// That the program runs on; by expressions, whose values are told at the next stop.
    Resumes {
        thread: i64,
        by_expressions: bool,
    },
}

/// What an answer comes to.
pub(crate) enum Told {
    /// The text for the console.
    Text(String),
    /// Why it could not be done.
    Refused(String),
    /// More has to be asked.
    Ask(Question),
    /// The program runs on.
    Resumed { thread: i64, by_expressions: bool },
}

fn ask<R: Request>(arguments: R::Arguments, awaited: Awaited) -> Question
where
    R::Arguments: serde::Serialize,
{
    Question { command: R::COMMAND, arguments: to_value(arguments), awaited }
}

impl Command {
    /// Understands a line, or says why not.
    pub fn read(line: &Line, standing: &Standing) -> Result<Self, String> {
        let (name, rest) = line.text.split_once(char::is_whitespace).unwrap_or((&line.text, ""));
        let rest = rest.trim();
        let thread = || standing.thread.ok_or("the program is running: pause it first");
        let ends = |expression: &str| -> Result<_, String> {
            let arguments = extensions::EndingArguments { thread_id: thread()?, expression: expression.to_owned() };
            Ok((arguments, Awaited::Resumes { thread: thread()?, by_expressions: false }))
        };
        let objects = |what: &str, only: bool, expression: &str| match expression {
            "" => Err(format!("%{name} needs {what}")),
            expression => Ok(extensions::ObjectsArguments {
                frame_id: line.frame,
                expression: expression.to_owned(),
                only,
                start: None,
                count: Some(report::objects::LISTED),
            }),
        };
        Ok(Self::Ask(match name {
            "help" | "" => return Ok(Self::Say(help(rest)?)),
            "locks" => ask::<extensions::Locks>((), Awaited::Locks),
            "instances" => {
                let (only, class) = report::objects::option(rest, "only");
                ask::<extensions::Instances>(objects("a class", only, class)?, Awaited::Instances)
            }
            "referrers" => ask::<extensions::Referrers>(objects("an expression", false, rest)?, Awaited::Referrers),
            "sizeof" => {
                let (deep, expression) = report::objects::option(rest, "deep");
                let extensions::ObjectsArguments { frame_id, expression, .. } =
                    objects("an expression", false, expression)?;
                ask::<extensions::Size>(extensions::SizeArguments { frame_id, expression, deep }, Awaited::Size)
            }
            "reload" if rest.is_empty() => {
                let arguments = StackTraceArguments { thread_id: thread()?, ..Default::default() };
                ask::<requests::StackTrace>(arguments, Awaited::File(line.frame))
            }
            "reload" => reload(file(rest, standing.folder.as_deref())),
            "force_return" => {
                let (arguments, awaited) = ends(if rest.is_empty() { "None" } else { rest })?;
                ask::<extensions::ForceReturn>(arguments, awaited)
            }
            "throw" if rest.is_empty() => return Err("%throw needs an exception".into()),
            "throw" => {
                let (arguments, awaited) = ends(rest)?;
                ask::<extensions::Throw>(arguments, awaited)
            }
            "stepe" => {
                let thread_id = thread()?;
                let awaited = Awaited::Resumes { thread: thread_id, by_expressions: true };
                ask::<extensions::StepExpression>(extensions::StepExpressionArguments { thread_id }, awaited)
            }
            other => return Err(format!("there is no command %{other}: %help lists them")),
        }))
    }
}

fn reload(file: String) -> Question {
    ask::<extensions::Reload>(extensions::ReloadArguments { file }, Awaited::Reload)
}

/// A file as the program has it, or the name of a module.
fn file(text: &str, folder: Option<&Path>) -> String {
    let is_file = text.contains('/') || text.ends_with(".py");
    match folder.filter(|_| is_file) {
        Some(folder) => folder.join(text).display().to_string(),
        None => text.to_owned(),
    }
}

fn help(about: &str) -> Result<String, String> {
    let title = |help: &report::help::Help| format!("%{} {}", help.name, help.usage).trim_end().to_owned();
    let about = about.trim_start_matches('%');
    if about.is_empty() {
        let titles = report::help::ALL.iter().map(|help| format!("  {}", title(help)));
        let lines: Vec<_> =
            std::iter::once("Commands of pausa (%help COMMAND says more):".to_owned()).chain(titles).collect();
        return Ok(lines.join("\n"));
    }
    let known = report::help::ALL.iter().find(|help| help.name == about);
    known
        .map(|help| format!("{}\n{}", title(help), help.text))
        .ok_or_else(|| format!("there is no command %{about}: %help lists them"))
}

impl Awaited {
    /// What the agent's answer comes to.
    pub fn told(self, body: &Value, folder: Option<&Path>) -> Told {
        let folder = folder.unwrap_or(Path::new(""));
        match self {
            Self::Locks => with(body, |found| Told::Text(report::locks::lines(folder, &found).join("\n"))),
            Self::Instances => with(body, |found| Told::Text(report::objects::instances(&found).join("\n"))),
            Self::Referrers => with(body, |found| Told::Text(report::objects::referrers(&found).join("\n"))),
            Self::Size => with(body, |found| Told::Text(report::objects::size(&found))),
            Self::Reload => with(body, |found: extensions::ReloadResponse| {
                let name = report::path(folder, Path::new(&found.path));
                if found.done {
                    return Told::Text(report::reload::done(&found, &name).join("\n"));
                }
                let lines = std::iter::once(report::reload::refusal(&name)).chain(report::reload::reasons(&found));
                Told::Refused(lines.collect::<Vec<_>>().join("\n"))
            }),
            Self::File(frame) => with(body, |found: StackTraceResponse| {
                let mut frames = found.stack_frames.into_iter();
                let of = frames.find(|own| frame.is_none_or(|frame| own.id == frame));
                match of.and_then(|own| own.source?.path) {
                    Some(path) => Told::Ask(reload(path)),
                    None => Told::Refused("no file is current: name one, or a module".into()),
                }
            }),
            Self::Resumes { thread, by_expressions } => Told::Resumed { thread, by_expressions },
        }
    }
}

fn with<T: DeserializeOwned>(body: &Value, told: impl FnOnce(T) -> Told) -> Told {
    match T::deserialize(body) {
        Ok(found) => told(found),
        Err(error) => Told::Refused(format!("the answer cannot be read: {error}")),
    }
}

/// The commands that a line in the console may become, if it is one for us.
pub(crate) fn completions(request: &Incoming) -> Option<CompletionsResponse> {
    if request.command != requests::Completions::COMMAND {
        return None;
    }
    let CompletionsArguments { text, .. } = request.parse::<requests::Completions>().ok()?;
    let written = text.strip_prefix('%').filter(|written| !written.contains(char::is_whitespace))?;
    let names = report::help::ALL.iter().map(|help| help.name).chain(["help"]);
    let length = i64::try_from(text.len()).ok();
    let target =
        |name: &str| CompletionItem { label: format!("%{name}"), start: Some(0), length, ..Default::default() };
    Some(CompletionsResponse { targets: names.filter(|name| name.starts_with(written)).map(target).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Command, String> {
        let standing = Standing { thread: Some(1), folder: Some("/project".into()) };
        Command::read(&Line { text: text.into(), frame: Some(7) }, &standing)
    }

    #[test]
    fn lines_become_requests() {
        for (text, command, arguments) in [
            ("locks", "pausa/locks", Value::Null),
            ("sizeof deep x", "pausa/size", serde_json::json!({ "frameId": 7, "expression": "x", "deep": true })),
            ("reload a.py", "pausa/reload", serde_json::json!({ "file": "/project/a.py" })),
            ("reload a.b", "pausa/reload", serde_json::json!({ "file": "a.b" })),
            ("force_return", "pausa/forceReturn", serde_json::json!({ "threadId": 1, "expression": "None" })),
        ] {
            match read(text) {
                Ok(Command::Ask(question)) => assert_eq!((question.command, question.arguments), (command, arguments)),
                _ => unreachable!("{text} asks nothing"),
            }
        }
    }

    #[test]
    fn what_is_not_understood_says_what_to_write() {
        for (text, why) in [
            ("throw", "%throw needs an exception"),
            ("instances", "%instances needs a class"),
            ("lock", "there is no command %lock: %help lists them"),
        ] {
            assert_eq!(read(text).err().as_deref(), Some(why));
        }
    }
}
