from concurrent.futures import ThreadPoolExecutor  # @first


def square(n):
    return n * n  # @hit


with ThreadPoolExecutor(1, thread_name_prefix="pool") as pool:
    print(list(pool.map(square, range(3))))
