/* html_page.h: the parts of the HTML report, in the order of the page. Each
 * writes its section, or nothing where there is nothing to tell. */
#pragma once
#include "inventory/report/figures.h"
#include <stdio.h>

struct page {
	FILE *out;
	const struct rows *rows;
	const struct figures *figures;
	const struct report_options *options;
};

/* html_page.c: what was heard, what cannot be seen, and the numbers. */
void page_scope(const struct page *p);
void page_numbers(const struct page *p);
/* html_ways.c: what to change first, and what the words mean. */
void page_ways(const struct page *p);
void page_words(const struct page *p);
/* html_devices.c: the table of all. */
void page_devices(const struct page *p);
/* html_lists.c: accounts, silent and quiet devices, servers. */
void page_shared(const struct page *p);
void page_silent(const struct page *p);
void page_quiet(const struct page *p);
void page_servers(const struct page *p);
/* html_tenant.c: accounts as the provider knows them; before and after. */
void page_tenant(const struct page *p);
void page_changes(const struct page *p);
/* html_charts.c: drawn as SVG. */
void page_bar(const struct page *p);
void page_discovery(const struct page *p);

/* A class for what is used: one letter, as the style sheet has it. */
char page_letter(const struct device *d);
/* The label of how it sends: "BASIC~" where it is inferred. */
void page_badge(FILE *out, const struct device *d);
/* "RNP002673A5A8F3", else an address, else its id. */
const char *page_name(const struct device *d);
