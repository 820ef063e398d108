# expect: ok | exception
# Globs, which hides its errors.
import glob

assert glob.glob("@FOLDER@/*") == []
