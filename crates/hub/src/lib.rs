//! Launches debuggees and hands their protocol streams to a front end.
