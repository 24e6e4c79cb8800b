-- A coroutine other than the main one goes on in PUC Lua; the child is interrupted when control is back in that.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, go = ...
  local ended
  local co = coroutine.create(function()
    set(ready)
    ended = wait(go)
  end)
  local ok, err = pcall(function()
    local resumed, err = coroutine.resume(co)
    if not resumed then error("in the coroutine: " .. err, 0) end
    error("not interrupted")
  end)
  return ok, err:match("^in the coroutine: "), err:match(require(name).interrupted_error), ended
]]

local ready, go = case.path(), case.path()
local thread = case.start(case.llthreads.new(child, case.name, ready, go))
case.wait(ready)
thread:interrupt()
case.set(go)
case.see("join", thread.join, thread)
