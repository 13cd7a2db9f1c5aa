import sys  # @first

name = input("name? ")
print("hello", name)
rest = sys.stdin.readline()  # @rest
print("rest", rest.strip())
