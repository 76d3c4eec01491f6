/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How the radio is: the device, what may still be sent this hour, what waits, who is heard. */
#include <stdio.h>
#include <string.h>

#include "tools/verbs.h"

static long long number_of(const json_t *object, const char *field)
{
	return (long long)json_integer_value(json_object_get(object, field));
}

static void device_print(const json_t *radio)
{
	const json_t *setting = json_object_get(radio, "setting");
	long long hz = number_of(setting, "frequency_hz"), wide = number_of(setting, "bandwidth_hz");

	if (field_string(radio, "port")[0] != '\0')
		printf("%-10s %s%s%s, %s\n", "Device",
		       field_string(radio, "device")[0] ? field_string(radio, "device") : "not known yet",
		       field_string(radio, "firmware")[0] ? " " : "", field_string(radio, "firmware"),
		       field_string(radio, "port"));
	if (field_string(radio, "region")[0] != '\0')
		printf("%-10s %s\n", "Region", field_string(radio, "region"));
	if (wide > 0 && hz > 0)
		printf("%-10s %lld.%03lld MHz, ", "Setting", hz / 1000000, hz / 1000 % 1000);
	else if (wide > 0)
		printf("%-10s ", "Setting");
	if (wide > 0)
		printf("SF%lld, %g kHz, 4/%lld, %lld dBm\n", number_of(setting, "spreading"), (double)wide / 1000.0,
		       number_of(setting, "coding"), number_of(setting, "power_dbm"));
	printf("%-10s %s\n", "Frames",
	       json_is_true(json_object_get(radio, "sealed")) ? "sealed for the circle" : "in clear, signed");
}

static void airtime_print(const json_t *radio)
{
	const json_t *airtime = json_object_get(radio, "airtime"), *queue = json_object_get(radio, "queue");
	const json_t *frames = json_object_get(radio, "frames");
	long long duty = number_of(airtime, "duty_permille");

	if (strcmp(field_string(radio, "state"), "up") == 0) {
		printf("%-10s %.1f s sent in the last hour", "Airtime", (double)number_of(airtime, "used_ms") / 1000.0);
		if (duty > 0 && duty < 1000)
			printf(", %.1f s left of the %g %% allowed", (double)number_of(airtime, "left_ms") / 1000.0,
			       (double)duty / 10.0);
		printf("\n%-10s %lld cards, %lld urgent needs, %lld others\n", "To send", number_of(queue, "cards"),
		       number_of(queue, "urgent"), number_of(queue, "rest"));
		printf("%-10s %s\n", "Safe",
		       json_is_true(json_object_get(radio, "safe"))
			       ? "somebody was heard to have all that is here"
			       : "not yet: nobody was heard so far to have all that is here");
	}
	printf("%-10s %lld in, %lld out, %lld lost, %lld strangers', %lld not understood\n", "So far",
	       number_of(frames, "in"), number_of(frames, "out"), number_of(frames, "lost"),
	       number_of(frames, "foreign"), number_of(frames, "malformed"));
}

static const struct column STATION_COLUMNS[] = { { "HEARD", "name", SHOW_PLAIN },
						 { ">LAST", "heard", SHOW_AGE },
						 { ">SIGNAL dBm", "rssi_dbm", SHOW_PLAIN },
						 { ">ABOVE NOISE dB", "snr_db", SHOW_PLAIN },
						 { NULL, NULL, SHOW_PLAIN } };

static void radio_print(struct call *call, const json_t *radio)
{
	const json_t *stations = json_object_get(radio, "stations");

	puts(field_string(radio, "sentence"));
	if (strcmp(field_string(radio, "state"), "off") == 0)
		return;
	device_print(radio);
	airtime_print(radio);
	if (json_array_size(stations) > 0) {
		putchar('\n');
		rows_print(call, stations, STATION_COLUMNS);
	}
}

int verb_radio(struct call *call)
{
	struct reply reply;
	int rc;

	client_get(&call->client, &reply, "/v1/radio");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		radio_print(call, reply.json);
	reply_fini(&reply);
	return rc;
}
