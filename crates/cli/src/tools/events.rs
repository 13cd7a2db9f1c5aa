//! `pausa events FILE`: which events fire in a program, where, how often, at what cost.
//!
//! The program runs to its end with a native counting callback for each event; what one event costs on its Python is
//! measured afterwards. Invariant: a cost is count times price, and is called that.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pausa_hub::{Costs, Counting, Ended, Launch, Streams};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::measured::{Measured, measure};
use super::table::{Table, count};

/// Functions that are shown unless all are asked for.
const SHOWN: usize = 20;

/// What the user asked for.
#[derive(Debug, clap::Args)]
#[command(override_usage = "pausa events [OPTIONS] FILE [ARGS...]\n       pausa events [OPTIONS] -m MODULE [ARGS...]")]
pub struct Arguments {
    /// Count only these events, such as LINE,PY_START.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// Count only in files that match GLOB: the path, the path from here, or the file's name.
    #[arg(long = "where", value_name = "GLOB")]
    files: Option<String>,
    /// Show each line of a function.
    #[arg(long)]
    lines: bool,
    /// Show all functions, not only the twenty that cost most.
    #[arg(long)]
    all: bool,
    /// Print JSON: all functions and lines.
    #[arg(long)]
    json: bool,
    /// Write the report to FILE, not to standard output after the program's own.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Run a module, as `python -m` does.
    #[arg(short = 'm', value_name = "MODULE")]
    module: bool,
    /// The program, and its own arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

/// Runs the program and reports; its exit code.
pub fn run(arguments: &Arguments, python: Option<&OsStr>) -> Result<i32, String> {
    let target = crate::arguments::target(arguments.module, &arguments.program)?;
    let python = crate::choose_python(python)?;
    super::check(&python, "events --python")?;
    let only: Vec<String> = arguments.only.iter().map(|name| name.trim().to_uppercase()).collect();
    let settings = json!({"only": only, "where": arguments.files}).to_string();
    let args = arguments.program.iter().skip(1).cloned().collect();
    // Ctrl-C is the program's; we report when it has ended.
    let interrupted = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::new(AtomicBool::new(false)));
    interrupted.map_err(|error| format!("Ctrl-C cannot be left to the program: {error}"))?;
    let launch = Launch { streams: Streams::Foreground, ..Launch::new(python.path.clone(), target, args) };
    let counting = Counting { launch, settings };
    let counted = pausa_hub::count_events(&counting).map_err(|error| error.to_string())?;
    let Some(report) = counted.report else {
        return Err(format!(
            "the program {} without running its exit handlers, so its counts are lost; let it end by itself",
            counted.ended
        ));
    };
    let functions: Vec<Function> =
        serde_json::from_str(&report).map_err(|error| format!("the counts cannot be read: {error}"))?;
    let report = Report::new(functions, &measure(python.path, Costs::Events)?);
    let text = if arguments.json { report.json()? } else { report.text(arguments) };
    match &arguments.output {
        Some(file) => std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?,
        None => print!("{text}"),
    }
    Ok(match counted.ended {
        Ended::Code(code) => code,
        // As a shell has it.
        Ended::Signal(signal) => 128 + signal,
    })
}

/// A function as the agent reports it.
#[derive(Debug, Serialize, Deserialize)]
struct Function {
    file: String,
    name: String,
    line: u32,
    places: Vec<Place>,
    #[serde(skip_deserializing)]
    milliseconds: f64,
}

/// How often an event fired at a line.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    event: String,
    line: u32,
    count: u64,
}

/// An event in the whole program.
#[derive(Debug, Default, Serialize)]
struct Total {
    count: u64,
    nanoseconds_each: f64,
    milliseconds: f64,
}

/// What is shown.
#[derive(Debug, Serialize)]
struct Report {
    python: String,
    events: BTreeMap<String, Total>,
    /// Those that cost most first.
    functions: Vec<Function>,
}

impl Report {
    fn new(mut functions: Vec<Function>, measured: &Measured) -> Self {
        let price = |event: &str| measured.events.get(event).map_or(0.0, |event| event.native.median.max(0.0));
        let mut events: BTreeMap<String, Total> = BTreeMap::new();
        for function in &mut functions {
            for Place { event, count, .. } in &function.places {
                let total = events.entry(event.clone()).or_default();
                total.count += count;
                total.nanoseconds_each = price(event);
                total.milliseconds = total.count as f64 * total.nanoseconds_each / 1e6;
                function.milliseconds += *count as f64 * price(event) / 1e6;
            }
        }
        let order = |function: &Function| (function.file.clone(), function.line);
        functions.sort_by(|one, other| {
            other.milliseconds.total_cmp(&one.milliseconds).then_with(|| order(one).cmp(&order(other)))
        });
        Self { python: measured.python.clone(), events, functions }
    }

    fn json(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    fn text(&self, arguments: &Arguments) -> String {
        let mut events = Table::new(&["event", "count", "ns each", "ms"], &[0]);
        let mut all: Vec<_> = self.events.iter().collect();
        all.sort_by(|one, other| other.1.count.cmp(&one.1.count).then(one.0.cmp(other.0)));
        for (name, Total { count: number, nanoseconds_each, milliseconds }) in all {
            events.row(vec![
                name.clone(),
                count(*number),
                format!("{nanoseconds_each:.0}"),
                format!("{milliseconds:.3}"),
            ]);
        }
        let mut functions = Table::new(&["ms", "function", "events"], &[1, 2]);
        let shown = if arguments.all { self.functions.len() } else { SHOWN };
        for function in self.functions.iter().take(shown) {
            let milliseconds = format!("{:.3}", function.milliseconds);
            let place = format!("{}:{} {}", shortened(&function.file), function.line, function.name);
            functions.row(vec![milliseconds, place, events_of(function.places.iter())]);
            if arguments.lines {
                lines_of(function, &mut functions);
            }
        }
        let more = match self.functions.len().saturating_sub(shown) {
            0 => String::new(),
            more => format!("and {more} functions more (--all)\n"),
        };
        format!(
            "\nEvents in Python {}; ms is the count times what one event with a counting native callback takes here.\n\n\
             {}\n{}{more}",
            self.python,
            events.text(),
            functions.text()
        )
    }
}

fn lines_of(function: &Function, table: &mut Table) {
    let mut lines: BTreeMap<u32, Vec<&Place>> = BTreeMap::new();
    for place in &function.places {
        lines.entry(place.line).or_default().push(place);
    }
    for (line, places) in lines {
        table.row(vec![String::new(), format!("  line {line}"), events_of(places.into_iter())]);
    }
}

/// `LINE 12, PY_START 3`, the most frequent first.
fn events_of<'a>(places: impl Iterator<Item = &'a Place>) -> String {
    let mut by_event: BTreeMap<&str, u64> = BTreeMap::new();
    for place in places {
        *by_event.entry(&place.event).or_default() += place.count;
    }
    let mut by_event: Vec<_> = by_event.into_iter().collect();
    by_event.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    by_event.iter().map(|(event, number)| format!("{event} {}", count(*number))).collect::<Vec<_>>().join(", ")
}

/// A path as seen from here.
fn shortened(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    Path::new(file).strip_prefix(here).map_or_else(|_| file.to_owned(), |inner| inner.display().to_string())
}
