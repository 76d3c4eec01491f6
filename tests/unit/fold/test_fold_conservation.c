/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every litre is in one place. People who hear of each other now and then promise, send, lose, bring back and receive; what
 * they do is done to real goods beside, and what they sign is what their own node proposes from what it has heard. When all
 * have heard everything, the fold says where the goods are, in whatever order it heard of it, and the plan sends nothing
 * twice. */
#include "tests/unit/fold/fold_stories.h"
#include "sync/plan/allocate.h"

enum { STORIES = 3000, STEPS = 30, WORDS_MAX = 54, LOADS_MAX = 12, STARTED = 900, ASKED = 600, FIRST_NUMBER = 100 };

/* What is on the road. */
struct load {
	uint32_t quantity; /* that is still on it */
	uint32_t size;     /* as it left */
	uint32_t number;   /* of the mill's own word; 0: it has not signed for it */
	bool is_here;
};

struct people {
	struct story story;
	uint64_t heard[WHO_COUNT]; /* by whom: a bit for each entry of the story */
	uint32_t number, now_s;
	struct dice dice;
	/* The truth. */
	struct load loads[LOADS_MAX];
	uint32_t load_count, size_next;
	uint32_t in_stock, arrived, lost, promised;
};

static uint64_t bit(uint32_t at)
{
	assert(at < 64);
	return 1ull << at;
}

/* Of what was said last. */
static uint64_t last_bit(const struct people *p)
{
	assert(p->story.count > 0);
	return bit(p->story.count - 1);
}

static void hear_all(struct people *p, enum who who)
{
	p->heard[who] = bit(p->story.count) - 1;
}

static void meet(struct people *p, enum who a, enum who b)
{
	p->heard[a] |= p->heard[b];
	p->heard[b] = p->heard[a];
}

static struct fold *as_heard(const struct people *p, enum who who)
{
	struct fold *f = fold_new();

	for (uint32_t i = 0; i < p->story.count; i++)
		if (p->heard[who] & bit(i))
			put(f, &p->story.said[i]);
	fold_run(f, p->now_s);
	return f;
}

static void begin(struct people *p, uint64_t seed)
{
	*p = (struct people){ .number = FIRST_NUMBER, .now_s = NOON + HOUR, .dice = { seed }, .size_next = 20 };
	for (enum who who = SCHOOL; who <= TRUCKER; who++)
		card(&p->story, who);
	site(&p->story, SCHOOL, 1);
	site(&p->story, MILL, 1);
	vouch(&p->story, SCHOOL, MILL);
	vouch(&p->story, MILL, SCHOOL);
	keeper(&p->story, SCHOOL, NURSE);
	keeper(&p->story, MILL, TRUCKER);
	/* However long the story is, no promise in it comes too late. */
	need(&p->story, SCHOOL, 10, ASKED)->entry.line.within_h = 720;
	story_name(&p->story.said[p->story.count - 1]);
	stock(&p->story, MILL, 20, STARTED, 0);
	p->in_stock = STARTED;
	for (enum who who = SCHOOL; who < WHO_COUNT; who++)
		hear_all(p, who);
}

/* Whoever is asked whether the rest of a much larger load is lost says no: it is another load that came. */
static struct fold_answer answered(struct fold *f, enum move_stage stage, uint32_t quantity,
				   const struct public_key *key)
{
	struct fold_answer answer = fold_answer(f, 0, stage, quantity, key);

	if (stage == MOVE_RECEIVED && answer.load_milli > quantity &&
	    answer.load_milli - quantity > answer.load_milli / FOLD_SAME_SHARE)
		return fold_answer_in_part(f, 0, stage, key);
	return answer;
}

/* Now and then somebody types another number first, which the right one then replaces; or says what was not so, and takes it
 * back. Both versions travel. */
static void type_wrong(struct people *p, enum who who, const struct entry *right)
{
	struct entry wrong = *right;

	if (p->story.count + 3 > WORDS_MAX || dice_below(&p->dice, 4))
		return;
	wrong.hlc.time--;
	wrong.move.quantity_milli = wrong.move.quantity_milli * 3 + 1;
	if (dice_below(&p->dice, 2))
		wrong.number = p->number++;
	tell(&p->story, who, &wrong);
	p->heard[who] |= last_bit(p);
	if (wrong.number == right->number)
		return;
	wrong.hlc.time++;
	wrong.move.stage = MOVE_WITHDRAWN;
	tell(&p->story, who, &wrong);
	p->heard[who] |= last_bit(p);
}

/* What somebody signs about the journey, as their own node proposes it. */
static void sign(struct people *p, enum who who, enum move_stage stage, uint32_t quantity)
{
	struct fold *f = as_heard(p, who);
	struct public_key key = key_of(who);
	struct entry e = blank(ENTRY_MOVE, p->number++, p->now_s + dice_below(&p->dice, 300));

	e.move = (struct move){ .stage = stage, .of = NEED, .quantity_milli = quantity, .at = e.hlc.time };
	e.move.due = p->now_s + 20 * 24 * HOUR;
	if (fold_count(f, FOLD_MOVES)) {
		e.move.after = answered(f, stage, quantity, &key).after;
		type_wrong(p, who, &e);
	} else {
		e.move.from = STOCK;
	}
	tell(&p->story, who, &e);
	p->heard[who] |= last_bit(p);
	if (who == MILL && stage == MOVE_SENT)
		p->loads[p->load_count - 1].number = e.number;
}

/* Two may see the same, before either hears of the other: then both sign, and one may count a little less. */
static void seen(struct people *p, enum who one, enum who other, enum move_stage stage, uint32_t quantity)
{
	uint64_t before = p->heard[other];

	if (dice_below(&p->dice, 2)) {
		enum who kept = one;

		one = other;
		other = kept;
		before = p->heard[other];
	}
	sign(p, one, stage, quantity);
	if (dice_below(&p->dice, 3) == 0) {
		p->heard[other] = before;
		sign(p, other, stage, quantity - dice_below(&p->dice, quantity / 20 + 1));
	}
}

/* Loads differ in size, so that people can tell them apart. */
static void leave(struct people *p)
{
	uint32_t size = p->size_next;

	if (p->load_count == LOADS_MAX || p->promised < size || p->in_stock < size)
		return;
	p->size_next += p->size_next / 2;
	p->loads[p->load_count++] = (struct load){ .quantity = size, .size = size };
	p->in_stock -= size;
	p->promised -= size;
	seen(p, MILL, TRUCKER, MOVE_SENT, size);
}

static struct load *on_the_road(struct people *p)
{
	uint32_t from = p->load_count ? dice_below(&p->dice, p->load_count) : 0;

	for (uint32_t i = 0; i < p->load_count; i++) {
		struct load *l = &p->loads[(from + i) % p->load_count];

		if (!l->is_here)
			return l;
	}
	return NULL;
}

/* Whoever takes it in counts what came; what fell off on the way is lost. */
static void arrive(struct people *p)
{
	struct load *l = on_the_road(p);

	if (!l)
		return;
	l->is_here = true;
	p->arrived += l->quantity;
	seen(p, SCHOOL, NURSE, MOVE_RECEIVED, l->quantity);
}

static uint32_t road_total(const struct people *p)
{
	uint32_t total = 0;

	for (uint32_t i = 0; i < p->load_count; i++)
		total += p->loads[i].is_here ? 0 : p->loads[i].quantity;
	return total;
}

/* A truck turns round: all that is on it is back on the shelf. */
static void turn_round(struct people *p)
{
	struct load *l = on_the_road(p);

	if (!l || l->quantity != l->size)
		return;
	l->is_here = true;
	p->in_stock += l->quantity;
	seen(p, MILL, TRUCKER, MOVE_RETURNED, l->quantity);
}

/* Some falls off a truck; its driver knows which load it is. */
static void lose(struct people *p)
{
	struct load *l = on_the_road(p);

	if (!l || !l->number || l->quantity != l->size)
		return;
	l->quantity -= 2;
	p->lost += 2;
	sign(p, MILL, MOVE_LOST, 2);
	p->story.said[p->story.count - 1].entry.move.after = MILLS(l->number);
	story_name(&p->story.said[p->story.count - 1]);
}

static void take_back(struct people *p)
{
	if (p->promised < 10)
		return;
	p->promised -= 10;
	sign(p, MILL, MOVE_RELEASED, 10);
}

/* What is on the shelf is counted, whatever was heard of. */
static void count(struct people *p)
{
	struct entered *said = stock(&p->story, MILL, 20, p->in_stock, p->now_s - NOON);

	p->heard[MILL] |= last_bit(p);
	assert_int_equal(said->entry.line.counted, p->now_s);
}

static void step(struct people *p)
{
	p->now_s += 600 + dice_below(&p->dice, HOUR);
	switch (dice_below(&p->dice, 9)) {
	case 6:
		(dice_below(&p->dice, 2) ? turn_round : lose)(p);
		break;
	case 7:
		(dice_below(&p->dice, 2) ? take_back : count)(p);
		break;
	case 0:
	case 1:
		leave(p);
		break;
	case 2:
	case 3:
		arrive(p);
		break;
	default:
		meet(p, dice_below(&p->dice, TRUCKER + 1), dice_below(&p->dice, TRUCKER + 1));
		break;
	}
}

static uint8_t plan_room[1 << 16] __attribute__((aligned(16)));
static struct allocate_plan plan;

static void the_plan_sends_nothing_twice(struct people *p, struct fold *f)
{
	uint64_t planned = 0;

	assert_true(allocate_footprint(f) <= sizeof plan_room);
	assert_true(allocate_run(&plan, plan_room, sizeof plan_room, f, p->now_s, 0, ALLOCATE_TRUSTED));
	for (uint32_t i = 0; i < plan.portion_count; i++)
		planned += plan.portions[i].quantity_milli;
	assert_true(planned + p->arrived + road_total(p) + p->promised <= ASKED);
	assert_true(planned + p->promised <= p->in_stock);
}

static void print_story(const struct people *p)
{
	static const char *const names[] = { "asked",    "declined", "pledged", "sent",    "received", "given",
					     "released", "returned", "lost",    "spoiled", "withdrawn" };

	for (uint32_t i = 0; i < p->story.count; i++) {
		const struct entry *e = &p->story.said[i].entry;

		if (e->kind == ENTRY_MOVE)
			print_message("%u by %u: %s %u after %u, at +%u min\n", e->number,
				      (unsigned)(p->story.said[i].author.bytes[0] == key_of(MILL).bytes[0]) ? 1 : 2,
				      names[e->move.stage], (unsigned)e->move.quantity_milli, e->move.after.number,
				      (e->move.at - NOON) / 60);
	}
	print_message("in stock %u, promised %u, on the road %u, arrived %u\n", p->in_stock, p->promised, road_total(p),
		      p->arrived);
}

/* A failure tells the story. */
static void expect(const struct people *p, uint64_t seed, const char *what, uint64_t found, uint64_t truth)
{
	if (found == truth)
		return;
	print_story(p);
	fail_msg("seed %llu: %s is %llu, and should be %llu", (unsigned long long)seed, what, (unsigned long long)found,
		 (unsigned long long)truth);
}

static void every_litre_is_in_one_place(struct people *p, struct fold *f, uint64_t seed)
{
	struct fold_move journey = move_at(f, MILLS(FIRST_NUMBER));
	struct fold_sums need = sums_at(f, NEED), stock = sums_at(f, STOCK);

	expect(p, seed, "on hand", (uint64_t)stock.on_hand_milli, p->in_stock);
	expect(p, seed, "promised from the stock", stock.promised_milli, p->promised);
	expect(p, seed, "promised", journey.promised_milli, p->promised);
	expect(p, seed, "on the way", journey.on_way_milli, road_total(p));
	expect(p, seed, "arrived", journey.arrived_milli, p->arrived);
	expect(p, seed, "lost", journey.lost_milli, p->lost);
	expect(p, seed, "received", need.received_milli, p->arrived);
	expect(p, seed, "coming", need.coming_milli, p->promised + road_total(p));
	expect(p, seed, "all of it",
	       (uint64_t)stock.on_hand_milli + journey.on_way_milli + journey.arrived_milli + journey.lost_milli,
	       STARTED);
}

static void live(struct people *p, uint64_t seed)
{
	begin(p, seed);
	p->promised = 60 + dice_below(&p->dice, 400);
	sign(p, MILL, MOVE_PLEDGED, p->promised);
	for (enum who who = SCHOOL; who < WHO_COUNT; who++)
		hear_all(p, who);
	for (uint32_t i = 0; i < STEPS; i++)
		step(p);
	assert_true(p->story.count < 64);
}

static void test_every_litre_is_in_one_place(void **state)
{
	static struct people p;

	(void)state;
	print_message("seeds 1 to %d\n", STORIES);
	for (uint64_t seed = 1; seed <= STORIES; seed++) {
		struct fold_digest told, other;
		struct fold *f;

		live(&p, seed);
		hear_all(&p, STRANGER);
		f = as_heard(&p, STRANGER);
		every_litre_is_in_one_place(&p, f, seed);
		the_plan_sends_nothing_twice(&p, f);
		fold_digest(f, &told);
		f = fold_new();
		for (uint32_t i = p.story.count; i-- > 0;)
			put(f, &p.story.said[i]);
		fold_run(f, p.now_s);
		fold_digest(f, &other);
		assert_memory_equal(&told, &other, sizeof told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_litre_is_in_one_place) };

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
