/* Tells helgrind of Rust's locks and counts, which do without pthreads. For a preloaded library:
 *
 *     cc -shared -fPIC -o helgrind.so scripts/helgrind.c
 *
 * Each function here is called in the place of those of std that its name matches, in a build where std is not inlined.
 * Condition variables need none: their waits unlock and lock.
 */
#include <valgrind/helgrind.h>

void I_WRAP_SONAME_FNNAME_ZZ(Za, ZuRZa3std3sys4sync5mutex5futexZa5Mutex4lockZa)(void *mutex) {
  OrigFn lock;
  VALGRIND_GET_ORIG_FN(lock);
  VALGRIND_HG_MUTEX_LOCK_PRE(mutex, 0);
  CALL_FN_v_W(lock, mutex);
  VALGRIND_HG_MUTEX_LOCK_POST(mutex);
}

void I_WRAP_SONAME_FNNAME_ZZ(Za, ZuRZa3std3sys4sync5mutex5futexZa5Mutex6unlockZa)(void *mutex) {
  OrigFn unlock;
  VALGRIND_GET_ORIG_FN(unlock);
  VALGRIND_HG_MUTEX_UNLOCK_PRE(mutex);
  CALL_FN_v_W(unlock, mutex);
  VALGRIND_HG_MUTEX_UNLOCK_POST(mutex);
}

/* What was done before an atomic is written has happened for the one who reads it: the last to count down has seen what
 * the others did, and who sees that something was made once sees the thing. */
#define ATOMIC(name, before)                                                                    \
  unsigned long I_WRAP_SONAME_FNNAME_ZZ(Za, ZuRZa4core4sync6atomicZa##name##Za)(                \
      void *atomic, unsigned long a, unsigned long b) {                                         \
    OrigFn operation;                                                                           \
    unsigned long value;                                                                        \
    VALGRIND_GET_ORIG_FN(operation);                                                            \
    before;                                                                                     \
    CALL_FN_W_WWW(value, operation, atomic, a, b);                                              \
    ANNOTATE_HAPPENS_AFTER(atomic);                                                             \
    return value;                                                                               \
  }

ATOMIC(AtomicUsize9fetchZusub, ANNOTATE_HAPPENS_BEFORE(atomic))
ATOMIC(AtomicU324swap, ANNOTATE_HAPPENS_BEFORE(atomic))
ATOMIC(AtomicU324load, )
