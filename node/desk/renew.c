/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A new author says again what the earlier one said and stands.
 *
 * The numbers and times stay: so orders, ages and "within" keep their meaning, and what was said before a power cut is found
 * and not said twice. What moved stays with the earlier author, since two journeys would count twice; a need asks for what
 * did not come yet, and a stock has what is left and not promised. What is said again stands twice until the earlier words end:
 * a note says so for each. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "node/desk/desk_state.h"
#include "node/desk/intake.h"
#include "node/picture/ref_text.h"
#include "proto/field.h"

/* A register of the earlier author. */
struct said_before {
	uint64_t handle;
	uint32_t number;
	enum entry_kind kind;
};

struct code_of {
	uint32_t number;
	uint64_t code;
};

struct renewal {
	struct desk *desk;
	const struct public_key *from;
	const struct identity *old; /* NULL: lost */
	uint64_t from_hint, own_hint;
	struct said_before *registers;
	size_t count, room;
	struct code_of *codes;
	size_t code_count;
	struct desk_renewed renewed;
	bool ok;
};

/* Later than all that the earlier author said, whatever date was put right meanwhile. */
static struct hlc last_of(const struct renewal *r)
{
	struct hlc hlc = sync_clock_next(r->desk->sync, r->desk->time);

	hlc.era = sync_newest_of(r->desk->sync, r->from).era;
	return hlc;
}

/* What is derived of an earlier number and always the same: notes and trust that a power cut finds said already. */
enum derived { DERIVED_NOTE = 1, DERIVED_VOUCH = 2, DERIVED_KEEPER = 3 };

static uint32_t derive_number(const struct public_key *from, enum derived what, uint32_t number)
{
	uint8_t in[sizeof from->bytes + 5], out[crypto_generichash_BYTES_MIN];
	struct writer w = writer_init(in, sizeof in);
	struct reader read;
	uint32_t derived;

	write_bytes(&w, from->bytes, sizeof from->bytes);
	write_u8(&w, (uint8_t)what);
	write_u32(&w, number);
	assert(w.ok && w.size == sizeof in);
	crypto_generichash(out, sizeof out, in, sizeof in, NULL, 0);
	read = reader_init((struct view){ out, sizeof out });
	derived = read_u32(&read);
	return derived ? derived : 1;
}

bool desk_is_last_word(const struct entry *e, const struct public_key *author)
{
	return e->kind == ENTRY_TRUST && e->trust.kind == TRUST_VOUCH && !public_key_equal(&e->trust.key, author) &&
	       e->number == derive_number(author, DERIVED_VOUCH, 0);
}

/* The engine takes so many changes at a time. */
static void hand_over(struct renewal *r, const struct entry *e, const struct identity *signer)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };
	enum sync_rc rc;

	if (entry_sign(bytes, &entry.size, e, signer->secret_key) != ENTRY_OK)
		return; /* nobody can say it in so few bytes */
	rc = sync_publish(r->desk->sync, entry, &signer->key, 0);
	if (rc == SYNC_E_BUSY) {
		commit_now(r->desk->commit);
		rc = sync_publish(r->desk->sync, entry, &signer->key, 0);
	}
	if (rc == SYNC_E_FULL || rc == SYNC_E_BUSY)
		r->ok = false;
}

/* Where there is none of that number yet. */
static void say_own(struct renewal *r, struct entry *e)
{
	struct public_key own = r->desk->identity->key;

	if (sync_has_number(r->desk->sync, &own, e->number))
		return;
	e->author = r->own_hint;
	desk_note_time(r->desk, e->hlc);
	hand_over(r, e, r->desk->identity);
}

/* What it named of the earlier author's places is the new one's. */
static struct ref follow(const struct renewal *r, struct ref ref)
{
	if (ref.author == r->from_hint && !ref_is_none(ref) && sync_has_number(r->desk->sync, r->from, ref.number))
		ref.author = r->own_hint;
	return ref;
}

static void say_is_duplicate(struct renewal *r, uint32_t number)
{
	struct entry e = {
		.author = r->own_hint,
		.number = derive_number(r->from, DERIVED_NOTE, number),
		.kind = ENTRY_NOTE,
		.note = { .kind = NOTE_DUPLICATE, .of = { r->from_hint, number }, .other = { r->own_hint, number } }
	};

	/* People write into the same registers. */
	if (desk_keeps_for_volunteers(r->desk, ROOM_NOTES))
		return;
	e.hlc = sync_clock_next(r->desk->sync, r->desk->time);
	say_own(r, &e);
}

static bool code_of(const struct renewal *r, uint32_t number, uint64_t *code)
{
	for (size_t i = 0; i < r->code_count; i++)
		if (r->codes[i].number == number) {
			*code = r->codes[i].code;
			return true;
		}
	return false;
}

/* Lines. */

/* The earlier line will count as one with the new one (sync/fold/fold_twice.c): whoever has the old key makes the new author a
 * keeper of the places that he leaves. Then what was promised from it leaves the new one. */
static bool becomes_one(const struct renewal *r, const struct line *line)
{
	return r->old && !ref_is_none(line->site) && line->site.author == r->from_hint &&
	       !desk_keeps_for_volunteers(r->desk, ROOM_NOTES);
}

static uint64_t what_is_left(const struct renewal *r, const struct fold_sums *sums, const struct line *line)
{
	enum line_kind kind = line->kind;
	uint64_t promised = becomes_one(r, line) ? 0 : sums->promised_milli;
	uint64_t gone = kind == LINE_NEED ? sums->received_milli : promised;
	uint64_t all = kind == LINE_NEED ? sums->quantity_milli
					 : (uint64_t)(sums->on_hand_milli > 0 ? sums->on_hand_milli : 0);

	return all > gone ? all - gone : 0;
}

/* False: it is over, or a household's whose code nobody here can read: that code goes on being good for the earlier words. */
static bool make_line(struct renewal *r, struct entry *e, uint32_t number)
{
	struct fold *fold = picture_fold(r->desk->picture, r->desk->time.wall_s);
	uint32_t index = fold_find(fold, FOLD_LINES, (struct ref){ r->from_hint, number });
	struct fold_sums sums;
	struct fold_line line;
	uint64_t code;

	if (index == UINT32_MAX)
		return false;
	fold_line(fold, index, &line);
	if ((line.status == LINE_MET && !line.is_standing) || line.status == LINE_CLOSED)
		return false;
	if (!public_key_equal(line.record.author, r->from))
		return false; /* what it changed of another's, or carried on */
	fold_read(fold, line.record.standing, e);
	if (amends_carries(&e->line.amends))
		return false;
	e->line.amends = (struct amends){ .round = 0 };
	fold_line_sums(fold, index, &sums);
	if (e->line.quantity_milli && !line.is_standing)
		e->line.quantity_milli = what_is_left(r, &sums, &e->line);
	/* What moved until now is in that number; what follows a count within its second is written a second later. */
	e->line.counted = r->desk->time.wall_s + 1;
	e->line.arrived_milli = 0;
	if (line.kind == LINE_RESOURCE)
		e->line.flags |= LINE_RECKONED;
	if (e->line.lot_milli > e->line.quantity_milli)
		e->line.lot_milli = 0;
	if (e->line.reserve_milli > e->line.quantity_milli)
		e->line.reserve_milli = e->line.quantity_milli;
	e->line.site = follow(r, e->line.site);
	e->number = number;
	if (!e->line.ticket)
		return true;
	if (!code_of(r, number, &code))
		return false;
	e->line.ticket = ticket_proof(code, (struct ref){ r->own_hint, number });
	return e->line.ticket != 0;
}

/* A household is not to collect twice with one code: the earlier need is closed as moved, where its key is still here. */
static void close_earlier(struct renewal *r, uint32_t number)
{
	struct fold *fold = picture_fold(r->desk->picture, r->desk->time.wall_s);
	uint32_t index = fold_find(fold, FOLD_LINES, (struct ref){ r->from_hint, number });
	struct fold_line line;
	struct entry e;

	if (!r->old || index == UINT32_MAX)
		return;
	fold_line(fold, index, &line);
	fold_read(fold, line.record.own, &e);
	e.line.closed = CLOSED_MOVED;
	e.hlc = last_of(r);
	hand_over(r, &e, r->old);
}

static void say_line(struct renewal *r, const struct said_before *before)
{
	struct entry e;

	if (!make_line(r, &e, before->number))
		return;
	say_own(r, &e);
	say_is_duplicate(r, before->number);
	if (e.line.ticket)
		close_earlier(r, before->number);
	r->renewed.records++;
}

/* Places and trust. */

static bool read_register(struct renewal *r, const struct said_before *before, struct entry *e)
{
	struct view bytes;

	return store_load(r->desk->store, before->handle, &bytes) == STORE_OK && entry_decode(e, bytes) == ENTRY_OK;
}

/* The earlier author's last words where its key is still here: who trusted it finds the new one, who may also look after
 * what it leaves. */
static void say_last(struct renewal *r, enum derived what, uint32_t number, enum trust_kind kind, struct ref site)
{
	struct entry e = { .author = r->from_hint,
			   .number = derive_number(r->from, what, number),
			   .kind = ENTRY_TRUST,
			   .trust = { .kind = kind, .key = r->desk->identity->key, .site = site } };

	if (!r->old || sync_has_number(r->desk->sync, r->from, e.number) ||
	    sync_room_left(r->desk->sync, r->from, ROOM_TRUST) == 0)
		return;
	e.hlc = last_of(r);
	hand_over(r, &e, r->old);
}

static void say_site(struct renewal *r, const struct said_before *before)
{
	struct entry e;

	if (!read_register(r, before, &e) || !ref_is_none(e.site.amends.of))
		return;
	say_own(r, &e);
	say_is_duplicate(r, before->number);
	say_last(r, DERIVED_KEEPER, before->number, TRUST_KEEPER, (struct ref){ r->from_hint, before->number });
	r->renewed.records++;
}

static void say_trust(struct renewal *r, const struct said_before *before)
{
	struct entry e;

	if (!read_register(r, before, &e) || public_key_equal(&e.trust.key, &r->desk->identity->key))
		return;
	e.trust.site = follow(r, e.trust.site);
	say_own(r, &e);
}

static void say_vouches(struct renewal *r)
{
	struct entry e = { .author = r->own_hint,
			   .number = derive_number(r->from, DERIVED_VOUCH, 0),
			   .kind = ENTRY_TRUST,
			   .trust = { .kind = TRUST_VOUCH, .key = *r->from } };
	uint16_t day;

	if (!sync_card_epoch(r->desk->sync, r->from, &day))
		return; /* nobody is known by that key */
	e.hlc = sync_clock_next(r->desk->sync, r->desk->time);
	say_own(r, &e);
	say_last(r, DERIVED_VOUCH, 0, TRUST_VOUCH, (struct ref){ 0, 0 });
}

static bool say_card(struct renewal *r, const char *name)
{
	struct entry e = { .author = r->own_hint, .kind = ENTRY_CARD };
	uint16_t day;

	if (sync_card_epoch(r->desk->sync, &r->desk->identity->key, &day))
		return true;
	if (!picture_card(r->desk->picture, r->from, &e.card))
		return desk_ensure_card(r->desk, name);
	e.card.key = r->desk->identity->key;
	memcpy(e.card.sealing_key, r->desk->identity->sealing_key, sizeof e.card.sealing_key);
	return desk_publish_entry(r->desk, &e, (struct hlc){ 0 }, NULL, 0) == SYNC_OK;
}

/* All of it. */

static void on_register(void *user, const struct sync_register *reg)
{
	struct renewal *r = user;

	if (!public_key_equal(reg->author, r->from) || r->count == r->room)
		return;
	r->registers[r->count++] = (struct said_before){ reg->handle, reg->number, reg->kind };
}

static bool on_code(void *user, uint32_t number, const struct household *household)
{
	struct renewal *r = user;
	uint64_t code;

	if (ticket_text_read(&code, household->ticket))
		r->codes[r->code_count++] = (struct code_of){ number, code };
	return r->code_count < r->renewed.households;
}

static void say_each(struct renewal *r, enum entry_kind kind, void (*say)(struct renewal *, const struct said_before *))
{
	for (size_t i = 0; i < r->count && r->ok; i++)
		if (r->registers[i].kind == kind)
			say(r, &r->registers[i]);
	commit_now(r->desk->commit);
}

static void follow_site(struct renewal *r)
{
	struct ref site = picture_site(r->desk->picture), now = follow(r, site);
	char text[REF_TEXT_SIZE];

	if (ref_equal(site, now) || !sync_has_number(r->desk->sync, &r->desk->identity->key, now.number))
		return;
	ref_text_write_full(text, now);
	commit_set(r->desk->commit, "self.site", text);
	picture_stand_at(r->desk->picture, now);
}

static void say_all(struct renewal *r)
{
	struct intake_key key = desk_intake_key(r->desk);

	sync_each_register(r->desk->sync, on_register, r);
	if (r->code_count < r->renewed.households)
		intake_each(r->desk->store, &key, on_code, r);
	commit_now(r->desk->commit);
	say_each(r, ENTRY_SITE, say_site);
	say_each(r, ENTRY_LINE, say_line);
	say_each(r, ENTRY_TRUST, say_trust);
	say_vouches(r);
	follow_site(r);
	commit_now(r->desk->commit);
}

bool desk_renew(struct desk *desk, struct desk_renewed *renewed, const struct public_key *from,
		const struct identity *old, const char *name)
{
	struct renewal r = { .desk = desk,
			     .from = from,
			     .old = old && public_key_equal(&old->key, from) ? old : NULL,
			     .from_hint = public_key_hint(from),
			     .own_hint = public_key_hint(&desk->identity->key),
			     .room = 2 * REGISTERS_PER_AUTHOR_MAX,
			     .ok = true };
	struct intake_key to = desk_intake_key(desk), from_key = { old, desk->households };

	if (intake_reseal(desk->store, &to, &from_key, &r.renewed.households, &r.renewed.lost) != STORE_OK ||
	    !say_card(&r, name))
		return false;
	r.registers = calloc(r.room, sizeof *r.registers);
	r.codes = calloc(r.renewed.households + 1, sizeof *r.codes);
	if (r.registers && r.codes)
		say_all(&r);
	r.ok &= r.registers && r.codes && !commit_has_failed(desk->commit);
	if (r.codes)
		sodium_memzero(r.codes, (r.renewed.households + 1) * sizeof *r.codes);
	free(r.codes);
	free(r.registers);
	*renewed = r.renewed;
	return r.ok;
}
