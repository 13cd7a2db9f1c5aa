//! The Debug Adapter Protocol: types, framing, a client end and a server end.
