//! What the tests share: debuggee runner, markers in programs, transcripts.
