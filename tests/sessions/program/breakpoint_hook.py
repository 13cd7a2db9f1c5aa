def work(n):  # @first
    value = n + 1
    breakpoint()  # @stop
    return value  # @return


print(work(1))
