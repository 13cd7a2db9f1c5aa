def factorial(n):  # @def
    if n < 2:  # @if
        return 1  # @one
    rest = factorial(n - 1)  # @call
    return n * rest  # @return


print(factorial(4))
print("end")  # @end
