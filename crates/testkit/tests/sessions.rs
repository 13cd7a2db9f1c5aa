//! Runs the session tests of `tests/sessions`: see `docs/testing.md`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pausa_testkit::suite::run()
}
