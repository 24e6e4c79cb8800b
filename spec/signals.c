/* What a host may do with signals, SIGURG above all. A library for specs:
 *
 *     cc -shared -fPIC -o signals.so spec/signals.c
 *
 * Its functions are loaded as those of no_memory.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int calls;
static struct sigaction previous;

static void on_signal(int signal) { calls += signal == SIGURG; }

static void on_info(int signal, siginfo_t *info, void *context) {
  calls += signal == SIGURG && info->si_signo == SIGURG && context != NULL;
}

static void on_chain(int signal, siginfo_t *info, void *context) {
  on_info(signal, info, context);
  if (previous.sa_flags & SA_SIGINFO) previous.sa_sigaction(signal, info, context);
}

static int install(struct sigaction action) {
  sigemptyset(&action.sa_mask);
  return sigaction(SIGURG, &action, &previous) == 0 ? 0 : -1;
}

/* Set a handler: without and with SA_SIGINFO, and one that calls the handler which was there before it. */
int plain(void *L) { (void)L; return install((struct sigaction){.sa_handler = on_signal}); }
int info(void *L) { (void)L; return install((struct sigaction){.sa_sigaction = on_info, .sa_flags = SA_SIGINFO}); }
int chain(void *L) { (void)L; return install((struct sigaction){.sa_sigaction = on_chain, .sa_flags = SA_SIGINFO}); }

/* Sends SIGURG to the thread that calls it, which has it handled meanwhile. */
int send(void *L) { (void)L; raise(SIGURG); return 0; }

/* Prints how often those handlers were called. */
int count(void *L) { (void)L; printf("%d calls\n", calls); return 0; }

static int set_mask(int how) {
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGTERM);
  pthread_sigmask(how, &all, NULL);
  return 0;
}

/* Blocks all signals in the thread that calls it, and lets them in; but for SIGTERM, which ends a process that hangs. */
int block(void *L) { (void)L; return set_mask(SIG_BLOCK); }
int unblock(void *L) { (void)L; return set_mask(SIG_UNBLOCK); }

/* Prints which of some signals that thread has blocked. */
int blocked(void *L) {
  const struct { int signal; const char *name; } some[] = {
    {SIGINT, "INT"}, {SIGURG, "URG"}, {SIGUSR1, "USR1"}, {SIGCHLD, "CHLD"}, {SIGPIPE, "PIPE"},
  };
  sigset_t set;
  size_t i;
  (void)L;
  pthread_sigmask(SIG_SETMASK, NULL, &set);
  for (i = 0; i < sizeof some / sizeof *some; i++) {
    if (sigismember(&set, some[i].signal)) printf("%s ", some[i].name);
  }
  printf("blocked\n");
  return 0;
}
