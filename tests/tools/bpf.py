"""bpf.py: runs BPF programs as the kernel does (Linux, networking/filter.rst):
what tcpdump -ddd and mailcensus --dump-filter=ddd print."""

LD, LDX, ST, STX, ALU, JMP, RET, MISC = range(8)
SIZES = {0x00: 4, 0x08: 2, 0x10: 1}
IMM, ABS, IND, MEM, LEN, MSH = 0x00, 0x20, 0x40, 0x60, 0x80, 0xa0


def parse(text):
    """[(code, jt, jf, k)]; the first line says how many follow."""
    lines = text.split('\n')
    n = int(lines[0])
    program = [tuple(int(w) for w in line.split()) for line in lines[1:n + 1]]
    assert len(program) == n and all(len(i) == 4 for i in program)
    return program


def arithmetic(op, a, b):
    return {0x00: lambda: a + b, 0x10: lambda: a - b, 0x20: lambda: a * b,
            0x30: lambda: a // b, 0x40: lambda: a | b, 0x50: lambda: a & b,
            0x60: lambda: a << b, 0x70: lambda: a >> b,
            0x80: lambda: -a, 0xa0: lambda: a ^ b}[op]() & 0xffffffff


def truth(op, a, b):
    return {0x10: a == b, 0x20: a > b, 0x30: a >= b, 0x40: a & b != 0}[op]


def run(program, frame):
    """(bytes that it keeps of the frame, instructions run)."""
    a = x = at = steps = 0
    memory = [0] * 16
    while True:
        code, jt, jf, k = program[at]
        kind, mode = code & 7, code & 0xe0
        at += 1
        steps += 1
        if kind == RET:
            return (a if code & 0x18 == 0x10 else k), steps
        if kind == JMP:
            if code & 0xf0 == 0:
                at += k
            else:
                at += jt if truth(code & 0xf0, a, x if code & 8 else k) else jf
        elif kind == LD and mode in (ABS, IND):
            place = k + (x if mode == IND else 0)
            size = SIZES[code & 0x18]
            if place + size > len(frame):
                return 0, steps
            a = int.from_bytes(frame[place:place + size], 'big')
        elif kind == LDX and mode == MSH:
            if k >= len(frame):
                return 0, steps
            x = (frame[k] & 15) * 4
        elif kind in (LD, LDX):
            value = {IMM: k, MEM: memory[k & 15], LEN: len(frame)}[mode]
            if kind == LD:
                a = value
            else:
                x = value
        elif kind == ST:
            memory[k] = a
        elif kind == STX:
            memory[k] = x
        elif kind == ALU:
            a = arithmetic(code & 0xf0, a, x if code & 8 else k)
        elif code & 0xf8 == 0:
            x = a
        else:
            a = x
