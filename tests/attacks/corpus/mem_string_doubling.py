# expect: memory | cpu_timeout
# A string that doubles.
text = "x"
while True:
    text += text
