//! `pausa stack PID`. Called by `attaching`.

use clap::Args;

/// What follows `pausa stack`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process.
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pid: i32,
}

pub fn run(arguments: &Arguments) -> Result<i32, String> {
    Err(format!("{}", arguments.pid))
}
