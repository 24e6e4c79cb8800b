-- A child inside a C function is interrupted when it is back in Lua.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

-- The hook runs when `join` is called and before it does anything; Lua is not back before `join` ends.
local child = case.flags .. case.steady .. [[
  local name, code, ready, go, back = ...
  local llthreads = require(name)
  local thread = llthreads.new(code, go)
  thread:start()
  local ok, err = pcall(function()
    debug.sethook(function()
      if debug.getinfo(2, "f").func == thread.join then debug.sethook() set(ready) end
    end, "c")
    thread:join()
    set(back)
  end)
  return ok, tostring(err):match(llthreads.interrupted_error), is_set(go), is_set(back)
]]

local ready, go, back = case.path(), case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, case.flags .. "wait(...)", ready, go, back))
case.wait(ready)
thread:interrupt()
case.set(go)
case.see("join", thread.join, thread)
