//! What is said of a breakpoint: when it is set, when it changed, and in the list of all.
//!
//! Called by the breakpoint commands. Invariant: a breakpoint that cannot stop is never shown as if it could.

use super::Look;
use crate::breakpoints::{Breakpoint, Standing};
use crate::locations::{Data, Place, split_words};

/// Where it is, or where it was asked for.
pub fn place(look: &Look, breakpoint: &Breakpoint) -> String {
    let line = match (&breakpoint.at, &breakpoint.place) {
        (Some((file, line)), _) | (None, Place::Line(file, line) | Place::Column(file, line, _)) => {
            look.file_line(file, *line)
        }
        (None, Place::Function(name)) => split_words(name).0.to_owned(),
        (None, Place::Data(data)) => data.expression.clone(),
    };
    breakpoint.column.map_or(line.clone(), |column| format!("{line}:{column}"))
}

/// ` (on return, only)`: when and for whom a function breakpoint stops, unless it is on entry and for all.
fn moment(breakpoint: &Breakpoint) -> Option<String> {
    let Place::Function(name) = &breakpoint.place else { return None };
    let has = |word: &str| split_words(name).1.split_whitespace().any(|own| own == word);
    let moment = ["return", "raise"].into_iter().find(|word| has(word)).map(|word| format!("on {word}"));
    let only = has("only").then(|| "of this class only".to_owned());
    let notes: Vec<String> = moment.into_iter().chain(only).collect();
    (!notes.is_empty()).then(|| notes.join(", "))
}

/// `Breakpoint N at FILE:LINE`, `Breakpoint N pending: …`, or `error: …`.
pub fn set(look: &Look, breakpoint: &Breakpoint) -> String {
    let number = breakpoint.number;
    if let Some(data) = breakpoint.data() {
        return watched(breakpoint, data);
    }
    let name = if breakpoint.temporary { "Temporary breakpoint" } else { "Breakpoint" };
    match &breakpoint.standing {
        Standing::Pending(why) => format!("{name} {number} pending: {why}"),
        Standing::Refused(why) => format!("error: breakpoint {number}: {why}"),
        Standing::Bound | Standing::Unsent => {
            let spread = breakpoint.note.clone().filter(|_| breakpoint.at.is_none());
            let notes: Vec<String> = moved(breakpoint).into_iter().chain(moment(breakpoint)).chain(spread).collect();
            let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
            format!("{name} {number} at {}{notes}", place(look, breakpoint))
        }
    }
}

/// `Watchpoint N: EXPRESSION (HOW)`, or why it is over.
fn watched(breakpoint: &Breakpoint, data: &Data) -> String {
    let number = breakpoint.number;
    match &breakpoint.standing {
        Standing::Pending(why) => format!("Watchpoint {number} pending: {why}"),
        Standing::Refused(why) => format!("Watchpoint {number} ({}) is over: {why}", described(data)),
        Standing::Bound | Standing::Unsent => {
            let note = breakpoint.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
            format!("Watchpoint {number}: {}{note}", described(data))
        }
    }
}

/// What it watches.
pub fn described(data: &Data) -> String {
    let mutation = if data.mutation { "-m " } else { "" };
    format!("{mutation}{}", data.expression)
}

/// What one is called, in the middle of a sentence, and where it is: `breakpoint 1 at a.py:9`, `watchpoint 2: x`.
pub fn named(look: &Look, breakpoint: &Breakpoint) -> String {
    let number = breakpoint.number;
    match breakpoint.data() {
        Some(data) => format!("watchpoint {number}: {}", described(data)),
        None => format!("breakpoint {number} at {}", place(look, breakpoint)),
    }
}

/// `moved from line M, which has no code`, if it was; of one at a column, whatever is not as it was asked for.
pub fn moved(breakpoint: &Breakpoint) -> Option<String> {
    match (&breakpoint.place, &breakpoint.at) {
        (Place::Column(..), _) => breakpoint.note.clone(),
        (Place::Line(_, wanted), Some((_, line))) if wanted != line => {
            Some(format!("moved from line {wanted}, which has no code"))
        }
        _ => None,
    }
}

/// Its line in the list.
pub fn listed(look: &Look, breakpoint: &Breakpoint) -> String {
    let mut line = format!("{}  ", breakpoint.number);
    match (&breakpoint.place, &breakpoint.at) {
        (Place::Function(name), at) => {
            let short = name.rsplit_once('/').map_or(name.as_str(), |(_, short)| short);
            line += short;
            line += &at.as_ref().map(|(file, line)| format!(" at {}", look.file_line(file, *line))).unwrap_or_default();
        }
        (Place::Data(data), _) => {
            line += &format!("watch {}", described(data));
        }
        (Place::Line(..) | Place::Column(..), _) => line += &place(look, breakpoint),
    }
    if let Some(condition) = &breakpoint.condition {
        let word = if condition.starts_with("task ") { "" } else { "if " };
        line += &format!(" {word}{condition}");
    }
    let notes = notes(breakpoint);
    if !notes.is_empty() {
        line += &format!("  ({})", notes.join(", "));
    }
    line
}

fn notes(breakpoint: &Breakpoint) -> Vec<String> {
    let mut notes = Vec::new();
    match &breakpoint.standing {
        Standing::Pending(why) => notes.push(format!("pending: {why}")),
        Standing::Refused(why) => notes.push(format!("refused: {why}")),
        // How a watchpoint works was said when it was set.
        Standing::Bound | Standing::Unsent if breakpoint.data().is_some() => {}
        Standing::Bound | Standing::Unsent => notes.extend(breakpoint.note.clone().filter(|_| breakpoint.at.is_none())),
    }
    if breakpoint.temporary {
        notes.push("temporary".into());
    }
    if !breakpoint.enabled {
        notes.push("disabled".into());
    }
    match breakpoint.ignores() {
        0 => {}
        count if breakpoint.ignores_per_task() => notes.push(format!("ignores the first {count} of each task")),
        1 => notes.push("ignores the next hit".into()),
        count => notes.push(format!("ignores the next {count} hits")),
    }
    match breakpoint.hits {
        0 => {}
        1 => notes.push("hit once".into()),
        count => notes.push(format!("hit {count} times")),
    }
    if !breakpoint.commands.is_empty() {
        notes.push(format!("commands: {}", breakpoint.commands.join(";; ")));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::tests::plain;
    use super::*;
    use crate::breakpoints::{Answer, Breakpoints, Group};

    #[test]
    fn each_standing_has_its_words() {
        let mut table = Breakpoints::default();
        let breakpoint = table.add(Place::Line("/home/me/a.py".into(), 9));
        assert_eq!(set(&plain(), breakpoint), "Breakpoint 1 at a.py:9");
        breakpoint.standing = Standing::Pending("a.py to be imported".into());
        assert_eq!(set(&plain(), breakpoint), "Breakpoint 1 pending: a.py to be imported");
        breakpoint.standing = Standing::Refused("no".into());
        assert_eq!(set(&plain(), breakpoint), "error: breakpoint 1: no");
        let answer = Answer { id: Some(1), standing: Standing::Bound, line: Some(10), ..Answer::default() };
        table.answered(&Group::File("/home/me/a.py".into()), vec![answer]);
        let moved = "Breakpoint 1 at a.py:10 (moved from line 9, which has no code)";
        assert_eq!(set(&plain(), table.get(1).unwrap()), moved);
    }

    #[test]
    fn the_list_says_all_that_is_special() {
        let mut table = Breakpoints::default();
        let breakpoint = table.add(Place::Line("/home/me/a.py".into(), 9));
        breakpoint.condition = Some("x".into());
        breakpoint.temporary = true;
        breakpoint.enabled = false;
        breakpoint.set_ignore(2, false);
        breakpoint.hits = 3;
        breakpoint.commands = vec!["silent".into(), "c".into()];
        assert_eq!(
            listed(&plain(), breakpoint),
            "1  a.py:9 if x  (temporary, disabled, ignores the next 2 hits, hit 3 times, commands: silent;; c)"
        );
        let function = table.add(Place::Function("/x/m.py:C.f".into()));
        function.at = Some(("/x/m.py".into(), 4));
        assert_eq!(listed(&plain(), function), "2  m.py:C.f at /x/m.py:4");
    }
}
