import traceback  # @first


def fail():
    raise ValueError("x")  # @raise


def run():
    try:
        fail()
    except ValueError:
        print(len(traceback.format_stack()), traceback.format_exc().count("File "))  # @print


run()
