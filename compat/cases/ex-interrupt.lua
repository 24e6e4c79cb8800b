-- An object of `ex.new` passes an interrupt on to its thread.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("ex")
local ex = require(case.name .. ".ex")

local child = case.flags .. case.steady .. [[
  local ready, go = ...
  local ok, err = pcall(function()
    debug.sethook(function()
      debug.sethook()
      set(ready)
      wait(go)
    end, "", 1)
    string.rep("x", 3)
  end)
  return ok, err and err:match("thread was interrupted")
]]

local function see(label, ...)
  local ready, go = case.path(), case.path()
  local thread = ex.new(child, ready, go):start()
  case.wait(ready)
  for i = 1, select("#", ...) do thread:interrupt((select(i, ...))) end
  case.set(go)
  case.see(label, thread.join, thread)
end

see("once", nil)
see("taken back", true, false)
case.see("gives", function() return ex.new(""):interrupt() end)
