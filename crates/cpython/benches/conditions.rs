//! What conditions cost once their line is reached: `cargo bench -p pausa-cpython`. Each is asked natively in a frame of a
//! real interpreter, the newest that is found, which `conditions.py` runs with the crate loaded as a module.
//!
//! Invariant: the time is that of the questions alone, taken within the interpreter's process.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::Criterion;
use pausa_testkit::pythons;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// None of them holds.
const CONDITIONS: [&str; 10] = [
    "i == -1",
    "i == -1 and s is None",
    "account.balance > limit",
    "slots.balance > limit",
    "account.balance > 5.5",
    "i % 5 == 4",
    "len(items) == 4",
    "isinstance(s, str)",
    "abs(i) < 0",
    "[x for x in (i,) if x < 0]",
];

/// The interpreter that answers.
struct Interpreter {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Interpreter {
    fn start(python: &Path, module: &Path) -> Outcome<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/conditions.py");
        let mut command = Command::new(python);
        command.arg(script).env("PYTHONPATH", module).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (questions, answers) = child.stdin.take().zip(child.stdout.take()).ok_or("the interpreter has no pipes")?;
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    fn time(&mut self, condition: &str, count: u64) -> Outcome<Duration> {
        writeln!(self.questions, "{count} {condition}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(Duration::from_nanos(answer.trim().parse()?))
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // It ends with its input, at the latest now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> Outcome<()> {
    let found = pythons::find().found;
    let python = found.last().ok_or("no CPython that pausa supports was found; name one in PAUSA_TEST_PYTHONS")?;
    let folder = tempfile::tempdir()?;
    std::fs::copy(build()?, folder.path().join("probe.so"))?;
    let mut interpreter = Interpreter::start(&python.path, folder.path())?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut fault = None;
    for condition in CONDITIONS {
        let name = format!("{condition} on {}", python.version);
        criterion.bench_function(&name, |bencher| {
            bencher.iter_custom(|count| {
                interpreter.time(condition, count).unwrap_or_else(|error| {
                    fault = Some(format!("{condition}: {error}"));
                    Duration::from_nanos(count)
                })
            });
        });
    }
    criterion.final_summary();
    fault.map_or(Ok(()), |fault| Err(fault.into()))
}

/// The crate as a module, without libpython, in a build folder of its own.
fn build() -> Outcome<PathBuf> {
    let bench = env::current_exe()?;
    let target = bench.ancestors().nth(3).ok_or("the benchmark is not in a build folder")?.join("probe");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--example", "probe", "--features", "probe"]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).arg("--target-dir").arg(&target);
    if !cargo.env("PYO3_BUILD_EXTENSION_MODULE", "1").status()?.success() {
        return Err("the module does not build: see above".into());
    }
    Ok(target.join("release/examples/libprobe.so"))
}
