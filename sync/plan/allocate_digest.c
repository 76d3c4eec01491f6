/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One number for a plan: BLAKE2b over hour, item, candidates with what the rule asks of them, and the lists. */
#include "sync/plan/allocate_state.h"

static void begin_part(struct allocate_hashing *h)
{
	h->writer = writer_init(h->bytes, sizeof h->bytes);
}

static void end_part(struct allocate_hashing *h)
{
	assert(h->writer.ok);
	crypto_generichash_update(&h->state, h->bytes, h->writer.size);
}

static void hash_need(struct allocate_hashing *h, const struct need *n)
{
	begin_part(h);
	write_bytes(&h->writer, n->id.bytes, sizeof n->id.bytes);
	write_u64(&h->writer, n->open);
	write_u32(&h->writer, n->without_h);
	write_u64(&h->writer, n->covered_s);
	end_part(h);
}

static void hash_source(struct allocate_hashing *h, const struct source *s)
{
	begin_part(h);
	write_bytes(&h->writer, s->id.bytes, sizeof s->id.bytes);
	write_u64(&h->writer, s->available);
	end_part(h);
}

void allocate_hash_candidates(struct allocate_hashing *h, const struct work *w)
{
	crypto_generichash_init(&h->state, NULL, 0, sizeof(struct fold_digest));
	begin_part(h);
	write_u32(&h->writer, w->hour_s);
	write_u16(&h->writer, w->item);
	write_u32(&h->writer, w->need_count);
	write_u32(&h->writer, w->source_count);
	end_part(h);
	for (uint32_t i = 0; i < w->need_count; i++)
		hash_need(h, &w->needs[i]);
	for (uint32_t i = 0; i < w->source_count; i++)
		hash_source(h, &w->sources[i]);
}

static void write_ref(struct writer *w, struct ref ref)
{
	write_u64(w, ref.author);
	write_u32(w, ref.number);
}

static void hash_portions(struct allocate_hashing *h, const struct work *w, const struct allocate_portion *list,
			  uint32_t count)
{
	begin_part(h);
	write_u32(&h->writer, count);
	end_part(h);
	for (uint32_t i = 0; i < count; i++) {
		begin_part(h);
		write_ref(&h->writer, fold_ref(w->f, list[i].need));
		write_ref(&h->writer, fold_ref(w->f, list[i].source));
		assert(list[i].quantity_milli > 0);
		write_u64(&h->writer, list[i].quantity_milli);
		write_u32(&h->writer, list[i].distance_m);
		write_u32(&h->writer, list[i].silent_h);
		write_u64(&h->writer, list[i].maybe_milli);
		write_u64(&h->writer, list[i].late_milli);
		end_part(h);
	}
}

void allocate_hash_plan(struct allocate_hashing *h, const struct work *w, struct allocate_plan *plan)
{
	assert(plan->portion_count <= ALLOCATE_ROWS_MAX);
	assert(plan->other_count <= ALLOCATE_OTHERS_MAX);
	hash_portions(h, w, plan->portions, plan->portion_count);
	hash_portions(h, w, plan->others, plan->other_count);
	hash_portions(h, w, plan->kept, plan->kept_count);
	crypto_generichash_final(&h->state, plan->digest.bytes, sizeof plan->digest.bytes);
}
