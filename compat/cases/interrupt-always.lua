-- `interrupt(true)` raises at every instruction, so that a loop of pcalls ends too.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

local child = case.flags .. case.steady .. [[
  local name, ready, never = ...
  require(name).set_logger(function() end)
  set(ready)
  for _ = 1, 5 do pcall(wait, never) end
  return "went on"
]]

local function see(label, on)
  local ready, never = case.path(), case.path()
  local thread = case.start(case.llthreads.new(child, case.name, ready, never))
  case.wait(ready)
  case.see("interrupt" .. label, thread.interrupt, thread, on)
  case.see("join" .. label, function()
    local ok, text = thread:join()
    return ok, text:match(case.llthreads.interrupted_error)
  end)
end

see("(true)", true)
see("(0)", 0)
