-- The prelude of `ex.new` is called with the arguments, and what it returns are the arguments from there.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local function source(...) return select("#", ...), ... end
local function run(prelude, ...) return ex.new({ source, prelude = prelude }, ...):start():join() end

local path = case.path()
local f = assert(io.open(path, "w"))
f:write("return 'from a file', ...")
f:close()

case.see("a function", run, function(a, b) return b, a, nil end, 1, 2)
case.see("that returns nothing", run, function() end, 1, 2)
case.see("a string", run, "return 'from a string', ...", 1)
case.see("a file", run, "@" .. path, 1)
case.see("an empty string", run, "", 1, nil)
case.see("left out", run, nil, 1, nil)
case.see("of two functions", run, ([[
  local load = loadstring or load
  local first, second = load(%q), load(%q)
  return first(second(...))
]]):format(string.dump(function(...) return 1, ... end), string.dump(function(...) return 2, ... end)), 3, 4)
