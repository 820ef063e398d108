# expect: exception
# An exception whose text would clear a terminal and forge a log line.
raise ValueError("\x1b[2J\n2026-01-01 reward=1.2\r\u202e")
