//! The tables of the page: a column a Python.
//!
//! Called by `page`. Invariant: a cell is a figure, or empty with its reason in [`reasons`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::figures::{figure, ratio, thousands, value};
use crate::contenders::Contender;
use crate::measure::{
    ADAPTER_ANSWER, ADAPTER_PANES, ADAPTER_START, ADAPTER_STEPS, BENCHMARK, CODE_OBJECTS, FIRST_STOP,
    FIRST_STOP_MEMORY, LARGE_IMPORT, LARGE_RUNNING, LARGE_SETTING, PAUSE,
};
use crate::results::{Group, Report};
use crate::statistics::{Spread, differences, ratios, spread};
use crate::workloads::{ROWS, Workload};

/// MB that a process may grow by and still be called flat: what its allocator keeps.
const FLAT: f64 = 1.0;

/// What stands below a row: how little it could cost.
const FLOORS: [(Contender, &str); 2] = [
    (Contender::ByHand, "… the same as an `if` in the source"),
    (Contender::NothingRaise, "… told to a native handler that does nothing"),
];

/// Where each run was made.
pub fn runs(reports: &[Report]) -> String {
    let mut text = "| Python | build | day | machine | pausa at |\n|---|---|---|---|---|\n".to_owned();
    for Report { python, build, date, machine, commit, .. } in reports {
        let _ = writeln!(text, "| {python} | {build} | {date} | {machine} | {commit} |");
    }
    text
}

fn head(first: &str, reports: &[Report]) -> String {
    let columns: String = reports.iter().map(|report| format!(" 3.{} |", report.minor())).collect();
    let lines = "---|".repeat(first.split('|').count() + reports.len());
    format!("| {first} |{columns}\n|{lines}\n")
}

/// pausa in all rows, with the backend that each Python has.
pub fn rows(reports: &[Report]) -> String {
    let mut text = head("what is set | at most", reports);
    for row in ROWS {
        let (new, old) = (value(row.unit, row.must.now), value(row.unit, row.must.before));
        let must = match (new == old, row.must.beyond_by_hand) {
            (true, false) => new,
            (true, true) => format!("{new} and the expression"),
            (false, _) => format!("{new} (before 3.14: {old})"),
        };
        let cells = reports.iter().map(|report| own_cell(row, report));
        let _ = writeln!(text, "| {} | {must} | {} |", row.title, cells.collect::<Vec<_>>().join(" | "));
        for (floor, title) in FLOORS {
            if row.contenders.contains(&floor) {
                let cell = |report| figure(row, report, floor).map_or(String::new(), |it| value(row.unit, it.median));
                let cells = reports.iter().map(cell).collect::<Vec<_>>();
                let _ = writeln!(text, "| {title} | | {} |", cells.join(" | "));
            }
        }
    }
    text
}

/// The backend that a user gets on a Python.
fn own(report: &Report) -> Contender {
    if report.minor() >= 12 { Contender::Pausa } else { Contender::PausaSettrace }
}

fn own_cell(row: &Workload, report: &Report) -> String {
    let contender = own(report);
    let Some(Spread { low, median, high, .. }) = figure(row, report, contender) else { return String::new() };
    let shown = value(row.unit, median);
    let by_hand = figure(row, report, Contender::ByHand).filter(|_| row.must.beyond_by_hand);
    let most = row.must.on(report.minor()) + by_hand.map_or(0.0, |by_hand| by_hand.median.max(0.0));
    let shown = if median > most { format!("**{shown}**") } else { shown };
    let lost = report.measured.get(row.key).and_then(|group| group.columns.get(&contender)).map_or(0, |c| c.lost);
    let lost = if lost > 0 { format!(", {lost} lost") } else { String::new() };
    let plain =
        |value: f64| if row.unit == crate::workloads::Unit::Ratio { format!("{value:.2}") } else { thousands(value) };
    format!("{shown} ({} – {}{lost})", plain(low), plain(high))
}

/// debugpy and pdb in all rows.
pub fn peers(reports: &[Report]) -> String {
    let mut text = head("what is set: debugpy / pdb", reports);
    for row in ROWS.iter().filter(|row| row.contenders.contains(&Contender::Debugpy)) {
        let cell = |report: &Report| {
            let of = |contender| {
                figure(row, report, contender).map_or("–".to_owned(), |figure| value(row.unit, figure.median))
            };
            format!("{} / {}", of(Contender::Debugpy), of(Contender::Pdb))
        };
        let _ = writeln!(text, "| {} | {} |", row.title, reports.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
    text
}

/// What is not measured in rounds: pausa / debugpy / pdb.
pub fn others(reports: &[Report]) -> String {
    type Cell = fn(&Group, Contender) -> Option<f64>;
    type Show = fn(f64) -> String;
    let more: Cell =
        |group, contender| differences(group.values(contender), group.values(Contender::Plain)).map(|more| more.median);
    let own: Cell = |group, contender| spread(group.values(contender).iter().copied()).map(|own| own.median);
    let times: Cell =
        |group, contender| ratios(group.values(contender), group.values(Contender::Plain)).map(|more| more.median);
    let seconds: Show = |value| format!("{value:.2}");
    let rows: [(&str, Option<f64>, &str, Cell, Show); 7] = [
        ("launch to the first stop, ms beyond Python's own start", Some(60.0), FIRST_STOP, more, thousands),
        ("memory of the program at the first stop, MB more", Some(4.0), FIRST_STOP_MEMORY, more, thousands),
        ("pause of 8 busy threads until all hold still, ms", Some(60.0), PAUSE, own, thousands),
        ("5,000 breakpoints in 100 modules: to set them, s", Some(0.5), LARGE_SETTING, own, seconds),
        ("… to run through all their functions", Some(1.5), LARGE_RUNNING, times, ratio),
        ("… to import the modules, their bytecode cached", None, LARGE_IMPORT, times, ratio),
        ("memory over 100,000 code objects made and freed, MB more", Some(FLAT), CODE_OBJECTS, own, thousands),
    ];
    let mut text = head("pausa / debugpy / pdb | at most", reports);
    for (title, most, key, figure, show) in rows {
        let cell = |report: &Report| {
            let value = |contender| report.measured.get(key).and_then(|group| figure(group, contender));
            let of = |contender| value(contender).map_or("–".to_owned(), show);
            let ours = self::own(report);
            let is_missed = value(ours).zip(most).is_some_and(|(value, most)| value > most);
            let shown = if is_missed { format!("**{}**", of(ours)) } else { of(ours) };
            format!("{shown} / {} / {}", of(Contender::Debugpy), of(Contender::Pdb))
        };
        let cells: Vec<String> = reports.iter().map(cell).collect();
        let must = match (most, key) {
            (Some(_), CODE_OBJECTS) => "flat".to_owned(),
            (Some(most), LARGE_RUNNING) => ratio(most),
            (Some(most), _) => most.to_string(),
            (None, _) => "as little as can be".to_owned(),
        };
        let _ = writeln!(text, "| {title} | {must} | {} |", cells.join(" | "));
    }
    text
}

/// What an editor's user waits for: pausa / debugpy, each by its adapter.
pub fn adapters(reports: &[Report]) -> String {
    let mut text = head("pausa / debugpy | goal", reports);
    for (title, goal, key) in [
        ("the adapter's launch to the first stop, ms beyond Python's own start", "at most 60", ADAPTER_START),
        ("the answer to `stackTrace`, ms", "at most 1", ADAPTER_ANSWER),
        ("threads, stack, scopes and variables, ms", "at most 5", ADAPTER_PANES),
        ("`next`, steps a second", "at least 1,000", ADAPTER_STEPS),
    ] {
        let cell = |report: &Report| {
            let of = |contender| {
                let group = report.measured.get(key)?;
                let found = match key {
                    ADAPTER_START => differences(group.values(contender), group.values(Contender::Plain)),
                    _ => spread(group.values(contender).iter().copied()),
                };
                found.map(
                    |found| if found.median < 10.0 { format!("{:.2}", found.median) } else { thousands(found.median) },
                )
            };
            let [own, other] =
                [Contender::PausaAdapter, Contender::Debugpy].map(|one| of(one).unwrap_or("–".to_owned()));
            format!("{own} / {other}")
        };
        let _ = writeln!(text, "| {title} | {goal} | {} |", reports.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
    text
}

/// Each benchmark on each Python: pausa / debugpy / pdb.
pub fn benchmarks(reports: &[Report]) -> String {
    let mut notes: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, group) in reports.iter().flat_map(|report| &report.measured).filter(|(key, _)| key.starts_with(BENCHMARK))
    {
        // The newest Python's place; others differ little.
        let _ = notes.insert(key, group.note.as_deref().unwrap_or_default());
    }
    let mut text = head("pausa / debugpy / pdb", reports);
    for key in notes.keys() {
        let cell = |report: &Report| {
            let Some(group) = report.measured.get(*key) else { return String::new() };
            let of = |contender| {
                ratios(group.values(contender), group.values(Contender::Plain))
                    .map_or("–".to_owned(), |figure| ratio(figure.median))
            };
            format!("{} / {} / {}", of(own(report)), of(Contender::Debugpy), of(Contender::Pdb))
        };
        let cells: Vec<String> = reports.iter().map(cell).collect();
        let _ = writeln!(text, "| {} | {} |", key.trim_start_matches(BENCHMARK), cells.join(" | "));
    }
    text += "\nThe breakpoints:\n\n";
    for note in notes.values().filter(|note| !note.is_empty()) {
        let _ = writeln!(text, "- {note}");
    }
    text
}

/// Why cells are empty, each reason once.
pub fn reasons(reports: &[Report]) -> String {
    let mut reasons: BTreeMap<(Contender, &str), BTreeMap<u32, Vec<&str>>> = BTreeMap::new();
    for report in reports {
        for (key, group) in &report.measured {
            for (contender, column) in &group.columns {
                if let Some(why) = &column.failed {
                    reasons.entry((*contender, why)).or_default().entry(report.minor()).or_default().push(key);
                }
            }
        }
    }
    let mut text = String::new();
    for ((contender, why), places) in reasons {
        let place = |(minor, keys): (&u32, &Vec<&str>)| match &keys[..] {
            few if few.len() <= 4 => format!("3.{minor} ({})", few.join(", ")),
            many => format!("3.{minor} ({} rows)", many.len()),
        };
        let places: Vec<String> = places.iter().map(place).collect();
        let _ = writeln!(text, "- {}: {why}: {}", contender.title(), places.join("; "));
    }
    text
}
