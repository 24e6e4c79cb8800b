/* A C program that closes Lua states while detached children of theirs still run.
 *
 *     host DIRECTORY
 *
 * ROUNDS times it opens a state, starts CHILDREN detached children in it, and closes it. The children go on using the
 * module until the file DIRECTORY/go is there, which is made when all parents are closed; then each makes a file of
 * its own. When all are there the exit status is 0; without that, or at any error, it is 1.
 */
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 50, CHILDREN = 2, SECONDS = 60 };

static const char PARENT[] =
    "local directory, round, children = ...\n"
    "local llthreads = require 'llthreads2'\n"
    "for i = 1, children do\n"
    "  local thread = llthreads.new([[\n"
    "    local directory, name = ...\n"
    "    local llthreads = require 'llthreads2'\n"
    "    local function exists(path)\n"
    "      local file = io.open(path)\n"
    "      return file and file:close()\n"
    "    end\n"
    "    while not exists(directory .. '/go') do\n"
    "      local grandchild = llthreads.new('return require [=[llthreads2]=].interrupted(), ...', name)\n"
    "      local _, interrupted, same = assert(grandchild:start():join())\n"
    "      assert(not interrupted and same == name)\n"
    "    end\n"
    "    assert(io.open(directory .. '/' .. name, 'w')):close()\n"
    "  ]], directory, round .. '-' .. i)\n"
    "  assert(thread:start(true))\n"
    "end\n";

static int exists(const char *directory, const char *name) {
  char path[4096];
  FILE *file;
  snprintf(path, sizeof path, "%s/%s", directory, name);
  file = fopen(path, "r");
  if (file != NULL) fclose(file);
  return file != NULL;
}

static int done(const char *directory) {
  char name[32];
  int round, child, count = 0;
  for (round = 1; round <= ROUNDS; round++) {
    for (child = 1; child <= CHILDREN; child++) {
      snprintf(name, sizeof name, "%d-%d", round, child);
      count += exists(directory, name);
    }
  }
  return count;
}

static int start_children(const char *directory, int round) {
  int failed;
  lua_State *L = luaL_newstate();
  if (L == NULL) return 0;
  luaL_openlibs(L);
  failed = luaL_loadstring(L, PARENT);
  if (!failed) {
    lua_pushstring(L, directory);
    lua_pushinteger(L, round);
    lua_pushinteger(L, CHILDREN);
    failed = lua_pcall(L, 3, 0, 0);
  }
  if (failed) fprintf(stderr, "host: %s\n", lua_tostring(L, -1));
  lua_close(L);
  return !failed;
}

int main(int argc, char **argv) {
  const struct timespec moment = {0, 10 * 1000 * 1000};
  const time_t begin = time(NULL);
  char path[4096];
  FILE *go;
  int round;
  if (argc != 2) {
    fprintf(stderr, "usage: host DIRECTORY\n");
    return 1;
  }
  for (round = 1; round <= ROUNDS; round++) {
    if (!start_children(argv[1], round)) return 1;
  }
  if (done(argv[1]) != 0) {
    fprintf(stderr, "host: children ended before they were told to\n");
    return 1;
  }
  snprintf(path, sizeof path, "%s/go", argv[1]);
  go = fopen(path, "w");
  if (go == NULL || fclose(go) != 0) {
    perror(path);
    return 1;
  }
  while (done(argv[1]) < ROUNDS * CHILDREN) {
    if (difftime(time(NULL), begin) > SECONDS) {
      fprintf(stderr, "host: only %d children are done\n", done(argv[1]));
      return 1;
    }
    nanosleep(&moment, NULL);
  }
  printf("%d states closed, %d children done\n", ROUNDS, ROUNDS * CHILDREN);
  return 0;
}
