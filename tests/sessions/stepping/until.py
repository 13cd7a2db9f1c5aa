def run():  # @def
    total = 0  # @total
    for n in range(3):  # @for
        total += n  # @add
    print(total)  # @print
    return total  # @return


run()
run()  # @again
print("end")  # @end
