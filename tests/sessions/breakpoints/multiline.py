def price(base, tax):  # @first
    return base + tax


result = price(
    base=sum(  # @open
        [
            1,  # @one
            len("ab"),  # @length
        ]
    ),
    tax=price(
        1,
        len("abc"),  # @tax
    ),
)
text = (
    "a"
    f"{result}"  # @text
)
if (
    result > 1
    and text  # @and
):
    print(result, text)
