-- `interrupt(false)` takes back an interrupt that the running child has not got to yet.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("interrupt")

-- In the function of its own hook a child is not interrupted.
local child = case.flags .. case.steady .. [[
  local name, ready, go = ...
  require(name).set_logger(function() end)
  debug.sethook(function()
    debug.sethook()
    set(ready)
    wait(go)
  end, "", 1)
  return ("all is well"):rep(1)
]]

local function see(label, ...)
  local ready, go = case.path(), case.path()
  local thread = case.start(case.llthreads.new(child, case.name, ready, go))
  case.wait(ready)
  for i = 1, select("#", ...) do thread:interrupt((select(i, ...))) end
  case.set(go)
  case.see(label, function()
    local ok, result = thread:join()
    return ok, result:match(case.llthreads.interrupted_error) or result
  end)
end

see("a single one", nil, false)
see("one that stays", true, false)
see("not taken back", nil)
