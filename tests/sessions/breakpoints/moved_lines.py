"""A docstring
over two lines."""  # @docend


def outer(  # @def
    a,
    b=1,
):  # @defend
    """What it does."""  # @doc
    x: int  # @annotation
    global g  # @global
    g = a  # @g
    if a:
        pass  # @pass
    else:  # @else
        g = b
    return (  # @return
        a
    )  # @paren


outer(1)  # @call
