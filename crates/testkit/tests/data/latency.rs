//! How long a client waits for what it shows at a stop. Printed, and never a reason to fail: see docs/testing.md.

use std::time::{Duration, Instant};

use pausa_testkit::Result;

use crate::{Stopped, on_each_python};

#[test]
fn what_a_stop_costs() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let median = |what: &str, work: &dyn Fn() -> Result<()>| -> Result<()> {
            let mut times = Vec::new();
            for _ in 0..51 {
                let start = Instant::now();
                work()?;
                times.push(start.elapsed());
            }
            times.sort();
            let median = times.get(times.len() / 2).copied().unwrap_or(Duration::ZERO);
            println!("{what}: {median:?}");
            Ok(())
        };
        let locals = stopped.scope("Locals")?.variables_reference;
        let million = stopped.variable("Locals", "million")?.variables_reference;
        let table = stopped.variable("Locals", "table")?.variables_reference;
        median("stackTrace", &|| stopped.frames().map(drop))?;
        median("scopes", &|| stopped.scopes().map(drop))?;
        median("variables of a frame", &|| stopped.page(locals, "", 0, 0).map(drop))?;
        median("100 of a million", &|| stopped.page(million, "indexed", 500_000, 100).map(drop))?;
        median("100 of a dict of 100,000", &|| stopped.page(table, "indexed", 99_000, 100).map(drop))?;
        median("evaluate", &|| stopped.evaluate("number").map(drop))?;
        median("the panes of a stop", &|| {
            stopped.ask::<pausa_dap::requests::Threads>(())?;
            stopped.frames()?;
            let scopes = stopped.scopes()?;
            stopped.page(scopes[0].variables_reference, "", 0, 0).map(drop)
        })
    })
}
