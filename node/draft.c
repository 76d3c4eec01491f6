/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "board/sentence.h"
#include "node/intake.h"
#include "node/second_look.h"
#include "node/typed.h"
#include "proto/catalog.h"
#include "proto/propose.h"

/* One request being worked on. */
struct work {
	const struct draft_desk *desk;
	const struct door_request *asked;
	struct draft *draft;
	struct door_answer *answer;
};

static enum door_rc __attribute__((format(printf, 3, 4)))
refuse(struct work *w, enum door_rc rc, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->answer->text, sizeof w->answer->text, format, args);
	va_end(args);
	w->answer->rc = rc;
	return rc;
}

static bool states(const struct work *w, enum door_field field)
{
	return w->asked->fields & field;
}

static bool is_given(const char *text)
{
	return text && *text;
}

/* Copies a text within its bound. Too long: refused with the length that fits, or cut with a remark. */
static enum door_rc take_text(struct work *w, char *out, size_t size_max, const char *text, const char *what)
{
	if (text_cut(out, size_max, text ? text : ""))
		return DOOR_OK;
	if (w->asked->long_text == DOOR_EXACT)
		return refuse(w, DOOR_E_INPUT, "The %s is too long or not UTF-8: at most %zu bytes fit. Shorten it.",
			      what, size_max);
	typed_remark(w->answer, "The %s was cut to \"%s\".", what, out);
	return DOOR_OK;
}

static uint32_t time_of(int64_t unix_s)
{
	int64_t since = unix_s - EPOCH_UNIX_S;

	return unix_s == 0 ? 0 : since < 1 ? 1 : since > UINT32_MAX ? UINT32_MAX : (uint32_t)since;
}

static struct picture *picture(const struct work *w)
{
	return w->desk->picture;
}

static struct fold *fold(const struct work *w)
{
	return picture_fold(w->desk->picture, w->desk->now_s);
}

/* Naming records. */

static enum door_rc find_record(struct work *w, struct picture_hit *hit, const char *text)
{
	switch (picture_find(picture(w), w->desk->now_s, text, hit)) {
	case FOUND_ONE:
		return DOOR_OK;
	case FOUND_SEVERAL:
		return refuse(w, DOOR_E_UNKNOWN,
			      "Several records are called %s: add @ and the author, as 'list --json' shows it.", text);
	case FOUND_NONE:
		break;
	}
	return refuse(w, DOOR_E_UNKNOWN, "There is no record %s here. 'aidmesh list' shows those that are.", text);
}

static enum door_rc find_of_list(struct work *w, struct picture_hit *hit, const char *text, enum fold_list list,
				 const char *what)
{
	enum door_rc rc = find_record(w, hit, text);

	if (rc != DOOR_OK)
		return rc;
	return hit->list == list ? DOOR_OK : refuse(w, DOOR_E_INPUT, "%s is not a %s.", text, what);
}

static enum door_rc find_site(struct work *w, struct ref *site, const char *text)
{
	struct picture_hit hit;

	switch (picture_find_site(picture(w), w->desk->now_s, text, &hit)) {
	case FOUND_ONE:
		*site = hit.ref;
		return DOOR_OK;
	case FOUND_SEVERAL:
		return refuse(w, DOOR_E_UNKNOWN,
			      "Several sites are called \"%s\": use the ref that 'aidmesh list sites' shows.", text);
	case FOUND_NONE:
		break;
	}
	return refuse(w, DOOR_E_UNKNOWN,
		      "No site is called \"%s\". 'aidmesh list sites' shows them; 'aidmesh site' opens one.", text);
}

static struct entry *start(struct work *w, enum entry_kind kind)
{
	struct entry *e = &w->draft->entry;

	*w->draft = (struct draft){ .entry = { .kind = kind }, .is_new = kind != ENTRY_CARD };
	e->author = public_key_hint(&w->desk->identity->key);
	if (kind != ENTRY_CARD)
		do
			e->number = w->desk->random();
		while (e->number == 0);
	return e;
}

static bool is_own(const struct work *w, const struct public_key *key)
{
	return public_key_equal(key, &w->desk->identity->key);
}

/* A keeper's change is of the version that stands. */
static struct amends amends_now(const struct work *w, const struct fold_record *record)
{
	struct entry_id id = fold_id(fold(w), record->standing);

	return (struct amends){ .of = fold_ref(fold(w), record->own), .version = entry_id_version(&id) };
}

static bool is_version(const struct work *w, fold_slot slot, const char *was)
{
	struct entry_id id = fold_id(fold(w), slot);
	char text[VIEW_KEY_SIZE];

	sodium_bin2hex(text, sizeof text, id.bytes, sizeof id.bytes);
	return strcasecmp(text, was) == 0;
}

/* This keeper's own change of a line that no longer stands: saying it anew replaces it. 0: there is none. */
static uint32_t overtaken_number(const struct work *w, const struct fold_record *record)
{
	fold_slot changes[FOLD_OVERTAKEN_MAX];
	uint32_t count = 0;

	if (fold_kind(fold(w), record->own) == ENTRY_LINE)
		count = fold_overtaken(fold(w), record->own, changes);
	for (uint32_t i = 0; i < count; i++)
		if (is_own(w, fold_author_of(fold(w), changes[i])))
			return fold_ref(fold(w), changes[i]).number;
	return 0;
}

/* Begins an edit of a site or line from the version that stands. The author writes the register itself; a keeper a
 * register of its own, which amends that version. */
static enum door_rc start_edit(struct work *w, const struct picture_hit *hit,
			       struct amends *(*amends_of)(struct entry *))
{
	struct fold_record record;
	struct entry *e = &w->draft->entry;
	uint32_t number;

	fold_record(fold(w), hit->list, hit->index, &record);
	if (!is_own(w, record.author) && !fold_may_change(fold(w), hit->list, hit->index, &w->desk->identity->key))
		return refuse(
			w, DOOR_E_RIGHT,
			"Only its author or the keepers of its site may change %s. Leave a note about it instead.",
			w->asked->ref);
	if (is_given(w->asked->was) && !is_version(w, record.standing, w->asked->was))
		return refuse(w, DOOR_E_CHANGED,
			      "Somebody changed %s meanwhile: look again, then change what stands now.", w->asked->ref);
	start(w, fold_kind(fold(w), record.standing));
	w->draft->after = record.changed;
	w->draft->is_new = !is_own(w, record.author) && !is_own(w, record.changed_by);
	number = e->number;
	if (is_own(w, record.author))
		number = fold_ref(fold(w), record.own).number;
	else if (is_own(w, record.changed_by))
		number = fold_ref(fold(w), record.standing).number;
	else if (overtaken_number(w, &record)) {
		number = overtaken_number(w, &record);
		w->draft->is_new = false;
	}
	fold_read(fold(w), record.standing, e);
	e->author = public_key_hint(&w->desk->identity->key);
	e->number = number;
	if (is_own(w, record.author))
		*amends_of(e) = (struct amends){ .of = { 0, 0 } };
	else if (!is_own(w, record.changed_by))
		*amends_of(e) = amends_now(w, &record);
	return DOOR_OK;
}

/* Sites. */

static struct amends *site_amends(struct entry *e)
{
	return &e->site.amends;
}

static struct hours hours_of(struct view_hours hours)
{
	return (struct hours){ .from = hours.from, .to = hours.to, .days = hours.days };
}

/* Where another site is, when that is what was typed. */
static enum door_rc fill_site_place(struct work *w, struct site *site)
{
	struct ref named;
	enum door_rc rc = typed_place(&site->place, &named, w->answer, picture(w), w->desk->now_s, w->asked);

	if (rc == DOOR_OK && site->place.digits == PLACE_NONE)
		rc = refuse(w, DOOR_E_INPUT, "Nobody said yet where %s is: write degrees or a Plus Code.",
			    w->asked->where);
	return rc;
}

static enum door_rc fill_site(struct work *w, struct site *site)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = states(w, DOOR_PLACE) ? fill_site_place(w, site) : DOOR_OK;

	if (rc != DOOR_OK)
		return rc;
	if (states(w, DOOR_STATE))
		site->state = (enum site_state)r->state;
	if (states(w, DOOR_PEOPLE))
		site->people = r->people;
	if (states(w, DOOR_GIVING))
		site->giving = hours_of(r->giving);
	if (states(w, DOOR_RECEIVING))
		site->receiving = hours_of(r->receiving);
	if (states(w, DOOR_TAKES))
		site->takes = r->takes;
	if (states(w, DOOR_REFUSES))
		site->refuses = r->refuses;
	if (states(w, DOOR_FACILITIES))
		site->facilities = r->facilities;
	if (states(w, DOOR_NAME))
		return take_text(w, site->name, SITE_NAME_MAX, r->name, "site's name");
	return DOOR_OK;
}

static enum door_rc make_site(struct work *w)
{
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (is_given(w->asked->ref)) {
		rc = find_of_list(w, &hit, w->asked->ref, FOLD_SITES, "site");
		if (rc == DOOR_OK)
			rc = start_edit(w, &hit, site_amends);
	} else {
		start(w, ENTRY_SITE);
		if (!is_given(w->asked->name))
			rc = refuse(w, DOOR_E_INPUT, "A site needs a name, as people call the place.");
	}
	return rc == DOOR_OK ? fill_site(w, &w->draft->entry.site) : rc;
}

/* Needs, offers, stock. */

static struct amends *line_amends(struct entry *e)
{
	return &e->line.amends;
}

static enum door_rc fill_item(struct work *w, struct line *line)
{
	const char *words = "";
	uint16_t code = 0;
	enum door_rc rc = typed_item(&code, &words, w->answer, w->asked->item, w->asked->long_text == DOOR_CUT);

	if (rc != DOOR_OK)
		return rc;
	if (code == 0 && !is_given(words))
		return refuse(w, DOOR_E_INPUT, "Say in words what it is.");
	line->item = code;
	return code ? DOOR_OK : take_text(w, line->text, LINE_TEXT_MAX, words, "item");
}

/* A quantity as a number, or as it was typed. */
static enum door_rc take_quantity(struct work *w, uint64_t *milli, uint64_t number, const char *typed, uint16_t item)
{
	uint64_t asked = number;
	enum door_rc rc = is_given(typed) ? typed_measure(&asked, w->answer, typed, item) : DOOR_OK;

	if (rc != DOOR_OK)
		return rc;
	if (asked > QUANTITY_MILLI_MAX)
		return refuse(w, DOOR_E_INPUT, "The quantity is too large: at most 34,000,000 fit.");
	*milli = asked;
	return DOOR_OK;
}

static enum door_rc fill_quantities(struct work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = DOOR_OK;

	if (states(w, DOOR_QUANTITY))
		rc = take_quantity(w, &line->quantity_milli, r->quantity_milli, r->measure, line->item);
	if (rc == DOOR_OK && states(w, DOOR_LOT))
		rc = take_quantity(w, &line->lot_milli, r->lot_milli, r->lot_measure, line->item);
	if (rc == DOOR_OK && states(w, DOOR_RESERVE))
		rc = take_quantity(w, &line->reserve_milli, r->reserve_milli, r->reserve_measure, line->item);
	return rc;
}

static enum door_rc check_within(struct work *w, uint32_t within_h)
{
	static const uint32_t allowed[] = { 6, 24, 72, 168, 720 };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (within_h == allowed[i])
			return DOOR_OK;
	return refuse(w, DOOR_E_INPUT, "Within is one of 6, 24, 72, 168 or 720 hours, not %u.", within_h);
}

static enum door_rc fill_need_fields(struct work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	const uint32_t need_only = DOOR_PEOPLE | DOOR_INFANTS | DOOR_ELDERS | DOOR_POWERED | DOOR_WITHIN;

	if (line->kind != LINE_NEED && (r->fields & need_only))
		return refuse(w, DOOR_E_INPUT, "People and urgency belong to a need, not to an offer or stock.");
	if (states(w, DOOR_PEOPLE))
		line->people = r->people;
	if (states(w, DOOR_INFANTS))
		line->infants = r->infants;
	if (states(w, DOOR_ELDERS))
		line->elders = r->elders;
	if (states(w, DOOR_POWERED))
		line->powered = r->powered;
	if (line->infants > line->people || line->elders > line->people || line->powered > line->people)
		return refuse(
			w, DOOR_E_INPUT,
			"Infants, elders and people on power are counted among the people: say at least so many.");
	if (!states(w, DOOR_WITHIN))
		return DOOR_OK;
	line->within_h = r->within_h;
	return check_within(w, r->within_h);
}

/* Now, but not before what is noted to have moved already: a count made after a move includes it, also within one
 * second. */
static uint32_t counted_now(const struct work *w)
{
	uint32_t counted = w->desk->now_s;
	struct picture_hit hit;
	struct fold_move move;

	if (!is_given(w->asked->ref) || picture_find(picture(w), w->desk->now_s, w->asked->ref, &hit) != FOUND_ONE)
		return counted;
	for (uint32_t i = 0; i < fold_count(fold(w), FOLD_MOVES); i++) {
		uint32_t at;

		fold_move(fold(w), i, &move);
		if (!ref_equal(fold_ref(fold(w), move.from), hit.ref) &&
		    !ref_equal(fold_ref(fold(w), move.of), hit.ref))
			continue;
		at = fold_move_time(fold(w), move.last);
		if (at > counted && at <= w->desk->now_s + 60)
			counted = at;
	}
	return counted;
}

static enum door_rc fill_stock_fields(struct work *w, struct line *line)
{
	const struct door_request *r = w->asked;

	if (states(w, DOOR_RESERVE) && line->kind != LINE_RESOURCE)
		return refuse(w, DOOR_E_INPUT, "Only stock keeps a reserve.");
	if (states(w, DOOR_REACH) && line->kind == LINE_NEED)
		return refuse(w, DOOR_E_INPUT, "Reach belongs to an offer or stock.");
	if (states(w, DOOR_REACH))
		line->reach_km = r->reach_km;
	/* A new number is a new count. */
	if (line->kind == LINE_RESOURCE && states(w, DOOR_QUANTITY))
		line->counted = states(w, DOOR_AT) ? time_of(r->at) : counted_now(w);
	return DOOR_OK;
}

/* Where nobody said how much: what the catalogue says for so many people and days. */
static enum door_rc fill_proposal(struct work *w, struct line *line)
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;
	struct party party = { line->people, line->infants, line->elders, line->powered };
	char quantity[SENTENCE_AMOUNT_SIZE];

	if (!states(w, DOOR_DAYS) || states(w, DOOR_QUANTITY) || line->kind != LINE_NEED)
		return DOOR_OK;
	if (!line->people || !w->asked->days)
		return refuse(w, DOOR_E_INPUT, "Say for how many people and days.");
	line->quantity_milli = item ? propose_quantity(item, &party, w->asked->days) : 0;
	if (!line->quantity_milli)
		return refuse(w, DOOR_E_INPUT, "The catalogue has no figure for that: say how much.");
	if (line->quantity_milli > QUANTITY_MILLI_MAX)
		return refuse(w, DOOR_E_INPUT, "The quantity is too large: at most 34,000,000 fit.");
	sentence_amount(quantity, (int64_t)line->quantity_milli, item->unit);
	typed_remark(w->answer, "%s %s, as the catalogue has it%s: change it where you know better.", quantity,
		     item->labels[CATALOG_EN], item->suggestion ? " (a suggestion)" : "");
	return DOOR_OK;
}

/* Details of a household stay here, so they must fit here; what can harm people if it leaks is not written down at all. */
static enum door_rc check_household(struct work *w, const struct line *line)
{
	const struct door_request *r = w->asked;
	const struct {
		const char *text, *what;
		size_t most;
	} details[] = { { r->name, "name", INTAKE_NAME_MAX },
			{ r->phone, "phone", INTAKE_PHONE_MAX },
			{ r->address, "address", INTAKE_ADDRESS_MAX } };
	char kept[INTAKE_ADDRESS_MAX + 1];

	w->draft->wants_ticket = r->wants_ticket;
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		if (!is_given(details[i].text))
			continue;
		w->draft->wants_ticket = true;
		if (!text_cut(kept, details[i].most, details[i].text))
			return refuse(w, DOOR_E_INPUT,
				      "The %s is too long or not UTF-8: at most %zu bytes fit. Shorten it.",
				      details[i].what, details[i].most);
	}
	if (w->draft->wants_ticket && (line->kind != LINE_NEED || is_given(r->ref)))
		return refuse(w, DOOR_E_INPUT, "Only a new need gets a ticket.");
	return DOOR_OK;
}

/* What somebody takes, or fears, is nobody's to read. */
static enum door_rc check_sealed(struct work *w, struct line *line)
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;

	if (!item || !item->sealed || !line->text[0])
		return DOOR_OK;
	if (w->asked->long_text == DOOR_EXACT)
		return refuse(
			w, DOOR_E_INPUT,
			"Words about %s would be read by everybody: leave the text out. Who they are is kept here "
			"with a ticket.",
			item->labels[CATALOG_EN]);
	line->text[0] = '\0';
	typed_remark(w->answer, "Words about %s were left out: everybody would read them.", item->labels[CATALOG_EN]);
	return DOOR_OK;
}

static enum door_rc fill_line(struct work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = DOOR_OK;

	if (states(w, DOOR_FLAGS))
		line->flags = r->flags;
	if (states(w, DOOR_CLOSED))
		line->closed = (enum line_closed)r->closed;
	if (states(w, DOOR_TEXT))
		rc = take_text(w, line->text, LINE_TEXT_MAX, r->text, "text");
	if (rc == DOOR_OK && states(w, DOOR_ITEM))
		rc = fill_item(w, line);
	if (rc == DOOR_OK)
		rc = check_sealed(w, line);
	if (rc == DOOR_OK)
		rc = fill_quantities(w, line);
	if (rc == DOOR_OK)
		rc = fill_need_fields(w, line);
	if (rc == DOOR_OK)
		rc = fill_proposal(w, line);
	if (rc == DOOR_OK)
		rc = check_household(w, line);
	return rc == DOOR_OK ? fill_stock_fields(w, line) : rc;
}

/* A site, or for want of one a cell: never the door. */
static enum door_rc fill_where(struct work *w, struct line *line)
{
	enum door_rc rc;

	if (is_given(w->asked->site)) {
		line->cell = (struct place){ .digits = PLACE_NONE };
		return find_site(w, &line->site, w->asked->site);
	}
	if (!states(w, DOOR_PLACE))
		return DOOR_OK;
	rc = typed_place(&line->cell, &line->site, w->answer, picture(w), w->desk->now_s, w->asked);
	if (rc != DOOR_OK)
		return rc;
	if (ref_is_none(line->site))
		typed_coarsen(&line->cell, w->answer);
	else
		line->cell = (struct place){ .digits = PLACE_NONE };
	return DOOR_OK;
}

static enum door_rc new_line(struct work *w)
{
	struct line *line = &start(w, ENTRY_LINE)->line;
	enum door_rc rc;

	line->kind = (enum line_kind)w->asked->line_kind;
	line->created = w->desk->now_s;
	line->site = picture_site(picture(w));
	if (!is_given(w->asked->item))
		return refuse(w, DOOR_E_INPUT, "Say what: an item of the catalogue, or words of at most %d bytes.",
			      LINE_TEXT_MAX);
	rc = fill_where(w, line);
	if (rc != DOOR_OK)
		return rc;
	if (ref_is_none(line->site) && line->cell.digits == PLACE_NONE)
		return refuse(w, DOOR_E_INPUT,
			      "Say where with a site: this node stands nowhere yet. 'aidmesh init' tells it.");
	if (line->kind == LINE_RESOURCE && !states(w, DOOR_QUANTITY))
		return refuse(w, DOOR_E_INPUT, "Stock is what was counted: say how much.");
	return fill_line(w, line);
}

/* Its receipts leave the set after 90 days: until then what it still lacks must not depend on them. A ticket is of its
 * own register. */
static bool is_too_old(const struct work *w, const struct line *line)
{
	return line->closed == CLOSED_NOT && !line->ticket &&
	       line->created + DRAFT_RENEW_DAYS * (uint32_t)EPOCH_S < w->desk->now_s;
}

/* Nothing of it is open: said anew it would ask for all of it once more. */
static bool is_met(const struct work *w, uint32_t index, const struct line *line)
{
	struct fold_sums sums;

	fold_line_sums(fold(w), index, &sums);
	return line->kind == LINE_NEED && line->quantity_milli && sums.received_milli >= line->quantity_milli;
}

/* A new register asks for what is still open, or counts what is there; the earlier one ends. */
static void go_on_anew(struct work *w, uint32_t index)
{
	struct entry *e = &w->draft->entry;
	struct fold_sums sums;

	w->draft->earlier = *e;
	w->draft->earlier.line.closed = CLOSED_MOVED;
	w->draft->ends_earlier = w->draft->is_new = true;
	do
		e->number = w->desk->random();
	while (e->number == 0);
	e->line.created = w->desk->now_s;
	fold_line_sums(fold(w), index, &sums);
	if (e->line.kind == LINE_NEED) {
		e->line.quantity_milli -= e->line.quantity_milli > sums.received_milli ? sums.received_milli : 0;
	} else if (!states(w, DOOR_QUANTITY)) {
		e->line.quantity_milli = sums.on_hand_milli > 0 ? (uint64_t)sums.on_hand_milli : 0;
		e->line.counted = e->line.kind == LINE_RESOURCE ? w->desk->now_s : 0;
	}
}

static enum door_rc edit_line(struct work *w)
{
	struct line *line = &w->draft->entry.line;
	struct picture_hit hit;
	struct fold_record folded;
	enum door_rc rc = find_of_list(w, &hit, w->asked->ref, FOLD_LINES, "need, offer or stock");

	if (rc == DOOR_OK)
		rc = start_edit(w, &hit, line_amends);
	if (rc != DOOR_OK)
		return rc;
	fold_record(fold(w), FOLD_LINES, hit.index, &folded);
	if (ref_is_none(line->amends.of)) {
		struct entry own;

		fold_read(fold(w), folded.own, &own);
		line->site = own.line.site;
		line->cell = own.line.cell;
		line->created = own.line.created;
		line->ticket = own.line.ticket;
		rc = fill_where(w, line);
	} else if (is_given(w->asked->site) || states(w, DOOR_PLACE)) {
		rc = refuse(w, DOOR_E_RIGHT, "Only its author may move %s to another place.", w->asked->ref);
	} else {
		line->site = (struct ref){ 0, 0 };
		line->cell = (struct place){ .digits = PLACE_NONE };
		line->created = 0;
		line->ticket = 0;
	}
	if (rc == DOOR_OK)
		rc = fill_line(w, line);
	if (rc == DOOR_OK && ref_is_none(line->amends.of) && is_too_old(w, line) && !is_met(w, hit.index, line))
		go_on_anew(w, hit.index);
	return rc;
}

/* Moves. */

static enum door_rc fill_ends(struct work *w, struct move *move)
{
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (is_given(w->asked->of)) {
		rc = find_of_list(w, &hit, w->asked->of, FOLD_LINES, "need or stock");
		move->of = hit.ref;
	}
	if (rc == DOOR_OK && is_given(w->asked->from)) {
		rc = find_of_list(w, &hit, w->asked->from, FOLD_LINES, "offer or stock");
		move->from = hit.ref;
	}
	return rc;
}

/* The ends as far as the new move or the journey that it carries on names them. */
struct ends {
	uint32_t of, from; /* indices of lines; UINT32_MAX none */
	bool is_first;
	struct fold_move journey;
	uint64_t promised_milli; /* by the first move of the journey */
	bool is_turned;          /* the journey goes to another line from here on */
};

static uint32_t line_index(const struct work *w, struct ref ref)
{
	return ref_is_none(ref) ? UINT32_MAX : fold_find(fold(w), FOLD_LINES, ref);
}

static bool is_promise(enum move_stage stage)
{
	return stage == MOVE_PLEDGED || stage == MOVE_SENT;
}

static enum door_rc fill_after(struct work *w, struct move *move, struct ends *ends)
{
	struct picture_hit hit;
	struct entry first;
	enum door_rc rc;

	*ends = (struct ends){ .is_first = !is_given(w->asked->after),
			       .journey = { .of = FOLD_NONE, .from = FOLD_NONE } };
	if (!ends->is_first) {
		rc = find_of_list(w, &hit, w->asked->after, FOLD_MOVES, "pledge or shipment");
		if (rc != DOOR_OK)
			return rc;
		move->after = hit.ref;
		fold_move(fold(w), hit.index, &ends->journey);
		fold_read(fold(w), ends->journey.record.own, &first);
		ends->promised_milli = first.move.quantity_milli;
		ends->is_turned = !ref_is_none(move->of) && !ref_equal(move->of, fold_ref(fold(w), ends->journey.of)) &&
				  is_promise(move->stage);
		/* Who says where a load goes says nothing about how much more there is. */
		if (!move->quantity_milli && !ends->is_turned)
			move->quantity_milli = ends->journey.quantity_milli;
	}
	ends->of = line_index(w, ref_is_none(move->of) ? fold_ref(fold(w), ends->journey.of) : move->of);
	ends->from = line_index(w, ref_is_none(move->from) ? fold_ref(fold(w), ends->journey.from) : move->from);
	return DOOR_OK;
}

static bool may(const struct work *w, uint32_t line)
{
	return line != UINT32_MAX && fold_may_change(fold(w), FOLD_LINES, line, &w->desk->identity->key);
}

static enum door_rc check_source(struct work *w, const struct ends *ends)
{
	struct fold_line line;

	if (ends->from == UINT32_MAX)
		return DOOR_OK;
	fold_line(fold(w), ends->from, &line);
	if (line.kind == LINE_NEED)
		return refuse(w, DOOR_E_INPUT, "Goods leave an offer or stock, not a need.");
	if (!may(w, ends->from))
		return refuse(w, DOOR_E_RIGHT,
			      "Only its holder gives from that stock. Ask for it: the holder decides.");
	return DOOR_OK;
}

/* A second tap must not double what was promised, left or arrived; a second load of the same promise may. */
static bool is_noted_already(const struct ends *ends, const struct move *move)
{
	return !ends->is_first && ends->journey.stage == move->stage &&
	       ends->journey.quantity_milli + move->quantity_milli > ends->promised_milli;
}

/* The holder answers an ask; who promised says that it goes elsewhere. Nobody else speaks for a promise. */
static enum door_rc check_pledge(struct work *w, const struct move *move, const struct ends *ends)
{
	const struct public_key *pledger = ends->is_first ? NULL : ends->journey.pledger;

	if (ends->of == UINT32_MAX)
		return refuse(w, DOOR_E_INPUT, "Say which need the pledge is for.");
	if (pledger && !is_own(w, pledger))
		return refuse(w, DOOR_E_RIGHT, "Only who pledged it says where it goes. Ask them with a note.");
	if (pledger && ends->journey.stage != MOVE_PLEDGED && ends->journey.stage != MOVE_SENT)
		return refuse(w, DOOR_E_INPUT,
			      "That pledge is over: it arrived, or was taken back. Pledge for the need anew.");
	if (!ends->is_turned && is_noted_already(ends, move))
		return refuse(w, DOOR_E_INPUT, "It is promised already. Pledge more for the need itself.");
	return check_source(w, ends);
}

/* An ask may be made by anybody. To accept what was pledged is for those who need it. */
static enum door_rc check_ask(struct work *w, const struct ends *ends)
{
	if (ends->is_first && ends->of == UINT32_MAX)
		return refuse(w, DOOR_E_INPUT, "Say which need it is asked for.");
	if (ends->is_first || may(w, ends->of))
		return DOOR_OK;
	return refuse(w, DOOR_E_RIGHT, "Only the place that needs it accepts a pledge: its author or keepers.");
}

/* Without a journey that it answers, it says that this source will not serve that need, until the need is said anew. */
static enum door_rc check_decline(struct work *w, const struct ends *ends)
{
	if (ends->is_first && (ends->of == UINT32_MAX || ends->from == UINT32_MAX))
		return refuse(w, DOOR_E_INPUT, "Say which need is declined, and from which stock.");
	if (may(w, ends->of) || may(w, ends->from))
		return DOOR_OK;
	return refuse(w, DOOR_E_RIGHT, "Only who has the stock, or the place that needs it, declines.");
}

/* Who may say what (sync/fold_moves.c holds everyone to the same). */
static enum door_rc check_move(struct work *w, const struct move *move, const struct ends *ends)
{
	bool mine = !ends->is_first && ends->journey.pledger && is_own(w, ends->journey.pledger);

	switch (move->stage) {
	case MOVE_ASKED:
		return check_ask(w, ends);
	case MOVE_DECLINED:
		return check_decline(w, ends);
	case MOVE_PLEDGED:
		return check_pledge(w, move, ends);
	case MOVE_SENT:
		if (!ends->is_turned && is_noted_already(ends, move))
			return refuse(
				w, DOOR_E_INPUT,
				"All of it is noted as sent already. If more left, pledge more for the need itself.");
		/* fall through */
	case MOVE_RELEASED:
		if (ends->is_first && move->stage == MOVE_RELEASED)
			return refuse(w, DOOR_E_INPUT, "Say which pledge is released.");
		if (mine || may(w, ends->from))
			return DOOR_OK;
		return ends->is_first
			       ? check_source(w, ends)
			       : refuse(w, DOOR_E_RIGHT, "Only who pledged it may say that it was sent or released.");
	case MOVE_RECEIVED:
		if (is_noted_already(ends, move))
			return refuse(w, DOOR_E_INPUT,
				      "All of it is noted as received already. If more came than was promised, note it "
				      "without the pledge.");
		if (ends->of == UINT32_MAX)
			return refuse(w, DOOR_E_INPUT,
				      "Say what was received: a pledge, or the need or stock that it was for.");
		return may(w, ends->of) ? DOOR_OK
					: refuse(w, DOOR_E_RIGHT,
						 "Only the place where it arrives says that it was received: its "
						 "author or keepers.");
	case MOVE_GIVEN:
		if (ends->from == UINT32_MAX && !may(w, ends->of))
			return refuse(w, DOOR_E_INPUT, "Say from which stock it was given.");
		return check_source(w, ends);
	case MOVE_RETURNED:
	case MOVE_LOST:
		if (ends->is_first)
			return refuse(w, DOOR_E_INPUT, "Say which shipment came back or was lost.");
		return DOOR_OK;
	}
	return DOOR_OK;
}

/* A move noted after a count is later than that count, also within one second. */
static uint32_t after_counts(const struct work *w, const struct ends *ends, uint32_t at)
{
	const uint32_t lines[] = { ends->of, ends->from };
	struct fold_record record;
	struct entry standing;

	for (size_t i = 0; i < 2; i++) {
		uint32_t counted = 0;

		if (lines[i] == UINT32_MAX)
			continue;
		fold_record(fold(w), FOLD_LINES, lines[i], &record);
		fold_read(fold(w), record.standing, &standing);
		counted = standing.line.counted;
		if (counted >= at && counted <= at + 60)
			at = counted + 1;
	}
	return at;
}

/* What a move is of: the item of the line that it goes to, else from. */
static uint16_t moved_item(const struct work *w, const struct ends *ends)
{
	uint32_t line = ends->of != UINT32_MAX ? ends->of : ends->from;
	struct fold_record record;
	struct entry standing;

	if (line == UINT32_MAX)
		return 0;
	fold_record(fold(w), FOLD_LINES, line, &record);
	fold_read(fold(w), record.standing, &standing);
	return standing.line.item;
}

static enum door_rc make_move(struct work *w)
{
	const struct door_request *r = w->asked;
	struct move *move = &start(w, ENTRY_MOVE)->move;
	struct ends ends;
	enum door_rc rc;

	move->stage = (enum move_stage)r->stage;
	move->quantity_milli = states(w, DOOR_QUANTITY) ? r->quantity_milli : 0;
	move->at = states(w, DOOR_AT) && r->at ? time_of(r->at) : w->desk->now_s;
	move->due = states(w, DOOR_DUE) ? time_of(r->due) : 0;
	rc = fill_ends(w, move);
	if (rc == DOOR_OK)
		rc = fill_after(w, move, &ends);
	if (rc == DOOR_OK && states(w, DOOR_QUANTITY) && (is_given(r->measure) || r->quantity_milli))
		rc = take_quantity(w, &move->quantity_milli, r->quantity_milli, r->measure, moved_item(w, &ends));
	if (rc == DOOR_OK)
		rc = check_move(w, move, &ends);
	if (rc == DOOR_OK && !states(w, DOOR_AT))
		move->at = after_counts(w, &ends, move->at);
	if (rc == DOOR_OK && !move->quantity_milli && move->stage != MOVE_DECLINED && !ends.is_turned)
		rc = refuse(w, DOOR_E_INPUT, "Say how much.");
	if (rc == DOOR_OK && states(w, DOOR_TEXT))
		rc = take_text(w, move->text, MOVE_TEXT_MAX, r->text, "text");
	return rc;
}

/* Notes, trust, self. */

/* What is said about a drill is part of the drill. */
static bool is_drill(const struct work *w, const struct picture_hit *hit)
{
	struct fold_record record;
	struct entry standing;

	if (hit->list != FOLD_SITES && hit->list != FOLD_LINES && hit->list != FOLD_NOTES)
		return false;
	fold_record(fold(w), hit->list, hit->index, &record);
	fold_read(fold(w), record.standing, &standing);
	return hit->list == FOLD_SITES   ? standing.site.facilities & SITE_DRILL
	       : hit->list == FOLD_LINES ? standing.line.flags & LINE_DRILL
					 : standing.note.flags & NOTE_DRILL;
}

/* The text has what the source leaves of their common room. */
static enum door_rc fill_words(struct work *w, struct note *note)
{
	const struct door_request *r = w->asked;
	size_t room = is_given(r->other) ? NOTE_TEXT_TWO_REFS_MAX : NOTE_TEXT_MAX;
	enum door_rc rc = DOOR_OK;

	if (states(w, DOOR_LANGUAGE))
		rc = take_text(w, note->language, NOTE_LANGUAGE_SIZE, r->language, "language (two letters, \"es\")");
	if (rc != DOOR_OK)
		return rc;
	(void)text_cut(note->source, NOTE_SOURCE_MAX, r->source ? r->source : "");
	return take_text(w, note->text, room - strlen(note->source), r->text, "text");
}

static enum door_rc make_note(struct work *w)
{
	const struct door_request *r = w->asked;
	struct note *note = &start(w, ENTRY_NOTE)->note;
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	note->kind = (enum note_kind)r->note_kind;
	note->severity = states(w, DOOR_SEVERITY) ? r->severity : 0;
	note->flags = states(w, DOOR_FLAGS) ? r->flags : 0;
	if (r->number)
		w->draft->entry.number = r->number;
	if (is_given(r->of)) {
		rc = find_record(w, &hit, r->of);
		note->of = hit.ref;
		if (rc == DOOR_OK && is_drill(w, &hit))
			note->flags |= NOTE_DRILL;
	}
	if (rc == DOOR_OK && is_given(r->other)) {
		rc = find_record(w, &hit, r->other);
		note->other = hit.ref;
	}
	if (rc != DOOR_OK)
		return rc;
	if (note->kind > NOTE_ALERT && ref_is_none(note->of))
		return refuse(w, DOOR_E_INPUT, "Say which record the remark is about.");
	if (note->kind == NOTE_DUPLICATE && ref_is_none(note->other))
		return refuse(w, DOOR_E_INPUT, "Say which record stays, so that the duplicate points to it.");
	if (note->kind <= NOTE_ALERT && !is_given(r->text))
		return refuse(w, DOOR_E_INPUT, "Say something: a message or an alert needs a text.");
	return fill_words(w, note);
}

static enum door_rc make_trust(struct work *w)
{
	const struct door_request *r = w->asked;
	struct trust *trust = &start(w, ENTRY_TRUST)->trust;
	enum door_rc rc = DOOR_OK;
	struct picture_hit hit;
	struct fold_site site;

	trust->kind = (enum trust_kind)r->trust_kind;
	switch (picture_find_author(picture(w), w->desk->now_s, r->key ? r->key : "", &trust->key)) {
	case FOUND_ONE:
		break;
	case FOUND_SEVERAL:
		return refuse(w, DOOR_E_UNKNOWN, "Several nodes are called \"%s\": use the key that it shows.", r->key);
	case FOUND_NONE:
		return refuse(w, DOOR_E_UNKNOWN,
			      "No node \"%s\" was heard here. 'aidmesh list authors' shows names and keys.",
			      r->key ? r->key : "");
	}
	if (is_own(w, &trust->key))
		return refuse(w, DOOR_E_INPUT, "A node trusts itself already.");
	if (trust->kind == TRUST_WITHDRAW)
		trust->since = w->desk->now_s;
	if (trust->kind != TRUST_KEEPER && trust->kind != TRUST_KEEPER_END)
		return DOOR_OK;
	trust->site = picture_site(picture(w));
	if (is_given(r->site))
		rc = find_site(w, &trust->site, r->site);
	if (rc != DOOR_OK)
		return rc;
	if (fold_find(fold(w), FOLD_SITES, trust->site) == UINT32_MAX)
		return refuse(w, DOOR_E_INPUT, "Say which site the keeper is for.");
	hit.index = fold_find(fold(w), FOLD_SITES, trust->site);
	fold_site(fold(w), hit.index, &site);
	return is_own(w, site.record.author)
		       ? DOOR_OK
		       : refuse(w, DOOR_E_RIGHT, "Only the node that opened a site names its keepers.");
}

static enum door_rc make_self(struct work *w)
{
	struct card old;
	struct card *card = &start(w, ENTRY_CARD)->card;
	enum door_rc rc = DOOR_OK;

	if (picture_card(picture(w), &w->desk->identity->key, &old))
		*card = old;
	card->key = w->desk->identity->key;
	memcpy(card->sealing_key, w->desk->identity->sealing_key, sizeof card->sealing_key);
	if (states(w, DOOR_ROLES))
		card->roles = w->asked->roles;
	if (states(w, DOOR_NAME))
		rc = take_text(w, card->name, CARD_NAME_MAX, w->asked->name, "name");
	if (rc == DOOR_OK && states(w, DOOR_LANGUAGE))
		rc = take_text(w, card->languages, CARD_LANGUAGES_MAX, w->asked->language, "list of languages");
	if (rc == DOOR_OK && !card->name[0])
		rc = refuse(w, DOOR_E_INPUT,
			    "A node needs a name, as people call the place or the person who carries it.");
	return rc;
}

enum door_rc draft_make(struct draft *draft, struct door_answer *answer, const struct draft_desk *desk,
			const struct door_request *request)
{
	struct work w = { .desk = desk, .asked = request, .draft = draft, .answer = answer };
	uint8_t body[BODY_SIZE_MAX];
	size_t size;
	enum door_rc rc = DOOR_E_INPUT;

	*answer = (struct door_answer){ .rc = DOOR_OK };
	/* Nothing moves while the request is worked on, and all that was said before is seen. */
	picture_refresh(desk->picture, desk->now_s);
	if (is_given(request->ref) && request->verb != DOOR_SITE && request->verb != DOOR_LINE)
		return refuse(&w, DOOR_E_INPUT,
			      "What was said or moved is not edited: say what is true now, after it.");
	switch (request->verb) {
	case DOOR_SITE:
		rc = make_site(&w);
		break;
	case DOOR_LINE:
		rc = is_given(request->ref) ? edit_line(&w) : new_line(&w);
		break;
	case DOOR_MOVE:
		rc = make_move(&w);
		break;
	case DOOR_NOTE:
		rc = make_note(&w);
		break;
	case DOOR_TRUST:
		rc = make_trust(&w);
		break;
	case DOOR_SELF:
		rc = make_self(&w);
		break;
	}
	if (rc != DOOR_OK)
		return rc;
	if (entry_body_encode(body, &size, &draft->entry) != ENTRY_OK)
		return refuse(
			&w, DOOR_E_INPUT,
			"Something in it is out of bounds: shorten the texts, or check the numbers and the place.");
	return second_look(answer, desk, request, &draft->entry);
}
