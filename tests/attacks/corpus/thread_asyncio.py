# expect: exception
# An event loop, which wants a socket pair and a selector.
import asyncio

asyncio.run(asyncio.sleep(0))
