/* Memory that runs out at a chosen allocation. A library to be preloaded, for glibc:
 *
 *     cc -shared -fPIC -o no_memory.so spec/no_memory.c
 *
 * Its functions are loaded with `package.loadlib` and need nothing of Lua's: a C function that has pushed nothing and
 * says it gives one result gives back its argument.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static atomic_long next;          /* this allocation is the first to fail */
static atomic_long left = -1;     /* until then; negative: none fails */
static atomic_long more;          /* how many fail after it */
static atomic_int failed;
static atomic_long live;          /* blocks in use */

/* Each call of these makes it one allocation later that the memory runs out: for one, or for good. */
int once(void *L) { (void)L; failed = 0; more = 0; left = next++; return 0; }
int forever(void *L) { (void)L; failed = 0; more = 1L << 40; left = next++; return 0; }

/* Begins with the first allocation again. */
int again(void *L) { (void)L; next = 0; return 0; }

/* There is memory; gives its argument back if there was none meanwhile. */
int stop(void *L) { (void)L; left = -1; return failed; }

/* Prints the number of blocks in use. */
int blocks(void *L) { (void)L; printf("%ld\n", (long)live); return 0; }

static int fails(void) {
  if (left < 0 || left-- > 0) return 0;
  left = more-- > 0 ? 0 : -1;
  failed = 1;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  if (block != NULL) live++;
  return block;
}

void *malloc(size_t size) { return fails() ? NULL : counted(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return fails() ? NULL : counted(__libc_calloc(count, size)); }

void free(void *block) {
  if (block != NULL) live--;
  __libc_free(block);
}

void *realloc(void *block, size_t size) {
  if (block == NULL) return malloc(size);
  if (size == 0) return free(block), NULL;
  if (size > malloc_usable_size(block) && fails()) return NULL; /* to shrink always succeeds, as Lua expects */
  return __libc_realloc(block, size);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  static void *(*real)(void *, size_t, int, int, int, off_t);
  if (real == NULL) real = (void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
  return file == -1 && fails() ? MAP_FAILED : real(address, size, protection, flags, file, offset);
}
