import sys


def work():
    return "worked"  # @work
