def counter():
    count = 0
    log = []

    def step(by):
        nonlocal count
        count += by  # @store

    def reset():
        nonlocal count
        log.append(count)
        count = 0  # @reset

    step(1)  # @start
    return step, reset


step, reset = counter()
step(2)
reset()
print("end")
