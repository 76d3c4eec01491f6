/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/words.h"

#include <strings.h>

#define WORDS(NAME, ...)                                                                                               \
	static const char *const NAME##_LIST[] = { __VA_ARGS__ };                                                      \
	const struct words NAME = { sizeof(NAME##_LIST) / sizeof(NAME##_LIST[0]), NAME##_LIST }

WORDS(WORDS_TRUST, "self", "trusted", "stranger");
WORDS(WORDS_SITE_STATE, "open", "full", "closed", "moved", "unlisted");
WORDS(WORDS_LINE_KIND, "need", "offer", "stock", "round");
WORDS(WORDS_LINE_STATUS, "open", "covered", "met", "closed", "overdue");
WORDS(WORDS_CLOSED, "open", "done", "not-needed", "mistake", "moved");
WORDS(WORDS_REASON, "", "done", "not needed", "mistake", "moved elsewhere", "duplicate");
WORDS(WORDS_STAGE, "asked", "declined", "pledged", "sent", "received", "given", "released", "returned", "lost",
      "spoiled", "withdrawn");
WORDS(WORDS_NOTE_KIND, "message", "alert", "duplicate", "seen", "wrong-place", "still-needed", "abuse", "denial");
WORDS(WORDS_SEVERITY, "unknown", "minor", "moderate", "severe", "extreme");
WORDS(WORDS_PEER_STATE, "connecting", "comparing", "transfer", "safe", "not-taken");
WORDS(WORDS_TRUST_KIND, "vouch", "withdraw", "keeper", "keeper-end");
WORDS(WORDS_TIME_QUALITY, "guessed", "told", "set");
WORDS(WORDS_CLOCK_SOURCE, "nobody", "neighbours", "battery", "phone", "person", "gps", "ntp");
WORDS(WORDS_NOTICE, "key-missing", "key-other", "entries-gone", "card-copied", "peer-copied", "renewed", "nearly-full",
      "part-waits", "not-reached");
WORDS(WORDS_ROOM, "entries", "authors", "sites", "lines", "moves", "notes", "trust");
WORDS(WORDS_SECTORS, "water", "food", "shelter", "health", "hygiene", "baby", "power", "cleanup", "transport", "comms",
      "clothing", "people", "animals", "information", "legal", "safety");
WORDS(WORDS_FACILITIES, "step-free", "power", "pets", "no-id", "drill");
WORDS(WORDS_FLAGS, "damaged", "can-collect", "needs-transport", "drill", "reckoned", "keep-cold", "used");
WORDS(WORDS_FLAGS_TYPED, "damaged", "can-collect", "needs-transport", "drill", "keep-cold", "used");
WORDS(WORDS_CONDITION, "new", "used", "damaged");
WORDS(WORDS_CHANGES, "quantity", "people", "infants", "elders", "powered", "within", "lot", "substitutes", "reserve",
      "reach", "flags", "text", "closed", "every", "use-by", "variant");
WORDS(WORDS_NOTE_FLAGS, "drill");
WORDS(WORDS_DAYS, "mon", "tue", "wed", "thu", "fri", "sat", "sun");

WORDS(WORDS_RADIO_STATE, "off", "missing", "starting", "refused", "up");
WORDS(WORDS_QUESTION, "short", "runs-out", "load", "news", "late", "surplus", "unconfirmed", "silent", "served",
      "expiring");

const char *words_text(const struct words *words, size_t value)
{
	return value < words->count ? words->list[value] : "?";
}

int words_find(const struct words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcasecmp(words->list[i], text) == 0)
			return (int)i;
	return -1;
}
