# expect: bad_output
# A document that grows in memory when read.
import os

os.write(3, b'{"num_qubits":4,"num_parameters":0,"gates":[' + b'{},' * 300_000 + b'{}]}')
os._exit(0)
