//! Whether the program's output has left the cursor within a line. Fed by `console` with all that it copies.
//!
//! Invariant: escape sequences (colours, as a test runner ends its lines with) leave the cursor where it is.

/// Where the cursor is, as far as a line of our own is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    is_within_line: bool,
    sequence: Sequence,
}

/// How far an escape sequence has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sequence {
    #[default]
    None,
    /// After ESC.
    Begun,
    /// After ESC `[`, up to a letter.
    Control,
    /// After ESC `]` (a window's title, a link), up to BEL or ESC.
    Text,
}

impl Column {
    /// True if a line has been begun and not ended.
    pub fn is_within_line(self) -> bool {
        self.is_within_line
    }

    /// The program has written this.
    pub fn goes_over(&mut self, output: &[u8]) {
        for &byte in output {
            self.sequence = match (self.sequence, byte) {
                (Sequence::Text, 7) => Sequence::None,
                (_, 0x1b) => Sequence::Begun,
                (Sequence::Begun, b'[') => Sequence::Control,
                (Sequence::Begun, b']') => Sequence::Text,
                (Sequence::Control, 0x40..=0x7e) | (Sequence::Begun, _) => Sequence::None,
                (Sequence::None, byte) => {
                    self.moves_by(byte);
                    Sequence::None
                }
                (within, _) => within,
            };
        }
    }

    fn moves_by(&mut self, byte: u8) {
        match byte {
            b'\n' => self.is_within_line = false,
            // A bar of progress goes back to the start of its line, and stays there for all to see.
            0..b' ' => {}
            _ => self.is_within_line = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    fn is_within_line(output: &str) -> bool {
        let mut column = Column::default();
        // Pieces may end anywhere.
        for byte in output.as_bytes() {
            column.goes_over(&[*byte]);
        }
        column.is_within_line()
    }

    #[test]
    fn text_without_its_line_s_end_is_within() {
        for output in ["...", "a\nb", "\r 50%", "caf\u{e9}", "done\r", "\x1b[32m.\x1b[0m"] {
            assert!(is_within_line(output), "{output:?}");
        }
    }

    #[test]
    fn what_moves_nothing_is_not() {
        for output in ["", "a\n", "a\r\n", "a\n\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;link\x1b\\", "\x07", "\x1bc"] {
            assert!(!is_within_line(output), "{output:?}");
        }
    }
}
