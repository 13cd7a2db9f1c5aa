//! Compares whole programs under pausa, debugpy, pdb and the talk's empty handlers, and writes `docs/performance.md`.
//!
//! Run by people as `cargo run --release -p pausa-bench`, by CI with `--counts` (docs/benchmark.md). Invariant: a figure
//! on the page comes from `bench/results`, and what is there from one run.

mod channel;
mod contenders;
mod counts;
mod lab;
mod measure;
mod page;
mod results;
mod statistics;
mod workloads;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use pausa_testkit::binaries;

use measure::Extent;

/// A result, or one line that says why there is none.
type Result<T> = std::result::Result<T, String>;

/// Compares programs under pausa and other debuggers, and writes docs/performance.md.
#[derive(Debug, Parser)]
#[command(name = "pausa-bench")]
struct Arguments {
    /// Measure with this Python only; may be repeated. Without it: one of each version from 3.11 on that is found.
    #[arg(long, value_name = "PATH")]
    python: Vec<PathBuf>,
    /// About how many minutes the whole may take.
    #[arg(long, value_name = "MINUTES", default_value_t = 15.0)]
    budget: f64,
    /// Measure only rows whose key contains TEXT, show them, and keep nothing.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// A minute or two with the newest Python: does all of it work? Nothing is kept.
    #[arg(long)]
    quick: bool,
    /// Nineteen benchmarks of pyperformance instead of eight.
    #[arg(long)]
    suite: bool,
    /// Time nothing: check how many events pausa gets in each workload.
    #[arg(long)]
    counts: bool,
    /// Measure nothing: write the page again from the results that are kept.
    #[arg(long)]
    page: bool,
    /// Where debugpy and pyperformance are, in a folder a version (3.13/debugpy); what is missing is fetched with pip.
    #[arg(long, value_name = "FOLDER")]
    packages: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let root = binaries::root();
    let results = root.join("bench/results");
    if arguments.page {
        return page::write(&results::read(&results)?, root);
    }
    let built = binaries::build_beside()?;
    if arguments.counts {
        return counts::check(&lab::find_bare(&arguments.python)?);
    }
    let packages = arguments.packages.clone().unwrap_or_else(|| built.join("bench-packages"));
    let mut labs = lab::find(&arguments.python, &packages)?;
    if arguments.quick && arguments.python.is_empty() {
        // The newest one tells whether all works.
        labs = labs.split_off(labs.len().saturating_sub(1));
    }
    let minutes = if arguments.quick { 1.0 } else { arguments.budget };
    let budget = Duration::try_from_secs_f64(minutes * 60.0).map_err(|error| format!("--budget: {error}"))?;
    let count = u32::try_from(labs.len()).unwrap_or(u32::MAX);
    let extent = Extent { budget: budget / count, quick: arguments.quick, suite: arguments.suite };
    let wanted = |key: &str| arguments.only.as_ref().is_none_or(|text| key.contains(text.as_str()));
    let keeps = !arguments.quick && arguments.only.is_none();
    for lab in &labs {
        let report = measure::all(lab, extent, &wanted);
        if keeps {
            report.write(&results)?;
        }
    }
    if keeps { page::write(&results::read(&results)?, root) } else { Ok(()) }
}
