/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/standing.h"

#include <fcntl.h>
#include <unistd.h>

#include "board/display/charlcd.h"
#include "board/display/drawing.h"

static void write_page(const char *path, const struct lcd_page *page)
{
	char out[CHARLCD_BEGIN_SIZE + CHARLCD_PAGE_SIZE];
	size_t size = charlcd_begin(out), done = 0;
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	size += charlcd_page(out + size, page, NULL);
	while (done < size) {
		ssize_t written = write(fd, out + done, size - done);

		if (written <= 0)
			break;
		done += (size_t)written;
	}
	close(fd);
}

static struct drawing begin(struct lcd_pages *pages, const struct standing *standing)
{
	struct lcd_look look = { .size = standing->size, .charset = LCD_GLYPHS, .language = standing->language };

	pages->count = 0;
	return drawing_begin(pages, &look);
}

void standing_starts(const struct standing *standing)
{
	struct lcd_pages pages;
	struct drawing d = begin(&pages, standing);
	struct lcd_page *page = drawing_deal(&d, LCD_FAILED);

	drawing_say(&d, page, 0, SAY_LCD_STARTS, NULL, NULL);
	write_page(standing->path, page);
}

void standing_cannot_start(const struct standing *standing, const char *why)
{
	struct lcd_pages pages;
	struct drawing d = begin(&pages, standing);
	struct lcd_page *page = drawing_deal(&d, LCD_FAILED);

	drawing_say(&d, page, 0, drawing_is_large(&d) ? SAY_LCD_CANNOT_START : SAY_LCD_CANNOT_START_SHORT, NULL, NULL);
	drawing_put_wrapped(&d, page, 1, why);
	write_page(standing->path, page);
}
