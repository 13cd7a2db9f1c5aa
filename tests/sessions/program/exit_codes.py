import os  # @first
import signal
import sys

print("going", flush=True)
match sys.argv[1]:
    case "exit":
        sys.exit(3)
    case "none":
        sys.exit(None)
    case "os":
        os._exit(4)
    case "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    case "abort":
        os.abort()
    case "exec":
        os.execv(sys.executable, [sys.executable, "-c", "print('replaced'); raise SystemExit(5)"])
