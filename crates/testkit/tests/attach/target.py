"""A program that knows nothing of pausa: `target.py KIND`. Says "ready", and at SIGUSR1 what is left in it of a debugger."""

import json
import os
import signal
import sys
import threading
import time


def traces():
    """What a debugger could have left."""
    found = {"trace": sys.gettrace() is not None, "threads": threading.active_count()}
    monitoring = getattr(sys, "monitoring", None)
    if monitoring:
        found["tools"] = [monitoring.get_tool(tool) for tool in range(6) if monitoring.get_tool(tool)]
    found["hook"] = sys.breakpointhook is not sys.__breakpointhook__
    found["names"] = [name for name in globals() if "pausa" in name]
    found["count"] = count
    found["alive"] = alive
    return found


def own_codes():
    """The code of this file, and of all frames that run."""
    codes = {value.__code__ for value in list(globals().values()) if hasattr(value, "__code__")}
    for frame in sys._current_frames().values():
        while frame:
            codes.add(frame.f_code)
            frame = frame.f_back
    return codes - {own_codes.__code__, armed.__code__, tell_armed.__code__}


def armed():
    """What makes the interpreter tell a debugger of anything, or run other code than it would."""
    import ctypes

    found = {}
    api = ctypes.pythonapi
    api.PyInterpreterState_Get.restype = api._PyInterpreterState_GetEvalFrameFunc.restype = ctypes.c_size_t
    interpreter = ctypes.c_size_t(api.PyInterpreterState_Get())
    default = ctypes.cast(api._PyEval_EvalFrameDefault, ctypes.c_void_p).value
    if api._PyInterpreterState_GetEvalFrameFunc(interpreter) not in (default, 0):
        found["frames are run by"] = "another function"
    monitoring = getattr(sys, "monitoring", None)
    if not monitoring:
        # No Python function is called for it: each has a loop of its own.
        # Where a thread has its innermost loop, and its tracer (cpython/pystate.h); a loop begins with whether it tells.
        loop, tracer, around = (48, 64, 8) if sys.version_info.minor == 10 else (56, 72, 16)
        word = ctypes.c_size_t.from_address
        api.PyInterpreterState_ThreadHead.restype = api.PyThreadState_Next.restype = ctypes.c_size_t
        thread = api.PyInterpreterState_ThreadHead(interpreter)
        while thread:
            if word(thread + tracer).value:
                found["tracers"] = found.get("tracers", 0) + 1
            inner = word(thread + loop).value
            # The outermost one lies in the thread's state.
            while not thread <= inner < thread + 1000:
                if ctypes.c_uint8.from_address(inner).value:
                    found["loops that tell"] = found.get("loops that tell", 0) + 1
                inner = word(inner + around).value
            thread = api.PyThreadState_Next(ctypes.c_size_t(thread))
        return found
    import dis

    if sys.version_info.minor == 12:
        first = 237
    else:
        from _opcode_metadata import MIN_INSTRUMENTED_OPCODE as first
    is_own = lambda code, at: first <= code._co_code_adaptive[at] < 255
    for code in own_codes():
        if any(is_own(code, instruction.offset) for instruction in dis.get_instructions(code)):
            found.setdefault("instrumented", []).append(code.co_name)
    for tool in range(6):
        if monitoring.get_tool(tool):
            found["tool"] = monitoring.get_tool(tool)
            continue
        # What is set for an id is told to who has it.
        monitoring.use_tool_id(tool, "a look")
        if monitoring.get_events(tool) or any(monitoring.get_local_events(tool, code) for code in own_codes()):
            found["events"] = tool
        events = [getattr(monitoring.events, name) for name in dir(monitoring.events) if name.isupper()]
        if any(event and monitoring.register_callback(tool, event, None) for event in events):
            found["callbacks"] = tool
        monitoring.free_tool_id(tool)
    return found


def tell_armed(*_):
    os.write(1, (json.dumps(armed()) + "\n").encode())


signal.signal(signal.SIGUSR2, tell_armed)


def tell(*_):
    os.write(1, (json.dumps(traces()) + "\n").encode())


signal.signal(signal.SIGUSR1, tell)
count = 0
alive = 0


def work(number=0):
    global count
    total = 0
    for i in range(200):  # @loop
        total += i
    count += 1  # @count
    return total


def busy():
    while True:
        work()


class Given:
    def __init__(self):
        global alive
        alive += 1

    def __del__(self):
        global alive
        alive -= 1


def give():
    return Given()


def giving():
    while True:
        give()  # @given
        work()


def sleeping():
    while True:
        time.sleep(1000)


def waiting_for_a_lock():
    lock = threading.Lock()
    lock.acquire()
    while True:
        lock.acquire()


def reading():
    reader, _writer = os.pipe()
    print("ready", flush=True)
    os.read(reader, 1)


def threads():
    workers = [threading.Thread(target=busy, name=f"worker {i}", daemon=True) for i in range(3)]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    # Not without end: a signal that comes after Python has looked for one and before it waits is heard when it wakes.
    while True:
        workers[0].join(0.1)


def yielding():
    while True:
        work()
        time.sleep(0)


def contending():
    # Four threads that let the interpreter go and ask for it again all the time.
    workers = [threading.Thread(target=yielding, name=f"worker {i}", daemon=True) for i in range(3)]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    yielding()


def small_stacks():
    threading.stack_size(64 << 10)
    workers = [threading.Thread(target=waiting_for_a_lock, name=f"small {i}", daemon=True) for i in range(3)]
    for worker in workers:
        worker.start()
    threading.stack_size(0)
    print("ready", flush=True)
    waiting_for_a_lock()


def real_time_signals():
    # One after the other, each when the one before has come: one that is lost is the last.
    came = 0

    def come(*_):
        nonlocal came
        came += 1

    signal.signal(signal.SIGRTMIN + 2, come)
    print("ready", flush=True)
    while True:
        before = came
        os.kill(os.getpid(), signal.SIGRTMIN + 2)
        until = time.monotonic() + 20
        while came == before:
            if time.monotonic() > until:
                os.write(1, b"a signal is lost\n")
                os._exit(1)


def measured():
    # Nothing of its own comes or goes, and its collector is off: what is more later, others have left.
    import ctypes
    import gc

    class Mallinfo(ctypes.Structure):
        names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
        _fields_ = [(name, ctypes.c_size_t) for name in names]

    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = Mallinfo

    def measure(*_):
        allocated = libc.mallinfo2()
        used = {"bytes": allocated.uordblks + allocated.hblkhd, "blocks": sys.getallocatedblocks()}
        os.write(1, (json.dumps(used) + "\n").encode())

    gc.collect()
    gc.disable()
    signal.signal(signal.SIGUSR2, measure)
    print("ready", flush=True)
    while True:
        work()
        time.sleep(0.001)


def idle_threads():
    workers = [threading.Thread(target=sleeping, name=f"sleeper {i}", daemon=True) for i in range(3)]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    workers[0].join()


def asyncio_idle():
    import asyncio

    async def main():
        task = asyncio.create_task(asyncio.sleep(10_000), name="sleeper")
        print("ready", flush=True)
        await task

    asyncio.run(main())


def asyncio_busy():
    import asyncio

    async def main():
        print("ready", flush=True)
        while True:
            work()
            await asyncio.sleep(0)

    asyncio.run(main())


def in_a_call():
    # A call of C code that keeps the GIL, until somebody writes to the pipe of this name.
    import ctypes

    reader = os.open(sys.argv[2], os.O_RDWR)
    libc = ctypes.PyDLL(None)
    print("ready", flush=True)
    libc.read(reader, ctypes.create_string_buffer(1), 1)
    busy()


def with_errno():
    # C code that has set `errno` and waits, without the GIL, until somebody writes to the pipe.
    import ctypes

    reader = os.open(sys.argv[2], os.O_RDWR)
    wait = ctypes.CDLL(sys.argv[3]).wait_with_errno
    print("ready", flush=True)
    found = wait(reader, 4242)
    os.write(1, f"errno is {found}\n".encode())
    busy()


def left_over():
    # What a pausa has left that was killed: memory that it had just made, and some that it had marked for a thread that it
    # then did not send.
    import ctypes
    import mmap

    size, ending = 0x14000, 0x0A77A000
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_size_t
    libc.mmap.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    execute, fixed = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100000
    for at in (0x200010000000 + ending, 0x200050000000 + ending):
        assert libc.mmap(at, size, execute, fixed, -1, 0) == at
    ctypes.memmove(at + 0x10F8, b"pausa\0\0\x01", 8)
    ctypes.c_int.from_address(at + 0x1028).value = threading.get_native_id()
    print("ready", flush=True)
    sleeping()


def closed():
    # What a program does that configures its own interpreter (PyConfig.remote_debug): the flag is at a place that the
    # interpreter tells.
    import ctypes

    words = ctypes.cast(ctypes.pythonapi._PyRuntime, ctypes.POINTER(ctypes.c_uint64))
    support = {14: 89, 15: 105}[sys.version_info.minor]
    get = ctypes.pythonapi.PyInterpreterState_Get
    get.restype = ctypes.c_size_t
    ctypes.c_int.from_address(get() + words[support + 2]).value = 0
    print("ready", flush=True)
    busy()


def in_c():
    # One call of C code that keeps the GIL.
    import re

    while True:
        re.match("(a*)*b", "a" * 22)


def subinterpreter():
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    interpreters.create()
    print("ready", flush=True)
    busy()


def hidden():
    import ctypes

    pr_set_dumpable = 4
    ctypes.CDLL(None).prctl(pr_set_dumpable, 0)
    print("ready", flush=True)
    sleeping()


def musl():
    # A library by that name is what tells.
    import mmap

    with open(sys.argv[2], "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    print("ready", flush=True)
    sleeping()
    mapped.close()


def audited():
    sys.addaudithook(lambda event, arguments: event == "pausa.attach" and os.write(1, b"attached to\n"))
    print("ready", flush=True)
    busy()


# These say so themselves, when they have got ready.
LATE = ("reading", "subinterpreter", "threads", "contending", "small_stacks", "real_time_signals", "measured", "in_a_call", "with_errno", "left_over", "closed", "idle_threads", "asyncio_idle", "asyncio_busy", "hidden", "musl", "audited")
kind = globals()[sys.argv[1]]
if not sys.argv[1] in LATE:
    print("ready", flush=True)
kind()
