import gc


class Thing:
    def __del__(self):
        print("gone")


def run():
    thing = Thing()
    print("here")  # @here
    del thing
    print("after", len([o for o in gc.get_objects() if type(o) is Thing]))  # @after


run()
