/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/ascii.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "board/text/utf8.h"

enum { LATIN_FIRST = 0xA0, LATIN_LAST = 0x17F, LATIN1_FIRST = 0xA1, LATIN1_LAST = 0xFF, SOFT_HYPHEN = 0xAD };

/* U+00A0..U+017F, each between bars. */
static const char LATIN[] = " |!|c|GBP|?|JPY||S|\"|(c)|a|<<|-||(r)|-| deg|+-|2|3|'|u|P|.|,|1|o|>>|1/4|1/2|3/4|?|"
			    "A|A|A|A|A|A|AE|C|E|E|E|E|I|I|I|I|D|N|O|O|O|O|O|x|O|U|U|U|U|Y|Th|ss|"
			    "a|a|a|a|a|a|ae|c|e|e|e|e|i|i|i|i|d|n|o|o|o|o|o|/|o|u|u|u|u|y|th|y|"
			    "A|a|A|a|A|a|C|c|C|c|C|c|C|c|D|d|D|d|E|e|E|e|E|e|E|e|E|e|G|g|G|g|"
			    "G|g|G|g|H|h|H|h|I|i|I|i|I|i|I|i|I|i|IJ|ij|J|j|K|k|k|L|l|L|l|L|l|L|"
			    "l|L|l|N|n|N|n|N|n|n|N|n|O|o|O|o|O|o|OE|oe|R|r|R|r|R|r|S|s|S|s|S|s|"
			    "S|s|T|t|T|t|T|t|U|u|U|u|U|u|U|u|U|u|U|u|W|w|Y|y|Y|Z|z|Z|z|Z|z|s|";

/* The spelling of a character of LATIN; its length in `*size`. The soft hyphen and the broken bar spell nothing. */
static const char *latin(size_t *size, uint32_t c)
{
	const char *at = LATIN;

	for (uint32_t i = LATIN_FIRST; i < c; i++)
		at = strchr(at, '|') + 1;
	*size = (size_t)(strchr(at, '|') - at);
	return at;
}

static const char *punctuation(uint32_t c)
{
	if (c >= 0x2010 && c <= 0x2015)
		return "-";
	if (c == 0x2018 || c == 0x2019 || c == 0x201A || c == 0x02BC)
		return "'";
	if (c >= 0x201C && c <= 0x201E)
		return "\"";
	if (c == 0x2026)
		return "...";
	if (c == 0x2022)
		return "*";
	if (c == 0x20AC)
		return "EUR";
	if (c >= 0x2000 && c <= 0x200A)
		return " ";
	if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200D) || c == 0xFEFF)
		return ""; /* combining accents and what has no width */
	return "?";
}

/* Characters from `kept` to LATIN1_LAST stay. */
static void fold(char *out, size_t size, const char *utf8, uint32_t kept)
{
	size_t used = 0;
	uint32_t c;

	while ((c = utf8_next(&utf8)) != 0) {
		bool is_kept = c >= kept && c <= LATIN1_LAST && c != SOFT_HYPHEN;
		char plain = (char)(c < 0x20 || c == 0x7F ? ' ' : c & 0xFF);
		const char *spelt = &plain;
		size_t spelt_size = 1;

		if (!is_kept && c >= LATIN_FIRST && c <= LATIN_LAST) {
			spelt = latin(&spelt_size, c);
		} else if (!is_kept && c >= 0x80) {
			spelt = punctuation(c);
			spelt_size = strlen(spelt);
		}
		if (used + spelt_size >= size)
			break;
		memcpy(out + used, spelt, spelt_size);
		used += spelt_size;
	}
	out[used] = '\0';
}

void ascii_fold(char *out, size_t size, const char *utf8)
{
	fold(out, size, utf8, LATIN1_LAST + 1);
}

void ascii_fold_latin1(char *out, size_t size, const char *utf8)
{
	fold(out, size, utf8, LATIN1_FIRST);
}
