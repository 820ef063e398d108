# expect: exception
# An HTTP request.
from urllib.request import urlopen

urlopen("http://127.0.0.1:9/", timeout=1)
