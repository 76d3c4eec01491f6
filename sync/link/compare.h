/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finds the difference of two sets on a link, as the side that decodes: the dialled one. It hears the other's sketches,
 * subtracts its own, and learns which of its entries the other lacks and which elements it lacks itself.
 *
 *   PROBE    four syndromes of it all, and how large the difference may be      few differences: done
 *     ASK syndromes of one bucket, or ASK_SIZE: the other cuts the set into buckets of about COMPARE_LOAD differences
 *   SKETCH   as many syndromes as a bucket is likely to need; what does not decode asks for more, twice
 *     ASK_LIST, where the sets share so little that naming everything is shorter
 *   LIST     all elements of the other
 *
 * A decode has a syndrome to spare, so that an overfull bucket is seen at once; the SUMMARY after the entries confirms
 * the whole. What stays undecoded is left to the next series, under another salt.
 *
 * One comparison at a time for the whole engine, since its memory is 8 bytes an entry; nobody holds it longer than
 * COMPARE_IDLE_MS without a valid answer when another link wants it; a slow line has COMPARE_GIVE_UP_MS. Pure; memory from the caller's arena. */
#ifndef AIDMESH_SYNC_LINK_COMPARE_H
#define AIDMESH_SYNC_LINK_COMPARE_H

#include "sync/set/carrier.h"
#include "sync/set/element_index.h"
#include "sync/set/outbox.h"

/* Differences a bucket: large ones cost fewer bytes, small ones less time, and fewer are left over at last. The first
 * syndromes are two more, and who needs more is asked twice; where there are many, six more, and asked once. */
enum { COMPARE_LOAD_FEW = 38, COMPARE_FEW = 700, COMPARE_LOAD = 34, COMPARE_SPARE = 2 };
enum { COMPARE_MANY = 6000, COMPARE_LOAD_MANY = 40, COMPARE_SPARE_MANY = 6 };
enum { COMPARE_MOST = 20000, COMPARE_LOAD_MOST = 30 };
enum { COMPARE_ONE_MAX = 56, COMPARE_TWO_MAX = 100, COMPARE_SURE_MAX = 110 };
enum { COMPARE_IDLE_MS = 2000, COMPARE_GIVE_UP_MS = 10000 };

enum compare_step {
	COMPARE_IDLE,
	COMPARE_ASKING,   /* the next question is to be said */
	COMPARE_SKETCHES, /* syndromes are coming */
	COMPARE_SIZING,   /* the first of them say how many buckets there are */
	COMPARE_LISTING,
};

struct compare {
	carrier_id link; /* whose comparison it is; 0 nobody's */
	enum compare_step step;
	enum ask_what question;
	uint8_t series;
	mono_ms heard_at;
	struct element_index elements; /* what we hold */
	uint32_t their_count;
	uint32_t estimate; /* of the difference */
	uint32_t buckets;
	uint8_t have, to; /* syndromes of each undecoded bucket that are here, and that are asked for */
	uint32_t undecoded_count;
	uint32_t
		rest[PROBE_SYNDROMES]; /* the probe's, less those of the buckets heard: at last those of the last one */
	uint32_t next;                 /* bucket, or rank of a list, that comes next */
	uint32_t mine_next;            /* rank of ours from which on the list has not been looked at */
	bool wants;                    /* something that was found is to be said */
	uint32_t want_next;            /* bucket or rank from which on to look for it */
	uint8_t undecoded[BUCKETS_MAX / 8];
	uint8_t found[BUCKETS_MAX / 8]; /* decoded and not said: the row holds what is wanted, the number first */
	uint32_t row_max;
	uint32_t *rows; /* their syndromes, then what is wanted; a list: a bit for each wanted rank */
};

void compare_memory(struct compare *c, struct arena *arena, uint32_t entries_max);

/* Is it free for `link`? */
bool compare_is_free(const struct compare *c, carrier_id link, mono_ms now);
/* Begins a series. What is found at once goes into `lacks`: slots that the other side lacks. */
void compare_begin(struct compare *c, carrier_id link, const struct frame_probe *probe, const struct set *set,
		   const struct salt *salt, struct days days, struct outbox *lacks, mono_ms now);
/* An answer to the last question. SYNC_E_FRAME: none that was asked for. */
enum sync_rc compare_sketch(struct compare *c, const struct frame_sketch *sketch, const struct set *set,
			    struct outbox *lacks, mono_ms now);
enum sync_rc compare_list(struct compare *c, const struct frame_list *list, const struct set *set, struct outbox *lacks,
			  mono_ms now);
void compare_end(struct compare *c);
/* Whether the other side has this element is known. Always true when nothing is compared. */
bool compare_has_passed(const struct compare *c, uint32_t element);
/* Something is still to be said or heard. */
bool compare_is_busy(const struct compare *c);

/* Writes the next question or wants into a frame that is empty as yet; nothing when there is none. Returns how many
 * elements it asks for. */
bool compare_has_to_say(const struct compare *c);
uint32_t compare_fill(struct compare *c, struct writer *w);

/* The other side, that has sketched, knows the same of what the wants that it heard have spoken about. */
struct want_progress {
	uint32_t buckets; /* 0: a list */
	uint32_t rank;    /* of a list: up to here */
	uint8_t heard[BUCKETS_MAX / 8];
};

/* The slots that a WANT names, as far as they are still here. SYNC_E_FRAME: malformed. */
enum sync_rc want_answer(const struct frame_want *want, struct want_progress *progress,
			 const struct element_index *elements, const struct set *set, struct outbox *lacks);
bool want_has_passed(const struct want_progress *progress, const struct element_index *elements, uint32_t element);

/* Naming all of `count` elements is shorter than sketching such a difference. */
bool compare_is_listed(uint32_t estimate, uint32_t count);
/* The first syndrome of a bucket that an answer from number `from` to `to` brings: the last bucket's first ones follow
 * from the probe's and the others'. */
uint8_t sketch_from(uint32_t buckets, uint32_t bucket, uint8_t from, uint8_t to);
/* How many buckets, and how many syndromes of each to begin with, suit a difference of about `estimate`. */
void compare_plan(uint32_t estimate, uint32_t *buckets, uint8_t *to);

#endif
