/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A newer aidmesh: handed to this node, what became of it, and the file of the one that runs, for neighbours. */
#include <stdlib.h>

#include "board/api/api_inside.h"
#include "board/text/said_json.h"

void api_get_upgrade(struct api *api, struct http_exchange *x)
{
	static const char *const STATES[] = { [VIEW_UPGRADE_NONE] = "none",
					      [VIEW_UPGRADE_WAITING] = "waiting",
					      [VIEW_UPGRADE_REFUSED] = "refused",
					      [VIEW_UPGRADE_INSTALLED] = "installed" };
	const struct board_view *view = api->config.view;
	struct view_upgrade upgrade;
	json_t *answer;

	view->upgrade(view->ctx, &upgrade);
	answer = json_pack("{s:s, s:s}", "version", AIDMESH_VERSION, "state", STATES[upgrade.state]);
	said_json_put(answer, "sentence", &upgrade.said, api_language(x));
	api_answer_json(x, 200, answer);
}

void api_post_upgrade(struct api *api, struct http_exchange *x)
{
	const struct board_door *door = api->config.door;
	struct api_asking *asking;
	size_t size;
	char *data = http_take_body(x, &size);

	if (data == NULL) {
		api_answer_error(x, 400, SAY(UPGRADE_OTHER));
		return;
	}
	asking = api_asking_of(x);
	if (asking == NULL) {
		free(data);
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	door->upgrade(door->ctx, (uint8_t *)data, size, api_told, asking);
}

void api_get_upgrade_file(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	size_t size;
	uint8_t *data;

	if (!api_has_room(x))
		return;
	data = view->upgrade_file(view->ctx, &size);
	if (data == NULL)
		api_answer_error(x, 404, SAY(UPGRADE_NO_FILE));
	else
		http_answer(x, 200, "application/octet-stream", (char *)data, size);
}
