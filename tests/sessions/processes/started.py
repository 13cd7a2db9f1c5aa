import os
import subprocess
import sys


def square(n):
    return n * n  # @square


if __name__ == "__main__":
    import multiprocessing

    code = "import started; print(started.square(2), flush=True)"
    environment = dict(os.environ, PYTHONPATH=os.path.dirname(os.path.abspath(__file__)))
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    subprocess.run(f"exec '{sys.executable}' -c '{code}'", shell=True, env=environment, check=True)
    os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", code], environment), 0)
    process = multiprocessing.get_context("fork").Process(target=square, args=(3,))
    process.start()
    process.join()
    print("joined", process.exitcode, flush=True)
    os.environ.update(environment)
    os.execv(sys.executable, [sys.executable, "-c", code])
