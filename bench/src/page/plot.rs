//! The picture of the page: geometric means over the benchmarks, on a scale of powers.
//!
//! Called by `page`. Invariant: plain SVG without scripts or fonts of its own, readable on a light and a dark ground.

use std::fmt::Write as _;

use super::figures::{self, Mean, TALK, Talk};
use crate::contenders::Contender;
use crate::results::Report;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 46.0;
const BAR: f64 = 16.0;
const GAP: f64 = 10.0;
/// The left end of the scale.
const LEAST: f64 = 0.8;
const TICKS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Draws the newest Python that has benchmarks.
pub fn draw(reports: &[Report]) -> String {
    let means = |report: &Report| -> Vec<(Talk, Mean)> {
        TALK.iter().filter_map(|&talk| Some((talk, figures::mean(report, talk.contender)?))).collect()
    };
    let newest = reports.iter().rev().map(|report| (report, means(report))).find(|(_, means)| !means.is_empty());
    let Some((report, means)) = newest else { return frame(TOP, "there are no benchmarks yet") };
    let most = means.iter().map(|(_, mean)| mean.ends.1).fold(10.0, f64::max);
    let place = |value: f64| {
        let part = (value.max(LEAST) / LEAST).ln() / (most * 1.2 / LEAST).ln();
        LEFT + part * (WIDTH - LEFT - RIGHT)
    };
    let bottom = TOP + means.len() as f64 * (BAR + GAP);
    let title = format!("Python {}: time of a program, as a multiple of its time alone (powers)", report.python);
    let mut svg = frame(bottom + 48.0, &title);
    for tick in TICKS.into_iter().filter(|tick| *tick <= most * 1.2) {
        let x = place(tick);
        let _ = writeln!(svg, r##"<line x1="{x:.1}" y1="{TOP}" x2="{x:.1}" y2="{bottom}" stroke="#8886"/>"##);
        let _ = writeln!(svg, r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{tick}x</text>"#, bottom + 16.0);
    }
    for (row, (Talk { contender, said }, mean)) in means.iter().enumerate() {
        let y = TOP + GAP / 2.0 + row as f64 * (BAR + GAP);
        let (from, to, middle) = (place(LEAST), place(mean.value), y + BAR / 2.0);
        let label = figures::talk_title(*contender).replace('`', "");
        let _ = writeln!(svg, r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{label}</text>"#, LEFT - 8.0, y + 12.0);
        let (colour, width) = (colour(*contender), to - from);
        let _ = writeln!(svg, r#"<rect x="{from:.1}" y="{y:.1}" width="{width:.1}" height="{BAR}" fill="{colour}"/>"#);
        let (low, high) = (place(mean.ends.0), place(mean.ends.1));
        let _ =
            writeln!(svg, r##"<line x1="{low:.1}" y1="{middle:.1}" x2="{high:.1}" y2="{middle:.1}" stroke="#888"/>"##);
        if let Some(said) = said {
            let x = place(*said);
            let _ = writeln!(
                svg,
                r##"<circle cx="{x:.1}" cy="{middle:.1}" r="4" fill="none" stroke="#d22" stroke-width="2"/>"##
            );
        }
        let x = high.max(to) + 6.0;
        let _ = writeln!(svg, r#"<text x="{x:.1}" y="{:.1}">{}</text>"#, y + 12.0, figures::ratio(mean.value));
    }
    let legend =
        "Bars: geometric mean over the benchmarks; thin lines: best to worst; red circles: what the talk measured.";
    let _ = writeln!(svg, r#"<text x="{}" y="{:.1}" text-anchor="end">{legend}</text>"#, WIDTH - 10.0, bottom + 38.0);
    svg + "</svg>\n"
}

fn frame(height: f64, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{}\" y=\"24\" text-anchor=\"middle\" font-size=\"15\">{title}</text>\n",
        WIDTH / 2.0
    )
}

fn colour(contender: Contender) -> &'static str {
    match contender {
        Contender::Pausa | Contender::PausaIdle | Contender::PausaSettrace => "#1a7f37",
        Contender::Debugpy | Contender::Pdb => "#9a6700",
        _ => "#6e7781",
    }
}
