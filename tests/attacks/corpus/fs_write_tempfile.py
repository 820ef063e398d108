# expect: exception
# A temporary file.
import tempfile

tempfile.NamedTemporaryFile(delete=False).write(b"x")
