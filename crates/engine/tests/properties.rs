//! What holds of the engine for any input, without an interpreter.

use std::collections::{HashMap, HashSet};

use pausa_engine::breakpoints::{Breakpoints, Known, Place, Standing, Wanted};
use pausa_engine::budget::BudgetString;
use pausa_engine::by_task::ByTask;
use pausa_engine::code::{CodeFacts, CodeKind};
use pausa_engine::exception_table;
use pausa_engine::hits::HitCondition;
use pausa_engine::log_message::{Part, parts};
use pausa_engine::port::ThreadId;
use pausa_engine::stepping::{FrameKey, LineEvent, Step, StepKind};
use pausa_engine::tasks::Lineage;
use proptest::prelude::*;

const FILE: &str = "/program.py";

fn code(lines: &HashSet<u32>) -> CodeFacts {
    let mut lines: Vec<u32> = lines.iter().copied().collect();
    lines.sort_unstable();
    CodeFacts {
        file: FILE.into(),
        qualname: "f".into(),
        kind: CodeKind::Function,
        entry: lines.first().copied(),
        start_line: 1,
        span: (1, 100),
        lines,
    }
}

fn at_line(line: u32) -> Wanted {
    Wanted {
        place: Place::Line(FILE.into(), line),
        condition: None,
        tasks: ByTask::default(),
        hit_condition: None,
        log_message: None,
        fault: None,
    }
}

proptest! {
    /// A breakpoint stands at the nearest line with code from its own on, and is armed in all code that has this line
    /// and in no other; without such a line it is refused.
    #[test]
    fn arming_is_sufficient_and_minimal(
        codes in prop::collection::vec(prop::collection::hash_set(1u32..40, 0..10), 1..5),
        wanted in prop::collection::vec(1u32..50, 1..8),
    ) {
        let codes: Vec<CodeFacts> = codes.iter().map(code).collect();
        let mut breakpoints = Breakpoints::default();
        let ids = breakpoints.replace_in_file(FILE, wanted.iter().copied().map(at_line).collect());
        let known = Known { codes: &codes, loaded: true, otherwise: Standing::Pending("it".into()) };
        for (&id, &line) in ids.iter().zip(&wanted) {
            breakpoints.resolve(id, &known);
            let nearest = codes.iter().flat_map(|code| &code.lines).filter(|&&with_code| with_code >= line).min();
            let breakpoint = breakpoints.get(id).unwrap();
            match nearest {
                Some(&nearest) => {
                    prop_assert_eq!(&breakpoint.at, &Some((FILE.to_owned(), nearest)));
                    prop_assert_eq!(&breakpoint.standing, &Standing::Bound);
                    for code in &codes {
                        let armed = breakpoints.sites(code, true).contains(&(nearest, id));
                        prop_assert_eq!(armed, code.lines.contains(&nearest));
                    }
                }
                None => prop_assert!(matches!(breakpoint.standing, Standing::Refused(_))),
            }
        }
    }

    /// Whatever is sent, what was there before unchanged keeps its id, and nobody shares one.
    #[test]
    fn ids_are_kept_and_unique(
        first in prop::collection::vec(1u32..6, 0..6),
        second in prop::collection::vec(1u32..6, 0..6),
    ) {
        let mut breakpoints = Breakpoints::default();
        let before = breakpoints.replace_in_file(FILE, first.iter().copied().map(at_line).collect());
        let after = breakpoints.replace_in_file(FILE, second.iter().copied().map(at_line).collect());
        prop_assert_eq!(after.iter().collect::<HashSet<_>>().len(), after.len());
        for line in 1..6 {
            let count = |lines: &[u32]| lines.iter().filter(|&&other| other == line).count();
            let kept = before.iter().zip(&first).filter(|&(id, &at)| at == line && after.contains(id)).count();
            prop_assert_eq!(kept, count(&first).min(count(&second)));
        }
    }

    /// Over any run of calls and returns: `next` ends in its own frame or in one that waited for it, `return` never in
    /// its own, and neither in a call made meanwhile, recursive or not.
    #[test]
    fn steps_follow_activations(
        depth in 1usize..6,
        moves in prop::collection::vec((0u8..3, 1u32..9), 1..40),
    ) {
        let thread = ThreadId(1);
        let mut stack: Vec<FrameKey> = (1..=depth).map(FrameKey).collect();
        let mut next_frame = depth;
        let start = stack[depth - 1];
        let waiting: HashMap<FrameKey, u32> = stack[..depth - 1].iter().map(|&frame| (frame, 7)).collect();
        let over = Step::new(StepKind::Over, thread, start, 1, waiting.clone());
        let out = Step::new(StepKind::Out, thread, start, 1, waiting.clone());
        for (kind, line) in moves {
            match kind {
                0 => {
                    next_frame += 1;
                    stack.push(FrameKey(next_frame));
                }
                1 if stack.len() > 1 => drop(stack.pop()),
                _ => {
                    let frame = stack[stack.len() - 1];
                    let event = LineEvent { thread, frame, line, in_scope: true, lineage: Lineage::Own };
                    let waited = waiting.contains_key(&frame);
                    prop_assert_eq!(over.ends_at(&event), frame == start || waited);
                    prop_assert_eq!(out.ends_at(&event), waited);
                }
            }
        }
    }

    /// A text never outgrows its budget and the mark of the cut, and is whole exactly if everything fitted.
    #[test]
    fn a_text_keeps_its_budget(budget in 0usize..30, pieces in prop::collection::vec("\\PC{0,8}", 0..8)) {
        let mut text = BudgetString::new(budget);
        for piece in &pieces {
            text.push(piece);
        }
        let all = pieces.concat();
        let (is_whole, text) = (text.is_whole(), text.finish());
        prop_assert_eq!(is_whole, all.chars().count() <= budget);
        prop_assert!(text.chars().count() <= budget + 1);
        prop_assert!(!is_whole || text == all);
    }

    /// The exception table says what its entries say.
    #[test]
    fn exception_tables_are_read(
        entries in prop::collection::vec((0usize..90, 1usize..90, 0usize..5000), 0..6),
        offset in 0usize..2000,
    ) {
        let mut table = Vec::new();
        let mut start = 0;
        let mut expected = None;
        for &(gap, length, target) in &entries {
            start += gap;
            varint(&mut table, start, 0x80);
            varint(&mut table, length, 0);
            varint(&mut table, target, 0);
            varint(&mut table, 3, 0);
            if (2 * start..2 * (start + length)).contains(&offset) {
                expected = Some(2 * target);
            }
            start += length;
        }
        prop_assert_eq!(exception_table::handler(&table, offset), expected);
    }

    /// Nothing that is read from a user panics, and a hit condition that is understood can be asked.
    #[test]
    fn any_text_can_be_read(text in "\\PC{0,40}", hits in 1u64..100) {
        if let Ok(condition) = HitCondition::parse(&text) {
            let _ = condition.holds(hits);
        }
        let plain: String = parts(&text)
            .into_iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text),
                Part::Expression(_) => None,
            })
            .collect();
        prop_assert!(plain.len() <= text.len());
        let _ = exception_table::handler(text.as_bytes(), 4);
    }
}

/// As Objects/exception_handling_notes.txt of CPython has it.
fn varint(table: &mut Vec<u8>, value: usize, start: u8) {
    let mut groups: Vec<u8> = Vec::new();
    let mut rest = value;
    loop {
        groups.push((rest & 63) as u8);
        rest >>= 6;
        if rest == 0 {
            break;
        }
    }
    let last = groups.len() - 1;
    for (at, group) in groups.into_iter().rev().enumerate() {
        let more = if at < last { 64 } else { 0 };
        let first = if at == 0 { start } else { 0 };
        table.push(group | more | first);
    }
}
