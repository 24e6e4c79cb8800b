-- An error in the source, the prelude or the init is an error of the child.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local quiet = ("require(%q).set_logger(function() end) "):format(case.name)
local function run(source, prelude, lua_init)
  local ok, text = ex.new({ source, prelude = prelude, lua_init = lua_init or quiet }):start():join()
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

local path = case.path()
local f = assert(io.open(path, "w"))
f:write("error('from a file', 0)")
f:close()

case.see("a function", run, function() error("boo") end)
case.see("a string", run, "error('boo')")
case.see("a file", run, "@" .. path)
case.see("the prelude", run, "return 1", "error('boo')")
case.see("the init", run, "return 1", nil, quiet .. "error('boo', 0)")
