def squares(items):
    n = 0  # @first
    odd = [n * n for n in items if n % 2]  # @odd
    return {str(n): len(odd) for n in odd}  # @return


def recursive(n):
    return 1 if n == 0 else recursive(n - 1) + len("x")  # @recursive


print(squares([1, 2, 3]))
print(recursive(2))
