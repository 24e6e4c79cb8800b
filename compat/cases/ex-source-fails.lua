-- A source that does not load is an error of the child, one that can't be dumped of `ex.new`.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local quiet = ("require(%q).set_logger(function() end)"):format(case.name)
local function run(source, prelude)
  local ok, text = ex.new({ source, prelude = prelude, lua_init = quiet }):start():join()
  return ok, (text:gsub("\nstack traceback:.*", ""))
end

case.see("a string", run, "x x")
case.see("a file that is not there", run, "@no/such/file")
case.see("a prelude", run, "return 1", "y y")
case.see("a C function", ex.new, print)
case.see("a C function as prelude", ex.new, { "return 1", prelude = print })
case.see("a C function as init", ex.new, { "return 1", lua_init = print })
