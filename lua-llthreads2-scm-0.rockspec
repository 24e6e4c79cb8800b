package = "lua-llthreads2"
version = "scm-0"

source = {
  url = "git+https://github.com/llthreads2/llthreads2.git",
}

description = {
  summary = "Lua code in OS threads: the module llthreads2, in Rust",
  detailed = [[
    Each thread has a Lua state of its own: arguments are copied in, results are copied out, nothing is shared.
    Takes the place of the C module llthreads2 without a change in the code that uses it.
    Building needs Rust 1.88 or newer.
  ]],
  homepage = "https://github.com/llthreads2/llthreads2",
  license = "MIT",
}

dependencies = {
  "lua >= 5.1, < 5.6",
}

build = {
  type = "command",
  build_command = [[bash scripts/rock.sh build "$(LUA)"]],
  install_command = [[bash scripts/rock.sh install "$(LUA)" llthreads2 "$(LIBDIR)" "$(LUADIR)" "$(LIB_EXTENSION)"]],
}
