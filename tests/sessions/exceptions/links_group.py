def task(number):  # @first
    square = number * number
    raise ValueError(number)  # @raise


def main():
    errors = []
    for number in (3, 4):
        try:
            task(number)
        except ValueError as error:
            errors.append(error)
    raise ExceptionGroup("tasks", [*errors, KeyError("never raised")])  # @group


main()
