//! What a reload of an edited file did, and where the lines of a text are in another version of it. Part of the `port`.
//!
//! Used by `cpython` and `session`. Invariant: a reload is done as a whole, or not at all.

use crate::breakpoints::{Breakpoint, BreakpointId};
use crate::port::Line;

/// What a reload did, or why it did nothing.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    /// The file, by its real path.
    pub file: String,
    /// False if nothing was done; then the entries say why.
    pub done: bool,
    /// What became of its functions and classes.
    pub entries: Vec<Entry>,
    /// How many functions only stand at other lines.
    pub moved: usize,
    /// The breakpoints that moved with their lines, and where to.
    pub carried: Vec<(BreakpointId, Line)>,
    /// Those that stand otherwise than before.
    pub changed: Vec<Breakpoint>,
}

/// What became of one function, class or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `replaced`, `added`, `removed`, `refused`; `running`: goes on in the old code; `missing`: a name that only a statement of
    /// the module would bind.
    pub deed: String,
    /// The qualified name.
    pub name: String,
    /// A line in the file, or of the frame that runs.
    pub line: Option<Line>,
    /// Why, or which thread.
    pub note: Option<String>,
}

/// How many pairs of lines are compared at most before the changed part of a text counts as one piece.
const MOST: usize = 4_000_000;

/// Where the lines of a text are in a newer one: of each its line there. Lines that were changed are where those are that stand in
/// their place; what is gone is where the next line stands that stayed.
#[must_use]
pub fn new_lines(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (old.get(before..).unwrap_or_default(), new.get(before..).unwrap_or_default());
    let after = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let changed = old_rest.get(..old_rest.len() - after).unwrap_or_default();
    let by = new_rest.get(..new_rest.len() - after).unwrap_or_default();
    let stayed = pairs(changed, by);
    let next_that_stayed = |at: usize| stayed.iter().skip(at).copied().flatten().next().unwrap_or(by.len());
    // Where the new lines begin that stand between two that stayed.
    let mut place = 0;
    let mut inner = stayed.iter().enumerate().map(|(at, pair)| {
        let line = pair.unwrap_or(place.min(next_that_stayed(at)));
        place = line + 1;
        line
    });
    let last = new.len().saturating_sub(1);
    let moved = (0..old.len()).map(|at| match at {
        _ if at < before => at,
        _ if at >= before + changed.len() => at - changed.len() + by.len(),
        _ => before + inner.next().unwrap_or(by.len()),
    });
    moved.map(|line| Line::try_from(line.min(last) + 1).unwrap_or(Line::MAX)).collect()
}

/// A longest common subsequence: for each old line the place of the new one that it is.
fn pairs(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    if old.len().saturating_mul(new.len()) > MOST {
        return vec![None; old.len()];
    }
    // How long the common subsequence of the rests is, from each old line on, by the new line.
    let mut common = vec![vec![0u32; new.len() + 1]];
    let length = |row: &[u32], at: usize| row.get(at).copied().unwrap_or(0);
    for line in old.iter().rev() {
        let below = common.last().cloned().unwrap_or_default();
        let mut row = vec![0; new.len() + 1];
        for (at, other) in new.iter().enumerate().rev() {
            let longest = match line == other {
                true => length(&below, at + 1) + 1,
                false => length(&below, at).max(length(&row, at + 1)),
            };
            if let Some(cell) = row.get_mut(at) {
                *cell = longest;
            }
        }
        common.push(row);
    }
    let mut at = 0;
    let mut rows = common.iter().rev().skip(1);
    old.iter()
        .map(|line| {
            let below = rows.next()?;
            let found = (at..new.len()).find(|other| new.get(*other) == Some(line))?;
            // Taken if nothing longer is lost by it.
            (length(below, found + 1) + 1 > length(below, at)).then(|| {
                at = found + 1;
                found
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::new_lines;

    #[test]
    fn lines_move_with_what_is_inserted_and_removed_before_them() {
        assert_eq!(new_lines("a\nb\nc", "x\na\nb\nc"), [2, 3, 4]);
        assert_eq!(new_lines("a\nb\nc", "a\nc"), [1, 2, 2]);
        assert_eq!(new_lines("a\nb\nc\nd\ne", "a\nx\nc\ny\nz\ne"), [1, 2, 3, 4, 6]);
    }

    #[test]
    fn a_changed_line_stays_and_one_that_is_gone_gives_way_to_the_next() {
        assert_eq!(new_lines("def f():\n    a\n    b\n", "def f():\n    A\n    b\n"), [1, 2, 3]);
        assert_eq!(new_lines("a\nb\nc\nd", "a\nd"), [1, 2, 2, 2]);
        assert_eq!(new_lines("a\nb", "a"), [1, 1]);
        assert_eq!(new_lines("a", ""), [1]);
    }
}
