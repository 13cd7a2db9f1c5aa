import helper  # @import


class Thing:  # @class
    size = 1  # @size

    def method(self):  # @method
        return self.size  # @return


def function():  # @function
    pass


print(Thing().method())  # @print
