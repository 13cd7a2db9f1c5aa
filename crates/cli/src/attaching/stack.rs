//! `pausa stack PID`: where the threads of a running program are. Called by `attaching`.
//!
//! The agent is asked once and leaves again: the program is held while it answers, which takes milliseconds. Invariant:
//! only looks (the agent is told so), and the agent is gone when this returns.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use pausa_dap::extensions::{
    Attach as AttachRequest, AttachArguments, Stacks, StacksArguments, StacksResponse, ThreadFrame, ThreadStack,
};
use pausa_dap::{Client, RequestError, requests, types};
use pausa_hub::{Attach, Attached};

/// What follows `pausa stack`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process; `pausa ps` lists those that can be attached to.
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pid: i32,
    /// Show asyncio's tasks too, and all frames of deep stacks.
    #[arg(long)]
    all: bool,
    /// Show each frame's local variables too. No code of the program runs for it.
    #[arg(long)]
    locals: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Give up after SECONDS if the program does not come back to Python code.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

/// How many frames of a stack are shown without `--all`.
const LEVELS: usize = 100;

/// Shows them.
pub fn run(arguments: &Arguments) -> Result<i32, String> {
    let patience = Duration::from_secs(arguments.timeout);
    let attach = Attach { read_only: true, patience, ..Attach::new(arguments.pid) };
    let attached =
        pausa_hub::attach(&attach, None, &mut |word| eprintln!("{word}")).map_err(|error| error.to_string())?;
    let version = attached.version;
    let StacksResponse { stacks, held } =
        ask(attached, arguments).map_err(|error| format!("process {} does not answer: {error}", arguments.pid))?;
    let text = if arguments.json {
        format!("{}\n", serde_json::to_string(&stacks).map_err(|error| error.to_string())?)
    } else {
        let directory = std::env::current_dir().unwrap_or_default();
        let held = Duration::from_micros(held).as_secs_f64() * 1000.0;
        let heading = format!("Process {}, Python {version}, held for {held:.1} ms\n", arguments.pid);
        heading + &stacks.iter().map(|stack| shown(stack, &directory)).collect::<String>()
    };
    // Who closes the pipe has seen enough.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(0)
}

fn ask(attached: Attached, arguments: &Arguments) -> Result<StacksResponse, String> {
    let failed = |error: RequestError| error.to_string();
    let (client, _events) = Client::over(attached.stream).map_err(|error| error.to_string())?;
    client
        .request::<requests::Initialize>(types::InitializeRequestArguments {
            adapter_id: "pausa".into(),
            client_id: Some("pausa-stack".into()),
            ..Default::default()
        })
        .map_err(failed)?;
    client.request::<AttachRequest>(AttachArguments::default()).map_err(failed)?;
    let wanted = StacksArguments {
        tasks: arguments.all,
        locals: arguments.locals,
        levels: if arguments.all { 0 } else { LEVELS },
    };
    let answer = client.request::<Stacks>(wanted).map_err(failed)?;
    client.request::<requests::Disconnect>(types::DisconnectArguments::default()).map_err(failed)?;
    Ok(answer)
}

/// As a traceback has it: the innermost frame last.
fn shown(stack: &ThreadStack, directory: &Path) -> String {
    let kind = if stack.is_task { "Task" } else { "Thread" };
    let mut text = format!("\n{kind} {} ({})\n", stack.id, plain(&stack.name));
    if stack.frames.is_empty() {
        text.push_str("  runs no Python code\n");
    }
    if stack.total > stack.frames.len() {
        text.push_str("  (more frames above: --all shows them)\n");
    }
    for frame in stack.frames.iter().rev() {
        text.push_str(&shown_frame(frame, directory));
    }
    text
}

fn shown_frame(frame: &ThreadFrame, directory: &Path) -> String {
    if frame.is_label {
        return format!("  {}\n", plain(&frame.name));
    }
    let path = Path::new(&frame.path);
    let path = path.strip_prefix(directory).unwrap_or(path).display().to_string();
    let mut text = format!("  {}:{} in {}\n", plain(&path), frame.line, plain(&frame.name));
    for local in &frame.locals {
        text.push_str(&format!("      {} = {}\n", plain(&local.name), plain(&local.value)));
    }
    text
}

/// What the program named, without what would steer our terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
