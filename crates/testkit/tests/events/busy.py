def work(n):
    return n + 1  # @work


k = 0
while k < 10**9:
    k = work(k)  # @loop
