import argparse
import collections
import enum

print("here", argparse.__name__, collections.__name__, enum.__name__)  # @here
