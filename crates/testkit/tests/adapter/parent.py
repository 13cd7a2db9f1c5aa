"""Starts children, as its first argument says. The second one is a folder for signs between test and program."""

import multiprocessing
import os
import subprocess
import sys
import threading


def sign(name):
    return os.path.join(sys.argv[2], name)


def wait_for(name):
    # A FIFO that the test has open from both ends: its end, should the test fail, is the test's own.
    with open(sign(name), "rb", buffering=0) as given:
        given.read(1)


def say(text):
    try:
        # In one piece.
        os.write(1, text.encode() + b"\n")
    except BrokenPipeError:
        # Who read it has gone with the parent.
        pass


def work(name):
    say(f"work {name}")
    return name  # @work


def fork(then=None):
    child = os.fork()
    if child == 0:
        work("forked")
        if then:
            then()
        wait_for("child")
        os._exit(3)
    return child


def started(kind):
    return subprocess.Popen([sys.executable, __file__, kind, sys.argv[2]])


def main(kind):
    if kind == "fork":
        child = fork()
        # Until the test has seen the child's end, nobody takes its exit status.
        wait_for("parent")
        say(f"status {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")
    elif kind == "start":
        say(f"status {started('work').wait()}")
    elif kind == "spawn":
        # Its resource tracker is a Python of its own.
        process = multiprocessing.get_context("spawn").Process(target=work, args=("spawned",))
        process.start()
        process.join()
        say(f"status {process.exitcode}")
    elif kind == "unfit":
        # An agent that cannot be loaded, as in a Python that is too old for it.
        command = 'PAUSA_AGENT=/nowhere/agent.so exec "$0" "$@"'
        words = ["sh", "-c", command, sys.executable, __file__, "work", sys.argv[2]]
        say(f"status {subprocess.run(words).returncode}")
    elif kind == "both":
        started("work").wait()
        child = os.fork()
        if child == 0:
            work("forked")
            os._exit(3)
        os.waitpid(child, 0)
        thread = threading.Thread(target=work, args=("in a thread",))
        thread.start()
        thread.join()
        work("parent")
    elif kind == "work":
        work("started")
    elif kind == "leave":
        fork()
    elif kind == "grandchild":
        child = fork(then=lambda: os.waitpid(fork(), 0))
        wait_for("parent")
        os.waitpid(child, 0)
    say("end")


if __name__ == "__main__":
    main(sys.argv[1])
