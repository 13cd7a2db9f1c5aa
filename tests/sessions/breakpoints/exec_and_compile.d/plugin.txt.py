def shifted(n):
    return n + offset  # @shifted
