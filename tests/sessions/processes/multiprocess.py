import multiprocessing
import sys


def square(n):
    return n * n  # @square


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    process = context.Process(target=square, args=(3,))
    process.start()
    process.join()
    print("exit code", process.exitcode, flush=True)
    # One worker, which is there until it is told to go, and is waited for.
    pool = context.Pool(1)
    print(pool.map(square, [4]), flush=True)
    pool.close()
    pool.join()
