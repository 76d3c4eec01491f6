/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose words are stored here, whether they are all here, and who else writes under this key. What was seen of copies stands
 * for this run: it is said again when it is seen again. */
#include <string.h>

#include "node/daemon_state.h"
#include "node/system/process.h"

enum { HOST_NAME_SIZE = 65 };

static void log_said(struct daemon *d, struct say say)
{
	struct said said = { 0 };
	char sentence[SAID_WRITTEN_SIZE];

	said_decide(&said, say);
	said_write(sentence, sizeof sentence, LANGUAGE_EN, &said);
	log_write(&d->log, LOG_WARNING, "%s", sentence);
}

/* Start. */

int daemon_keys_open(struct daemon *d, struct reason *why)
{
	struct owner *owner = &d->keys.owner;

	if (owner_open(owner, &d->identity, why, d->store, d->config.folder) != 0)
		return -1;
	d->desk.owner = owner;
	if (owner->state != OWNER_OURS)
		log_said(d, desk_says_owner(owner->state));
	return 0;
}

const struct public_key *daemon_keys_author(const struct daemon *d)
{
	return d->keys.owner.is_renewing ? &d->keys.owner.renewed : &d->identity.key;
}

static struct said say_renewed(const struct desk_renewed *renewed)
{
	struct said said = { 0 };

	(void)said_add(&said, SAY_OF(RENEWED, say_number(renewed->records), say_number(renewed->households)));
	if (renewed->lost)
		(void)said_add(&said, SAY_OF(RENEWED_LOST, say_number(renewed->lost)));
	return said;
}

/* Of a node that has no card yet. */
static const char *first_name(const struct daemon *d, char host[HOST_NAME_SIZE])
{
	if (d->config.name[0])
		return d->config.name;
	process_host_name(host, HOST_NAME_SIZE);
	return host;
}

static bool ensure_card(struct daemon *d)
{
	char host[HOST_NAME_SIZE];

	return desk_ensure_card(&d->desk, first_name(d, host));
}

/* What is not said now is said at the next start; until then the earlier key stays. */
static void renew(struct daemon *d)
{
	struct keys *keys = &d->keys;
	char host[HOST_NAME_SIZE];
	struct identity old;
	bool has_old = identity_open_old(&old, d->config.folder) == IDENTITY_OK;
	struct reason why = { "there is no room for all that is to be said again: raise [node] entries" };
	bool ok =
		desk_renew(&d->desk, &keys->renewed, &keys->owner.renewed, has_old ? &old : NULL, first_name(d, host));
	char sentence[SAID_WRITTEN_SIZE];
	struct said said;

	if (has_old)
		identity_close(&old);
	if (!ok || owner_end_anew(&keys->owner, &why, d->store, d->config.folder) != 0) {
		log_write(&d->log, LOG_ERROR, "beginning anew goes on at the next start: %s", why.text);
		return;
	}
	keys->has_renewed = true;
	said = say_renewed(&keys->renewed);
	said_write(sentence, sizeof sentence, LANGUAGE_EN, &said);
	log_write(&d->log, LOG_WARNING, "%s", sentence);
}

bool daemon_keys_speak(struct daemon *d)
{
	const struct owner *owner = &d->keys.owner;

	if (owner_is_locked(owner) || owner->state == OWNER_KEY_ALONE)
		return true;
	desk_claim(&d->desk);
	if (owner->is_renewing)
		renew(d);
	if (!ensure_card(d))
		return false;
	commit_now(d->commit);
	daemon_upkeep(d);
	commit_now(d->commit);
	return !commit_has_failed(d->commit);
}

/* Gaps. */

static void fill_gaps(struct daemon *d)
{
	char text[OWNER_GAPS_SIZE];
	bool had_no_card = d->keys.owner.state == OWNER_KEY_ALONE;

	owner_fill_gaps(&d->keys.owner, text, d->desk.time.wall_s);
	commit_set(d->commit, OWNER_GAPS_SETTING, text);
	desk_claim(&d->desk);
	log_write(&d->log, LOG_INFO, "what this node said before was compared with a neighbour");
	if (had_no_card && !ensure_card(d))
		log_write(&d->log, LOG_ERROR, "the node's card cannot be signed");
	commit_start(d->commit);
}

static bool has_compared(struct daemon *d)
{
	struct sync_link_status status;

	if (d->keys.own_came_back && commit_is_idle(d->commit))
		return true;
	if (sync_link_status(d->sync, LORA_CARRIER, &status) && status.state == LINK_SAFE)
		return true;
	return neighbours_any_is_safe(&d->neighbours);
}

bool daemon_keys_look(struct daemon *d)
{
	if (d->stopping || !owner_has_gaps(&d->keys.owner) || !has_compared(d))
		return false;
	fill_gaps(d);
	return true;
}

void daemon_keys_sweep(struct daemon *d)
{
	char text[OWNER_GAPS_SIZE];

	if (!d->keys.owner.was_lost || d->keys.owner.lost_s != 0)
		return;
	owner_date_loss(&d->keys.owner, text, d->desk.time.wall_s);
	commit_set(d->commit, OWNER_GAPS_SETTING, text);
	commit_start(d->commit);
}

/* Copies. */

static void note_own_copy(struct daemon *d)
{
	if (d->keys.is_copied)
		return;
	d->keys.is_copied = true;
	log_said(d, SAY(CARD_COPIED));
}

static bool is_of_a_bundle(const struct daemon *d, const struct sync_change *change)
{
	return change->from == 0 && desk_is_import(&d->desk, change->tag);
}

/* This node's own word that came from elsewhere and is later than any it said: a copy of this card wrote it, unless it was lost
 * here. What is no later may have been replaced or retired here under a date that was wrong. Of two that write, one at least
 * hears a word that is later than its own. */
static void hear_own(struct daemon *d, const struct sync_change *change, const struct entry_id *id)
{
	struct view bytes = { change->bytes, change->size };
	struct entry_id own;
	struct entry_head head;
	bool may_be_own = false;

	for (uint8_t k = 0; k < change->key_count; k++)
		may_be_own |= public_key_equal(&change->keys[k], &d->identity.key);
	if (!may_be_own || (change->from == 0 && !is_of_a_bundle(d, change)))
		return;
	own = entry_id_of(bytes, &d->identity.key);
	if (!entry_id_equal(&own, id))
		return;
	if (entry_head_decode(&head, bytes) != ENTRY_OK)
		return;
	if (owner_has_gaps(&d->keys.owner))
		d->keys.own_came_back |= change->from == 0;
	else if (!desk_may_have_said(&d->desk, head.hlc) &&
		 (!d->keys.owner.was_lost || head.hlc.time > d->keys.owner.floor_s))
		note_own_copy(d);
}

/* A copy began anew, and one node holds the key again. */
static void forget_copy(struct daemon *d, const struct public_key *author)
{
	struct keys *keys = &d->keys;
	struct card card;

	if (public_key_equal(author, &d->identity.key)) {
		keys->is_copied = false;
		desk_claim(&d->desk);
		return;
	}
	if (!picture_card(d->picture, author, &card))
		return;
	links_forget_copied(d->links, card.sealing_key);
	for (size_t i = 0; i < keys->copied_count; i++)
		if (memcmp(keys->copied[i], card.sealing_key, sizeof keys->copied[i]) == 0) {
			memmove(keys->copied[i], keys->copied[--keys->copied_count], sizeof keys->copied[i]);
			return;
		}
}

void daemon_keys_stored(struct daemon *d, const struct sync_change *change, const struct entry_id *id)
{
	struct view bytes = { change->bytes, change->size };
	struct entry_head head;
	struct entry e;

	hear_own(d, change, id);
	if (d->stopping || (change->from == 0 && !is_of_a_bundle(d, change)))
		return;
	if (entry_head_decode(&head, bytes) != ENTRY_OK || head.kind != ENTRY_TRUST)
		return;
	if (entry_decode(&e, bytes) != ENTRY_OK)
		return;
	for (uint8_t k = 0; k < change->key_count; k++) {
		struct entry_id of_key = entry_id_of(bytes, &change->keys[k]);

		if (entry_id_equal(&of_key, id) && desk_is_last_word(&e, &change->keys[k]))
			forget_copy(d, &change->keys[k]);
	}
}

static bool is_noted(const struct daemon *d, const uint8_t key[32])
{
	for (size_t i = 0; i < d->keys.copied_count; i++)
		if (memcmp(d->keys.copied[i], key, sizeof d->keys.copied[i]) == 0)
			return true;
	return false;
}

static struct said say_peer_copied(struct daemon *d, char name[VIEW_NAME_SIZE], const uint8_t sealing_key[32])
{
	struct said said = { 0 };
	struct public_key key;
	struct card card;

	if (!picture_card_of_link(d->picture, sealing_key, &key, &card))
		strcpy(card.name, "?");
	text_cut(name, VIEW_NAME_SIZE - 1, card.name);
	(void)said_add(&said, SAY_OF(PEER_COPIED, say_text(name)));
	return said;
}

void daemon_keys_copied(struct daemon *d, const uint8_t key[32])
{
	char name[VIEW_NAME_SIZE], sentence[SAID_WRITTEN_SIZE];
	struct said said;

	if (memcmp(key, d->identity.sealing_key, sizeof d->identity.sealing_key) == 0) {
		note_own_copy(d);
		return;
	}
	if (is_noted(d, key) || d->keys.copied_count == COPIED_PEERS_MAX)
		return;
	memcpy(d->keys.copied[d->keys.copied_count++], key, sizeof d->keys.copied[0]);
	said = say_peer_copied(d, name, key);
	said_write(sentence, sizeof sentence, LANGUAGE_EN, &said);
	log_write(&d->log, LOG_WARNING, "%s", sentence);
}

/* What people see. */

static void add(struct view_status *status, enum view_notice notice, const struct said *said)
{
	if (status->notice_count < VIEW_NOTICES_MAX)
		status->notices[status->notice_count++] = (struct view_told){ .notice = notice, .said = *said };
}

static void add_one(struct view_status *status, enum view_notice notice, struct say say)
{
	struct said said = { 0 };

	said_decide(&said, say);
	add(status, notice, &said);
}

void daemon_keys_view(struct daemon *d, struct view_status *status)
{
	static const enum view_notice NOTICES[] = { [OWNER_KEY_MISSING] = VIEW_KEY_MISSING,
						    [OWNER_OTHERS] = VIEW_KEY_OTHER,
						    [OWNER_ENTRIES_GONE] = VIEW_ENTRIES_GONE,
						    [OWNER_KEY_ALONE] = VIEW_ENTRIES_GONE,
						    [OWNER_RESTORED] = VIEW_RESTORED };
	const struct keys *keys = &d->keys;

	if (keys->owner.state != OWNER_OURS)
		add_one(status, NOTICES[keys->owner.state], desk_says_owner(keys->owner.state));
	if (keys->is_copied)
		add_one(status, VIEW_CARD_COPIED, SAY(CARD_COPIED));
	if (keys->has_renewed) {
		struct said said = say_renewed(&keys->renewed);

		add(status, VIEW_RENEWED, &said);
	}
	for (size_t i = 0; i < keys->copied_count && status->notice_count < VIEW_NOTICES_MAX; i++) {
		struct view_told *told = &status->notices[status->notice_count++];

		*told = (struct view_told){ .notice = VIEW_PEER_COPIED };
		told->said = say_peer_copied(d, told->name, keys->copied[i]);
	}
}
