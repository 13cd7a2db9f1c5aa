//! Figures as they stand on the page.
//!
//! Called by `tables` and `plot`. Invariant: no figure has more digits than the measurement can tell.

use crate::contenders::Contender;
use crate::measure::BENCHMARK;
use crate::results::{Group, Report};
use crate::statistics::{Spread, differences, geometric_mean, ratios};
use crate::workloads::{Unit, Workload};

/// A row of the comparison with the talk.
#[derive(Clone, Copy)]
pub struct Talk {
    /// Whose.
    pub contender: Contender,
    /// What the talk said, as a multiple.
    pub said: Option<f64>,
}

/// The talk's figures, and those beside them.
pub const TALK: [Talk; 8] = [
    Talk { contender: Contender::NothingSettrace, said: Some(3.5) },
    Talk { contender: Contender::NothingStart, said: Some(1.2) },
    Talk { contender: Contender::NothingLine, said: Some(2.7) },
    Talk { contender: Contender::PausaIdle, said: None },
    Talk { contender: Contender::Pausa, said: None },
    Talk { contender: Contender::PausaSettrace, said: None },
    Talk { contender: Contender::Debugpy, said: None },
    Talk { contender: Contender::Pdb, said: None },
];

/// What a contender does in the benchmarks.
pub fn talk_title(contender: Contender) -> String {
    let title = contender.title();
    match contender {
        Contender::NothingSettrace | Contender::NothingStart | Contender::NothingLine => format!("{title} in Python"),
        Contender::PausaIdle => title.to_owned(),
        _ => format!("{title}, a breakpoint in the hottest function"),
    }
}

/// A mean over benchmarks.
pub struct Mean {
    /// The geometric mean of the medians.
    pub value: f64,
    /// Over so many.
    pub count: usize,
    /// The smallest and the largest.
    pub ends: (f64, f64),
}

/// The geometric mean over the benchmarks in which all debuggers took part.
pub fn mean(report: &Report, contender: Contender) -> Option<Mean> {
    let groups = report.measured.iter().filter(|(key, _)| key.starts_with(BENCHMARK)).map(|(_, group)| group);
    let with_breakpoint = groups.filter(|group| group.note.is_some());
    let values = |group: &Group| ratios(group.values(contender), group.values(Contender::Plain));
    let medians: Vec<f64> = with_breakpoint.filter_map(values).map(|ratio| ratio.median).collect();
    let ends = medians.iter().fold((f64::MAX, 0.0_f64), |(low, high), &value| (low.min(value), high.max(value)));
    Some(Mean { value: geometric_mean(medians.iter().copied())?, count: medians.len(), ends })
}

/// A row's figure for a contender.
pub fn figure(row: &Workload, report: &Report, contender: Contender) -> Option<Spread> {
    let group = report.measured.get(row.key)?;
    let (values, plain) = (group.values(contender), group.values(Contender::Plain));
    match row.unit {
        Unit::Ratio => ratios(values, plain),
        Unit::Nanoseconds => {
            let scale = |value: f64| value * 1e9;
            let Spread { low, median, high, count } = differences(values, plain)?;
            Some(Spread { low: scale(low), median: scale(median), high: scale(high), count })
        }
    }
}

/// A row's value as text, with its unit.
pub fn value(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Ratio => ratio(value),
        Unit::Nanoseconds => nanoseconds(value),
    }
}

/// `1.02x`, `15x`
pub fn ratio(value: f64) -> String {
    if value < 1.995 {
        format!("{value:.2}x")
    } else if value < 9.95 {
        format!("{value:.1}x")
    } else {
        format!("{}x", thousands(value))
    }
}

/// `15 ns`, `7,300 ns`
pub fn nanoseconds(value: f64) -> String {
    format!("{} ns", thousands(value))
}

/// A number with one digit below ten and two that count above a hundred.
pub fn thousands(value: f64) -> String {
    if value.abs() < 9.95 {
        return format!("{value:.1}");
    }
    let step = 10_f64.powf((value.abs().log10().floor() - 1.0).max(0.0));
    let digits = format!("{:.0}", (value / step).round() * step);
    let from_end = digits.len();
    let with_commas = digits.chars().enumerate().flat_map(|(at, digit)| {
        let comma = at > 0 && digit.is_ascii_digit() && (from_end - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    });
    with_commas.collect()
}
