class Account:  # @first
    def __init__(self, balance):
        if balance < 0:
            raise ValueError(balance)  # @raise


def opened(balance):
    return Account(balance)  # @call


def tried(balance):
    try:
        opened(balance)
    except ValueError:
        return False
    return True


# Often enough for the interpreter to enter `__init__` without a call through C (3.12 and later).
accounts = [opened(balance) for balance in range(100)]
print(len(accounts), any(tried(-1) for _ in range(20)))
opened(-5)  # @last
