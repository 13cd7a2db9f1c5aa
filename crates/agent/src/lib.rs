//! The library that lives inside the debuggee: wires fence, engine and session.
