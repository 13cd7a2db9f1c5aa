//! Chores: code generation and checks that a linter cannot express.

fn main() {}
