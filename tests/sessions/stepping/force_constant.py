def nothing():
    for number in 1, 2:
        print("nothing to give")  # @nothing


print(nothing())
print(nothing())
