/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/pack.h"

#include <assert.h>
#include <string.h>

#include "proto/aidmesh.pb-c.h"
#include "proto/bits.h"
#include "proto/scan.h"

/* What a packed body begins with: no protobuf does, as there is no wire type 7. */
enum { MARK = 7, MARK_WIDTH = 3 };
enum { NUMBER_WIDTH = 5, NUMBER_MAX = 31, GROUP_WIDTH = 3, WORD_WIDTH = 32, BYTE_WIDTH = 8, ASCII_WIDTH = 7 };
enum { THOUSAND = 1000 };

/* How a field lies in a body, and how it is packed. */
enum shape {
	SHAPE_NONE,
	SHAPE_NUMBER,
	SHAPE_QUANTITY,
	SHAPE_TIME,
	SHAPE_WORD,
	SHAPE_LONG,
	SHAPE_TEXT,
	SHAPE_BYTES,
	SHAPE_MESSAGE
};

static enum shape shape_of(const ProtobufCFieldDescriptor *known)
{
	if (!known)
		return SHAPE_NONE;
	if (known->label == PROTOBUF_C_LABEL_REPEATED)
		return SHAPE_BYTES;
	switch (known->type) {
	case PROTOBUF_C_TYPE_UINT32:
		return SHAPE_NUMBER;
	case PROTOBUF_C_TYPE_UINT64:
		return SHAPE_QUANTITY;
	case PROTOBUF_C_TYPE_FIXED32:
		return SHAPE_TIME; /* or the number of a register, which is far from any time */
	case PROTOBUF_C_TYPE_SFIXED32:
		return SHAPE_WORD;
	case PROTOBUF_C_TYPE_FIXED64:
		return SHAPE_LONG;
	case PROTOBUF_C_TYPE_STRING:
		return SHAPE_TEXT;
	case PROTOBUF_C_TYPE_BYTES:
		return SHAPE_BYTES;
	case PROTOBUF_C_TYPE_MESSAGE:
		return SHAPE_MESSAGE;
	default:
		return SHAPE_NONE; /* aidmesh.proto uses no other type */
	}
}

static uint8_t wire_of(enum shape shape)
{
	switch (shape) {
	case SHAPE_NUMBER:
	case SHAPE_QUANTITY:
		return WIRE_VARINT;
	case SHAPE_TIME:
	case SHAPE_WORD:
		return WIRE_FIXED32;
	case SHAPE_LONG:
		return WIRE_FIXED64;
	default:
		return WIRE_BYTES;
	}
}

/* The highest field of each message when packing came. What has a field of a later version goes as it is, so that those who do
 * not know it understand the rest. */
static const struct {
	const ProtobufCMessageDescriptor *message;
	uint32_t highest;
} PACKABLE[] = {
	{ &aidmesh__wire__entry_body__descriptor, 15 }, { &aidmesh__wire__card__descriptor, 5 },
	{ &aidmesh__wire__site__descriptor, 14 },       { &aidmesh__wire__line__descriptor, 31 },
	{ &aidmesh__wire__move__descriptor, 11 },       { &aidmesh__wire__note__descriptor, 11 },
	{ &aidmesh__wire__trust__descriptor, 5 },       { &aidmesh__wire__place__descriptor, 3 },
	{ &aidmesh__wire__hours__descriptor, 3 },
};

/* NULL: it is not packed. */
static const ProtobufCFieldDescriptor *find(const ProtobufCMessageDescriptor *message, uint32_t number)
{
	for (size_t i = 0; i < sizeof(PACKABLE) / sizeof(PACKABLE[0]); i++)
		if (PACKABLE[i].message == message && number <= PACKABLE[i].highest)
			return protobuf_c_message_descriptor_get_field(message, number);
	return NULL;
}

/* The distance of two times, small when they are near: 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4. */
static uint32_t fold_distance(uint32_t time, uint32_t base)
{
	uint32_t distance = time - base;
	uint32_t folded = distance << 1 ^ (distance >> 31 ? UINT32_MAX : 0);
	assert(base + (folded >> 1 ^ (folded & 1 ? UINT32_MAX : 0)) == time);
	return folded;
}

static uint32_t unfold_distance(uint32_t folded, uint32_t base)
{
	return base + (folded >> 1 ^ (folded & 1 ? UINT32_MAX : 0));
}

/* Packing. */

struct packer {
	struct bit_writer bits;
	bool has_time;
	uint32_t time; /* the entry's own: the first that there is; 0 before it */
};

static void number_pack(struct packer *p, uint64_t value)
{
	do {
		bits_write(&p->bits, (uint32_t)(value & ((1u << GROUP_WIDTH) - 1)), GROUP_WIDTH);
		value >>= GROUP_WIDTH;
		bits_write(&p->bits, value != 0, 1);
	} while (value);
}

static void time_pack(struct packer *p, uint32_t value)
{
	uint32_t folded = fold_distance(value, p->time);
	bool is_near = folded >> WORD_WIDTH * GROUP_WIDTH / (GROUP_WIDTH + 1) == 0;
	bits_write(&p->bits, is_near, 1);
	if (is_near)
		number_pack(p, folded);
	else
		bits_write(&p->bits, value, WORD_WIDTH);
	if (!p->has_time)
		p->time = value;
	p->has_time = true;
}

static void bytes_pack(struct packer *p, struct view bytes, unsigned width)
{
	assert(width == ASCII_WIDTH || width == BYTE_WIDTH);
	for (size_t i = 0; i < bytes.size; i++)
		bits_write(&p->bits, bytes.data[i], width);
}

static void text_pack(struct packer *p, struct view text)
{
	bool is_ascii = true;
	assert(text.size <= BODY_SIZE_MAX);
	for (size_t i = 0; i < text.size; i++)
		is_ascii &= text.data[i] >> ASCII_WIDTH == 0;
	number_pack(p, text.size);
	bits_write(&p->bits, is_ascii, 1);
	bytes_pack(p, text, is_ascii ? ASCII_WIDTH : BYTE_WIDTH);
}

static bool message_pack(struct packer *p, const ProtobufCMessageDescriptor *message, struct view bytes);

static bool field_pack(struct packer *p, const ProtobufCFieldDescriptor *known, const struct field *field)
{
	enum shape shape = shape_of(known);
	if (shape == SHAPE_NONE || wire_of(shape) != field->wire)
		return false;
	switch (shape) {
	case SHAPE_NUMBER:
		number_pack(p, field->value);
		break;
	case SHAPE_QUANTITY:
		bits_write(&p->bits, field->value % THOUSAND == 0, 1);
		number_pack(p, field->value % THOUSAND ? field->value : field->value / THOUSAND);
		break;
	case SHAPE_TIME:
		time_pack(p, (uint32_t)field->value);
		break;
	case SHAPE_LONG:
		bits_write(&p->bits, (uint32_t)field->value, WORD_WIDTH);
		bits_write(&p->bits, (uint32_t)(field->value >> WORD_WIDTH), WORD_WIDTH);
		break;
	case SHAPE_WORD:
		bits_write(&p->bits, (uint32_t)field->value, WORD_WIDTH);
		break;
	case SHAPE_TEXT:
		text_pack(p, field->bytes);
		break;
	case SHAPE_MESSAGE:
		return message_pack(p, known->descriptor, field->bytes);
	default:
		number_pack(p, field->bytes.size);
		bytes_pack(p, field->bytes, BYTE_WIDTH);
	}
	return true;
}

/* The highest number of a field, a bit for each lower one, and what they say. */
static bool message_pack(struct packer *p, const ProtobufCMessageDescriptor *message, struct view bytes)
{
	struct view rest = bytes;
	struct field field = { .number = 0 };
	uint32_t present = 0, highest = 0;
	for (; rest.size > 0; present |= UINT32_C(1) << field.number, highest = field.number)
		if (!field_next(&field, &rest) || field.number <= highest || field.number > NUMBER_MAX)
			return false;
	assert(highest <= NUMBER_MAX && present >> highest <= 1);
	bits_write(&p->bits, highest, NUMBER_WIDTH);
	for (uint32_t number = 1; number < highest; number++)
		bits_write(&p->bits, present >> number & 1, 1);
	for (rest = bytes; rest.size > 0;)
		if (!field_next(&field, &rest) || !field_pack(p, find(message, field.number), &field))
			return false;
	return p->bits.ok;
}

/* Unpacking. */

struct unpacker {
	struct bit_reader bits;
	bool has_time;
	uint32_t time;
};

/* More than `most`, or longer than it need be, is not ok. */
static uint64_t number_unpack(struct unpacker *u, uint64_t most)
{
	uint64_t value = 0, group = 0;
	unsigned shift = 0;
	bool more = true;
	assert(most >= BODY_SIZE_MAX);
	for (; more && u->bits.ok; shift += GROUP_WIDTH) {
		group = bits_read(&u->bits, GROUP_WIDTH);
		more = bits_read(&u->bits, 1);
		if (shift >= 64 || group > most >> shift)
			u->bits.ok = false;
		else
			value |= group << shift;
	}
	if (value > most || (shift > GROUP_WIDTH && group == 0))
		u->bits.ok = false;
	return value;
}

static uint32_t time_unpack(struct unpacker *u)
{
	uint32_t value = bits_read(&u->bits, 1) ? unfold_distance((uint32_t)number_unpack(u, UINT32_MAX), u->time)
						: bits_read(&u->bits, WORD_WIDTH);
	if (!u->has_time)
		u->time = value;
	u->has_time = true;
	return value;
}

static void bytes_unpack(struct unpacker *u, struct writer *w, uint64_t size, unsigned width)
{
	assert(width == ASCII_WIDTH || width == BYTE_WIDTH);
	write_varint(w, size);
	for (; size && u->bits.ok && w->ok; size--)
		write_u8(w, (uint8_t)bits_read(&u->bits, width));
}

static bool message_unpack(struct unpacker *u, const ProtobufCMessageDescriptor *message, struct writer *w);

static bool inner_unpack(struct unpacker *u, const ProtobufCMessageDescriptor *message, struct writer *w)
{
	uint8_t bytes[BODY_SIZE_MAX];
	struct writer inner = writer_init(bytes, sizeof(bytes));
	if (!message_unpack(u, message, &inner))
		return false;
	assert(inner.ok && inner.size <= sizeof(bytes));
	write_varint(w, inner.size);
	write_bytes(w, bytes, inner.size);
	return true;
}

static bool field_unpack(struct unpacker *u, const ProtobufCFieldDescriptor *known, uint32_t number, struct writer *w)
{
	enum shape shape = shape_of(known);
	uint64_t value;
	if (shape == SHAPE_NONE)
		return false;
	write_varint(w, number << 3 | wire_of(shape));
	switch (shape) {
	case SHAPE_NUMBER:
		write_varint(w, number_unpack(u, UINT32_MAX));
		break;
	case SHAPE_QUANTITY:
		value = bits_read(&u->bits, 1) ? THOUSAND : 1;
		write_varint(w, value * number_unpack(u, UINT64_MAX / value));
		break;
	case SHAPE_TIME:
		write_u32(w, time_unpack(u));
		break;
	case SHAPE_LONG:
		write_u32(w, bits_read(&u->bits, WORD_WIDTH));
		write_u32(w, bits_read(&u->bits, WORD_WIDTH));
		break;
	case SHAPE_WORD:
		write_u32(w, bits_read(&u->bits, WORD_WIDTH));
		break;
	case SHAPE_TEXT:
		value = number_unpack(u, BODY_SIZE_MAX);
		bytes_unpack(u, w, value, bits_read(&u->bits, 1) ? ASCII_WIDTH : BYTE_WIDTH);
		break;
	case SHAPE_MESSAGE:
		return inner_unpack(u, known->descriptor, w);
	default:
		bytes_unpack(u, w, number_unpack(u, BODY_SIZE_MAX), BYTE_WIDTH);
	}
	return true;
}

/* No message of aidmesh.proto contains itself, so this recursion is three deep at most. */
static bool message_unpack(struct unpacker *u, const ProtobufCMessageDescriptor *message, struct writer *w)
{
	uint32_t highest = bits_read(&u->bits, NUMBER_WIDTH), present = UINT32_C(1) << highest;
	for (uint32_t number = 1; number < highest; number++)
		present |= bits_read(&u->bits, 1) << number;
	for (uint32_t number = 1; number <= highest; number++)
		if (present >> number & 1 && !field_unpack(u, find(message, number), number, w))
			return false;
	return u->bits.ok && w->ok;
}

struct view entry_unpack(struct view bytes, uint8_t room[ENTRY_SIZE_MAX])
{
	if (bytes.size < ENTRY_SIZE_MIN || (bytes.data[0] & MARK) != MARK)
		return bytes;
	size_t packed_size = bytes.size - SIGNATURE_SIZE;
	struct unpacker u = { .bits = bit_reader_init((struct view){ .data = bytes.data, .size = packed_size }) };
	struct writer w = writer_init(room, BODY_SIZE_MAX);
	(void)bits_read(&u.bits, MARK_WIDTH);
	if (!message_unpack(&u, &aidmesh__wire__entry_body__descriptor, &w) || w.size == 0 ||
	    8 * packed_size - u.bits.at >= 8 || bits_read(&u.bits, (unsigned)(8 * packed_size - u.bits.at)) != 0)
		return bytes;
	assert(w.size <= BODY_SIZE_MAX);
	memcpy(room + w.size, bytes.data + packed_size, SIGNATURE_SIZE);
	return (struct view){ .data = room, .size = w.size + SIGNATURE_SIZE };
}

size_t entry_pack(uint8_t out[ENTRY_SIZE_MAX], struct view entry)
{
	assert(entry_size_is_legal(entry.size));
	struct view body = { .data = entry.data, .size = entry.size - SIGNATURE_SIZE };
	struct packer p = { .bits = bit_writer_init(out, body.size - 1) };
	bits_write(&p.bits, MARK, MARK_WIDTH);
	if (!message_pack(&p, &aidmesh__wire__entry_body__descriptor, body))
		return 0;
	size_t body_size = bits_size(&p.bits);
	assert(body_size < body.size);
	memcpy(out + body_size, body.data + body.size, SIGNATURE_SIZE);
	/* Whatever the reason may be: what does not come back the same is not packed. */
	uint8_t room[ENTRY_SIZE_MAX];
	struct view back = entry_unpack((struct view){ .data = out, .size = body_size + SIGNATURE_SIZE }, room);
	if (back.size != entry.size || memcmp(back.data, entry.data, entry.size) != 0)
		return 0;
	return body_size + SIGNATURE_SIZE;
}
