//! From the arguments of `launch` to what is started.
//!
//! Called by `adapter`. Invariant: starts nothing; whatever of the arguments cannot be honoured is an error or a word.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::arguments::{Console, LaunchArguments, OneOrMany, words};
use super::env_file;
use crate::launch::{Launch, Streams, Target};
use crate::pythons;

/// What is to be started.
#[derive(Debug)]
pub(crate) struct Plan {
    pub launch: Launch,
    pub console: Console,
    /// The program's arguments as one text that a shell is to take apart.
    pub shell_arguments: Option<String>,
    /// What the client's terminal is called.
    pub title: String,
    /// The program's name, for people.
    pub name: String,
    pub debug: bool,
    /// What is not as it was asked for.
    pub words: Vec<String>,
}

/// What else decides.
pub(crate) struct Surroundings<'a> {
    /// The Python that the adapter was told to use.
    pub python: Option<&'a OsStr>,
    /// The client can run a program in its terminal.
    pub terminals: bool,
    /// The client can have a shell take arguments apart.
    pub shell_arguments: bool,
}

pub(crate) fn plan(arguments: LaunchArguments, around: &Surroundings<'_>) -> Result<Plan, String> {
    if arguments.common.others.get("sudo") == Some(&Value::Bool(true)) {
        return Err(
            "\"sudo\" is not supported: run the editor, or `pausa --listen` and attach to it, as that user".into()
        );
    }
    let mut words = words(&arguments.common.others);
    let (target, name) = target(&arguments)?;
    let folder = folder(&arguments, &target)?;
    let console = console(&arguments, around, &mut words);
    if console != Console::Internal
        && arguments.common.option(arguments.redirect_output, "RedirectOutput") == Some(true)
    {
        words.push("\"redirectOutput\": the program's output is in its terminal, not here".into());
    }
    let (python, mut python_args) = python(&arguments, around)?;
    python_args.extend(
        arguments.python_args.clone().map(OneOrMany::into_many).unwrap_or_default().into_iter().map(Into::into),
    );
    let debug = arguments.no_debug != Some(true);
    if debug {
        check_python_args(&python_args)?;
    }
    let environment = environment(&arguments, folder.as_deref())?;
    let (mut args, mut shell_arguments) = match arguments.args {
        Some(OneOrMany::Many(args)) => (args.into_iter().map(OsString::from).collect(), None),
        Some(OneOrMany::One(text)) if text.trim().is_empty() => (Vec::new(), None),
        Some(OneOrMany::One(text)) => (Vec::new(), Some(text)),
        None => (Vec::new(), None),
    };
    let streams = if console == Console::Internal { Streams::Pipes } else { Streams::Foreground };
    let backend = env::var("PAUSA_BACKEND").ok().filter(|backend| !backend.is_empty());
    let mut launch =
        Launch { python_args, backend, folder, environment, streams, ..Launch::new(python, target, Vec::new()) };
    let client_has_shell = console != Console::Internal && around.shell_arguments;
    if let Some(text) = shell_arguments.take_if(|_| !client_has_shell) {
        args = take_apart(&text, &launch)?;
    }
    launch.args = args;
    let title = arguments.console_name.or(arguments.console_title).unwrap_or_else(|| "Python Debug Console".into());
    Ok(Plan { launch, console, shell_arguments, title, name, debug, words })
}

fn target(arguments: &LaunchArguments) -> Result<(Target, String), String> {
    match (&arguments.program, &arguments.module, &arguments.code) {
        (Some(program), None, None) => Ok((Target::File(program.into()), program.clone())),
        (None, Some(module), None) => Ok((Target::Module(module.clone()), module.clone())),
        (None, None, Some(code)) => Ok((Target::Code(code.clone().into_many().join("\n")), "-c".into())),
        (None, None, None) => Err("launch needs a \"program\", a \"module\" or \"code\"".into()),
        _ => Err("launch takes one of \"program\", \"module\" and \"code\"; more than one is given".into()),
    }
}

/// The working directory: that of the program, if none is named.
fn folder(arguments: &LaunchArguments, target: &Target) -> Result<Option<PathBuf>, String> {
    match arguments.cwd.as_ref().filter(|cwd| !cwd.is_empty()).map(PathBuf::from) {
        Some(folder) if !folder.is_dir() => Err(format!("\"cwd\": {} is no folder", folder.display())),
        Some(folder) => Ok(Some(folder)),
        None => Ok(match target {
            Target::File(file) if file.is_absolute() => file.parent().map(Path::to_owned),
            _ => None,
        }),
    }
}

fn console(arguments: &LaunchArguments, around: &Surroundings<'_>, words: &mut Vec<String>) -> Console {
    match arguments.console {
        Some(console) if console != Console::Internal && !around.terminals => {
            words.push(
                "this editor offers no terminal to programs: the output is shown here, and there is no input".into(),
            );
            Console::Internal
        }
        Some(console) => console,
        None => Console::Internal,
    }
}

/// The interpreter and what belongs before all other arguments.
fn python(arguments: &LaunchArguments, around: &Surroundings<'_>) -> Result<(PathBuf, Vec<OsString>), String> {
    let named =
        arguments.python.clone().map(OneOrMany::into_many).or_else(|| Some(vec![arguments.python_path.clone()?]));
    let mut words = named.into_iter().flatten().filter(|word| !word.is_empty());
    let chosen = words.next().map(OsString::from).or_else(|| around.python.map(OsStr::to_owned));
    let words = words.map(OsString::from).collect();
    match chosen {
        // A path is taken at its word: should it be no Python that can be debugged, its start says so.
        Some(path) if path.as_encoded_bytes().contains(&b'/') => {
            let path = PathBuf::from(path);
            if path.exists() { Ok((path, words)) } else { Err(format!("no Python is at {}", path.display())) }
        }
        chosen => match pythons::choose(chosen.as_deref()) {
            Ok(python) => Ok((python.path, words)),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Options of the interpreter that keep it from importing what the environment names: our agent comes that way.
fn check_python_args(python_args: &[OsString]) -> Result<(), String> {
    let mut words = python_args.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.starts_with('-')) else { continue };
        if flags.starts_with(['X', 'W']) {
            if flags.len() == 1 {
                words.next();
            }
            continue;
        }
        if let Some(flag) = flags.chars().find(|flag| matches!(flag, 'I' | 'E' | 'S')) {
            return Err(format!("\"pythonArgs\": with -{flag} Python does not let pausa in; leave it out to debug"));
        }
    }
    Ok(())
}

fn environment(
    arguments: &LaunchArguments,
    folder: Option<&Path>,
) -> Result<Vec<(OsString, Option<OsString>)>, String> {
    let mut variables: Vec<(OsString, Option<OsString>)> = Vec::new();
    if let Some(file) = arguments.env_file.as_ref().filter(|file| !file.is_empty()) {
        let path = folder.unwrap_or(Path::new("")).join(file);
        // That it is not there is usual: editors name one whether there is one or not.
        if let Ok(text) = fs::read_to_string(&path) {
            let read = env_file::parse(&text, |name| env::var(name).ok());
            let read = read.map_err(|why| format!("\"envFile\": {}: {why}", path.display()))?;
            variables.extend(read.into_iter().map(|(name, value)| (name.into(), Some(value.into()))));
        }
    }
    for (name, value) in arguments.env.iter().flatten() {
        if name.is_empty() || name.contains(['=', '\0']) {
            return Err(format!("\"env\": '{name}' is no name of a variable"));
        }
        let value = match value {
            Value::Null => None,
            Value::String(text) if text.contains('\0') => {
                return Err(format!("\"env\": the value of {name} holds a NUL"));
            }
            Value::String(text) => Some(text.into()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
            Value::Array(_) | Value::Object(_) => return Err(format!("\"env\": the value of {name} is no text")),
        };
        variables.push((name.into(), value));
    }
    Ok(variables)
}

/// What a shell makes of a text of arguments.
fn take_apart(text: &str, launch: &Launch) -> Result<Vec<OsString>, String> {
    use std::os::unix::ffi::OsStringExt;

    let mut shell = std::process::Command::new("/bin/sh");
    shell.arg("-c").arg(format!("printf '%s\\0' {text}"));
    if let Some(folder) = &launch.folder {
        shell.current_dir(folder);
    }
    for (name, value) in &launch.environment {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell.output().map_err(|error| format!("\"args\": /bin/sh could not be started: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("\"args\": the shell does not take '{text}': {}", why.trim()));
    }
    let words = output.stdout.strip_suffix(b"\0").unwrap_or(&output.stdout);
    Ok(words.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_vec())).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::arguments::read;
    use super::*;

    fn planned(arguments: Value) -> Result<Plan, String> {
        let around = Surroundings { python: Some(OsStr::new("/bin/sh")), terminals: true, shell_arguments: true };
        plan(read("launch", arguments).map_err(|error| error.format)?, &around)
    }

    #[test]
    fn one_target_and_only_one() {
        assert_eq!(planned(json!({"code": ["a", "b"]})).unwrap().launch.target, Target::Code("a\nb".into()));
        assert_eq!(planned(json!({"module": "m.n"})).unwrap().launch.target, Target::Module("m.n".into()));
        assert!(planned(json!({})).unwrap_err().contains("needs"));
        assert!(planned(json!({"module": "m", "program": "p"})).unwrap_err().contains("more than one"));
    }

    #[test]
    fn a_program_runs_in_its_own_folder_unless_told_otherwise() {
        assert_eq!(planned(json!({"program": "/usr/x.py"})).unwrap().launch.folder, Some("/usr".into()));
        assert_eq!(planned(json!({"program": "/usr/x.py", "cwd": "/"})).unwrap().launch.folder, Some("/".into()));
        assert!(planned(json!({"program": "x", "cwd": "/no/where"})).unwrap_err().contains("no folder"));
    }

    #[test]
    fn arguments_are_a_list_or_a_shells_text() {
        let args = |arguments: Value| planned(arguments).unwrap();
        assert_eq!(args(json!({"code": "", "args": ["a b", "$X"]})).launch.args, ["a b", "$X"]);
        let plan = args(json!({"code": "", "args": "'a b' $X c", "env": {"X": "1 2"}}));
        assert_eq!((plan.launch.args.len(), plan.shell_arguments), (4, None));
        let plan = args(json!({"code": "", "args": "a b", "console": "integratedTerminal"}));
        assert_eq!((plan.launch.args.len(), plan.shell_arguments.as_deref()), (0, Some("a b")));
        assert!(planned(json!({"code": "", "args": "'a"})).unwrap_err().contains("shell"));
    }

    #[test]
    fn the_environment_adds_changes_and_takes_away() {
        let plan = planned(json!({"code": "", "env": {"A": "1", "B": null, "C": 3}}));
        // A null in the arguments themselves is as good as absent; in `env` it takes a variable away.
        let environment = plan.unwrap().launch.environment;
        assert_eq!(environment, [("A".into(), Some("1".into())), ("B".into(), None), ("C".into(), Some("3".into()))]);
        assert!(planned(json!({"code": "", "env": {"A=B": "1"}})).is_err());
        assert!(planned(json!({"code": "", "env": {"A": []}})).is_err());
    }

    #[test]
    fn what_would_keep_the_agent_out_is_refused() {
        for wrong in [&["-I"][..], &["-X", "dev", "-sE"], &["-S"]] {
            assert!(planned(json!({"code": "", "pythonArgs": wrong})).unwrap_err().contains("pythonArgs"), "{wrong:?}");
        }
        for right in [&["-X", "I"][..], &["-WE", "-u"], &["-O"]] {
            assert!(planned(json!({"code": "", "pythonArgs": right})).is_ok(), "{right:?}");
        }
        assert!(planned(json!({"code": "", "pythonArgs": ["-I"], "noDebug": true})).is_ok());
    }
}
