name = "global"  # @first
other = "other"


def show(name):
    kept = name
    return kept  # @hit


print(show("local"))
