/* filter_code.c: see filter_code.h. */
#include "capture/live/filter_code.h"
#include <assert.h>

/* A test's jump has 8 bits; two instructions may yet come in between. */
enum { NEAR = 255 - 2 };

static struct place put(struct code *c, struct bpf_insn insn)
{
	assert(c->n < CODE_MAX);
	c->n++;
	c->insns[CODE_MAX - c->n] = insn;
	return (struct place){c->n};
}

/* To there from what is written next. */
static uint32_t distance(const struct code *c, struct place to)
{
	assert(to.left > 0 && to.left <= c->n);
	return c->n - to.left;
}

static struct place jump(struct code *c, struct place to)
{
	return put(c, (struct bpf_insn){.code = BPF_JMP | BPF_JA,
		.k = distance(c, to)});
}

struct place code_return(struct code *c, uint32_t bytes)
{
	return put(c, (struct bpf_insn){.code = BPF_RET | BPF_K, .k = bytes});
}

struct place code_op(struct code *c, int op, uint32_t k, struct place next)
{
	if (distance(c, next) > 0)
		jump(c, next);
	return put(c, (struct bpf_insn){.code = (u_short)op, .k = k});
}

struct place code_test(struct code *c, int test, uint32_t k, struct place yes,
	struct place no)
{
	if (distance(c, yes) > NEAR)
		yes = jump(c, yes);
	if (distance(c, no) > NEAR)
		no = jump(c, no);
	return put(c, (struct bpf_insn){
		.code = (u_short)(BPF_JMP | test | BPF_K), .k = k,
		.jt = (u_char)distance(c, yes), .jf = (u_char)distance(c, no)});
}

struct place code_choose(struct code *c, const struct arm *arms, size_t n,
	struct place otherwise)
{
	const struct arm *middle = &arms[n / 2];
	struct place below;

	if (n == 0)
		return otherwise;
	if (n > 1) {
		struct place from = code_choose(c, middle, n - n / 2,
			otherwise);

		below = code_choose(c, arms, n / 2, otherwise);
		return code_test(c, BPF_JGE, middle->first, from, below);
	}
	if (arms->first == arms->last)
		return code_test(c, BPF_JEQ, arms->first, arms->to, otherwise);
	below = arms->to;
	if (arms->first > 0)
		below = code_test(c, BPF_JGE, arms->first, below, otherwise);
	return code_test(c, BPF_JGT, arms->last, otherwise, below);
}
