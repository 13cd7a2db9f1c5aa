//! The bytes of buffers: read, written, and refused.

use pausa_dap::requests::{ReadMemory, WriteMemory};
use pausa_dap::types::{ReadMemoryArguments, ReadMemoryResponse, WriteMemoryArguments};
use pausa_testkit::Result;

use crate::{Stopped, check, on_each_python, refusal, same};

fn read(stopped: &Stopped, reference: &str, offset: i64, count: i64) -> Result<ReadMemoryResponse> {
    let memory_reference = reference.to_owned();
    stopped.ask::<ReadMemory>(ReadMemoryArguments { memory_reference, offset: Some(offset), count })
}

fn write(stopped: &Stopped, reference: &str, offset: i64, data: &str, partial: bool) -> Result<Option<i64>> {
    let arguments = WriteMemoryArguments {
        memory_reference: reference.to_owned(),
        offset: Some(offset),
        allow_partial: Some(partial),
        data: data.to_owned(),
    };
    Ok(stopped.ask::<WriteMemory>(arguments)?.bytes_written)
}

#[test]
fn buffers_are_read_and_written() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let reference = |name: &str| -> Result<String> {
            stopped.variable("Locals", name)?.memory_reference.ok_or_else(|| format!("{name} has no memory"))
        };
        let data = reference("data")?;
        same(read(&stopped, &data, 0, 100)?.data, Some("aGVsbG8gd29ybGQ=".into()))?;
        same(read(&stopped, &data, 6, 3)?.data, Some("d29y".into()))?;
        let before = read(&stopped, &data, -2, 5)?;
        same((before.data, before.unreadable_bytes), (None, Some(2)))?;
        same(read(&stopped, &data, 1_000, 5)?.data, None)?;
        same(write(&stopped, &data, 0, "SEVMTE8=", false)?, Some(5))?;
        same(stopped.evaluate("data")?, "bytearray(b'HELLO world')".into())?;
        check(refusal(write(&stopped, &data, 9, "SEVMTE8=", false))?.contains("do not fit"), || "fits".into())?;
        same(write(&stopped, &data, 9, "SEVMTE8=", true)?, Some(2))?;
        same(write(&stopped, &reference("numbers")?, 4, "/wAAAA==", false)?, Some(4))?;
        same(stopped.evaluate("numbers[1]")?, "255".into())?;
        same(read(&stopped, &reference("fixed")?, 0, 5)?.data, Some("Zml4ZWQ=".into()))?;
        check(write(&stopped, &reference("fixed")?, 0, "AA==", false).is_err(), || "bytes were changed".into())?;
        same(read(&stopped, &reference("view")?, 0, 9)?.data, Some("AAAAAA==".into()))?;
        same(read(&stopped, &reference("foreign")?, 2, 2)?.data, Some("AgA=".into()))?;
        same(write(&stopped, &reference("foreign")?, 2, "AQE=", false)?, Some(2))?;
        same(stopped.evaluate("foreign[1]")?, "257".into())?;
        // A class with `__buffer__` of its own would run its code.
        if !["3.10", "3.11"].contains(&python.minor.as_str()) {
            stopped.evaluate_in("repl", "class Own:\n    def __buffer__(self, flags): return memoryview(data)")?;
            same(stopped.evaluate_in("watch", "Own()")?.memory_reference, None)?;
        }
        // A buffer that was resized or released meanwhile.
        let view = reference("view")?;
        stopped.evaluate("data.clear()")?;
        stopped.evaluate("view.release()")?;
        same(read(&stopped, &data, 0, 100)?.data, None)?;
        check(refusal(read(&stopped, &view, 0, 4))?.contains("released"), || "read a released view".into())?;
        check(refusal(read(&stopped, "nowhere", 0, 4))?.contains("nowhere"), || "read nowhere".into())?;
        check(refusal(write(&stopped, &data, 0, "?", false))?.contains("base64"), || "took no base64".into())
    })
}
