done = False  # @first


def spin():
    print("spinning")
    while not done:  # @while
        pass  # @pass


spin()  # @call
print("end")  # @end
