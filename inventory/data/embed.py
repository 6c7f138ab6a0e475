#!/usr/bin/env python3
"""embed.py: a text file as a C array, for the build.

usage: embed.py NAME FILE OUT.c
"""
import sys

name, source, target = sys.argv[1:]
with open(source, 'rb') as f:
    data = f.read()
with open(target, 'w') as out:
    out.write('/* Made from %s by the build. */\n#include <stddef.h>\n\n'
              'extern const char %s[];\nextern const size_t %s_n;\n\n'
              'const char %s[] = {\n'
              % (source.rsplit('/', 1)[-1], name, name, name))
    for at in range(0, len(data), 16):
        out.write('\t' + ''.join('%d,' % b for b in data[at:at + 16]) + '\n')
    out.write('\t0};\nconst size_t %s_n = %d;\n' % (name, len(data)))
