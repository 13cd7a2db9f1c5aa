"""Starts children, as its first argument says, as many as the second one does. Nothing of it waits for time."""

import os
import signal
import subprocess
import sys

WAVE = 20
LATE = []
FLAG = os.path.join(os.environ["HOME"], "flag")


def work(number):
    return number  # @work


def begin():
    pass  # @begin


def wave(done):
    pass  # @wave


def end():
    pass  # @end


def fork(count):
    """All of them at once."""
    children = []
    for number in range(count):
        child = os.fork()
        if child == 0:
            work(number)
            os._exit(0)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0) == (child, 0)


def start(count):
    """Pythons, all of them at once."""
    command = [sys.executable, __file__, "work"]
    children = [subprocess.Popen(command + [str(number)]) for number in range(count)]
    for child in children:
        assert child.wait() == 0


def leave_at_once(number):
    os._exit(0)


def become_another_program(number):
    os.execv("/bin/true", ["true"])


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def have_a_child(number):
    if os.fork() == 0:
        os._exit(0)
    # Not waited for: it is nobody's of this program.
    os._exit(0)


def close_all(number):
    os.closerange(3, 256)
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    os._exit(0)


def short(count, kinds):
    """One after another, some at a time, that do next to nothing."""
    for first in range(0, count, WAVE):
        children = set()
        for number in range(first, min(first + WAVE, count)):
            child = os.fork()
            if child == 0:
                kinds[number % len(kinds)](number)
            children.add(child)
        while children:
            children.remove(os.wait()[0])
        if first % (5 * WAVE) == 0:
            wave(first)


def linger(count):
    """They live until somebody kills them."""
    reader, writer = os.pipe()
    for number in range(count):
        if os.fork() == 0:
            os.write(writer, b"x")
            signal.pause()
    for number in range(count):
        os.read(reader, 1)
    end()
    print("lingers", flush=True)
    signal.pause()


def start_late():
    """A Python, which is asked for at the prompt."""
    LATE.append(subprocess.Popen([sys.executable, __file__, "spin", "0"]))
    return LATE[-1].pid


def let_spin():
    with open(FLAG, "w"):
        pass


def spin(number):
    while not os.path.exists(FLAG):
        pass
    work(number)


def late():
    for child in LATE:
        assert child.wait() == 0


def main(kind, count):
    if kind == "work":
        return work(count)
    if kind == "spin":
        return spin(count)
    begin()
    if kind == "fork":
        fork(count)
    elif kind == "start":
        start(count)
    elif kind == "linger":
        linger(count)
    elif kind == "late":
        late()
    elif kind == "short":
        short(count, [leave_at_once])
    elif kind == "mixed":
        short(count, [leave_at_once, become_another_program, die, have_a_child, close_all])
    end()


main(sys.argv[1], int(sys.argv[2]))
