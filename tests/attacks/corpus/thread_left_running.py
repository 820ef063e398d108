# expect: exception
# A thread that would outlive the function; no thread starts.
import threading


def spin():
    while True:
        pass


threading.Thread(target=spin).start()
