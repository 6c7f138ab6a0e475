#!/usr/bin/env python3
"""replay.py: sends the Ethernet frames of a pcap file out of an interface: for
the test's own network namespaces, and refuses to work outside of one.

    replay.py FILE INTERFACE [GAP_MS]"""
import socket
import struct
import subprocess
import sys
import time


def frames(path):
    with open(path, 'rb') as f:
        data = f.read()
    magic, link = struct.unpack('<I16xI', data[:24])
    assert magic == 0xa1b2c3d4 and link == 1, 'not a plain pcap file'
    at = 24
    while at < len(data):
        n, = struct.unpack('<8xI4x', data[at:at + 16])
        yield data[at + 16:at + 16 + n]
        at += 16 + n


def main(path, interface, gap='1'):
    name = subprocess.run(['ip', 'netns', 'identify'], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    if not name.startswith('mc'):
        sys.exit('replay.py: sends only inside a network namespace of a test')
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((interface, 0))
        for frame in frames(path):
            s.send(frame)
            time.sleep(float(gap) / 1000)


if __name__ == '__main__':
    main(*sys.argv[1:])
