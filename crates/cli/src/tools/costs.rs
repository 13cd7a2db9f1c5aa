//! `pausa costs [PYTHON]`: what is fast in `sys.monitoring`, and what is not.
//!
//! Invariant: figures are medians with quartiles of this interpreter on this machine, nothing is known beforehand.

use std::ffi::{OsStr, OsString};

use pausa_hub::Costs;

use super::measured::{Measured, Spread, measure};
use super::table::{Table, duration};

/// What the user asked for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The Python to measure: a version such as 3.13, a command, or a path.
    #[arg(value_name = "PYTHON")]
    which: Option<OsString>,
    /// Print JSON (nanoseconds).
    #[arg(long)]
    json: bool,
}

/// Measures and prints.
pub fn run(arguments: &Arguments, python: Option<&OsStr>) -> Result<i32, String> {
    let python = crate::choose_python(arguments.which.as_deref().or(python))?;
    super::check(&python, "costs")?;
    let measured = measure(python.path, Costs::All)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&measured).map_err(|error| error.to_string())?);
    } else {
        print!("{}", text(&measured));
    }
    Ok(0)
}

fn text(measured: &Measured) -> String {
    let quartiles = |Spread { low, high, .. }: &Spread| format!("{} to {}", duration(*low), duration(*high));
    let mut functions = Table::new(&["sys.monitoring", "code", "takes", "half of them"], &[0, 3]);
    for operation in &measured.operations {
        let lines = operation.lines.map(|lines| format!("{lines} lines")).unwrap_or_default();
        let spread = &operation.spread;
        functions.row(vec![operation.name.clone(), lines, duration(spread.median), quartiles(spread)]);
    }
    let mut events = Table::new(&["one event", "native", "half of them", "Python", "half of them"], &[0, 2, 4]);
    for (name, event) in &measured.events {
        let (native, python) = (&event.native, &event.python);
        let cells = [duration(native.median), quartiles(native), duration(python.median), quartiles(python)];
        events.row([name.clone()].into_iter().chain(cells).collect());
    }
    format!(
        "Python {}. The callbacks do nothing: a native one, and a Python function.\n\n{}\n{}",
        measured.python,
        functions.text(),
        events.text()
    )
}
