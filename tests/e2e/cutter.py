#!/usr/bin/env python3
"""Forwards TCP connections, and fails them on command: the bad line between a ward and its centre.

usage: cutter.py NAME=HOST:PORT …     each NAME gets a port of its own on 127.0.0.1, printed as "NAME PORT"

Commands on stdin, one a line, each answered by one line on stdout:
  cut NAME               reset what is open, and whatever comes, until it is healed
  cut-after NAME BYTES   cut once so many more bytes have passed, most likely inside a frame
  stall NAME             keep connections open, and pass nothing
  throttle NAME RATE     at most RATE bytes a second, in each direction
  heal NAME              forward everything again
  count NAME             answers "ok UP DOWN CONNECTIONS CUTS": bytes to and from the target so far
"""
import asyncio
import os
import socket
import struct
import sys

CHUNK = 4096


def reset(writer):
    """A line that breaks says no goodbye."""
    try:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        return  # it ended by itself just before the cut
    writer.transport.abort()


class Line:
    def __init__(self, host, port):
        self.host, self.port = host, port
        self.cut = False
        self.rate = None
        self.passes_until_cut = None
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.writers = set()
        self.moved = {"up": 0, "down": 0}
        self.connections = self.cuts = 0

    def cut_now(self):
        self.cut, self.passes_until_cut = True, None
        self.cuts += 1
        for writer in list(self.writers):
            reset(writer)
        self.flowing.set()

    def heal(self):
        self.cut, self.rate, self.passes_until_cut = False, None, None
        self.flowing.set()

    def allowance(self, size):
        """How many of `size` bytes may pass before the line is cut."""
        if self.passes_until_cut is None:
            return size
        allowed = min(size, self.passes_until_cut)
        self.passes_until_cut -= allowed
        return allowed

    async def pump(self, reader, writer, direction):
        while data := await reader.read(CHUNK):
            await self.flowing.wait()
            allowed = self.allowance(len(data))
            writer.write(data[:allowed])
            await writer.drain()
            self.moved[direction] += allowed
            if self.passes_until_cut == 0:
                self.cut_now()
                return
            if self.rate:
                await asyncio.sleep(allowed / self.rate)
        writer.write_eof()

    async def carry(self, reader, writer, direction, pair):
        try:
            await self.pump(reader, writer, direction)
        except OSError:
            for end in pair:  # what resets one end resets the other
                reset(end)

    async def serve(self, reader, writer):
        if self.cut:
            reset(writer)
            return
        try:
            target_reader, target_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            reset(writer)
            return
        self.connections += 1
        pair = (writer, target_writer)
        self.writers.update(pair)
        carried = (self.carry(reader, target_writer, "up", pair), self.carry(target_reader, writer, "down", pair))
        await asyncio.gather(*carried, return_exceptions=True)
        self.writers.difference_update(pair)
        for end in pair:
            end.close()


def obey(lines, words):
    command, line, arguments = words[0], lines[words[1]], words[2:]
    if command == "cut":
        line.cut_now()
    elif command == "cut-after":
        line.passes_until_cut = int(arguments[0])
    elif command == "stall":
        line.flowing.clear()
    elif command == "throttle":
        line.rate = int(arguments[0])
    elif command == "heal":
        line.heal()
    elif command == "count":
        return f"ok {line.moved['up']} {line.moved['down']} {line.connections} {line.cuts}"
    else:
        raise KeyError(command)
    return "ok"


async def main():
    lines, servers = {}, []
    for argument in sys.argv[1:]:
        name, target = argument.split("=")
        host, port = target.rsplit(":", 1)
        lines[name] = Line(host, int(port))
        servers.append(await asyncio.start_server(lines[name].serve, "127.0.0.1", 0))
        print(name, servers[-1].sockets[0].getsockname()[1])
    print("ready", flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while command := (await commands.readline()).decode().split():
        try:
            answer = obey(lines, command)
        except (KeyError, IndexError, ValueError):
            answer = "not understood: " + " ".join(command)
        print(answer, flush=True)
    os._exit(0)  # open connections have nobody left to wait for


if __name__ == "__main__":
    asyncio.run(main())
