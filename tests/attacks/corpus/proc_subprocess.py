# expect: exception
# Runs a program that would leave a file.
import subprocess

subprocess.run(["touch", "@FOLDER@/attack"], check=True)
