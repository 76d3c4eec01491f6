/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finds the difference of two sets on a link. This is the side that decodes: the dialled one. It hears the sketches of the
 * other side and subtracts its own. So it learns which of its entries the other side lacks, and which elements it lacks
 * itself.
 *
 *   the other side says                           this side answers
 *   PROBE    four syndromes of the whole set,     Few differences: nothing more to ask.
 *            and a parity                         More: ASK_SYNDROMES of one to three buckets.
 *                                                 Many: ASK_SIZE. The other side cuts the set into buckets of about
 *                                                 COMPARE_LOAD differences.
 *                                                 Nearly all: ASK_LIST. To name everything is shorter.
 *   SKETCH   as many syndromes of each bucket     A bucket that does not decode is asked for more syndromes, twice at
 *            as it is likely to need              the most.
 *   LIST     all its elements                     WANT
 *
 * A decode has a syndrome to spare, so an overfull bucket is seen at once. The SUMMARY after the entries confirms the
 * whole. A bucket that stays undecoded is left to the next series, which has another salt.
 *
 * The whole engine has one comparison at a time, since its memory is 8 bytes an entry. When another link wants it, a link
 * keeps it for COMPARE_IDLE_MS after its last valid answer. When no link wants it, a slow line has COMPARE_GIVE_UP_MS.
 *
 * Pure; memory from the caller's arena. */
#ifndef AIDMESH_SYNC_LINK_COMPARE_H
#define AIDMESH_SYNC_LINK_COMPARE_H

#include "sync/set/carrier.h"
#include "sync/set/element_index.h"
#include "sync/set/outbox.h"

/* How many differences a bucket should have, by how many there are. Large buckets cost fewer bytes. Small buckets decode
 * faster, and fewer of them stay undecoded. tools/bench sync (its link part) set these numbers: its columns are bytes a
 * difference, rounds (four are the aim) and decoding (at most a fifth of the time that verifying takes). */
enum {
	COMPARE_FEW = 700, /* below that: */
	COMPARE_LOAD_FEW = 38,
	COMPARE_LOAD = 34, /* else */
	COMPARE_SPARE = 2, /* syndromes beyond the load at first; a bucket that needs more is asked twice */
	/* From COMPARE_MANY differences on the first syndromes are more, and a bucket that needs more is asked once: so four
	 * rounds do. */
	COMPARE_MANY = 6000,
	COMPARE_LOAD_MANY = 40,
	COMPARE_SPARE_MANY = 6,
	/* Where most differs, buckets are smaller, so that four rounds do. */
	COMPARE_MOST = 20000,
	COMPARE_LOAD_MOST = 30,
};
/* So many differences go into one bucket, and into two. Bounded by the 63 that a sketch of SYNDROMES_MAX can show, and by
 * the error of the estimate. */
enum { COMPARE_ONE_MAX = 56, COMPARE_TWO_MAX = 100 };
/* Up to so many the probe's parity tells the number well enough. Beyond, ASK_SIZE costs a round and asks again with a larger
 * parity. Bounded by the probe's 128 cells: two in five are odd when so many differ, and half at the most. */
enum { COMPARE_SURE_MAX = 110 };
/* Bounded by how long another link can wait, and by the slowest line that is still of use. No measurement of them is known;
 * test_whoever_falls_silent_in_a_comparison_does_not_stop_others holds the first. */
enum { COMPARE_IDLE_MS = 2000, COMPARE_GIVE_UP_MS = 10000 };

enum compare_step {
	COMPARE_IDLE,
	COMPARE_ASKING,   /* the next question is to be said */
	COMPARE_SKETCHES, /* syndromes are coming */
	COMPARE_SIZING,   /* syndromes are coming, and the first frame of them says how many buckets there are */
	COMPARE_LISTING,  /* elements are coming */
};

struct compare {
	carrier_id link; /* whose comparison it is; 0 nobody's */
	enum compare_step step;
	enum ask_what question;
	uint8_t series;
	mono_ms heard_at;
	struct element_index elements; /* what this side holds */
	uint32_t their_count;
	uint32_t estimate; /* of the difference */
	uint32_t buckets;
	uint8_t have; /* syndromes of each undecoded bucket that are here */
	uint8_t to;   /* syndromes of each undecoded bucket that are here when the last question is answered */
	uint32_t undecoded_count;
	/* The probe's syndromes, less those of the buckets that were heard. After all but one they are the last bucket's. */
	uint32_t rest[PROBE_SYNDROMES];
	uint32_t next;      /* bucket, or rank of a list, that comes next */
	uint32_t mine_next; /* a list: the rank of this side from which on nothing was compared yet */
	bool wants;         /* what was found is still to be said */
	uint32_t want_next; /* a list: the rank from which on it is to be said */
	uint8_t undecoded[BUCKETS_MAX / 8];
	uint8_t found[BUCKETS_MAX / 8]; /* decoded, and what is wanted of the bucket was not said yet */
	uint32_t row_max;               /* numbers in `rows` */
	/* A row of SYNDROMES_MAX for each bucket: its syndromes, and when it is decoded how many elements are wanted and how
	 * many are ours, then both. A list: a bit for each wanted rank. */
	uint32_t *rows;
};

void compare_memory(struct compare *c, struct arena *arena, uint32_t entries_max);

/* May `link` begin a comparison? */
bool compare_is_free(const struct compare *c, carrier_id link, mono_ms now);
/* Begins a series, and ends the one before. `lacks` gets the slots that the other side lacks, here and in the next two. */
void compare_begin(struct compare *c, carrier_id link, const struct frame_probe *probe, const struct set *set,
		   const struct salt *salt, struct days days, struct outbox *lacks, mono_ms now);
/* An answer came. SYNC_E_FRAME: it is no answer to the last question. */
enum sync_rc compare_sketch(struct compare *c, const struct frame_sketch *sketch, const struct set *set,
			    struct outbox *lacks, mono_ms now);
enum sync_rc compare_list(struct compare *c, const struct frame_list *list, const struct set *set, struct outbox *lacks,
			  mono_ms now);
void compare_end(struct compare *c);
/* True when it is known whether the other side has this element. Always true when nothing is compared. */
bool compare_has_passed(const struct compare *c, uint32_t element);
/* True while something is still to be said or heard. */
bool compare_is_busy(const struct compare *c);

bool compare_has_to_say(const struct compare *c);
/* Writes the next question, or a WANT, into an empty frame. Only when compare_has_to_say. Returns how many elements the
 * frame asks for. */
uint32_t compare_fill(struct compare *c, struct writer *w);

/* The other side, which sketches: what it knows of the difference by the WANT frames that it heard. */
struct want_progress {
	uint32_t buckets; /* 0: a list */
	uint32_t rank;    /* of a list: elements below it are known */
	uint8_t heard[BUCKETS_MAX / 8];
};

/* `lacks` gets the slots that a WANT names, as far as they are still here. SYNC_E_FRAME: the WANT is malformed. */
enum sync_rc compare_answer_want(const struct frame_want *want, struct want_progress *progress,
				 const struct element_index *elements, const struct set *set, struct outbox *lacks);
bool compare_want_has_passed(const struct want_progress *progress, const struct element_index *elements,
			     uint32_t element);

/* True when naming all of `count` elements is shorter than sketching such a difference. */
bool compare_is_listed(uint32_t estimate, uint32_t count);
/* An answer brings syndromes `from` to `to` of each bucket. The first four of the last bucket are left out: they follow
 * from the probe's and from those of the other buckets. Gives the number of the first syndrome that is sent. */
uint8_t compare_sketch_from(uint32_t buckets, uint32_t bucket, uint8_t from, uint8_t to);
/* How many buckets, and how many syndromes of each to begin with, suit a difference of about `estimate`. */
void compare_plan(uint32_t estimate, uint32_t *buckets, uint8_t *to);

#endif
