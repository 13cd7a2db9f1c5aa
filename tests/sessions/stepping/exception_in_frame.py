def convert(text):  # @def
    try:
        value = int(text)  # @int
    except ValueError:  # @except
        value = -1  # @minus
    finally:
        print("done")  # @finally
    return value  # @return


print(convert("x"))
