# expect: exception
# Lowers its own CPU limit so that the kernel kills it and it looks like a failure of ours.
import resource

resource.setrlimit(resource.RLIMIT_CPU, (0, 0))
