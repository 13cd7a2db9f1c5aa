"""Tests; run by itself it has pytest run them in two workers, each in both."""

import contextlib
import io
import os


def test_in_a_worker():
    worker = os.environ["PYTEST_XDIST_WORKER"]
    if worker == "gw1":
        open("turn").close()
    answer = 6 * 7
    assert answer == 42  # @test
    if worker == "gw0":
        open("turn", "w").close()


if __name__ == "__main__":
    import pytest

    os.environ["PYTEST_DEBUG_TEMPROOT"] = os.getcwd()

    os.mkfifo("turn")
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(["-n", "2", "--dist", "each", "-p", "no:cacheprovider", __file__])
    print("pytest", int(status))
