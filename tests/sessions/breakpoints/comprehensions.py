values = [1, 2, 3]  # @first
squares = [v * v for v in values]  # @squares
odd = [
    v
    for v in values
    if v % 2  # @test
]
total = sum(
    v * 10  # @item
    for v in values
)
print(squares, odd, total)
