/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a node is asked at its first start, and what is kept of it: settings, in the file answers.conf of its folder, written by
 * the node alone. What nobody answers is made so that no two nodes are alike.
 *
 * The Wi-Fi's name follows from the node's until somebody says another; its password from the neighbourhood's words, so that who
 * has the words may join, or else from chance. Needs sodium_init() once before. */
#ifndef AIDMESH_NODE_SETUP_ANSWERS_H
#define AIDMESH_NODE_SETUP_ANSWERS_H

#include "node/settings/config.h"
#include "node/setup/household_key.h"
#include "node/setup/neighbourhood.h"

struct answers {
	struct config settings;              /* those that are given */
	char words[NEIGHBOURHOOD_TEXT_SIZE]; /* "": not answered */
	char passphrase[PASSPHRASE_SIZE];    /* the same; sealed with it are households, and it is kept nowhere */
};

void answers_init(struct answers *answers);
/* Wipes what is secret. */
void answers_fini(struct answers *answers);
/* One answer, by what it is called in aidmesh.txt: "name", "wifi_name"; "" is none. 0, or -1 with a sentence. */
int answers_set(struct answers *answers, struct reason *why, const char *name, const char *value)
	__attribute__((warn_unused_result));
/* The names of answers in the order of aidmesh.txt; NULL behind the last. */
const char *answers_name(size_t i);

/* Adds what is kept in `folder`, to settings that were read before. 0, or -1 with a sentence. */
int answers_read(struct config *config, struct reason *why, const char *folder, enum config_need need)
	__attribute__((warn_unused_result));
/* Keeps the answers in the folder of the settings `in_force`, with what was answered before and what is made where nothing
 * was. 0: on the disk; -1 with a sentence, and nothing has changed. */
int answers_keep(const struct answers *answers, struct reason *why, const struct config *in_force)
	__attribute__((warn_unused_result));

#endif
