//! What debugging costs and what it never loses: counted through the protocol, on every installed Python.
//!
//! The sessions show what a user sees; here the numbers behind it are checked: events delivered by the interpreter,
//! memory, stops of many threads.

#[allow(dead_code, reason = "the tests of data share it")]
mod debuggee;

use std::collections::BTreeMap;

use debuggee::Debuggee;
use pausa_dap::extensions::{Tasks, TasksArguments};
use pausa_hub::Ended;
use pausa_testkit::pythons::{self, Python};
use pausa_testkit::{Result, binaries};

/// More events than any of these programs has lines, and far less than they run.
const FEW: i64 = 100;
/// KiB by which memory may grow while nothing is kept.
const FLAT: i64 = 1024;

fn on_each_python(test: impl Fn(&Python) -> Result<()>) -> Result<()> {
    binaries::build()?;
    let pythons = pythons::find();
    if pythons.found.is_empty() {
        return Err("no CPython that pausa supports was found; name some in PAUSA_TEST_PYTHONS".to_owned());
    }
    pythons.found.iter().try_for_each(|python| {
        println!("on Python {}", python.version);
        test(python).map_err(|error| format!("on Python {}: {error}", python.version))
    })
}

/// Where single lines can be told to tell no more; `sys.settrace` tells of all lines in a function with a breakpoint.
fn on_each_monitored_python(test: impl Fn(&Python) -> Result<()>) -> Result<()> {
    on_each_python(|python| if python.is_monitored() { test(python) } else { Ok(()) })
}

fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Runs a program to its line `@done` and checks that few events were delivered until then.
fn few_events(python: &Python, program: &str, elsewhere: &str) -> Result<()> {
    let debuggee = Debuggee::start(python, program)?;
    debuggee.set_breakpoints(&format!("{program}.py"), &[(elsewhere, "", ""), ("done", "", "")])?;
    debuggee.begin()?;
    debuggee.stop()?.ok_or("the program ended without a stop")?;
    let events = debuggee.events()?;
    println!("{events:?}");
    let total: i64 = events.delivered.values().sum();
    check(total <= FEW, || format!("{total} events delivered: {:?}", events.delivered))?;
    check(events.set_events_calls <= 2, || format!("{} changes of global events", events.set_events_calls))
}

#[test]
fn calls_of_other_functions_cost_no_events() -> Result<()> {
    on_each_python(|python| few_events(python, "calls_elsewhere", "other"))
}

#[test]
fn a_hot_loop_beside_a_breakpoint_costs_one_event_a_line() -> Result<()> {
    on_each_monitored_python(|python| few_events(python, "hot_loop", "never"))
}

#[test]
fn generators_and_awaits_beside_a_breakpoint_cost_no_events() -> Result<()> {
    on_each_monitored_python(|python| {
        let debuggee = Debuggee::start(python, "idle_generators")?;
        debuggee.set_breakpoints("idle_generators.py", &[("other", "", ""), ("begin", "", ""), ("done", "", "")])?;
        debuggee.begin()?;
        let stop = debuggee.stop()?.ok_or("the program ended without a stop")?;
        let before = debuggee.events()?.delivered;
        debuggee.resume(&stop)?;
        debuggee.stop()?.ok_or("the program ended without a second stop")?;
        let after = debuggee.events()?.delivered;
        let events: i64 = after.values().sum::<i64>() - before.values().sum::<i64>();
        check(events <= FEW, || format!("{events} events delivered: {before:?}, later {after:?}"))
    })
}

/// Dict watchers came with 3.12, for whichever backend; `sys.settrace` itself tells of all lines.
#[test]
fn a_watched_global_costs_no_events_but_at_its_stores() -> Result<()> {
    on_each_monitored_python(|python| {
        let debuggee = Debuggee::start(python, "watch_global")?;
        debuggee.set_breakpoints("watch_global.py", &[("begin", "", "")])?;
        debuggee.begin()?;
        let stop = debuggee.stop()?.ok_or("the program ended without a stop")?;
        let id = debuggee.watch(&stop, "counter")?;
        debuggee.set_breakpoints("watch_global.py", &[("done", "", "")])?;
        let before: i64 = debuggee.events()?.delivered.values().sum();
        debuggee.resume(&stop)?;
        let stored = debuggee.stop()?.ok_or("the store did not stop the program")?;
        check(stored.breakpoints == [id], || format!("a stop at the breakpoints {:?}", stored.breakpoints))?;
        let counter = debuggee.evaluate(&stored, "counter")?;
        check(counter == "1", || format!("the counter is {counter} after the store"))?;
        debuggee.resume(&stored)?;
        debuggee.stop()?.ok_or("the program ended without a last stop")?;
        let after = debuggee.events()?;
        let events = after.delivered.values().sum::<i64>() - before;
        check(events <= FEW, || format!("{events} events delivered: {:?}", after.delivered))?;
        check(after.set_events_calls <= 2, || format!("{} changes of global events", after.set_events_calls))
    })
}

/// A breakpoint elsewhere costs an asyncio program nothing, and the tasks are read when somebody asks, not before.
#[test]
fn ten_thousand_tasks_cost_no_events_and_can_be_listed() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start(python, "many_tasks")?;
        debuggee.set_breakpoints("many_tasks.py", &[("elsewhere", "", ""), ("checkpoint", "", "")])?;
        debuggee.begin()?;
        let stop = debuggee.stop()?.ok_or("the program ended without a stop")?;
        let begun = std::time::Instant::now();
        let page = debuggee.request::<Tasks>(TasksArguments { start: None, count: Some(100) })?;
        println!("a page of {} tasks in {:?}", page.total, begun.elapsed());
        check(page.total == 10_001 && page.tasks.len() == 100, || format!("{} tasks", page.total))?;
        let begun = std::time::Instant::now();
        let all = debuggee.request::<Tasks>(TasksArguments::default())?;
        println!("all of them in {:?}", begun.elapsed());
        check(all.tasks.len() == 10_001, || format!("{} tasks", all.tasks.len()))?;
        check(all.tasks.iter().skip(1).all(|task| task.state == "waiting"), || "all wait for the event".to_owned())?;
        debuggee.resume(&stop)?;
        debuggee.stop()?.ok_or("the program ended without a second stop")?;
        let delivered = debuggee.events()?.delivered;
        let total: i64 = delivered.values().sum();
        // Before 3.12 the loop's own frames, which never end, tell after the first stop.
        check(total <= FEW || !python.is_monitored(), || format!("{total} events delivered: {delivered:?}"))
    })
}

#[test]
fn a_step_over_a_long_call_costs_no_events_in_it() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start(python, "long_call")?;
        debuggee.set_breakpoints("long_call.py", &[("call", "", "")])?;
        debuggee.begin()?;
        let stop = debuggee.stop()?.ok_or("the program ended without a stop")?;
        let before: i64 = debuggee.events()?.delivered.values().sum();
        debuggee.next(&stop)?;
        debuggee.stop()?.ok_or("the step did not end")?;
        let events: i64 = debuggee.events()?.delivered.values().sum();
        check(events - before <= FEW, || format!("{} events delivered in a step over", events - before))
    })
}

/// Sent by a thread of its own, so that nobody waits for the client; before a stop and at the end all of it is there.
#[test]
fn log_points_lose_nothing_and_keep_their_order() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start(python, "speaking")?;
        debuggee.set_log_point("speaking.py", "speak", "{n} says {i}", "stop")?;
        debuggee.begin()?;
        let (said, stop) = debuggee.said()?;
        let of = |n: &str| said.iter().filter(|line| line.starts_with(n)).cloned().collect::<Vec<_>>();
        for n in [2000, 3000] {
            let expected: Vec<String> = (0..n).map(|i| format!("{n} says {i}")).collect();
            check(of(&n.to_string()) == expected, || format!("{n} lines became {}", of(&n.to_string()).len()))?;
        }
        check(said.len() == 5000, || format!("5000 lines became {}", said.len()))?;
        debuggee.resume(&stop.ok_or("the program ended without a stop")?)?;
        let (said, _) = debuggee.said()?;
        check(said.len() == 1000, || format!("1000 lines before the end became {}", said.len()))
    })
}

#[test]
fn functions_that_are_gone_take_no_memory() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start(python, "many_functions")?;
        debuggee.set_breakpoints("made.py", &[("made", "n < 0", "")])?;
        debuggee.set_breakpoints("many_functions.py", &[("checkpoint", "", "")])?;
        debuggee.begin()?;
        let first = debuggee.stop()?.ok_or("the program ended before its first stop")?;
        let before = (debuggee.resident()?, debuggee.events()?.code_objects);
        debuggee.resume(&first)?;
        debuggee.stop()?.ok_or("the program ended before its second stop")?;
        let after = (debuggee.resident()?, debuggee.events()?.code_objects);
        println!("KiB and code objects: {before:?}, later {after:?}");
        check(after.0 - before.0 <= FLAT, || format!("memory grew from {} to {} KiB", before.0, after.0))?;
        check(after.1 - before.1 <= FEW, || format!("code objects grew from {} to {}", before.1, after.1))
    })
}

#[test]
fn eight_threads_make_eight_thousand_stops() -> Result<()> {
    on_each_python(|python| {
        let debuggee = Debuggee::start(python, "eight_threads")?;
        let [hit, done] = debuggee.set_breakpoints("eight_threads.py", &[("hit", "", ""), ("done", "", "")])?[..]
        else {
            return Err("two breakpoints give two ids".to_owned());
        };
        debuggee.begin()?;
        let mut stops = BTreeMap::new();
        while let Some(stop) = debuggee.stop()? {
            if stop.breakpoints == [done] {
                break;
            }
            check(stop.breakpoints == [hit], || format!("a stop at the breakpoints {:?}", stop.breakpoints))?;
            let count = stops.entry(stop.thread).or_insert(0);
            if *count % 100 == 0 {
                let n: String = debuggee.evaluate(&stop, "n")?;
                check(n == count.to_string(), || format!("the stop {count} of a thread is at its round {n}"))?;
            }
            *count += 1;
            debuggee.resume(&stop)?;
        }
        check(stops.len() == 8 && stops.values().all(|count| *count == 1000), || format!("stops by thread: {stops:?}"))
    })
}

#[test]
fn a_hit_counts_only_when_the_condition_holds() -> Result<()> {
    // debugpy stops when either holds (W5): `i > 100` with the third hit stops at 2.
    let cases: [(&str, &str, &[&str]); 6] = [
        ("i > 100", "3", &["103"]),
        ("i % 2 == 0", "== 3", &["6"]),
        ("i > 190", "% 4", &["194", "198"]),
        ("i > 10", ">= 188", &["198", "199"]),
        ("i > 196", "< 3", &["197", "198"]),
        ("", "> 197", &["198", "199"]),
    ];
    on_each_python(|python| {
        for (condition, hit_condition, expected) in cases {
            let debuggee = Debuggee::start(python, "counting")?;
            debuggee.set_breakpoints("counting.py", &[("hit", condition, hit_condition)])?;
            debuggee.begin()?;
            let mut values = Vec::new();
            while let Some(stop) = debuggee.stop()? {
                values.push(debuggee.evaluate(&stop, "i")?);
                debuggee.resume(&stop)?;
            }
            check(values == expected, || format!("`{condition}` with hits `{hit_condition}` stopped at {values:?}"))?;
        }
        Ok(())
    })
}

/// What is asked of a program that runs is done by a thread of ours, which a stop must not catch in the middle.
#[test]
fn breakpoints_set_while_the_program_comes_to_a_stop_are_answered() -> Result<()> {
    on_each_python(|python| {
        for _ in 0..5 {
            let debuggee = Debuggee::start(python, "busy")?;
            debuggee.begin()?;
            debuggee.pause()?;
            debuggee.set_breakpoints("busy.py", &[("work", "", ""), ("loop", "", "")])?;
            debuggee.stop()?.ok_or("the program ended without a stop")?;
        }
        Ok(())
    })
}

/// The client dies with requests under way: the program ends as it would have, whenever that is.
#[test]
fn a_client_that_goes_leaves_the_program_to_end_well() -> Result<()> {
    on_each_python(|python| {
        for pauses in [false, false, false, true, true] {
            let debuggee = Debuggee::start(python, "brief")?;
            debuggee.begin()?;
            if pauses {
                debuggee.pause()?;
            }
            debuggee.set_breakpoints("brief.py", &[("work", "", ""), ("loop", "", "")])?;
            let ended = debuggee.leave()?;
            check(ended == Ended::Code(0), || format!("the program ended with {ended:?}"))?;
        }
        Ok(())
    })
}
