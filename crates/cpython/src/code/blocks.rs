//! What is under way at each instruction on 3.10: loops, `with`, `try`, handlers, as that interpreter's own jump sees them.
//!
//! Called by `inspection::moving`. The rules are those of `markblocks` of 3.10's Objects/frameobject.c with the fix of
//! gh-92311, by which a comprehension's iterator is no loop. Invariant: all paths to an instruction agree on its blocks.

use crate::code::facts::Bytecode;
use crate::code::opcodes::{Jump, Opcodes};

/// What is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// The body of a `with`: what ends it lies on the stack.
    With,
    /// A `for`: its iterator lies on the stack.
    Loop,
    /// The body of a `try`.
    Try,
    /// A handler, by the number of its first instruction.
    Except(usize),
}

impl Block {
    /// True if both are of one kind, which is all that the interpreter looks at.
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// True if the frame keeps an entry for it, besides what lies on the stack of values.
    pub fn has_entry(self) -> bool {
        self != Self::Loop
    }
}

/// The blocks around each instruction, outer ones first; None where no path leads.
pub struct BlockStacks(Vec<Option<Vec<Block>>>);

impl BlockStacks {
    /// Follows the blocks of a code object.
    pub fn of(bytecode: &Bytecode, opcodes: &Opcodes) -> Self {
        let units: Vec<(u8, u8)> = bytecode.units().map(|(_, opcode, argument)| (opcode, argument)).collect();
        let [get_iter, get_aiter, for_iter, end_async_for] = opcodes.loops;
        let mut seen: Vec<Option<Vec<Block>>> = vec![None; units.len()];
        let mut paths = vec![(0, Vec::new())];
        while let Some((mut at, mut blocks)) = paths.pop() {
            let mut extended = 0;
            while let (Some(place @ None), Some(&(opcode, argument))) = (seen.get_mut(at), units.get(at)) {
                *place = Some(blocks.clone());
                let whole = (extended << 8) | usize::from(argument);
                extended = if opcode == opcodes.extended_arg { whole } else { 0 };
                at += 1;
                let target = match opcodes.jumps.get(usize::from(opcode)).copied().flatten() {
                    Some(Jump::Absolute) => Some(whole),
                    Some(Jump::Forward) => Some(at + whole),
                    Some(Jump::Backward) | None => None,
                };
                if let Some(target) = target.filter(|_| opcodes.setups.contains(&opcode)) {
                    paths.push((target, [&blocks[..], &[Block::Except(target)]].concat()));
                    blocks.push(if opcodes.setups.first() == Some(&opcode) { Block::Try } else { Block::With });
                    continue;
                }
                if opcode == for_iter {
                    let after = blocks.split_last().map(|(_, outer)| outer.to_vec()).unwrap_or_default();
                    paths.extend(target.map(|target| (target, after)));
                    continue;
                }
                paths.extend(target.map(|target| (target, blocks.clone())));
                let is_called = || units.get(at).is_some_and(|(next, _)| *next == opcodes.all_calls[1]);
                if (opcode == get_iter || opcode == get_aiter) && !is_called() {
                    blocks.push(Block::Loop);
                }
                let ended = match opcode {
                    _ if opcode == opcodes.pop_block || opcode == opcodes.pop_except => 1,
                    _ if opcode == end_async_for => 2,
                    _ => 0,
                };
                blocks.truncate(blocks.len().saturating_sub(ended));
                if opcodes.leaves.contains(&opcode) {
                    break;
                }
            }
        }
        Self(seen)
    }

    /// What is under way at an offset in bytes; None where no path leads.
    pub fn at(&self, offset: usize) -> Option<&[Block]> {
        self.0.get(offset / 2)?.as_deref()
    }

    /// How deep the stack is there between two statements, by the depth before each instruction: the least of all places with
    /// the same under way.
    pub fn depth_between_statements(&self, offset: usize, depths: &[Option<usize>]) -> Option<usize> {
        let own = self.at(offset)?;
        let same = self.0.iter().zip(depths).filter(|(blocks, _)| blocks.as_deref() == Some(own));
        same.filter_map(|(_, depth)| *depth).min()
    }
}
