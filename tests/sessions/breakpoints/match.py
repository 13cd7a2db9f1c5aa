def kind(value):  # @first
    match value:  # @subject
        case int(n) if n > 5:  # @guard
            return "big"  # @big
        case int():
            return "small"
        case {"name": name}:
            return name  # @name
        case [x, *rest]:
            return x, rest  # @list
    return None


print(kind(9), kind(1), kind({"name": "n"}), kind([1, 2]), kind(None))
