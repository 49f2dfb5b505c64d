"""Stands between the docker program and its engine: `docker_relay.py SOCKET`. Stopped (SIGSTOP) it is an engine that hangs, ended
one that is gone, started again one that is back; what the engine runs is not disturbed."""

import asyncio
import os
import sys


async def pipe(source, sink):
    try:
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
    except (ConnectionError, OSError):
        pass
    finally:
        sink.close()


async def relay(reader, writer):
    engine = os.environ.get("ENGINE", "/var/run/docker.sock")
    theirs, ours = await asyncio.open_unix_connection(engine)
    await asyncio.gather(pipe(reader, ours), pipe(theirs, writer))


async def main():
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    async with await asyncio.start_unix_server(relay, sys.argv[1]) as server:
        await server.serve_forever()


asyncio.run(main())
