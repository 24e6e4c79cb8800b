-- An argument that can't be copied - a Lua function, a userdata, a coroutine - makes `new` raise.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")

local upvalue = 1

-- Without the place, and without what the host calls `new`.
local function refuses(value)
  local ok, err = pcall(case.llthreads.new, "", value)
  return ok, ok or (err:gsub("#%d+", "#N"):gsub("'.-'", "'...'"))
end

case.see("a Lua function", refuses, function() return 1 end)
case.see("a closure", refuses, function() return upvalue end)
case.see("a userdata", refuses, io.stdout)
case.see("a thread of the module", refuses, case.llthreads.new(""))
case.see("a coroutine", refuses, coroutine.create(function() end))
if jit then case.see("a cdata", refuses, require "ffi".new("int", 1)) end
case.see("afterwards", case.run, "return ...", "all is well")
