//! Columns of text for a terminal. Used by the tools.
//!
//! Invariant: a column is as wide as its widest cell; numbers stand to the right.

/// A table that grows by rows.
pub struct Table {
    rows: Vec<Vec<String>>,
    /// Columns that are text; the others are numbers.
    texts: &'static [usize],
}

impl Table {
    /// A table with a head.
    pub fn new(head: &[&str], texts: &'static [usize]) -> Self {
        Self { rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()], texts }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The text, a line a row.
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        self.rows.iter().map(|row| self.line(row, &widths)).collect()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, &width))| {
            if self.texts.contains(&column) { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    }
}

/// `1,234,567`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let from_end = digits.len();
    let with_commas = digits.chars().enumerate().flat_map(|(at, digit)| {
        let comma = at > 0 && (from_end - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    });
    with_commas.collect()
}

/// Nanoseconds in the unit in which they are read best: `15 ns`, `4.6 us`, `1.2 ms`.
pub fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        small if small < 995.0 => format!("{small:.0} ns"),
        middle if middle < 995e3 => format!("{:.1} us", middle / 1e3),
        large => format!("{:.1} ms", large / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_left_and_numbers_right() {
        let mut table = Table::new(&["event", "count", "where"], &[0, 2]);
        table.row(vec!["LINE".into(), count(1_234_567), "here".into()]);
        table.row(vec!["PY_START".into(), count(999), "x".into()]);
        assert_eq!(table.text(), "event         count  where\nLINE      1,234,567  here\nPY_START        999  x\n");
    }

    #[test]
    fn durations_are_short() {
        for (nanoseconds, shown) in [(14.6, "15 ns"), (994.0, "994 ns"), (4603.0, "4.6 us"), (1.2e6, "1.2 ms")] {
            assert_eq!(duration(nanoseconds), shown);
        }
    }
}
