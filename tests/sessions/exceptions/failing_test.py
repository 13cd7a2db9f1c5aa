import unittest  # @first


def check(value):
    try:
        assert value == 1, "not one"  # @assert
    finally:
        print("finally")


class Tests(unittest.TestCase):
    def test_fails(self):
        with self.assertRaises(KeyError):
            raise KeyError("expected")
        check(2)

    def test_passes(self):
        try:
            check(3)
        except AssertionError:
            pass

    def test_skips(self):
        self.skipTest("not today")


unittest.main()
