def inner():  # @def
    x = 1  # @x


def outer():
    inner()  # @inner
    inner()  # @again
    y = 2  # @y


outer()  # @outer
print("end")  # @end
