# expect: exception
# Read how much has been used so far.
import resource

resource.getrusage(resource.RUSAGE_SELF)
