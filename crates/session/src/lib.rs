//! One debuggee's debug session: protocol requests in, engine commands out.
