# expect: cpu_timeout
# An exception whose text never ends.
class Bad(Exception):
    def __str__(self):
        while True:
            pass


raise Bad
