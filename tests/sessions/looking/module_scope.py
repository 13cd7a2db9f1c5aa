value = 1  # @first


class Config:
    level = value + 1
    name = "n"  # @class


print(value, Config.level)  # @last
