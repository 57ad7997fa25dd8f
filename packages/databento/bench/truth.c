/*
 * The truth that the benchmarks are checked against: sums of the quotes on standard input, raw DBN version 3 or batch
 * CSV with pretty prices, read with nothing of this package. Prints two lines, one of all records and one of those whose
 * symbol has the root given: records, then bids and asks in 1e-9 dollars (empty sides count 0), then their sizes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint64_t records, bid_size, ask_size;
  int64_t bid, ask;
} sums;

static sums all, of_root;
static char root[7];

static void die(const char *why) {
  fprintf(stderr, "truth: %s\n", why);
  exit(1);
}

static void add(sums *to, int64_t bid, int64_t ask, uint64_t bid_size, uint64_t ask_size) {
  to->records++;
  to->bid += bid;
  to->ask += ask;
  to->bid_size += bid_size;
  to->ask_size += ask_size;
}

static void need(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) die("the input ends early");
}

static uint32_t u32(const unsigned char *at) {
  uint32_t value;
  memcpy(&value, at, 4);
  return value;
}

static int64_t price(const unsigned char *at) {
  int64_t value;
  memcpy(&value, at, 8);
  return value == INT64_MAX ? 0 : value;
}

static int by_id(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static void read_dbn(void) {
  unsigned char prelude[5], record[1024];
  need(prelude, 5); /* version, length */
  if (prelude[0] != 3) die("not version 3");
  uint32_t length = u32(prelude + 1);
  unsigned char *body = malloc(length);
  need(body, length);
  unsigned char *at = body + 104; /* fixed part, length of the schema definition */
  for (int list = 0; list < 3; list++) at += 4 + 71 * (size_t)u32(at);
  uint32_t mappings = u32(at), wanted = 0;
  at += 4;
  uint32_t *ids = malloc(4 * (size_t)mappings + 4);
  for (uint32_t i = 0; i < mappings; i++) {
    int is_root = memcmp(at, root, 6) == 0;
    uint32_t intervals = u32(at + 71);
    at += 75;
    for (uint32_t j = 0; j < intervals; j++, at += 79)
      if (is_root) ids[wanted++] = (uint32_t)strtoul((char *)at + 8, NULL, 10);
  }
  qsort(ids, wanted, 4, by_id);
  while (fread(record, 1, 16, stdin) == 16) {
    size_t bytes = record[0] * 4u;
    need(record + 16, bytes - 16);
    if (record[1] != 0xC1) continue;
    int64_t bid = price(record + 48), ask = price(record + 56);
    uint32_t bid_size = u32(record + 64), ask_size = u32(record + 68), id = u32(record + 4);
    add(&all, bid, ask, bid_size, ask_size);
    if (bsearch(&id, ids, wanted, 4, by_id)) add(&of_root, bid, ask, bid_size, ask_size);
  }
}

static int64_t decimal(const char *text) {
  int64_t value = 0;
  for (; *text; text++)
    if (*text != '.') value = value * 10 + (*text - '0');
  return value;
}

static void read_csv(void) {
  char line[512];
  if (!fgets(line, sizeof line, stdin)) die("no header");
  while (fgets(line, sizeof line, stdin)) {
    char *field[16], *at = line;
    line[strcspn(line, "\r\n")] = 0;
    for (int i = 0; i < 16; i++) field[i] = strsep(&at, ",");
    if (at || !field[15]) die("a line has not 16 fields");
    int64_t bid = decimal(field[9]), ask = decimal(field[10]);
    uint64_t bid_size = strtoull(field[11], NULL, 10), ask_size = strtoull(field[12], NULL, 10);
    add(&all, bid, ask, bid_size, ask_size);
    if (memcmp(field[15], root, 6) == 0) add(&of_root, bid, ask, bid_size, ask_size);
  }
}

static void print(const sums *of) {
  printf("%llu %lld %lld %llu %llu\n", (unsigned long long)of->records, (long long)of->bid, (long long)of->ask,
         (unsigned long long)of->bid_size, (unsigned long long)of->ask_size);
}

int main(int count, char **arguments) {
  char head[3];
  if (count != 2 || strlen(arguments[1]) > 6) die("usage: truth ROOT");
  snprintf(root, sizeof root, "%-6s", arguments[1]);
  need(head, 3);
  if (memcmp(head, "DBN", 3) == 0) read_dbn();
  else read_csv();
  print(&all);
  print(&of_root);
  return 0;
}
