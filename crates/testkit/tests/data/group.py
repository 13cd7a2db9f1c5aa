def caused():
    try:
        try:
            raise KeyError("below")
        except KeyError as error:
            raise TypeError("second") from error
    except TypeError as error:
        return error


raise ExceptionGroup("both", [ValueError("first"), caused()])
