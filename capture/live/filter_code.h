/* filter_code.h: writing a BPF program. BPF only jumps forward, so it is
 * written from its end: what a test leads to stands already, and its place is
 * known. */
#pragma once
#include <pcap.h>

/* A place in a program, as the number of instructions from there to the end:
 * what is written later, in front of it, does not move it. */
struct place {
	unsigned left;
};

enum { CODE_MAX = 4096 }; /* the kernel takes no more */

struct code {
	unsigned n;
	struct bpf_insn insns[CODE_MAX]; /* the last n are written */
};

/* Each writes in front of all that stands, and gives the place. */
struct place code_return(struct code *c, uint32_t bytes);
/* An operation (load, store, arithmetic), then next. */
struct place code_op(struct code *c, int op, uint32_t k, struct place next);
/* test: BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET of the accumulator and k. */
struct place code_test(struct code *c, int test, uint32_t k, struct place yes,
	struct place no);

/* Where a value of the accumulator from first to last leads. */
struct arm {
	uint32_t first, last;
	struct place to;
};

/* The arms must be in order and apart; all between them leads to otherwise.
 * Takes about log2(n) tests. */
struct place code_choose(struct code *c, const struct arm *arms, size_t n,
	struct place otherwise);
