# expect: exception
# An exception whose text raises another.
class Bad(Exception):
    def __str__(self):
        raise Bad


raise Bad
