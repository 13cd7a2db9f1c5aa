//! Which handler each instruction has on 3.10, which keeps a stack of blocks instead of an exception table.
//!
//! Called by `sites`, once a code object. The blocks are followed along all paths, as the compiler made them: what begins
//! a block names its handler, what ends it is an instruction too. Invariant: all paths to an instruction agree on its
//! blocks, so the first one tells.

use crate::code::facts::Bytecode;
use crate::code::opcodes::{Jump, Opcodes};

/// The handler of each instruction, by its number.
pub struct Blocks(Vec<Option<usize>>);

/// What lies on the stack of blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// An exception goes to this instruction.
    Handler(usize),
    /// A handler runs; an exception passes it by.
    Handling,
}

impl Blocks {
    /// Follows the blocks of a code object.
    pub fn read(bytecode: &Bytecode, opcodes: &Opcodes) -> Self {
        let units: Vec<(u8, u8)> = bytecode.units().map(|(_, opcode, argument)| (opcode, argument)).collect();
        if !units.iter().any(|(opcode, _)| opcodes.setups.contains(opcode)) {
            return Self(Vec::new());
        }
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
                    paths.push((target, [&blocks[..], &[Block::Handling]].concat()));
                    blocks.push(Block::Handler(target));
                    continue;
                }
                paths.extend(target.map(|target| (target, blocks.clone())));
                if opcode == opcodes.pop_block || opcode == opcodes.pop_except {
                    blocks.pop();
                }
                if opcodes.leaves.contains(&opcode) {
                    break;
                }
            }
        }
        let told = |blocks: Vec<Block>| {
            blocks.iter().rev().find_map(|block| match block {
                Block::Handler(target) => Some(*target),
                Block::Handling => None,
            })
        };
        Self(seen.into_iter().map(|blocks| blocks.and_then(told)).collect())
    }

    /// True for code without handlers.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where control goes if the instruction at an offset in bytes raises.
    pub fn handler(&self, offset: usize) -> Option<usize> {
        self.0.get(offset / 2)?.map(|target| 2 * target)
    }
}
