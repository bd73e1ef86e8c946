#include "record/record.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "record/arrays.h"
#include "record/escape.h"
#include "record/scan.h"
#include "record/stamp.h"

#define RESERVED_MAX 16 /* top-level reserved members of one log, duplicates included */
#define STATUS_MAX 32
#define TEXT(literal) (literal), sizeof(literal) - 1

static const char cut_tail[] = "\"," DL_RECORD_CUT "}";

/* Appends without a check: the room was reserved. */
static void put(struct dl_buffer *out, const void *data, size_t len)
{
    memcpy(out->data + out->len, data, len);
    out->len += len;
}

/* The id's member; the room was reserved. */
static void put_id(struct dl_buffer *out, const struct dl_record_id *id)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t left = id->next;

    *--at = '"';
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    put(out, id->prefix, id->prefix_length);
    put(out, at, (size_t)(digits + sizeof digits - at));
}

static bool status_fits(const char *status)
{
    size_t n = strspn(status, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    return n > 0 && n <= STATUS_MAX && status[n] == '\0';
}

/* Bytes that the escaped text can take, but no more than one log may have. */
static size_t worst_escape(size_t len)
{
    return len > DL_RECORD_BYTES / 6 ? DL_RECORD_BYTES : len * 6;
}

int dl_record_text(struct dl_buffer *out, const struct dl_frame *frame, const char *text,
                   size_t len, const char *status, unsigned *notes, struct dl_error *err)
{
    size_t start = out->len, room, used;
    bool replaced = false;

    if (status && !status_fits(status))
        return dl_error_set(err, DL_E_VALUE,
                            "a status is a word such as info or error, at most %d letters",
                            STATUS_MAX);
    size_t fixed = frame->head.len + frame->attributes.len +
                   sizeof ",\"status\":\"\",\"message\":\"" + STATUS_MAX + DL_RECORD_ID_MAX +
                   sizeof cut_tail;
    size_t left = out->max - out->len, want = fixed + worst_escape(len);
    int rc = dl_buffer_reserve(out, want < left ? want : left);
    if (rc < 0 || left < fixed)
        return rc < 0 ? rc : -DL_E_LIMIT;

    put(out, frame->head.data, frame->head.len);
    put(out, dl_buffer_string(&frame->attributes), frame->attributes.len);
    if (status) {
        put(out, TEXT(",\"status\":\""));
        put(out, status, strlen(status));
        put(out, TEXT("\""));
    }
    if (frame->id)
        put_id(out, frame->id);
    put(out, TEXT(",\"message\":\""));

    room = DL_RECORD_BYTES - (out->len - start);
    if (room > out->max - out->len)
        room = out->max - out->len;
    size_t n = dl_escape(out->data + out->len, room - 2, text, len, &used, &replaced);
    if (used == len) {
        out->len += n;
        put(out, TEXT("\"}"));
    } else if (room < DL_RECORD_BYTES - (out->len - start)) {
        out->len = start; /* it is the batch that is full, not the log that is long */
        out->data[start] = '\0';
        return -DL_E_LIMIT;
    } else {
        replaced = false;
        n = dl_escape(out->data + out->len, room - (sizeof cut_tail - 1), text, len, &used,
                      &replaced);
        out->len += n;
        put(out, TEXT(cut_tail));
    }
    out->data[out->len] = '\0';
    *notes = (used < len ? DL_NOTE_CUT : 0u) | (replaced ? DL_NOTE_REPLACED : 0u);
    return 0;
}

struct range {
    const char *from, *to;
};

static size_t range_length(struct range r)
{
    return (size_t)(r.to - r.from);
}

/* What a pass over an object found. */
struct plan {
    const struct dl_frame *frame;
    struct dl_scan scan;
    struct range kept[RESERVED_MAX + 1]; /* runs of members that are copied as they stand */
    size_t kept_count;
    struct range reserved[RESERVED_MAX];
    size_t reserved_count;
    struct range message; /* inside its quotes; from NULL: none */
    struct range arrays;  /* from the first value to change by the policy to behind the last */
    struct dl_stamp stamp;
    bool run_open; /* the last kept run goes on */
    bool own_original, own_ddlogs_original;
    bool any_clash;
    uint64_t clash[(DL_FRAME_ATTRIBUTES + 63) / 64];     /* the log has the attribute's key */
    uint64_t tag_clash[(DL_FRAME_ATTRIBUTES + 63) / 64]; /* and tags.KEY as well */
};

static bool same(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(name, word, length) == 0;
}

/* Notes which attributes of the frame the log brings itself. */
static void find_clash(struct plan *plan, const char *name, size_t length)
{
    const struct dl_frame *f = plan->frame;
    unsigned char first = length ? (unsigned char)name[0] : 0;
    bool as_tag = length > 5 && memcmp(name, "tags.", 5) == 0;
    bool host = same(name, length, "host");

    if (!as_tag && !host && !(f->first_bytes[first >> 3] & 1u << (first & 7)))
        return;
    for (size_t i = 0; i < f->count; i++) {
        const struct dl_frame_attribute *a = &f->list[i];
        uint64_t bit = UINT64_C(1) << (i % 64);

        if ((a->key_length == length && memcmp(a->key, name, length) == 0) ||
            (host && !a->clash)) { /* host is hostname by another name */
            plan->clash[i / 64] |= bit;
            plan->any_clash = true;
        }
        if (as_tag && a->key_length == length - 5 && memcmp(a->key, name + 5, length - 5) == 0)
            plan->tag_clash[i / 64] |= bit;
    }
}

/* Sorts one member in by its name without escapes. False when there are more reserved ones than a
 * log has by any right. */
static bool plan_member(struct plan *plan, const struct dl_member *m, const char *name,
                        size_t length)
{
    struct range whole = {m->name - 1, m->value + m->value_length};

    if (m->array && plan->frame->arrays != DL_ARRAYS_KEEP) {
        if (!plan->arrays.from)
            plan->arrays.from = m->value;
        plan->arrays.to = whole.to;
    }
    if (same(name, length, "ddsource") || same(name, length, "service") ||
        same(name, length, "ddtags") || (plan->frame->id && same(name, length, "ddlogs.id"))) {
        plan->run_open = false;
        if (plan->reserved_count == RESERVED_MAX)
            return false;
        plan->reserved[plan->reserved_count++] = whole;
        return true;
    }
    if (!plan->run_open)
        plan->kept[plan->kept_count++] = whole;
    plan->run_open = true;
    plan->kept[plan->kept_count - 1].to = whole.to;
    if (same(name, length, "message") && m->value[0] == '"')
        plan->message = (struct range){m->value + 1, whole.to - 1};
    plan->own_original |= same(name, length, "original");
    plan->own_ddlogs_original |= same(name, length, "ddlogs.original");
    if (dl_stamp_likely(name, length))
        dl_stamp_offer(&plan->stamp, m, name, length);
    find_clash(plan, name, length);
    return true;
}

/* The same for a name with escapes, apart because nearly no log has one. */
static __attribute__((noinline)) bool plan_escaped(struct plan *plan, const struct dl_member *m)
{
    char name[1024];
    size_t length = dl_scan_name(m, name, sizeof name);

    /* SIZE_MAX: longer than any name that means something here. */
    return plan_member(plan, m, name, length == SIZE_MAX ? 0 : length);
}

/* Fills a plan that holds its frame alone. False: it is no JSON object that can be framed, and goes
 * as text. */
static bool make_plan(struct plan *plan, const char *json, size_t len)
{
    struct dl_member member;
    int rc;

    if (!dl_scan_begin(&plan->scan, json, len))
        return false;
    while ((rc = dl_scan_next(&plan->scan, &member)) > 0)
        if (!(member.name_escaped ? plan_escaped(plan, &member)
                                  : plan_member(plan, &member, member.name, member.name_length)))
            return false;
    /* Were both names taken, "original" would hide something of the log. */
    return rc == 0 && !(plan->reserved_count && plan->own_original && plan->own_ddlogs_original);
}

/* A range copied to `to` as it stands but for its UTF-8; NULL: only measured. */
static size_t copy_bytes(char *to, const struct plan *plan, struct range r)
{
    size_t used;

    if (plan->scan.broken)
        return dl_mend(to, SIZE_MAX, r.from, range_length(r), &used);
    if (to)
        memcpy(to, r.from, range_length(r));
    return range_length(r);
}

static const char *clamp(const char *p, struct range r)
{
    return p < r.from ? r.from : p > r.to ? r.to : p;
}

/* Whole members, their arrays changed by the policy, to `to`; NULL: only measured. */
static size_t copy_members(char *to, const struct plan *plan, struct range r)
{
    struct range middle;
    size_t n;

    if (!plan->arrays.from || plan->arrays.to <= r.from || plan->arrays.from >= r.to)
        return copy_bytes(to, plan, r);
    middle = (struct range){clamp(plan->arrays.from, r), clamp(plan->arrays.to, r)};
    n = copy_bytes(to, plan, (struct range){r.from, middle.from});
    n += dl_arrays_write(to ? to + n : NULL, plan->frame->arrays, plan->scan.broken, middle.from,
                         range_length(middle));
    return n + copy_bytes(to ? to + n : NULL, plan, (struct range){middle.to, r.to});
}

static void put_bytes(struct dl_buffer *out, const struct plan *plan, struct range r)
{
    out->len += copy_bytes(out->data + out->len, plan, r);
}

static void put_members(struct dl_buffer *out, const struct plan *plan, struct range r)
{
    out->len += copy_members(out->data + out->len, plan, r);
}

static const char *original_name(const struct plan *plan)
{
    return plan->own_original ? ",\"ddlogs.original\":{" : ",\"original\":{";
}

/* The attribute as this log gets it; length 0: not at all. */
static const char *attribute(const struct plan *plan, size_t i, size_t *length)
{
    const struct dl_frame_attribute *a = &plan->frame->list[i];
    uint64_t bit = UINT64_C(1) << (i % 64);

    if (!(plan->clash[i / 64] & bit)) {
        *length = a->json_length;
        return a->json;
    }
    *length = plan->tag_clash[i / 64] & bit ? 0 : a->clash_length;
    return a->clash;
}

static size_t plan_length(const struct plan *plan)
{
    size_t total = plan->frame->head.len + 1 + (plan->frame->id ? DL_RECORD_ID_MAX : 0), length;

    for (size_t i = 0; i < plan->kept_count; i++)
        total += 1 + copy_members(NULL, plan, plan->kept[i]);
    if (plan->reserved_count)
        total += strlen(original_name(plan)) + plan->reserved_count; /* commas and the brace */
    for (size_t i = 0; i < plan->reserved_count; i++)
        total += copy_members(NULL, plan, plan->reserved[i]);
    if (!plan->any_clash)
        return total + plan->frame->attributes.len;
    for (size_t i = 0; i < plan->frame->count; i++) {
        attribute(plan, i, &length);
        total += length;
    }
    return total;
}

static void write_attributes(struct dl_buffer *out, const struct plan *plan, unsigned *notes)
{
    if (!plan->any_clash) {
        put(out, dl_buffer_string(&plan->frame->attributes), plan->frame->attributes.len);
        return;
    }
    for (size_t i = 0; i < plan->frame->count; i++) {
        size_t length;
        const char *json = attribute(plan, i, &length);

        if (length)
            put(out, json, length);
        if (json == plan->frame->list[i].clash && json)
            *notes |= DL_NOTE_CLASH;
    }
}

/* Copies a run of members; the message inside it only as far as `keep`, unless that is NULL. */
static void write_run(struct dl_buffer *out, const struct plan *plan, struct range run,
                      const char *keep)
{
    put(out, ",", 1);
    if (keep && plan->message.from >= run.from && plan->message.to <= run.to) {
        put_members(out, plan, (struct range){run.from, plan->message.from - 1});
        put_bytes(out, plan, (struct range){plan->message.from - 1, keep});
        put(out, "\"", 1);
        put_members(out, plan, (struct range){plan->message.to + 1, run.to});
    } else {
        put_members(out, plan, run);
    }
}

static void write_plan(struct dl_buffer *out, const struct plan *plan, const char *keep,
                       unsigned *notes)
{
    put(out, plan->frame->head.data, plan->frame->head.len);
    for (size_t i = 0; i < plan->kept_count; i++)
        write_run(out, plan, plan->kept[i], keep);
    write_attributes(out, plan, notes);
    if (plan->frame->id)
        put_id(out, plan->frame->id);
    if (plan->reserved_count) {
        put(out, original_name(plan), strlen(original_name(plan)));
        for (size_t i = 0; i < plan->reserved_count; i++) {
            if (i)
                put(out, ",", 1);
            put_members(out, plan, plan->reserved[i]);
        }
        put(out, "}", 1);
        *notes |= DL_NOTE_RENAMED;
    }
    if (keep) {
        put(out, TEXT("," DL_RECORD_CUT));
        *notes |= DL_NOTE_CUT;
    }
    put(out, "}", 1);
    out->data[out->len] = '\0';
}

/* How much of the message stays so that the whole fits; *size becomes the new size. */
static int cut_message(const struct plan *plan, size_t *size, const char **keep,
                       struct dl_error *err)
{
    size_t over = *size + sizeof("," DL_RECORD_CUT) - 1 - DL_RECORD_BYTES, used;
    size_t had = plan->message.from ? copy_bytes(NULL, plan, plan->message) : 0;

    if (had <= over)
        return dl_error_set(
            err, DL_E_RECORD,
            "a JSON log takes %zu bytes with its tags; the intake takes %d, and its "
            "message is too short for a cut to help",
            *size, DL_RECORD_BYTES);
    size_t kept = dl_mend(NULL, had - over, plan->message.from, range_length(plan->message), &used);
    *keep = plan->message.from + used;
    *size = *size - had + kept + sizeof("," DL_RECORD_CUT) - 1;
    return 0;
}

/* Bytes that the log takes in the batch: with arrays no more than this, and nothing is measured, as
 * long as that is surely within every limit; without, or near a limit, to the byte. */
static size_t room_for(const struct plan *plan, const struct dl_buffer *out, size_t len)
{
    const struct dl_frame *f = plan->frame;
    /* A name that clashes grows by "tags."; what else stands between the parts is short. */
    size_t most = f->head.len + f->attributes.len + 8 * f->count + 64 + DL_RECORD_ID_MAX;

    if (plan->arrays.from && len < (DL_RECORD_BYTES - most) / DL_ARRAYS_GROWTH &&
        most + len * DL_ARRAYS_GROWTH <= out->max - out->len)
        return most + len * DL_ARRAYS_GROWTH;
    return plan_length(plan);
}

static unsigned judge_stamp(const struct dl_stamp *stamp)
{
    int64_t now, ms;

    if (!stamp->rank)
        return 0;
    now = dl_clock_wall_about_ms();
    if (!dl_stamp_read(stamp, now, &ms))
        return 0;
    return ms < now - DL_STAMP_AGE_MS     ? DL_NOTE_AGED
           : ms > now + DL_STAMP_AHEAD_MS ? DL_NOTE_AHEAD
                                          : 0;
}

int dl_record_json(struct dl_buffer *out, const struct dl_frame *frame, const char *json,
                   size_t len, unsigned *notes, struct dl_error *err)
{
    struct plan plan = {.frame = frame};
    const char *keep = NULL;
    size_t size;
    int rc;

    if (!make_plan(&plan, json, len)) {
        rc = dl_record_text(out, frame, json, len, NULL, notes, err);
        if (rc == 0)
            *notes |= DL_NOTE_TEXT;
        return rc;
    }
    size = room_for(&plan, out, len);
    if (size > DL_RECORD_BYTES) {
        rc = cut_message(&plan, &size, &keep, err);
        if (rc < 0)
            return rc;
    }
    rc = dl_buffer_reserve(out, size);
    if (rc < 0)
        return rc;
    *notes = (plan.scan.broken ? DL_NOTE_REPLACED : 0u) | (plan.arrays.from ? DL_NOTE_ARRAYS : 0u) |
             judge_stamp(&plan.stamp);
    write_plan(out, &plan, keep, notes);
    return 0;
}
