# expect: cpu_timeout
# A comparison that never ends, called from C.
class Slow:
    def __lt__(self, other):
        while True:
            pass


sorted([Slow(), Slow()])
