/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tickets at the desk: hashing them takes tens of milliseconds each, so it is done on the pool. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>
#include <uv.h>

#include "node/desk/desk_state.h"
#include "node/desk/intake.h"
#include "node/picture/ref_text.h"

enum { JOBS_MAX = 16, CANDIDATES_MAX = 512 };

struct candidate {
	struct ref need;
	uint64_t proof;
	uint32_t time_s;
};

enum job_kind { JOB_MAKE, JOB_CHECK, JOB_FIND, JOB_SWEEP };

struct job {
	uv_work_t work;
	struct desk *desk;
	enum job_kind kind;
	uint64_t code;
	/* JOB_MAKE */
	uint64_t tag;
	struct draft draft;
	struct household household;
	struct household_key households; /* as it was when the job began; its secret half is not needed */
	uint64_t proof;                  /* 0: no memory for it */
	enum store_rc rc;
	/* JOB_CHECK, JOB_FIND */
	struct candidate *candidates;
	size_t count, found; /* found == count: it is of none of them */
	/* JOB_CHECK */
	struct door_request asked; /* its texts are copies, in `texts` */
	char *texts;
	desk_then then;
	door_done done;
	void *user;
	/* JOB_FIND */
	door_tickets tell;
	/* JOB_SWEEP */
	uint32_t *gone; /* numbers, `count` of them */
	uint32_t *here; /* `found` of them, whose needs are in the set */
	uint32_t day;
	bool holds; /* needs that were lost may still come back */
};

/* What fails is done tomorrow. While needs may come back, a household goes only if its need was back already. */
static void sweep(struct job *job)
{
	struct store *store = job->desk->store;
	enum store_rc rc = STORE_OK;

	for (size_t i = 0; i < job->count && rc == STORE_OK; i++)
		if (!job->holds || intake_is_back(store, job->gone[i]))
			rc = intake_note_gone(store, job->gone[i], job->day);
	for (size_t i = 0; i < job->found && rc == STORE_OK; i++)
		rc = intake_note_here(store, job->here[i]);
	for (size_t i = 0; i < job->found && job->holds && rc == STORE_OK; i++)
		if (!intake_is_back(store, job->here[i]))
			rc = intake_note_back(store, job->here[i]);
}

static enum store_rc put(const struct job *job, uint32_t number)
{
	struct intake_key key = { job->desk->identity, &job->households };

	return intake_put(job->desk->store, &key, number, &job->household);
}

static void work(uv_work_t *request)
{
	struct job *job = request->data;

	if (job->kind == JOB_MAKE) {
		struct ref need = { .author = job->draft.entry.author, .number = job->draft.entry.number };

		job->proof = ticket_proof(job->code, need);
		if (job->proof)
			job->rc = put(job, need.number);
		return;
	}
	if (job->kind == JOB_SWEEP) {
		sweep(job);
		return;
	}
	for (job->found = 0; job->found < job->count; job->found++)
		if (ticket_proof(job->code, job->candidates[job->found].need) == job->candidates[job->found].proof)
			return;
}

static void after_make(struct job *job)
{
	struct desk *desk = job->desk;

	if (!job->proof) {
		desk_fail(desk, job->tag, DOOR_E_BUSY, SAY(TICKET_MEMORY));
	} else if (job->rc != STORE_OK) {
		desk_fail(desk, job->tag, DOOR_E_STORE, SAY(CARD_NOT_KEPT));
	} else {
		job->draft.entry.line.ticket = job->proof;
		desk_publish(desk, job->tag, &job->draft);
	}
}

static void after_check(struct job *job)
{
	char of[REF_TEXT_SIZE];

	if (job->found == job->count) {
		desk_answer(job->done, job->user, DOOR_E_INPUT,
			    job->asked.of ? SAY(TICKET_OF_OTHER_NEED) : SAY(TICKET_UNKNOWN));
		return;
	}
	ref_text_write_full(of, job->candidates[job->found].need);
	job->asked.of = of;
	job->asked.ticket = NULL;
	if (!(job->asked.fields & DOOR_TEXT)) {
		job->asked.fields |= DOOR_TEXT;
		job->asked.text = "ticket shown";
	}
	job->then(job->desk, &job->asked, job->candidates[job->found].need, job->done, job->user);
}

static void after_find(struct job *job)
{
	struct door_ticket ticket = { .name = "" };
	bool is_locked = job->desk->households && household_key_is_locked(job->desk->households);

	if (job->found == job->count) {
		job->tell(job->user, NULL, 0, is_locked);
		return;
	}
	picture_ref_text(job->desk->picture, job->candidates[job->found].need, ticket.ref);
	ticket_text_write(ticket.ticket, job->code);
	job->tell(job->user, &ticket, 1, is_locked);
}

static void after(uv_work_t *request, int status)
{
	struct job *job = request->data;

	(void)status;
	job->desk->ticket_jobs--;
	switch (job->kind) {
	case JOB_MAKE:
		after_make(job);
		break;
	case JOB_CHECK:
		after_check(job);
		break;
	case JOB_FIND:
		after_find(job);
		break;
	case JOB_SWEEP:
		break;
	}
	free(job->gone);
	free(job->here);
	free(job->candidates);
	free(job->texts);
	sodium_memzero(job, sizeof *job);
	free(job);
}

/* NULL when too many are under way. */
static struct job *begin(struct desk *desk, enum job_kind kind)
{
	struct job *job = desk->ticket_jobs < JOBS_MAX ? calloc(1, sizeof *job) : NULL;

	if (!job)
		return NULL;
	job->desk = desk;
	job->kind = kind;
	job->work.data = job;
	return job;
}

static void queue(struct job *job)
{
	int rc = uv_queue_work(job->desk->loop, &job->work, work, after);

	if (rc != 0)
		abort(); /* it fails only without a function to run */
	job->desk->ticket_jobs++;
}

void desk_tickets_make(struct desk *desk, uint64_t tag, const struct draft *draft, const struct door_request *asked)
{
	struct job *job = desk->is_resealing ? NULL : begin(desk, JOB_MAKE);

	if (!job) {
		desk_fail(desk, tag, DOOR_E_BUSY, SAY(TICKET_BUSY));
		return;
	}
	job->tag = tag;
	job->draft = *draft;
	if (desk->households)
		job->households = (struct household_key){ .is_set = desk->households->is_set };
	if (desk->households)
		memcpy(job->households.public_half, desk->households->public_half, sizeof job->households.public_half);
	job->code = ticket_random();
	ticket_text_write(job->household.ticket, job->code);
	snprintf(job->household.name, sizeof job->household.name, "%s", asked->name ? asked->name : "");
	snprintf(job->household.phone, sizeof job->household.phone, "%s", asked->phone ? asked->phone : "");
	snprintf(job->household.address, sizeof job->household.address, "%s", asked->address ? asked->address : "");
	desk_ticket_of(desk, tag, job->household.ticket);
	queue(job);
}

/* Candidates. */

static int newest_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->time_s > y->time_s ? -1 : x->time_s < y->time_s;
}

/* The needs with a ticket that are not over; of one need alone where that is named. */
static bool collect(struct job *job, uint32_t only)
{
	struct fold *fold = picture_fold(job->desk->picture, job->desk->time.wall_s);
	uint32_t count = fold_count(fold, FOLD_LINES);

	job->candidates = calloc(CANDIDATES_MAX, sizeof *job->candidates);
	if (!job->candidates)
		return false;
	for (uint32_t i = only == UINT32_MAX ? 0 : only; i < count && (only == UINT32_MAX || i == only); i++) {
		struct fold_line line;
		struct entry own;

		fold_line(fold, i, &line);
		if (line.kind != LINE_NEED ||
		    (only == UINT32_MAX && line.status == LINE_CLOSED && line.stays == FOLD_NONE))
			continue;
		fold_read(fold, line.record.own, &own);
		if (!own.line.ticket)
			continue;
		/* When there are too many, the oldest of those so far goes. */
		if (job->count == CANDIDATES_MAX)
			qsort(job->candidates, job->count--, sizeof *job->candidates, newest_first);
		job->candidates[job->count++] = (struct candidate){ .need = fold_ref(fold, line.record.own),
								    .proof = own.line.ticket,
								    .time_s = own.hlc.time };
	}
	qsort(job->candidates, job->count, sizeof *job->candidates, newest_first);
	return true;
}

/* The request outlives its caller's texts. */
static bool copy_request(struct job *job, const struct door_request *asked)
{
	const char **texts[] = { &job->asked.ref,   &job->asked.site,   &job->asked.name, &job->asked.text,
				 &job->asked.item,  &job->asked.of,     &job->asked.from, &job->asked.after,
				 &job->asked.other, &job->asked.measure };
	size_t size = 1;
	char *at;

	job->asked = *asked;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		size += *texts[i] ? strlen(*texts[i]) + 1 : 0;
	at = job->texts = malloc(size);
	for (size_t i = 0; at && i < sizeof texts / sizeof *texts; i++) {
		if (!*texts[i])
			continue;
		strcpy(at, *texts[i]);
		*texts[i] = at;
		at += strlen(at) + 1;
	}
	return job->texts;
}

/* A code that was written here is known at once, however many needs with tickets came since. */
struct own_code {
	uint64_t code;
	uint32_t number; /* 0: not found */
};

static bool on_own_code(void *user, uint32_t number, const struct household *household)
{
	struct own_code *own = user;
	uint64_t code;

	if (ticket_text_read(&code, household->ticket) && code == own->code)
		own->number = number;
	return !own->number;
}

/* UINT32_MAX: of none of this node's own needs. */
static uint32_t find_own(struct desk *desk, uint64_t code)
{
	struct intake_key key = desk_intake_key(desk);
	struct own_code own = { .code = code };
	struct ref need = { .author = public_key_hint(&desk->identity->key) };

	intake_each(desk->store, &key, on_own_code, &own);
	need.number = own.number;
	return own.number ? fold_find(picture_fold(desk->picture, desk->time.wall_s), FOLD_LINES, need) : UINT32_MAX;
}

void desk_tickets_check(struct desk *desk, const struct door_request *asked, desk_then then, door_done done, void *user)
{
	struct picture_hit hit = { .index = UINT32_MAX };
	struct job *job;
	uint64_t code;

	if (!ticket_text_read(&code, asked->ticket)) {
		desk_answer(done, user, DOOR_E_INPUT, SAY(TICKET_NO_FORM));
		return;
	}
	if (ref_text_is_given(asked->of) &&
	    picture_find_in(desk->picture, desk->time.wall_s, asked->of, FOLD_LINES, &hit) != FOUND_ONE) {
		desk_answer(done, user, DOOR_E_UNKNOWN, SAY(TICKET_NEED_UNKNOWN));
		return;
	}
	if (!ref_text_is_given(asked->of))
		hit.index = find_own(desk, code);
	job = begin(desk, JOB_CHECK);
	if (!job || !copy_request(job, asked) || !collect(job, hit.index)) {
		desk_answer(done, user, DOOR_E_BUSY, SAY(BUSY));
		if (job) {
			free(job->texts);
			free(job);
		}
		return;
	}
	job->code = code;
	job->then = then;
	job->done = done;
	job->user = user;
	queue(job);
}

/* Looking for one. */

struct search {
	struct desk *desk;
	const char *text;
	bool is_code;
	uint64_t code;
	struct door_ticket *found;
	size_t count;
};

static bool holds(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

static bool on_household(void *user, uint32_t number, const struct household *household)
{
	struct search *s = user;
	struct ref ref = { .author = public_key_hint(&s->desk->identity->key), .number = number };
	struct door_ticket *ticket = &s->found[s->count];
	char ref_text[REF_TEXT_SIZE];
	uint64_t code;

	ref_text_write(ref_text, ref, REF_SHORT);
	if (s->is_code ? !ticket_text_read(&code, household->ticket) || code != s->code
		       : !holds(household->name, s->text) && !holds(household->phone, s->text) &&
				 !holds(household->address, s->text) && strcasecmp(ref_text, s->text) != 0)
		return true;
	*ticket = (struct door_ticket){ .name = "" };
	snprintf(ticket->ref, sizeof ticket->ref, "%s", ref_text);
	memcpy(ticket->ticket, household->ticket, sizeof ticket->ticket);
	memcpy(ticket->name, household->name, sizeof household->name);
	memcpy(ticket->phone, household->phone, sizeof household->phone);
	memcpy(ticket->address, household->address, sizeof household->address);
	return ++s->count < DOOR_TICKETS_MAX;
}

static_assert(sizeof(((struct door_ticket *)0)->name) >= INTAKE_NAME_MAX + 1 &&
		      sizeof(((struct door_ticket *)0)->phone) >= INTAKE_PHONE_MAX + 1 &&
		      sizeof(((struct door_ticket *)0)->address) >= INTAKE_ADDRESS_MAX + 1 &&
		      (int)DOOR_TICKET_SIZE >= (int)TICKET_TEXT_SIZE,
	      "what is kept can be shown");

/* A code that was not written here: one of the needs that came from elsewhere. */
static bool find_elsewhere(struct desk *desk, uint64_t code, door_tickets done, void *user)
{
	struct job *job = begin(desk, JOB_FIND);

	if (!job || !collect(job, UINT32_MAX)) {
		free(job);
		return false;
	}
	job->code = code;
	job->tell = done;
	job->user = user;
	queue(job);
	return true;
}

void desk_tickets_find(void *ctx, const char *text, door_tickets done, void *user)
{
	struct search s = { .desk = ctx, .text = text, .found = calloc(DOOR_TICKETS_MAX, sizeof *s.found) };
	struct intake_key key = desk_intake_key(s.desk);

	s.is_code = ticket_text_read(&s.code, text);
	if (s.found)
		intake_each(s.desk->store, &key, on_household, &s);
	if (s.count == 0 && s.is_code && find_elsewhere(s.desk, s.code, done, user)) {
		free(s.found);
		return;
	}
	done(user, s.found, s.count, s.desk->households && household_key_is_locked(s.desk->households));
	if (s.found)
		sodium_memzero(s.found, DOOR_TICKETS_MAX * sizeof *s.found);
	free(s.found);
}

/* Whose need has left the set is forgotten. */

static bool on_kept(void *user, uint32_t number)
{
	struct job *job = user;
	struct desk *desk = job->desk;
	struct ref need = { .author = public_key_hint(&desk->identity->key), .number = number };

	if (desk_is_under_way(desk, number))
		return true;
	if (fold_find(picture_fold(desk->picture, desk->time.wall_s), FOLD_LINES, need) == UINT32_MAX)
		job->gone[job->count++] = number;
	else
		job->here[job->found++] = number;
	return job->count < REGISTERS_PER_AUTHOR_MAX && job->found < REGISTERS_PER_AUTHOR_MAX;
}

void desk_sweep(struct desk *desk)
{
	struct intake_key key = desk_intake_key(desk);
	struct job *job = desk->is_resealing ? NULL : begin(desk, JOB_SWEEP);

	if (!job)
		return;
	job->day = desk->time.wall_s / EPOCH_S;
	job->holds = desk->owner && owner_holds(desk->owner, desk->time.wall_s);
	job->gone = calloc(REGISTERS_PER_AUTHOR_MAX, sizeof *job->gone);
	job->here = calloc(REGISTERS_PER_AUTHOR_MAX, sizeof *job->here);
	if (job->gone && job->here)
		intake_each_number(desk->store, &key, on_kept, job);
	if (job->count || job->found) {
		queue(job);
		return;
	}
	free(job->gone);
	free(job->here);
	free(job);
}
