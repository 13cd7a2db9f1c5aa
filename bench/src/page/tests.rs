//! The page from results that are made up.

use std::collections::BTreeMap;

use super::*;
use crate::measure::{BENCHMARK, FIRST_STOP};
use crate::results::Column;

fn column(values: &[f64]) -> Column {
    Column { values: values.to_vec(), ..Column::default() }
}

fn group(columns: &[(Contender, Column)]) -> Group {
    Group { columns: columns.iter().cloned().collect(), note: None }
}

fn report() -> Report {
    let equal = group(&[
        (Contender::Plain, column(&[20e-9, 40e-9, 20e-9])),
        (Contender::Pausa, column(&[35e-9, 55e-9, 35e-9])),
        (Contender::Debugpy, column(&[7020e-9])),
        (Contender::Pdb, Column::failed("no answer within 90 s".into())),
    ]);
    let slow = group(&[(Contender::Plain, column(&[1.0, 1.0])), (Contender::Pausa, column(&[1.5, 1.5]))]);
    let stop = group(&[(Contender::Plain, column(&[20.0])), (Contender::Pausa, column(&[50.0]))]);
    let benchmark = |pausa: f64| Group {
        note: Some("the place".into()),
        ..group(&[
            (Contender::Plain, column(&[1.0])),
            (Contender::Pausa, column(&[pausa])),
            (Contender::NothingSettrace, column(&[4.0])),
        ])
    };
    let measured = BTreeMap::from([
        ("if_equal".to_owned(), equal),
        ("never_loop".to_owned(), slow),
        (FIRST_STOP.to_owned(), stop),
        (format!("{BENCHMARK}richards"), benchmark(2.0)),
        (format!("{BENCHMARK}chaos"), benchmark(0.5)),
    ]);
    Report { python: "3.14.1".into(), date: "2026-01-31".into(), measured, ..Report::default() }
}

fn row<'a>(page: &'a str, start: &str) -> &'a str {
    page.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no row {start:?} in:\n{page}"))
}

#[test]
fn costs_stand_beside_what_must_be_reached() {
    let page = text(&[report()]);
    assert_eq!(
        row(&page, "| condition never true"),
        "| condition never true, `i == -1` | 20 ns (before 3.14: 25 ns) | 15 ns (15 – 15) |"
    );
    // Above what is to be reached.
    assert!(row(&page, "| a breakpoint on a never-reached line").ends_with("| 1.02x | **1.50x** (1.50 – 1.50) |"));
    assert!(row(&page, "| launch to the first stop").ends_with("| 60 | 30 / – / – |"));
}

#[test]
fn what_is_missing_has_its_reason() {
    let page = text(&[report()]);
    let peers = page.split("## The same under debugpy and pdb").nth(1).expect("a section");
    assert!(row(peers, "| condition never true").ends_with("| 7,000 ns / – |"));
    assert!(page.contains("- pdb: no answer within 90 s: 3.14 (if_equal)"));
}

#[test]
fn the_talk_and_we_stand_side_by_side() {
    let page = text(&[report()]);
    assert!(row(&page, "| settrace, empty handler").ends_with("| 3.5x | 4.0x |"));
    assert!(row(&page, "| pausa, a breakpoint in the hottest").ends_with("|  | 1.00x |"));
}

#[test]
fn the_picture_has_a_bar_for_each_mean() {
    let svg = plot::draw(&[report()]);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    // The ground and two means.
    assert_eq!(svg.matches("<rect").count(), 3);
    assert_eq!(svg.matches("<circle").count(), 1);
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
}

#[test]
fn numbers_have_as_many_digits_as_count() {
    for (value, shown) in [(0.04, "0.0"), (9.9, "9.9"), (15.4, "15"), (156.0, "160"), (7312.0, "7,300"), (-12.0, "-12")]
    {
        assert_eq!(figures::thousands(value), shown);
    }
    for (value, shown) in [(0.999, "1.00x"), (1.994, "1.99x"), (3.46, "3.5x"), (37.2, "37x"), (1234.0, "1,200x")] {
        assert_eq!(figures::ratio(value), shown);
    }
}
