/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/scan.h"

#include <assert.h>

#include "proto/aidmesh.pb-c.h"
#include "proto/text.h"

enum { FIELD_AUTHOR = 1, FIELD_TIME = 2, FIELD_TICK = 3, FIELD_NUMBER = 4 };
enum { FIELD_SAYS_FIRST = 5, FIELD_SAYS_LAST = 14, FIELD_SEALED = 15, FIELD_LATER = 16 };
enum { FIELD_ONCE_BELOW = 32, FIELD_REQUIRED_LAST = 4 };

static bool varint_next(uint64_t *value, struct view *rest)
{
	uint64_t sum = 0;
	/* Nearly all are one byte. */
	if (rest->size > 0 && rest->data[0] < 0x80) {
		*value = *rest->data++;
		rest->size--;
		return true;
	}
	for (size_t i = 0; i < 10 && i < rest->size; i++) {
		uint8_t byte = rest->data[i];
		if (i == 9 && byte > 1)
			return false;
		sum |= (uint64_t)(byte & 0x7F) << (7 * i);
		if (byte & 0x80)
			continue;
		if (i > 0 && byte == 0)
			return false;
		*value = sum;
		rest->data += i + 1;
		rest->size -= i + 1;
		return true;
	}
	return false;
}

static bool fixed_next(uint64_t *value, struct view *rest, size_t size)
{
	uint64_t sum = 0;
	assert(size <= sizeof sum);
	if (size > rest->size)
		return false;
	for (size_t i = 0; i < size; i++)
		sum |= (uint64_t)rest->data[i] << (8 * i);
	*value = sum;
	rest->data += size;
	rest->size -= size;
	return true;
}

static bool bytes_next(struct view *bytes, struct view *rest)
{
	uint64_t size;
	if (!varint_next(&size, rest) || size > rest->size)
		return false;
	*bytes = (struct view){ .data = rest->data, .size = (size_t)size };
	rest->data += size;
	rest->size -= (size_t)size;
	return true;
}

bool field_next(struct field *field, struct view *rest)
{
	uint64_t tag;
	if (!varint_next(&tag, rest) || tag > UINT32_MAX || tag >> 3 == 0)
		return false;
	*field = (struct field){ .number = (uint32_t)(tag >> 3), .wire = tag & 7 };
	switch (field->wire) {
	case WIRE_VARINT:
		return varint_next(&field->value, rest);
	case WIRE_FIXED64:
		return fixed_next(&field->value, rest, 8);
	case WIRE_FIXED32:
		return fixed_next(&field->value, rest, 4);
	case WIRE_BYTES:
		return bytes_next(&field->bytes, rest);
	default:
		return false;
	}
}

/* What the pass over one body carries along. */
struct pass {
	unsigned fields_left;
	bool is_clean; /* every text so far */
};

static bool packed_scan(struct view bytes, struct pass *pass)
{
	assert(pass->fields_left <= BODY_FIELDS_MAX);
	while (bytes.size > 0) {
		uint64_t value;
		if (pass->fields_left == 0 || !varint_next(&value, &bytes) || value > UINT32_MAX)
			return false;
		pass->fields_left--;
	}
	return true;
}

static bool message_scan(const ProtobufCMessageDescriptor *message, struct view bytes, struct pass *pass);

/* Does a field that this version knows look as aidmesh.proto says? */
static bool field_scan(const ProtobufCFieldDescriptor *known, const struct field *field, struct pass *pass)
{
	switch (known->type) {
	case PROTOBUF_C_TYPE_UINT32:
		if (known->label == PROTOBUF_C_LABEL_REPEATED)
			return field->wire == WIRE_BYTES && packed_scan(field->bytes, pass);
		return field->wire == WIRE_VARINT && field->value <= UINT32_MAX;
	case PROTOBUF_C_TYPE_UINT64:
		return field->wire == WIRE_VARINT;
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return field->wire == WIRE_FIXED32;
	case PROTOBUF_C_TYPE_FIXED64:
		return field->wire == WIRE_FIXED64;
	case PROTOBUF_C_TYPE_STRING:
		pass->is_clean = pass->is_clean && text_is_clean(field->bytes);
		return field->wire == WIRE_BYTES;
	case PROTOBUF_C_TYPE_BYTES:
		return field->wire == WIRE_BYTES;
	case PROTOBUF_C_TYPE_MESSAGE:
		return field->wire == WIRE_BYTES && message_scan(known->descriptor, field->bytes, pass);
	default:
		return false; /* aidmesh.proto uses no other type */
	}
}

/* Fields stand in ascending order in a descriptor, those that are required among its first. */
static bool required_are_seen(const ProtobufCMessageDescriptor *message, uint32_t seen)
{
	for (unsigned i = 0; i < message->n_fields && message->fields[i].id <= FIELD_REQUIRED_LAST; i++)
		if (message->fields[i].label == PROTOBUF_C_LABEL_REQUIRED && !(seen >> message->fields[i].id & 1))
			return false;
	return true;
}

/* No message of aidmesh.proto contains itself, so this recursion is three deep at most. */
static bool message_scan(const ProtobufCMessageDescriptor *message, struct view bytes, struct pass *pass)
{
	uint32_t seen = 0;
	while (bytes.size > 0) {
		struct field field;
		if (pass->fields_left == 0 || !field_next(&field, &bytes))
			return false;
		pass->fields_left--;
		if (field.number < FIELD_ONCE_BELOW) {
			if (seen >> field.number & 1)
				return false;
			seen |= UINT32_C(1) << field.number;
		}
		const ProtobufCFieldDescriptor *known = protobuf_c_message_descriptor_get_field(message, field.number);
		if (known && !field_scan(known, &field, pass))
			return false;
	}
	assert(pass->fields_left <= BODY_FIELDS_MAX);
	return required_are_seen(message, seen);
}

/* Of several fields that may say something: one of 5..14 only, else the lowest from 16 up. False where two of 5..14 are. */
static bool says_note(struct scan *scan, const struct field *field)
{
	bool early = field->number >= FIELD_SAYS_FIRST && field->number <= FIELD_SAYS_LAST;
	bool later = field->number >= FIELD_LATER;
	if (!early && !later)
		return true;
	uint32_t chosen = scan->head.field;
	assert(chosen == 0 || chosen >= FIELD_SAYS_FIRST);
	if (early && chosen >= FIELD_SAYS_FIRST && chosen <= FIELD_SAYS_LAST)
		return false;
	if (chosen == 0 || field->number < chosen) {
		scan->head.field = field->number;
		scan->says = field->bytes;
	}
	return true;
}

static enum entry_kind kind_of_field(uint32_t field)
{
	return field >= ENTRY_CARD && field <= ENTRY_TRUST ? (enum entry_kind)field : ENTRY_UNKNOWN;
}

/* Reads the top level of a body that message_scan() found sound. */
static enum entry_rc head_read(struct scan *scan)
{
	struct view rest = scan->body;
	uint32_t tick = 0;
	while (rest.size > 0) {
		struct field field;
		if (!field_next(&field, &rest) || !says_note(scan, &field))
			return ENTRY_E_MALFORMED;
		if (field.number == FIELD_AUTHOR)
			scan->head.author = field.value;
		if (field.number == FIELD_TIME)
			scan->head.hlc.time = (uint32_t)field.value;
		if (field.number == FIELD_TICK)
			tick = (uint32_t)field.value;
		if (field.number == FIELD_NUMBER)
			scan->head.number = (uint32_t)field.value;
	}
	if (scan->head.field == 0)
		return ENTRY_E_MALFORMED;
	scan->head.kind = kind_of_field(scan->head.field);
	if (tick > WIRE_TICK_MAX)
		return ENTRY_E_BOUNDS;
	scan->head.hlc = hlc_of_wire(scan->head.hlc.time, tick);
	if (scan->head.kind != ENTRY_UNKNOWN && (scan->head.kind == ENTRY_CARD) != (scan->head.number == 0))
		return ENTRY_E_BOUNDS;
	return ENTRY_OK;
}

enum entry_rc entry_scan(struct scan *scan, struct view bytes)
{
	if (!entry_size_is_legal(bytes.size))
		return ENTRY_E_SIZE;
	struct scan found = { .body = { .data = bytes.data, .size = bytes.size - SIGNATURE_SIZE } };
	struct pass pass = { .fields_left = BODY_FIELDS_MAX, .is_clean = true };
	if (!message_scan(&aidmesh__wire__entry_body__descriptor, found.body, &pass))
		return ENTRY_E_MALFORMED;
	enum entry_rc rc = head_read(&found);
	if (rc != ENTRY_OK)
		return rc;
	if (!pass.is_clean)
		return ENTRY_E_BOUNDS;
	assert(found.head.field >= FIELD_SAYS_FIRST && found.head.field != FIELD_SEALED);
	assert(found.says.size < found.body.size);
	*scan = found;
	return ENTRY_OK;
}

enum entry_rc entry_head_decode(struct entry_head *head, struct view bytes)
{
	struct scan scan;
	enum entry_rc rc = entry_scan(&scan, bytes);
	if (rc == ENTRY_OK)
		*head = scan.head;
	return rc;
}
