/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the configuration, for config.c and config_keys.c alone.
 *
 *   config.c       defaults, files, the command line: where settings come from
 *   config_keys.c  every key, and how its value is read */
#ifndef AIDMESH_NODE_SETTINGS_CONFIG_STATE_H
#define AIDMESH_NODE_SETTINGS_CONFIG_STATE_H

#include "node/settings/config.h"
#include "node/settings/reason.h"

/* Sets one key. 0, or -1 with a sentence in `why`; then `config` is unchanged. */
int config_apply(struct config *config, struct reason *why, const char *section, const char *key, const char *value);

#endif
