# expect: code_too_big
# 60,001 bytes.
@REPEAT 60001 #@
