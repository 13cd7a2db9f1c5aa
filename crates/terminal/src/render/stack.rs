//! The stack, and one frame of it.
//!
//! Called by `where`, `up`, `down`, `frame`. Invariant: outermost first, as in a traceback.

use pausa_dap::types::StackFrame;

use super::Look;
use super::colours::Ink;
use crate::session::is_label;

/// The two lines of a frame in `where`.
pub fn entry(look: &Look, frame: &StackFrame, source: Option<&str>, selected: bool) -> Vec<String> {
    let mark = if selected { look.ink(Ink::Mark, ">") } else { " ".into() };
    if is_label(frame) {
        // The frames it is about stand above it, as the newest comes last.
        return vec![format!("  ^ {}", frame.name)];
    }
    let mut lines = vec![format!("{mark} {}", look.place(frame))];
    if let Some(source) = source {
        lines.push(format!("      {}", source.trim()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, plain};
    use super::*;

    #[test]
    fn the_selected_frame_is_marked() {
        let main = frame("/home/me/a.py", 9, "<module>");
        assert_eq!(entry(&plain(), &main, Some("    main()"), true), ["> a.py:9 in <module>", "      main()"]);
        assert_eq!(entry(&plain(), &main, None, false), ["  a.py:9 in <module>"]);
    }
}
