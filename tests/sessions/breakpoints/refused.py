import sys  # @first


def work(n):
    # a comment  # @comment

    return n + 1  # @work


print(work(1))  # @last
# the end
