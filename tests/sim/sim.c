/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plays seeds: nodes of the very engine that the daemon runs, in virtual time, through everything that goes wrong, to the
 * end where all must hold the same. One line says which seed failed and how. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "tests/sim/people.h"
#include "tests/sim/world.h"

#ifndef SOURCE_DIR
#define SOURCE_DIR "."
#endif

struct options {
	uint64_t seed, count;
	double seconds; /* 0: as many as `count` */
	uint32_t nodes; /* 0: as the seed says */
	bool trace, year;
};

/* A row of the table that is printed. */
struct tally {
	uint64_t seeds, nodes, frames, entries, virtual_s;
	double cpu_s;
};

/* What to say when an assertion ends the program in the middle of a seed. */
static char last_words[160];

static void on_abort(int signal)
{
	ssize_t written = write(STDERR_FILENO, last_words, strlen(last_words));

	(void)written;
	_exit(128 + signal);
}

static double cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void play(const struct options *o, uint64_t seed, const struct sites *sites, struct tally tallies[STORY_COUNT])
{
	struct plan plan = o->year ? plan_year(seed, o->nodes) : plan_make(seed, o->nodes);
	struct tally *tally = &tallies[plan.story];
	struct world w = { .trace = o->trace, .year_asked = o->year, .nodes_asked = o->nodes };
	double began_s = cpu_s();
	char asked[40] = "";

	if (o->nodes)
		(void)snprintf(asked, sizeof asked, "%s --nodes %u", o->year ? " --year" : "", o->nodes);
	else if (o->year)
		(void)snprintf(asked, sizeof asked, " --year");
	(void)snprintf(last_words, sizeof last_words, "FAILED sim --seed %llu%s (%s): an assertion, see above\n",
		       (unsigned long long)seed, asked, story_name(plan.story));
	world_run(&w, &plan, sites);
	tally->seeds++;
	tally->nodes += w.node_count;
	tally->frames += w.delivered;
	tally->entries += w.entries_sent;
	tally->virtual_s += w.now_ms / MS;
	tally->cpu_s += cpu_s() - began_s;
	if (o->count == 1)
		printf("seed %llu: %s, %u nodes, faults %06x, %llu frames, %llu events, trace %016llx\n",
		       (unsigned long long)seed, story_name(plan.story), w.node_count, plan.faults,
		       (unsigned long long)w.delivered, (unsigned long long)w.events, (unsigned long long)w.trace_hash);
	world_fini(&w);
}

static void print_row(const char *name, const struct tally *t)
{
	printf("%-8s %7llu %8llu %10llu %10llu %10llu %8.1f %12.0f\n", name, (unsigned long long)t->seeds,
	       (unsigned long long)t->nodes, (unsigned long long)t->virtual_s, (unsigned long long)t->frames,
	       (unsigned long long)t->entries, t->cpu_s, t->cpu_s > 0 ? (double)t->frames / t->cpu_s * 60 : 0);
}

static void print_table(const struct tally tallies[STORY_COUNT])
{
	struct tally all = { 0 };

	printf("%-8s %7s %8s %10s %10s %10s %8s %12s\n", "story", "seeds", "nodes", "virtual s", "frames", "entries",
	       "CPU s", "frames/min");
	for (int i = 0; i < STORY_COUNT; i++) {
		const struct tally *t = &tallies[i];

		if (!t->seeds)
			continue;
		print_row(story_name((enum story)i), t);
		all.seeds += t->seeds;
		all.nodes += t->nodes;
		all.frames += t->frames;
		all.entries += t->entries;
		all.virtual_s += t->virtual_s;
		all.cpu_s += t->cpu_s;
	}
	print_row("all", &all);
}

static bool read_options(struct options *o, int argc, char **argv)
{
	bool counted = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--trace") == 0) {
			o->trace = true;
			continue;
		}
		if (strcmp(argv[i], "--year") == 0) {
			o->year = true;
			continue;
		}
		if (i + 1 == argc)
			return false;
		if (strcmp(argv[i], "--seed") == 0) {
			o->seed = strtoull(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--count") == 0) {
			o->count = strtoull(argv[i + 1], NULL, 10);
			counted = true;
		} else if (strcmp(argv[i], "--seconds") == 0) {
			o->seconds = strtod(argv[i + 1], NULL);
		} else if (strcmp(argv[i], "--nodes") == 0) {
			o->nodes = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		} else {
			return false;
		}
		i++;
	}
	if (o->seconds > 0 && !counted)
		o->count = UINT64_MAX;
	return o->count > 0;
}

int main(int argc, char **argv)
{
	struct options o = { .count = 1 };
	struct tally tallies[STORY_COUNT] = { { 0 } };
	struct sites *sites = sites_open(SOURCE_DIR "/tests/data/sites-florence-2018.csv");
	double began_s = cpu_s();

	o.seed = (uint64_t)time(NULL);
	if (!read_options(&o, argc, argv)) {
		(void)fprintf(stderr,
			      "usage: sim [--seed N] [--count N] [--seconds CPU] [--nodes N] [--year] [--trace]\n");
		return 2;
	}
	if (sodium_init() < 0 || !sites) {
		(void)fprintf(stderr, "The table of sites cannot be read.\n");
		return 2;
	}
	(void)signal(SIGABRT, on_abort);
	for (uint64_t i = 0; i < o.count && (o.seconds <= 0 || cpu_s() - began_s < o.seconds); i++)
		play(&o, o.seed + i, sites, tallies);
	print_table(tallies);
	sites_close(sites);
	return 0;
}
