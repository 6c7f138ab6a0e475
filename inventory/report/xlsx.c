/* xlsx.c: see xlsx.h. libxlsxwriter writes to a name: here that of a file in
 * memory, which no other process sees and nothing is left of. */
#include "inventory/report/xlsx.h"
#include "capture/base/text.h"
#include "inventory/sql.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { CELL_MOST = 32000, /* Excel's limit is 32,767 characters */
	PATH_ROOM = 64, NARROW = 14, WIDE = 28, WIDEST = 60,
};

struct xlsx {
	int fd;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *head, *uses[USE_BASIC + 1];
	lxw_row_t row;
	lxw_col_t column, columns;
	lxw_error error; /* the first one */
	bool lost;       /* what was written did not arrive */
};

static void note(struct xlsx *x, lxw_error code)
{
	if (x->error == LXW_NO_ERROR)
		x->error = code;
}

static void make_formats(struct xlsx *x)
{
	static const struct {
		enum auth_use use;
		lxw_color_t ink, ground;
	} marks[] = {
		{USE_BASIC, 0xa8201a, 0xfdecea},
		{USE_REQUIRED, 0x7a4400, 0xfdf1dc},
		{USE_UNKNOWN, 0x6b5500, 0xfbf5d6},
		{USE_OAUTH, 0x14592f, 0xe6f4ea},
	};

	x->head = workbook_add_format(x->book);
	format_set_bold(x->head);
	format_set_bottom(x->head, LXW_BORDER_MEDIUM);
	format_set_bg_color(x->head, 0xf4f6f8);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		lxw_format *f = workbook_add_format(x->book);

		format_set_bold(f);
		format_set_font_color(f, marks[i].ink);
		format_set_bg_color(f, marks[i].ground);
		x->uses[marks[i].use] = f;
	}
}

bool xlsx_open(struct xlsx **out, int64_t created, struct err *e)
{
	lxw_workbook_options how = {
		.constant_memory = LXW_TRUE, .use_zip64 = LXW_TRUE};
	char title[] = "Devices that send mail";
	lxw_doc_properties about = {
		.title = title,
		.created = (time_t)(created / 1000000),
	};
	struct xlsx *x = xcalloc(1, sizeof *x);
	char path[PATH_ROOM];

	x->fd = memfd_create("workbook", MFD_CLOEXEC);
	snprintf(path, sizeof path, "/proc/self/fd/%d", x->fd);
	if (x->fd >= 0)
		x->book = workbook_new_opt(path, &how);
	if (!x->book) {
		err_set(e, ERR_RUN, "cannot make a workbook: %s",
			strerror(errno));
		xlsx_close(x, NULL, NULL);
		return false;
	}
	workbook_set_properties(x->book, &about);
	make_formats(x);
	*out = x;
	return true;
}

/* Rows lie in a file of the library's own, which it does not ask whether it
 * is full. */
static void end_sheet(struct xlsx *x)
{
	FILE *rows = x->sheet ? x->sheet->optimize_tmpfile : NULL;

	if (!x->sheet)
		return;
	if (rows && (fflush(rows) != 0 || ferror(rows)))
		x->lost = true;
	note(x, worksheet_autofilter(x->sheet, 0, 0,
		x->row > 1 ? x->row - 1 : 1, (lxw_col_t)(x->columns - 1)));
	worksheet_freeze_panes(x->sheet, 1, 1);
}

static double width_of(const char *title)
{
	static const char *const wide[] = {
		"name", "device", "vendor", "accounts", "servers", "findings",
		"mail_from", "account", "greetings", "names", "what",
		"value", "recipient_domains", "services", "first_seen",
		"last_seen", "model"};
	static const char *const widest[] = {
		"advice", "advice_why", "note", "of", "device_ids"};

	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (strcmp(title, wide[i]) == 0)
			return WIDE;
	for (size_t i = 0; i < sizeof widest / sizeof widest[0]; i++)
		if (strcmp(title, widest[i]) == 0)
			return WIDEST;
	return (double)strlen(title) + 4 > NARROW
		? (double)strlen(title) + 4 : NARROW;
}

void xlsx_sheet(struct xlsx *x, const char *name, const char *const *titles,
	size_t n)
{
	end_sheet(x);
	x->sheet = workbook_add_worksheet(x->book, name);
	x->row = 0;
	x->column = 0;
	x->columns = (lxw_col_t)n;
	if (!x->sheet) {
		x->lost = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i,
			width_of(titles[i]), NULL);
		note(x, worksheet_write_string(x->sheet, 0, (lxw_col_t)i,
			titles[i], x->head));
	}
	x->row = 1;
}

/* "_x0041_" in a cell is an A (ECMA-376, 22.9.2.19): its first character is
 * written so itself. */
static bool is_escape(const char *t)
{
	return t[0] == '_' && t[1] == 'x' && isxdigit((unsigned char)t[2]) &&
		isxdigit((unsigned char)t[3]) &&
		isxdigit((unsigned char)t[4]) &&
		isxdigit((unsigned char)t[5]) && t[6] == '_';
}

static void put(struct xlsx *x, const char *text, lxw_format *format)
{
	char room[512], *cell = room, *p;
	size_t n = strlen(text), at = 0;

	if (7 * n + 4 > sizeof room)
		cell = xcalloc(7 * (n < CELL_MOST ? n : CELL_MOST) + 8, 1);
	p = cell;
	while (at < n) {
		uint32_t c;
		size_t len = text_decode((const uint8_t *)text + at, n - at,
			&c);

		if (len == 0 || (size_t)(p - cell) + len + 7 > CELL_MOST) {
			p = stpcpy(p, "\xe2\x80\xa6");
			break;
		}
		if (is_escape(text + at))
			p = stpcpy(p, "_x005F");
		memcpy(p, text + at, len);
		p += len;
		at += len;
	}
	*p = '\0';
	if (*cell != '\0')
		note(x, worksheet_write_string(x->sheet, x->row, x->column,
			cell, format));
	if (cell != room)
		free(cell);
}

void xlsx_text(struct xlsx *x, const char *text)
{
	if (text && x->sheet)
		put(x, text, NULL);
	x->column++;
}

void xlsx_use(struct xlsx *x, enum auth_use use)
{
	if (x->sheet)
		put(x, auth_use_word(use), x->uses[use]);
	x->column++;
}

void xlsx_number(struct xlsx *x, uint64_t v)
{
	if (x->sheet)
		note(x, worksheet_write_number(x->sheet, x->row, x->column,
			(double)v, NULL));
	x->column++;
}

void xlsx_end_line(struct xlsx *x)
{
	x->row++;
	x->column = 0;
}

static bool copy_out(int fd, FILE *out)
{
	char room[1 << 16];
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, room, sizeof room, at);

		if (n <= 0)
			return n == 0 && at > 0;
		if (fwrite(room, 1, (size_t)n, out) != (size_t)n)
			return false;
		at += n;
	}
}

/* Closing is what writes the file, even one that nobody wants any more. */
bool xlsx_close(struct xlsx *x, FILE *out, struct err *e)
{
	bool ok = true;

	if (x->book) {
		end_sheet(x);
		errno = 0;
		note(x, workbook_close(x->book));
	}
	if (x->error != LXW_NO_ERROR || x->lost)
		ok = err_set(e, ERR_RUN, "cannot make the workbook: %s",
			x->lost ? "no room for its rows in the folder of "
				"temporary files"
				: lxw_strerror(x->error));
	else if (out)
		ok = copy_out(x->fd, out) || err_set(e, ERR_RUN,
			"cannot write the report: %s", strerror(errno));
	if (x->fd >= 0)
		close(x->fd);
	free(x);
	return ok;
}
