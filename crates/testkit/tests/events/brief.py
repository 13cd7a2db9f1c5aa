def work(n):
    return n + 1  # @work


k = 0
while k < 3 * 10**5:
    k = work(k)  # @loop
