/* term.c: see term.h. Signals come through a descriptor, so that none ever
 * interrupts half an escape sequence and no handler needs a global. ncurses
 * writes to an outlet, so that a terminal which takes nothing blocks nothing;
 * its modes are therefore set here. */
#include "ui/dash/term.h"
#include "ui/dash/keys.h"
#include "ui/dash/outlet.h"
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

enum { ESC_MILLISECONDS = 50, FLUSH_MILLISECONDS = 300, EMPTY_READS = 16 };

static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP};
enum { SIGNALS_N = sizeof SIGNALS / sizeof SIGNALS[0] };

struct term {
	FILE *tty; /* the keyboard, where stdin is none; or NULL */
	FILE *in;
	struct outlet out;
	SCREEN *screen;
	WINDOW *keys; /* reading from a pad never paints anything */
	struct termios shell, own;
	bool utf8, colour;
	int signals; /* a signalfd */
	sigset_t mask;
	struct sigaction actions[SIGNALS_N];
	unsigned empty; /* times that input was there and could not be read */
	struct grid painted; /* without cells: nothing yet */
};

/* Signals */

static void set_of(sigset_t *set)
{
	sigemptyset(set);
	for (int i = 0; i < SIGNALS_N; i++)
		sigaddset(set, SIGNALS[i]);
}

static bool signals_take(struct term *t)
{
	sigset_t set;

	set_of(&set);
	for (int i = 0; i < SIGNALS_N; i++)
		sigaction(SIGNALS[i], NULL, &t->actions[i]);
	if (sigprocmask(SIG_BLOCK, &set, &t->mask) != 0)
		return false;
	t->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return t->signals >= 0;
}

/* What came meanwhile was meant for the dashboard: it is over with it. */
static void signals_give_back(struct term *t)
{
	struct signalfd_siginfo info;

	while (t->signals >= 0 &&
		read(t->signals, &info, sizeof info) == sizeof info)
		;
	if (t->signals >= 0)
		close(t->signals);
	for (int i = 0; i < SIGNALS_N; i++)
		sigaction(SIGNALS[i], &t->actions[i], NULL);
	sigprocmask(SIG_SETMASK, &t->mask, NULL);
}

/* All that are pending, as the one that matters most. */
static enum term_event signals_read(struct term *t)
{
	enum term_event event = TERM_NOTHING;
	struct signalfd_siginfo info;

	while (read(t->signals, &info, sizeof info) == sizeof info) {
		enum term_event next = TERM_STOP;

		if (info.ssi_signo == SIGHUP)
			next = TERM_HANGUP;
		else if (info.ssi_signo == SIGWINCH)
			next = TERM_RESIZE;
		else if (info.ssi_signo == SIGTSTP)
			next = TERM_SUSPEND;
		if (next == TERM_HANGUP || event == TERM_NOTHING ||
			(next == TERM_STOP && event != TERM_HANGUP))
			event = next;
	}
	return event;
}

/* Looks */

static bool wants_colour(enum dash_colour colour)
{
	const char *no = getenv("NO_COLOR");

	if (colour == DASH_COLOUR_AUTO && no && no[0] != '\0')
		return false;
	return colour != DASH_COLOUR_NEVER && has_colors();
}

static void colours_init(struct term *t)
{
	static const short fore[STYLES] = {
		[STYLE_TITLE] = COLOR_CYAN, [STYLE_KEY] = COLOR_CYAN,
		[STYLE_MUST] = COLOR_RED, [STYLE_HIDDEN] = COLOR_YELLOW,
		[STYLE_OAUTH] = COLOR_GREEN, [STYLE_LOSS] = COLOR_MAGENTA,
	};
	short back = COLOR_BLACK;

	if (start_color() != OK || COLORS < 8)
		return;
	if (use_default_colors() == OK)
		back = -1;
	for (short s = 0; s < STYLES; s++)
		if (fore[s] != 0)
			init_pair(s, fore[s], back);
	t->colour = true;
}

static attr_t look(const struct term *t, enum style style)
{
	switch (style) {
	case STYLE_PLAIN: return A_NORMAL;
	case STYLE_DIM: return A_DIM;
	case STYLE_BOLD: return A_BOLD;
	case STYLE_HEAD: return A_BOLD | A_UNDERLINE;
	case STYLE_TITLE:
		return t->colour ? (attr_t)COLOR_PAIR(style) : A_BOLD;
	case STYLE_KEY:
		return A_REVERSE | (t->colour ? (attr_t)COLOR_PAIR(style) : 0);
	case STYLE_MUST:
		return A_BOLD | (t->colour ? (attr_t)COLOR_PAIR(style) : 0);
	case STYLE_LOSS:
		return A_BOLD | (t->colour ? (attr_t)COLOR_PAIR(style)
					   : A_UNDERLINE);
	case STYLE_HIDDEN:
	case STYLE_OAUTH:
		return t->colour ? (attr_t)COLOR_PAIR(style) : A_NORMAL;
	case STYLES: break;
	}
	return A_NORMAL;
}

static void fit(struct term *t)
{
	struct winsize size;

	if (ioctl(t->out.tty, TIOCGWINSZ, &size) == 0 &&
		size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
}

/* Opening and closing */

static bool streams_open(struct term *t, struct err *e)
{
	bool in = isatty(STDIN_FILENO), out = isatty(STDOUT_FILENO);

	if (!in || !out) {
		t->tty = fopen("/dev/tty", "r+e");
		if (!t->tty)
			return err_set(e, ERR_RUN, "there is no terminal: %s; "
				"'mailcensus list' needs none",
				strerror(errno));
	}
	t->in = in ? stdin : t->tty;
	return outlet_open(&t->out, out ? STDOUT_FILENO : fileno(t->tty), e);
}

static bool screen_open(struct term *t, enum dash_colour colour, bool mouse,
	struct err *e)
{
	const char *kind = getenv("TERM");

	/* "dumb" opens all the same, but its cursor cannot be moved. */
	if (kind && strcmp(kind, "dumb") != 0)
		t->screen = newterm(NULL, t->out.stream, t->in);
	if (!t->screen)
		return err_set(e, ERR_RUN,
			"cannot draw on a terminal of the kind '%s'; set "
			"TERM, or use 'mailcensus list'", kind ? kind : "");
	set_term(t->screen);
	raw();
	noecho();
	nonl();
	t->keys = newpad(1, 1);
	if (!t->keys)
		return err_set(e, ERR_RUN, "out of memory");
	keypad(t->keys, TRUE);
	nodelay(t->keys, TRUE);
	leaveok(stdscr, TRUE);
	set_escdelay(ESC_MILLISECONDS);
	curs_set(0);
	if (mouse) {
		mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED,
			NULL);
		mouseinterval(0);
	}
	if (wants_colour(colour))
		colours_init(t);
	fit(t); /* not what LINES and COLUMNS say */
	tcgetattr(fileno(t->in), &t->own);
	return outlet_hold(&t->out, e);
}

bool term_open(struct term **out, enum dash_colour colour, bool mouse,
	struct err *e)
{
	struct term *t = calloc(1, sizeof *t);

	if (!t)
		return err_set(e, ERR_RUN, "out of memory");
	t->signals = t->out.tty = t->out.page = -1;
	/* Only characters: numbers in reports keep their point. */
	setlocale(LC_CTYPE, "");
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!signals_take(t)) {
		err_set(e, ERR_RUN, "cannot take signals: %s",
			strerror(errno));
	} else if (streams_open(t, e)) {
		tcgetattr(fileno(t->in), &t->shell);
		if (screen_open(t, colour, mouse, e)) {
			*out = t;
			return true;
		}
	}
	term_close(t);
	return false;
}

static bool leave_screen(struct term *t)
{
	bool all;

	endwin();
	all = outlet_flush(&t->out, FLUSH_MILLISECONDS);
	tcsetattr(fileno(t->in), TCSANOW, &t->shell);
	return all;
}

bool term_close(struct term *t)
{
	bool all = true;

	if (!t)
		return true;
	if (t->screen) {
		all = leave_screen(t);
		if (t->keys)
			delwin(t->keys);
		delscreen(t->screen);
	}
	outlet_close(&t->out);
	signals_give_back(t);
	grid_free(&t->painted);
	if (t->tty)
		fclose(t->tty);
	free(t);
	return all;
}

bool term_utf8(const struct term *t)
{
	return t->utf8;
}

void term_size(const struct term *t, int *rows, int *cols)
{
	(void)t;
	*rows = LINES;
	*cols = COLS;
}

/* Keys */

static uint32_t function_key(wint_t c)
{
	static const struct {
		wint_t curses;
		uint32_t key;
	} keys[] = {
		{KEY_UP, KEYS_UP}, {KEY_DOWN, KEYS_DOWN},
		{KEY_LEFT, KEYS_LEFT}, {KEY_RIGHT, KEYS_RIGHT},
		{KEY_PPAGE, KEYS_PAGE_UP}, {KEY_NPAGE, KEYS_PAGE_DOWN},
		{KEY_HOME, KEYS_HOME}, {KEY_END, KEYS_END},
		{KEY_BACKSPACE, KEYS_BACKSPACE}, {KEY_DC, KEYS_DELETE},
		{KEY_BTAB, KEYS_BACKTAB}, {KEY_ENTER, KEYS_ENTER},
	};

	if (c > KEY_F0 && c <= KEY_F(12))
		return KEYS_F0 + (uint32_t)(c - KEY_F0);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (keys[i].curses == c)
			return keys[i].key;
	return 0;
}

static uint32_t character(wint_t c)
{
	if (c == '\r' || c == '\n')
		return KEYS_ENTER;
	if (c == 0x7f || c == '\b')
		return KEYS_BACKSPACE;
	return c < 0x110000 ? (uint32_t)c : 0;
}

static struct term_input mouse_input(void)
{
	struct term_input in = {.event = TERM_NOTHING};
	MEVENT event;

	if (getmouse(&event) != OK)
		return in;
	in.event = TERM_KEY;
	if (event.bstate & BUTTON4_PRESSED) {
		in.key = KEYS_UP;
	} else if (event.bstate & BUTTON5_PRESSED) {
		in.key = KEYS_DOWN;
	} else {
		in.event = TERM_CLICK;
		in.row = event.y;
		in.col = event.x;
	}
	return in;
}

/* A key that is there already. False: none. */
static bool read_key(const struct term *t, struct term_input *out)
{
	wint_t c;
	int kind = wget_wch(t->keys, &c);

	if (kind == ERR)
		return false;
	*out = (struct term_input){.event = TERM_KEY};
	if (kind == KEY_CODE_YES && c == KEY_MOUSE)
		*out = mouse_input();
	else if (kind == KEY_CODE_YES)
		out->key = function_key(c);
	else
		out->key = character(c);
	return true;
}

/* The end of a terminal shows as readiness to read nothing. */
static bool ended(struct term *t)
{
	int n = 0;

	if (ioctl(fileno(t->in), FIONREAD, &n) != 0)
		return true;
	t->empty = n > 0 ? 0 : t->empty + 1;
	return t->empty >= EMPTY_READS;
}

struct term_input term_wait(struct term *t, int milliseconds)
{
	bool held = !outlet_flush(&t->out, 0);
	struct pollfd p[3] = {
		{.fd = t->signals, .events = POLLIN},
		{.fd = fileno(t->in), .events = POLLIN},
		{.fd = held ? t->out.tty : -1, .events = POLLOUT},
	};
	struct term_input in = {.event = TERM_NOTHING};

	if (read_key(t, &in))
		return in;
	if (poll(p, 3, milliseconds) <= 0)
		return in;
	if (p[0].revents & POLLIN)
		in.event = signals_read(t);
	if (in.event == TERM_RESIZE)
		fit(t);
	if (in.event != TERM_NOTHING)
		return in;
	if (t->out.dead || (p[1].revents & (POLLHUP | POLLERR | POLLNVAL))) {
		in.event = TERM_HANGUP;
		return in;
	}
	if ((p[1].revents & POLLIN) && !read_key(t, &in) && ended(t))
		in.event = TERM_HANGUP;
	return in;
}

/* Painting */

/* The libc of this machine must agree on the width of a character, or the
 * rest of the line would move. */
static bool agreed(const struct cell *c)
{
	mbstate_t state = {0};
	size_t at = 0;
	int want = c->width;

	while (at < c->n) {
		wchar_t wide;
		size_t n = mbrtowc(&wide, c->s + at, c->n - at, &state);

		if (n == 0 || n > c->n - at || wcwidth(wide) != want)
			return false;
		at += n;
		want = 0; /* marks on it */
	}
	return true;
}

static void paint_cell(const struct term *t, const struct grid *g, int row,
	int col)
{
	const struct cell *c = grid_at(g, row, col);
	attr_t a = look(t, (enum style)c->style);

	if (c->width == 0)
		return;
	attrset((int)(c->inverse ? a ^ A_REVERSE : a));
	if (c->n == 1 || agreed(c))
		mvaddnstr(row, col, c->s, c->n);
	else
		mvaddnstr(row, col, "? ", c->width);
}

static bool row_differs(const struct grid *a, const struct grid *b, int row)
{
	size_t n = (size_t)b->cols * sizeof *b->cells;

	return !a->cells || a->cols != b->cols || row >= a->rows ||
		memcmp(grid_at(a, row, 0), grid_at(b, row, 0), n) != 0;
}

static void remember(struct term *t, const struct grid *g)
{
	if (t->painted.rows != g->rows || t->painted.cols != g->cols) {
		grid_free(&t->painted);
		grid_init(&t->painted, g->rows, g->cols, g->utf8);
	}
	memcpy(t->painted.cells, g->cells,
		(size_t)g->rows * g->cols * sizeof *g->cells);
}

void term_paint(struct term *t, const struct grid *g)
{
	if (!outlet_flush(&t->out, 0))
		return;
	if (!t->painted.cells)
		erase();
	for (int row = 0; row < g->rows; row++) {
		if (!row_differs(&t->painted, g, row))
			continue;
		for (int col = 0; col < g->cols; col++)
			paint_cell(t, g, row, col);
	}
	attrset(A_NORMAL);
	leaveok(stdscr, g->cursor_row < 0);
	curs_set(g->cursor_row < 0 ? 0 : 1);
	if (g->cursor_row >= 0)
		move(g->cursor_row, g->cursor_col);
	wnoutrefresh(stdscr);
	doupdate();
	outlet_flush(&t->out, 0);
	remember(t, g);
}

void term_redraw(struct term *t)
{
	grid_free(&t->painted);
	clearok(curscr, TRUE);
}

void term_suspend(struct term *t)
{
	struct sigaction act = {.sa_handler = SIG_DFL}, before;
	sigset_t stop;

	leave_screen(t);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &act, &before);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here it stops */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &before, NULL);
	tcsetattr(fileno(t->in), TCSANOW, &t->own);
	fit(t);
	term_redraw(t);
}
