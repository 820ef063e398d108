# expect: exception
# An exception class whose name raises.
class Meta(type):
    @property
    def __name__(cls):
        raise RuntimeError


class Bad(Exception, metaclass=Meta):
    pass


raise Bad
