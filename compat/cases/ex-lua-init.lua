-- `lua_init` is what a child of `ex.new` runs first.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function run(lua_init, prelude)
  local source = "return from_init, from_prelude, ..."
  return ex.new({ source, lua_init = lua_init, prelude = prelude }, 1):start():join()
end

local path = case.path()
local f = assert(io.open(path, "w"))
f:write("from_init = 'a file'")
f:close()

case.see("a string", run, "from_init = 'a string'")
case.see("a function", run, function() from_init = "a function" end)
case.see("a file", run, "@" .. path)
case.see("an empty string", run, "")
case.see("false", run, false)
case.see("left out", run, nil)
case.see("gets no arguments", run, "from_init = select('#', ...)")
case.see("before the prelude", run, "from_init = from_prelude == nil", "from_prelude = from_init return ...")
