import json  # @first


def load(text):
    return json.loads(text)  # @load


load("{")
