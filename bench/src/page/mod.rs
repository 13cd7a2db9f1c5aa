//! docs/performance.md and its picture, from reports.
//!
//! Called by `main`. Invariant: the page depends on the reports alone; every figure that is not there has its reason
//! below.

mod figures;
mod plot;
mod tables;

use std::fmt::Write as _;
use std::path::Path;

use crate::Result;
use crate::contenders::Contender;
use crate::results::{Group, Report};
use crate::statistics::ratios;
use figures::Talk;

/// What the page says before its figures.
const OPENING: &str = include_str!("opening.md");

/// Writes both files below `root`.
pub fn write(reports: &[Report], root: &Path) -> Result<()> {
    if reports.is_empty() {
        return Err("there are no results yet: measure first".to_owned());
    }
    let write = |name: &str, text: String| {
        std::fs::write(root.join("docs").join(name), text).map_err(|error| format!("docs/{name}: {error}"))
    };
    write("performance.svg", plot::draw(reports))?;
    write("performance.md", text(reports))
}

fn text(reports: &[Report]) -> String {
    let mut page = OPENING.to_owned();
    page += &tables::runs(reports);
    page += "\n## Three figures of the talk, and ours\n\n";
    page += &talk(reports);
    page += "\n## What a running program pays for pausa\n\n";
    page += &tables::rows(reports);
    page += "\n## The same under debugpy and pdb\n\n";
    page += &tables::peers(reports);
    page += "\n## Starting, pausing, memory, and many breakpoints\n\n";
    page += &tables::others(reports);
    page += "\n## What an editor's user waits for\n\n";
    page += &tables::adapters(reports);
    page += "\n## The benchmarks of pyperformance, one by one\n\n";
    page += &tables::benchmarks(reports);
    let reasons = tables::reasons(reports);
    if !reasons.is_empty() {
        page += "\n## Why some cells are empty\n\n";
        page += &reasons;
    }
    page
}

fn talk(reports: &[Report]) -> String {
    let mut text = "| geometric mean | the talk |".to_owned();
    for report in reports {
        let _ = write!(text, " 3.{} |", report.minor());
    }
    let _ = writeln!(text, "\n|---|---|{}", "---|".repeat(reports.len()));
    for Talk { contender, said } in figures::TALK {
        let said = said.map_or("".to_owned(), |figure| format!("{figure}x"));
        let _ = write!(text, "| {} | {said} |", figures::talk_title(contender));
        for report in reports {
            let mean = figures::mean(report, contender);
            let _ = write!(text, " {} |", mean.map_or("".to_owned(), |mean| figures::ratio(mean.value)));
        }
        text += "\n";
    }
    let counts: Vec<String> = reports
        .iter()
        .filter_map(|report| Some(format!("3.{}: {}", report.minor(), figures::mean(report, Contender::Pausa)?.count)))
        .collect();
    let _ = writeln!(text, "\nBenchmarks in the mean: {}.", counts.join(", "));
    text
}

/// A group in one line, for who watches.
pub fn line(key: &str, group: &Group) -> String {
    let plain = group.values(Contender::Plain);
    let columns = group.columns.iter().map(|(contender, column)| {
        let title = contender.title();
        match (&column.failed, ratios(&column.values, plain), column.values.last()) {
            (Some(why), _, _) => format!("{title}: {why}"),
            (None, Some(ratio), Some(value)) if *contender != Contender::Plain => {
                format!("{title} {:.3}x of {} ({value:.3e})", ratio.median, ratio.count)
            }
            (None, _, Some(value)) => format!("{title} {value:.3e}"),
            (None, _, None) => format!("{title} -"),
        }
    });
    let note = group.note.as_deref().unwrap_or_default();
    format!("{key}: {} {note}", columns.collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests;
