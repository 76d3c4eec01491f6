/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/import_match.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "proto/place/geo.h"

enum {
	BUCKETS = 4096,
	NAME_SURE = 36, /* bytes of a name that no cut takes away */
	TEXT_SURE = 26, /* the same for a line's text */
	ITEMS_MAX = 200,
	FROM_VIEW = -1,
};

struct import_match_site {
	struct import_match_site *next;
	char name[VIEW_NAME_SIZE];
	char ref[VIEW_REF_SIZE];
	struct view_place place;
	enum view_site_state state;
	uint32_t people;
	long row; /* FROM_VIEW, else of the file */
};

struct known_lines {
	char *item;
	enum view_line_kind kind;
	struct view_line *lines;
	size_t count, cap;
};

struct import_match {
	const struct board_view *view;
	char own_site[VIEW_REF_SIZE];
	struct import_match_site *buckets[BUCKETS];
	struct known_lines items[ITEMS_MAX];
	size_t item_count;
	char unit[VIEW_UNIT_SIZE];
	char (*ids)[VIEW_REF_SIZE]; /* sorted; read when the first is asked for */
	size_t id_count, id_cap;
	bool ids_read;
};

/* FNV-1a (draft-eastlake-fnv), over what a cut name still shares with the whole. */
static size_t bucket_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < NAME_SURE && name[i] != '\0'; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash % BUCKETS;
}

static bool is_same_name(const char *stands, const char *asked)
{
	size_t size = strlen(stands);

	return strcmp(stands, asked) == 0 || (size >= NAME_SURE && strncmp(stands, asked, size) == 0);
}

static struct import_match_site *site_add(struct import_match *k, const char *name)
{
	struct import_match_site *site = calloc(1, sizeof(*site));

	if (site == NULL)
		return NULL;
	strncpy(site->name, name, sizeof(site->name) - 1);
	site->next = k->buckets[bucket_of(name)];
	k->buckets[bucket_of(name)] = site;
	return site;
}

static bool on_site(void *user, const struct view_site *seen)
{
	struct import_match_site *site = site_add(user, seen->name);

	if (site == NULL)
		return false;
	memcpy(site->ref, seen->record.ref, sizeof(site->ref));
	site->place = seen->place;
	site->state = seen->state;
	site->people = seen->people;
	site->row = FROM_VIEW;
	return true;
}

struct import_match *import_match_new(const struct board_view *view)
{
	struct import_match *k = calloc(1, sizeof(*k));
	struct view_query all = { 0 };
	struct view_status status = { 0 };

	if (k == NULL)
		return NULL;
	k->view = view;
	view->status(view->ctx, &status);
	memcpy(k->own_site, status.site_ref, sizeof(k->own_site));
	view->sites(view->ctx, &all, on_site, k);
	return k;
}

void import_match_free(struct import_match *k)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (k->buckets[i] != NULL) {
			struct import_match_site *site = k->buckets[i];

			k->buckets[i] = site->next;
			free(site);
		}
	}
	for (size_t i = 0; i < k->item_count; i++) {
		free(k->items[i].item);
		free(k->items[i].lines);
	}
	free(k->ids);
	free(k);
}

static bool is_same_site(const struct import_match_site *s, const struct door_request *r)
{
	if (!is_same_name(s->name, r->name))
		return false;
	if ((r->fields & DOOR_PLACE) == 0)
		return true;
	return s->place.lat_e6 == r->place.lat_e6 && s->place.lon_e6 == r->place.lon_e6;
}

static bool has_same_values(const struct import_match_site *s, const struct door_request *r)
{
	if ((r->fields & DOOR_PEOPLE) && s->people != r->people)
		return false;
	return (r->fields & DOOR_STATE) == 0 || s->state == r->state;
}

enum import_match_kind import_match_site(struct import_match *k, char ref[VIEW_REF_SIZE], size_t *earlier,
					 const struct door_request *r, size_t row)
{
	struct import_match_site *site, *found = NULL;

	/* The oldest is last in its bucket: what the view shows, then the earliest row. */
	for (site = k->buckets[bucket_of(r->name)]; site != NULL; site = site->next)
		if (is_same_site(site, r))
			found = site;
	if (found == NULL) {
		found = site_add(k, r->name);
		if (found != NULL) {
			found->place = r->place;
			found->state = r->state;
			found->people = r->people;
			found->row = (long)row;
		}
		return IMPORT_MATCH_NONE;
	}
	if (found->row == (long)row)
		return IMPORT_MATCH_NONE;
	if (has_same_values(found, r))
		return IMPORT_MATCH_SAME;
	if (found->row != FROM_VIEW) {
		*earlier = (size_t)found->row;
		return IMPORT_MATCH_IN_FILE;
	}
	memcpy(ref, found->ref, VIEW_REF_SIZE);
	return IMPORT_MATCH_OTHER;
}

static bool on_line(void *user, const struct view_line *line)
{
	struct known_lines *l = user;

	if (line->status == VIEW_CLOSED)
		return true;
	if (l->count == l->cap) {
		size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
		struct view_line *grown = realloc(l->lines, cap * sizeof(*grown));

		if (grown == NULL)
			return false;
		l->lines = grown;
		l->cap = cap;
	}
	l->lines[l->count++] = *line;
	return true;
}

static void query_lines(struct import_match *k, const struct door_request *r, view_line_cb cb, void *user)
{
	static const char *const KINDS[] = { [VIEW_NEED] = "need", [VIEW_OFFER] = "offer", [VIEW_RESOURCE] = "stock" };
	struct view_query query = { .item = r->item, .kind = KINDS[r->line_kind] };

	k->view->lines(k->view->ctx, &query, cb, user);
}

/* The lines of an item as they stood before the import wrote any: two equal rows of one file are two lines. */
static struct known_lines *lines_of(struct import_match *k, const struct door_request *r)
{
	struct known_lines *l;

	for (size_t i = 0; i < k->item_count; i++)
		if (k->items[i].kind == r->line_kind && strcmp(k->items[i].item, r->item) == 0)
			return &k->items[i];
	if (k->item_count == ITEMS_MAX)
		return NULL;
	l = &k->items[k->item_count];
	*l = (struct known_lines){ .item = strdup(r->item), .kind = r->line_kind };
	if (l->item == NULL)
		return NULL;
	k->item_count++;
	query_lines(k, r, on_line, l);
	return l;
}

/* Of one place two people say different points of the same cell. */
static bool is_same_cell(const struct view_place *stands, const struct view_place *asked)
{
	struct geo_box a = geo_cell((struct geo_point){ stands->lat_e6, stands->lon_e6 }, asked->digits);
	struct geo_box b = geo_cell((struct geo_point){ asked->lat_e6, asked->lon_e6 }, asked->digits);

	return stands->digits >= asked->digits && a.south_e6 == b.south_e6 && a.west_e6 == b.west_e6;
}

static bool stands_at(const struct import_match *k, const struct view_line *line, const struct door_request *r)
{
	const char *site = r->site;
	bool named = site != NULL && site[0] != '\0';

	if (!named && (r->fields & DOOR_PLACE))
		return line->site_ref[0] == '\0' && is_same_cell(&line->place, &r->place);
	if (!named)
		return strcmp(line->site_ref, k->own_site) == 0;
	return strcasecmp(line->site, site) == 0 || strcasecmp(line->site_ref, site) == 0;
}

/* A text may have been cut when it was written. */
static bool is_same_text(const char *stands, const char *asked)
{
	size_t size = strlen(stands);

	if (asked == NULL || strcmp(stands, asked) == 0)
		return true;
	return size >= TEXT_SURE && strncmp(stands, asked, size) == 0;
}

/* It was counted before the file was read, and no row has counted it anew. */
static bool is_counted_anew(const struct import_match *k, const struct view_line *line, const struct door_request *r)
{
	return line->kind == VIEW_RESOURCE && line->record.trust == VIEW_SELF && line->record.ref[0] != '\0' &&
	       stands_at(k, line, r) && strcasecmp(line->variant, r->variant != NULL ? r->variant : "") == 0 &&
	       ((line->flags ^ r->flags) & VIEW_LINE_DRILL) == 0;
}

enum import_match_kind import_match_line(struct import_match *k, char ref[VIEW_REF_SIZE], const struct door_request *r)
{
	struct known_lines *l = lines_of(k, r);

	for (size_t i = 0; l != NULL && i < l->count; i++) {
		const struct view_line *line = &l->lines[i];

		if (stands_at(k, line, r) && line->quantity_milli == r->quantity_milli && line->people == r->people &&
		    line->infants == r->infants && line->elders == r->elders && is_same_text(line->text, r->text))
			return IMPORT_MATCH_SAME;
	}
	for (size_t i = 0; l != NULL && i < l->count; i++) {
		struct view_line *line = &l->lines[i];

		if (!is_counted_anew(k, line, r))
			continue;
		memcpy(ref, line->record.ref, VIEW_REF_SIZE);
		line->record.ref[0] = '\0'; /* the next row is another pallet */
		return IMPORT_MATCH_OTHER;
	}
	return IMPORT_MATCH_NONE;
}

static bool on_unit(void *user, const struct view_line *line)
{
	memcpy(user, line->unit, sizeof(line->unit));
	return false;
}

const char *import_match_unit(struct import_match *k, const struct door_request *r)
{
	k->unit[0] = '\0';
	query_lines(k, r, on_unit, k->unit);
	return k->unit;
}

static bool id_add(struct import_match *k, const char full[VIEW_REF_SIZE])
{
	if (k->id_count == k->id_cap) {
		size_t cap = k->id_cap == 0 ? 256 : 2 * k->id_cap;
		char(*grown)[VIEW_REF_SIZE] = realloc(k->ids, cap * sizeof(*grown));

		if (grown == NULL)
			return false;
		k->ids = grown;
		k->id_cap = cap;
	}
	memcpy(k->ids[k->id_count++], full, VIEW_REF_SIZE);
	return true;
}

static bool on_site_id(void *user, const struct view_site *site)
{
	return id_add(user, site->record.full);
}

static bool on_line_id(void *user, const struct view_line *line)
{
	return id_add(user, line->record.full);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool import_match_id(struct import_match *k, const char *full)
{
	struct view_query all = { 0 };

	if (full[0] == '\0')
		return false;
	if (!k->ids_read) {
		k->ids_read = true;
		k->view->sites(k->view->ctx, &all, on_site_id, k);
		k->view->lines(k->view->ctx, &all, on_line_id, k);
		if (k->id_count > 0)
			qsort(k->ids, k->id_count, sizeof(*k->ids), by_text);
	}
	return k->id_count > 0 && bsearch(full, k->ids, k->id_count, sizeof(*k->ids), by_text) != NULL;
}
