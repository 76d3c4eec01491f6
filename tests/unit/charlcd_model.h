/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A naive model of the kernel's character LCD: the bytes that it is written, as a grid of cells that people would see.
 * After drivers/auxdisplay/charlcd.c and hd44780_common.c: what is written beyond the last column is not seen, unknown
 * commands are an error here. */
#ifndef AIDMESH_TESTS_CHARLCD_MODEL_H
#define AIDMESH_TESTS_CHARLCD_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct charlcd_model {
	size_t cols, rows;
	char cells[4][21];
	size_t x, y;
	bool cursor, blink, light, display;
	unsigned char glyphs[8][8];
	char escape[25]; /* behind ESC; "" and !in_escape: none under way */
	size_t escape_size;
	bool in_escape;
	size_t unknown; /* commands */
	size_t written; /* cells */
};

static void model_clear(struct charlcd_model *m)
{
	for (size_t row = 0; row < m->rows; row++)
		snprintf(m->cells[row], sizeof(m->cells[row]), "%*s", (int)m->cols, "");
	m->x = m->y = 0;
}

/* Without power: nothing to be seen, nothing kept. */
static void model_power(struct charlcd_model *m, size_t cols, size_t rows)
{
	*m = (struct charlcd_model){ .cols = cols, .rows = rows, .cursor = true, .blink = true };
	model_clear(m);
}

/* True when the command is whole. */
static bool model_command(struct charlcd_model *m)
{
	const char *e = m->escape;
	unsigned x, y, glyph, bytes[8];

	if (strcmp(e, "[2J") == 0) {
		model_clear(m);
		return true;
	}
	if (strcmp(e, "[H") == 0) {
		m->x = m->y = 0;
		return true;
	}
	if (strncmp(e, "[L", 2) != 0)
		return m->escape_size >= 2;
	switch (e[2]) {
	case '\0':
		return false;
	case 'D':
	case 'd':
		m->display = e[2] == 'D';
		return true;
	case 'C':
	case 'c':
		m->cursor = e[2] == 'C';
		return true;
	case 'B':
	case 'b':
		m->blink = e[2] == 'B';
		return true;
	case '+':
	case '-':
		m->light = e[2] == '+';
		return true;
	case 'I':
		model_clear(m);
		m->display = m->cursor = m->blink = true;
		return true;
	case 'x':
		if (strchr(e, ';') == NULL)
			return false;
		if (sscanf(e, "[Lx%uy%u;", &x, &y) != 2 || x >= m->cols || y >= m->rows)
			m->unknown++;
		else {
			m->x = x;
			m->y = y;
		}
		return true;
	case 'G':
		if (strchr(e, ';') == NULL)
			return false;
		if (strlen(e) != 21 || sscanf(e, "[LG%1u%2x%2x%2x%2x%2x%2x%2x%2x;", &glyph, &bytes[0], &bytes[1],
					      &bytes[2], &bytes[3], &bytes[4], &bytes[5], &bytes[6], &bytes[7]) != 9) {
			m->unknown++;
			return true;
		}
		for (size_t i = 0; i < 8; i++)
			m->glyphs[glyph][i] = (unsigned char)bytes[i];
		return true;
	}
	m->unknown++;
	return true;
}

static void model_byte(struct charlcd_model *m, char c)
{
	if (m->in_escape && c != '\n') {
		if (m->escape_size + 1 < sizeof(m->escape)) {
			m->escape[m->escape_size++] = c;
			m->escape[m->escape_size] = '\0';
		} else {
			m->unknown++;
			m->in_escape = false;
		}
		if (model_command(m))
			m->in_escape = false;
		return;
	}
	switch (c) {
	case '\033':
		m->in_escape = true;
		m->escape_size = 0;
		m->escape[0] = '\0';
		break;
	case '\f':
		model_clear(m);
		break;
	case '\n':
		m->in_escape = false;
		for (; m->x < m->cols; m->x++)
			m->cells[m->y][m->x] = ' ';
		m->x = 0;
		m->y = (m->y + 1) % m->rows;
		break;
	case '\r':
		m->x = 0;
		break;
	case '\b':
		if (m->x > 0)
			m->cells[m->y][--m->x] = ' ';
		break;
	default:
		m->written++;
		if (m->x < m->cols)
			m->cells[m->y][m->x++] = c;
	}
}

static void model_write(struct charlcd_model *m, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		model_byte(m, bytes[i]);
}

#endif
