class Noisy:  # @first
    def __del__(self):
        name = "noisy"
        try:
            raise ValueError("in a destructor")  # @raise
        finally:
            print("finally")


class Careful:
    def __del__(self):
        try:
            raise ValueError("handled")
        except ValueError:
            print("handled")


Careful()
Noisy()
print("end")
