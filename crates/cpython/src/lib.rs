//! The fence: all that touches the interpreter from inside.
