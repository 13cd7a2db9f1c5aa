def work(n):
    return n + 1  # @work


k = 0
while k < 3 * 10**6:
    k = work(k)  # @loop
