//! The terminal prompt: pdb vocabulary over the protocol.
