import pausa  # @first


def work(n):
    pausa.dbg()  # @dbg
    return n + 1  # @return


print(work(1))
pausa.dbg()  # @second
pausa.breakpoint()  # @breakpoint
print("end")
