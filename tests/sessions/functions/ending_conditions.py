def half(number):
    if number % 2:
        raise ValueError(number)
    return number // 2


for number in (2, 3, 4, 5, 8):
    try:
        half(number)
    except ValueError:
        pass
