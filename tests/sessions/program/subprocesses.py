import multiprocessing  # @first
import os
import subprocess
import sys


def square(n):
    return n * n  # @square


if __name__ == "__main__":
    show = "import os, sys; print([n for n in os.environ if 'PAUSA' in n], 'pausa' in sys.modules)"
    subprocess.run([sys.executable, "-c", show], check=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(square, [1, 2]))
    print(square(3))
