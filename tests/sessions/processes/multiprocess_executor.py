import concurrent.futures
import multiprocessing
import sys


def square(n):
    return n * n  # @square


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
        for n in (4, 5):
            print(executor.submit(square, n).result(), flush=True)
