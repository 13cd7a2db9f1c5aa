import os
import sys


def work(how):
    flags = [name for name in ("ignore_environment", "isolated", "no_site") if getattr(sys.flags, name)]
    ours = [name for name in os.environ if name.startswith("PAUSA")]
    # Without site nobody takes them back.
    print(how, flags, [] if sys.flags.no_site else ours, flush=True)  # @work


if __name__ == "__main__":
    work(sys.argv[1])
