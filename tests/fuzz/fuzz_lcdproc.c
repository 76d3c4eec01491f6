/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What calls itself LCDd may say anything: lines are ended, numbers bounded, and it makes no difference whether a line
 * came after others. */
#include <assert.h>
#include <string.h>

#include "board/display/lcdproc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct lcdproc_said *said)
{
	enum lcd_size fits;

	assert(said->cols <= 999 && said->rows <= 999);
	assert(said->button <= ROTATION_HOLD);
	assert(said->news == LCDPROC_KEY || said->button == ROTATION_NO_BUTTON);
	if (lcdproc_fit(&fits, said))
		assert(said->news == LCDPROC_CONNECT && said->cols >= 16 && said->rows >= 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lcdproc_input input = { .size = 0 }, fresh = { .size = 0 };
	struct lcdproc_said said, again;

	for (size_t i = 0; i < size; i++) {
		bool is_whole = lcdproc_feed(&input, &said, (char)data[i]);

		assert(is_whole == lcdproc_feed(&fresh, &again, (char)data[i]));
		if (is_whole) {
			check(&said);
			assert(said.news == again.news && said.cols == again.cols && said.rows == again.rows &&
			       said.button == again.button);
		}
		if (data[i] == '\n')
			fresh = (struct lcdproc_input){ .size = 0 };
	}
	return 0;
}
