def help():
    return "helped"  # @help
